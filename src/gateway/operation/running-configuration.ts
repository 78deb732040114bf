/** Where the configuration came from, and of which version the executable is. */
export interface RunningConfiguration {
  readonly version: string;
  readonly file: string;
  /** SHA-256 of the file's text, hexadecimal. */
  readonly sha256: string;
  readonly readMs: number;
}
