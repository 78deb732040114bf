import type { LevelUse } from "./level-use.ts";
import type { SettingView } from "./setting.ts";

/** Limits of a client, a client session or a trader, and their use. */
export interface LevelView extends LevelUse {
  readonly name: string;
  /** Another one after each change of its settings. */
  readonly version: string;
  readonly isKilled: boolean;
  /** Of a trader: it has traded too often in one symbol, and its new orders are refused until somebody enables it again. */
  readonly isStopped: boolean;
  /** Of a client: its accounts. Of a session: its traders; empty where its orders need none. Of a trader: the sessions that have it. */
  readonly members: readonly string[];
  readonly settings: readonly SettingView[];
}

export interface Levels {
  /** Those of the configuration. */
  names(): readonly string[];
  get(name: string): LevelView | null;
}
