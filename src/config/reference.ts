import { Type } from "@sinclair/typebox";
import { choice, whole } from "./fields.ts";
import { entriesOf, tableOf } from "./file-tables.ts";
import { type Problem, pathText } from "./problem.ts";

// Where reference prices come from, what each source is good for, and how quotes come in.

/** Sources of a reference price (core/risk/settings.ts). */
const SOURCES = ["quotes", "executions", "operator", "configuration"] as const;
const USUAL = ["operator", "configuration"] as const;
const MOST_STALE_MS = 604_800_000;
/** Of quotes: what the journal says of their age has 24 bits (record/quotes.ts). */
const MOST_QUOTE_MS = 14_400_000;

const sources = (description: string, more: object) =>
  Type.Array(choice("One of them.", [...SOURCES]), {
    description,
    minItems: 1,
    maxItems: SOURCES.length,
    uniqueItems: true,
    ...more,
  });
const stale = (of: string, more = {}, most = MOST_STALE_MS) =>
  whole(`Age from which ${of} is no reference price any more, milliseconds.`, 1, most, more);

/** For all symbols. */
export const referenceDefaults = {
  referenceSources: sources(
    "Where reference prices come from: the first of these that has a price, which is not too old, counts. Without one orders are refused.",
    { default: [...USUAL] },
  ),
  quotesStaleMs: stale("a quote", { default: 30_000 }, MOST_QUOTE_MS),
  executionsStaleMs: stale("the price of the newest execution of a symbol", { default: 300_000 }),
  operatorStaleMs: Type.Optional(stale("a price that an operator has set")),
};

const ofSymbol = (key: keyof typeof referenceDefaults, of: string) =>
  Type.Optional(stale(of, { fallback: `risk.${key}` }));

/** For one symbol. */
export const symbolReference = {
  referenceSources: Type.Optional(
    sources("As risk.referenceSources, for this symbol.", { fallback: "risk.referenceSources" }),
  ),
  quotesStaleMs: ofSymbol("quotesStaleMs", "a quote"),
  executionsStaleMs: ofSymbol("executionsStaleMs", "the price of the newest execution"),
  operatorStaleMs: ofSymbol("operatorStaleMs", "a price that an operator has set"),
};

type Key = keyof typeof referenceDefaults;

export interface ReferenceTerms {
  referenceSources: (typeof SOURCES)[number][];
  quotesStaleMs: number;
  executionsStaleMs: number;
  operatorStaleMs?: number;
}

/** A symbol's terms: its own, else those of all symbols. */
export function resolveReference(
  symbol: { readonly [K in Key]?: ReferenceTerms[K] | undefined },
  risk: { readonly [K in Key]?: ReferenceTerms[K] | undefined },
): ReferenceTerms {
  const keys = Object.keys(referenceDefaults) as Key[];
  const pairs = keys.map((key) => [key, symbol[key] ?? risk[key]] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined)) as unknown as ReferenceTerms;
}

/** True where a symbol's reference price may come from the configuration. As in consistency.ts, a field may have any type. */
export function needsConfigured(symbol: Record<string, unknown>, risk: Record<string, unknown>): boolean {
  const of = symbol.referenceSources ?? risk.referenceSources ?? USUAL;
  return !Array.isArray(of) || of.includes("configuration");
}

/** A quote is given to the core once it is half as old as it may be, or everyMs after the one before. As needsConfigured. */
const GIVEN_IN_TIME = 2;
const FALLBACK = { everyMs: 1_000, quotesStaleMs: 30_000 };

/** Quotes that would be too old before the next one is given, and symbols that wait for quotes which nobody takes. */
export function quoteProblems(file: Record<string, unknown>): Problem[] {
  const [risk, quotes] = [tableOf(file.risk), tableOf(file.quotes)];
  const everyMs = numberOf(quotes.everyMs) ?? FALLBACK.everyMs;
  const hasQuotes = quotes.socket !== undefined || quotes.file !== undefined;
  const problems: Problem[] = [];
  for (const [path, table] of [
    [["risk"], risk] as const,
    ...entriesOf(file.symbols).map(([name, symbol]) => [["symbols", name], symbol] as const),
  ]) {
    const { referenceSources: sources, quotesStaleMs } = table;
    const staleMs = numberOf(quotesStaleMs) ?? (path[0] === "risk" ? FALLBACK.quotesStaleMs : null);
    if (staleMs !== null && staleMs < GIVEN_IN_TIME * everyMs && hasQuotes)
      problems.push({
        where: pathText([...path, "quotesStaleMs"]),
        what: `expected at least ${GIVEN_IN_TIME * everyMs}, twice quotes.everyMs, got ${staleMs}`,
      });
    if (Array.isArray(sources) && sources.includes("quotes") && !hasQuotes)
      problems.push({
        where: pathText([...path, "referenceSources"]),
        what: 'expected quotes.socket or quotes.file where a source is "quotes", got neither',
      });
  }
  return problems;
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
