import type { SettingView } from "./setting.ts";

/** Reference price, collar and route of one symbol. Prices are exact decimals. */
export interface SymbolView {
  readonly name: string;
  /** Another one after each change of its settings. */
  readonly version: string;
  readonly isEnabled: boolean;
  readonly isKilled: boolean;
  /** The file no longer has it: new orders are refused, and a restart forgets it. */
  readonly isRetired: boolean;
  readonly settings: readonly SettingView[];
  /** Prices that the collar lets pass; null without a reference price. */
  readonly lowest: string | null;
  readonly highest: string | null;
  /** Venue that gets its orders, or null. */
  readonly venue: string | null;
  readonly isVenueUp: boolean;
}

export interface Symbols {
  names(): readonly string[];
  get(name: string): SymbolView | null;
}
