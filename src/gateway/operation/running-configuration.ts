/** Where the configuration came from, of which version the executable is, and its manual. */
export interface RunningConfiguration {
  readonly version: string;
  readonly file: string;
  /** SHA-256 of the file's text, hexadecimal. */
  readonly sha256: string;
  readonly readMs: number;
  /** Pages by name, in reading order: Markdown. */
  readonly manual: Readonly<Record<string, string>>;
}
