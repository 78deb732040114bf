import { decimalText } from "../../base/decimal.ts";
import { SYMBOLS } from "../../core/assembly/layout.ts";
import type { Symbols, SymbolView } from "../../operation/symbols.ts";
import type { CoreState } from "./core-state.ts";
import { settingViews, versionText } from "./settings.ts";

/** Symbols as the core has them. */
export class GatewaySymbols implements Symbols {
  constructor(private readonly core: CoreState) {}

  names(): readonly string[] {
    return this.core.configured.presentNames(SYMBOLS);
  }

  get(name: string): SymbolView | null {
    const { reader } = this.core;
    const symbol = reader.symbol(name);
    const settings = reader.settings(SYMBOLS, name);
    if (symbol === null || settings === null) return null;
    const { isEnabled, isKilled, isRetired, reference, lowest, highest, venue, isVenueUp } = symbol;
    return {
      name,
      version: versionText(settings),
      isEnabled,
      isKilled,
      isRetired,
      settings: settingViews(SYMBOLS, settings),
      lowest: reference === null ? null : decimalText(lowest),
      highest: reference === null ? null : decimalText(highest),
      venue: this.core.venueName(venue),
      isVenueUp,
    };
  }
}
