import type { SettingView } from "./setting.ts";

/** A source of a reference price. */
export interface ReferenceSourceView {
  /** quotes, executions, operator, configuration. */
  readonly name: string;
  /** Null: it has none. */
  readonly price: string | null;
  /** Null where the time of the price is not known. */
  readonly ageMs: number | null;
  /** Age from which it counts no more; null: never. */
  readonly staleMs: number | null;
  readonly isStale: boolean;
}

/** The reference price that holds now, and where it may come from. */
export interface ReferenceView {
  /** The first source that has a price which is not too old; null: there is none, and orders are refused. */
  readonly source: string | null;
  readonly price: string | null;
  readonly sources: readonly ReferenceSourceView[];
}

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
  readonly reference: ReferenceView;
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
