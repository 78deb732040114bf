import { decimalText } from "../../base/decimal.ts";
import { SYMBOLS } from "../../core/assembly/layout.ts";
import type { SourceState } from "../../core/symbol-sources.ts";
import type { ReferenceSourceView, Symbols, SymbolView } from "../../operation/symbols.ts";
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
    const nowUs = Date.now() * 1_000;
    const symbol = reader.symbol(name, nowUs);
    const settings = reader.settings(SYMBOLS, name);
    if (symbol === null || settings === null) return null;
    const { isEnabled, isKilled, isRetired, source, reference, sources, lowest, highest, venue, isVenueUp } = symbol;
    return {
      name,
      version: versionText(settings),
      isEnabled,
      isKilled,
      isRetired,
      settings: settingViews(SYMBOLS, settings),
      reference: { source, price: priceOf(reference), sources: sources.map((one) => sourceView(one, nowUs)) },
      lowest: reference === null ? null : decimalText(lowest),
      highest: reference === null ? null : decimalText(highest),
      venue: this.core.venueName(venue),
      isVenueUp,
    };
  }
}

function priceOf(priceE8: bigint | null): string | null {
  return priceE8 === null ? null : decimalText(priceE8);
}

function sourceView({ name, priceE8, atUs, staleMs, isStale }: SourceState, nowUs: number): ReferenceSourceView {
  // One of a later time is from before the clock was set back.
  const ageMs = atUs === null ? null : Math.max(0, Math.round((nowUs - atUs) / 1_000));
  return { name, price: priceOf(priceE8), ageMs, staleMs, isStale: priceE8 !== null && isStale };
}
