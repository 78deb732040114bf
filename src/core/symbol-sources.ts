import { MOST_E8, NO_PRICE } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import * as layout from "./assembly/layout.ts";
import { sourceNames } from "./risk/setting-terms.ts";
import type { SettingTable } from "./setting-table.ts";

/** A source of a symbol's reference price. */
export interface SourceState {
  readonly name: string;
  /** 1e-8; null: it has none. */
  readonly priceE8: bigint | null;
  /** When the price came, microseconds since 1970; null: that is not known, as of the configuration. */
  readonly atUs: number | null;
  /** Age from which it counts no more; null: it is good for ever. */
  readonly staleMs: number | null;
  readonly isStale: boolean;
}

/** A symbol's reference price with its collar, 1e-8. */
export interface ReferenceState {
  /** Name of the source; null: orders are refused. */
  readonly source: string | null;
  readonly reference: bigint | null;
  readonly lowest: bigint;
  readonly highest: bigint;
  /** In their order. */
  readonly sources: readonly SourceState[];
}

const PPM = 1_000_000n;
const MOST_LONG = 2n ** 63n - 1n;
/** Of a symbol's row (core/assembly/symbols.ts): ints, and of eight bytes each. */
const COLLAR = 1;
const SIGNS = 13;
const BAND = 1;
const NEVER = 0n;

/** What the core takes for the reference price at this time (core/assembly/reference-sources.ts). `reference`: its setting. */
export function referenceState(
  { ints, longs, doubles }: Views,
  reference: SettingTable,
  nowUs: number,
): ReferenceState {
  const long = (at: number): bigint => longs[at / 8]!;
  const collar = { ppm: BigInt(ints[COLLAR]!), width: longs[BAND]!, signs: ints[SIGNS]! };
  const source = (name: string, priceE8: bigint, atUs: number | null, staleAt: number | null): SourceState => {
    const limit = staleAt === null ? MOST_LONG : long(staleAt);
    const staleMs = limit === MOST_LONG ? null : Number(limit);
    const isStale = staleMs !== null && nowUs - (atUs ?? 0) > staleMs * 1_000;
    return { name, priceE8: priceE8 === NO_PRICE ? null : priceE8, atUs, staleMs, isStale };
  };
  const kept = (name: string, priceAt: number, staleAt: number): SourceState => {
    const atUs = doubles[priceAt / 8 + 1]!;
    return source(name, atUs === 0 ? NO_PRICE : long(priceAt), atUs === 0 ? null : atUs, staleAt);
  };
  const { isSet, value, atUs, fileValue } = reference;
  const byName: Readonly<Record<string, () => SourceState>> = {
    quotes: () => kept("quotes", layout.SYMBOL_QUOTE_AT, layout.SYMBOL_QUOTES_STALE_AT),
    executions: () => kept("executions", layout.SYMBOL_EXECUTION_AT, layout.SYMBOL_EXECUTIONS_STALE_AT),
    operator: () => source("operator", isSet ? value : NO_PRICE, isSet ? atUs : null, layout.SYMBOL_OPERATOR_STALE_AT),
    configuration: () => source("configuration", isSet && value === NO_PRICE ? NO_PRICE : fileValue, null, null),
  };
  const names = sourceNames(BigInt(ints[layout.SYMBOL_SOURCES_AT / 4]!));
  const sources = names.flatMap((name) => byName[name]?.() ?? []);
  const chosen = sources.find(({ priceE8, isStale }) => !isStale && canRefer(priceE8, collar));
  if (chosen === undefined) return { source: null, reference: null, lowest: NEVER, highest: NEVER, sources };
  const price = chosen.priceE8!;
  const share = (size(price) * collar.ppm) / PPM;
  const band = share > collar.width ? share : collar.width;
  return { source: chosen.name, reference: price, lowest: price - band, highest: price + band, sources };
}

interface Collar {
  readonly ppm: bigint;
  readonly width: bigint;
  readonly signs: number;
}

/** As canRefer of core/assembly/symbols.ts. */
function canRefer(priceE8: bigint | null, { ppm, width, signs }: Collar): boolean {
  if (priceE8 === null || (priceE8 < 0n && signs !== 2) || (priceE8 === 0n && signs === 0)) return false;
  const share = (size(priceE8) * ppm + PPM - 1n) / PPM;
  const above = size(priceE8) + (share > width ? share : width);
  return above > 0n && above <= MOST_E8;
}

function size(priceE8: bigint): bigint {
  return priceE8 < 0n ? -priceE8 : priceE8;
}
