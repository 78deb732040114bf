import type { SettingView } from "./setting.ts";

/** A currency of symbols' prices, other than that of the limits. */
export interface CurrencyView {
  readonly name: string;
  /** Another one after each change of its rate. */
  readonly version: string;
  /** Units of the limits' currency for one of it; null: its symbols take no orders. */
  readonly rate: string | null;
  readonly limitCurrency: string;
  /** How many symbols of the configuration have it. */
  readonly symbols: number;
  readonly settings: readonly SettingView[];
}

export interface Currencies {
  /** Those of the configuration. */
  names(): readonly string[];
  get(name: string): CurrencyView | null;
}
