import type { LimitUse } from "./level-use.ts";
import type { SettingView } from "./setting.ts";

/** Limits and exposure of one account. Quantities and money are exact decimals. */
export interface AccountView {
  readonly name: string;
  /** Another one after each change of its settings. */
  readonly version: string;
  /** False: every order is refused, because it is disabled, killed, stopped or a limit is missing. */
  readonly isReady: boolean;
  readonly isKilled: boolean;
  /** It has traded too often in one symbol: new orders are refused until somebody enables it again. */
  readonly isStopped: boolean;
  /** The file no longer has it: new orders are refused, and a restart forgets it. */
  readonly isRetired: boolean;
  readonly settings: readonly SettingView[];
  readonly usage: readonly LimitUse[];
  readonly openOrders: number;
  /** Of notionals and exposures; null: none is configured. */
  readonly currency: string | null;
  readonly openBuyNotional: string;
  readonly openSellNotional: string;
  /** Executed on the trading day and open, bought and sold together. */
  readonly grossExposure: string;
  /** As if all open orders of one side were filled and none of the other: the larger of both. */
  readonly netExposure: string;
  /** Of the account's last trading day. */
  readonly boughtQty: string;
  readonly soldQty: string;
  readonly boughtNotional: string;
  readonly soldNotional: string;
  /** Bought less sold since the account began. */
  readonly position: string;
}

export interface Accounts {
  names(): readonly string[];
  get(name: string): AccountView | null;
}
