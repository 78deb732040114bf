import type { LimitUse } from "./accounts.ts";
import type { SettingView } from "./setting.ts";

/** Sums over several accounts, and what they use of their limits. Quantities and money are exact decimals. */
export interface LevelUse {
  readonly usage: readonly LimitUse[];
  readonly openOrders: number;
  readonly openBuyNotional: string;
  readonly openSellNotional: string;
  /** Executed on the trading day and open, bought and sold together. */
  readonly grossExposure: string;
  /** As if all open orders of one side were filled and none of the other: the larger of both. */
  readonly netExposure: string;
}

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
