import type { ConfigSource, ReadResult } from "../../config/config-file.ts";
import type { ConfigFile } from "../../config/schema.ts";

/** Where the configuration came from, of which version the executable is, and its manual. */
export interface RunningConfiguration {
  readonly version: string;
  readonly source: ConfigSource;
  /** As the gateway starts with it. */
  readonly file: ConfigFile;
  /** Reads and checks it again. */
  readonly read: () => ReadResult;
  /** Pages by name, in reading order: Markdown. */
  readonly manual: Readonly<Record<string, string>>;
}
