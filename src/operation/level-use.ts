/** Use of a limit that fills up. */
export interface LimitUse {
  /** The limit's name in `settings`. */
  readonly limit: string;
  readonly used: number | string;
  readonly most: number | string;
  /** Rounded down; 0 for a limit of 0. */
  readonly percent: number;
  /** Of a limit of money; absent: none is configured. */
  readonly currency?: string;
}

/** Sums over several accounts, and what they use of their limits. Quantities and money are exact decimals. */
export interface LevelUse {
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
}
