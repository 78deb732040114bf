import type { LevelUse } from "./level-use.ts";
import type { SettingView } from "./setting.ts";

/** Limits and sums of a client. */
export interface ClientView extends LevelUse {
  readonly name: string;
  /** Another one after each change of its settings. */
  readonly version: string;
  readonly accounts: readonly string[];
  readonly settings: readonly SettingView[];
}

export interface Clients {
  /** Clients of the configuration. */
  names(): readonly string[];
  get(name: string): ClientView | null;
}
