import { type Static, Type } from "@sinclair/typebox";
import { byLongId, longId, table } from "./fields.ts";
import { didYouMean, type Problem, pathText, valueText } from "./problem.ts";

const MOST_SYMBOLS = 65_536;
const ID_BYTES = 32;
/** `207=` and the end of its field. */
const FRAME_BYTES = 5;

const text = (description: string, bytes: number) =>
  Type.Optional(
    Type.String({
      description,
      pattern: `^[!-~]{1,${bytes}}$`,
      expected: `1 to ${bytes} printable ASCII characters without spaces`,
    }),
  );

/** What a venue calls a symbol of ours. */
const venueSymbol = table("One symbol.", {
  symbol: Type.Optional(longId("Symbol (55) at the venue. Default: ours.")),
  securityId: text("SecurityID (48) in messages to the venue.", ID_BYTES),
  securityIdSource: text("SecurityIDSource (22), which SecurityID needs.", 8),
  securityExchange: text("SecurityExchange (207) in messages to the venue.", 16),
});

export const venueSymbols = byLongId(
  "What the venue calls our symbols, by our name. All others have the same name at the venue.",
  venueSymbol,
  { default: {}, minProperties: 0, maxProperties: MOST_SYMBOLS },
);

export type VenueSymbol = Static<typeof venueSymbol>;

/** What a venue calls our symbols, and its form of TransactTime. */
interface Mapped {
  readonly symbols: Readonly<Record<string, VenueSymbol>>;
  readonly transactTimePrecision?: unknown;
}

const [SECURITY_ID, SECURITY_ID_SOURCE, SECURITY_EXCHANGE, TRANSACT_TIME] = [48, 22, 207, 60];

/** Tags of a client's fields that do not go to the venue as they stand. */
export function mappedTags({ symbols, transactTimePrecision }: Mapped): number[] {
  const more = Object.values(symbols).some((row) => row.securityId !== undefined || row.securityExchange !== undefined);
  return [
    ...(more ? [SECURITY_ID, SECURITY_ID_SOURCE, SECURITY_EXCHANGE] : []),
    ...(transactTimePrecision === undefined ? [] : [TRANSACT_TIME]),
  ];
}

/** Most bytes by which a venue's names for our symbols make a message longer. */
export function symbolBytes(symbols: Mapped["symbols"]): number {
  const bytesOf = ({
    symbol = "",
    securityId = "",
    securityIdSource = "",
    securityExchange = "",
  }: VenueSymbol): number =>
    [symbol, securityId, securityIdSource, securityExchange].reduce((sum, one) => sum + one.length + FRAME_BYTES, 0);
  return Object.values(symbols).reduce((most, row) => Math.max(most, bytesOf(row)), 0);
}

type Table = Readonly<Record<string, unknown>>;

/** Symbols that do not exist, and names at the venue that mean two of ours. `symbols`: names of our symbols. */
export function venueSymbolProblems(venue: string, settings: Table, symbols: readonly string[]): Problem[] {
  const rows = Object.entries(tableOf(settings.symbols)).map(([name, row]) => [name, tableOf(row)] as const);
  if (rows.length === 0) return [];
  const problems: Problem[] = [];
  const report = (path: readonly string[], what: string): void =>
    void problems.push({ where: pathText(["venues", venue, "symbols", ...path]), what });
  const known = new Set(symbols);
  const mapped = new Map(rows);
  const taken = new Map<unknown, string>(symbols.filter((one) => !mapped.has(one)).map((one) => [one, one]));
  const ids = new Map<string, string>();
  for (const [name, row] of rows) {
    if (!known.has(name))
      report([name], `expected the name of a symbol in symbols, got ${valueText(name)}${didYouMean(name, symbols)}`);
    const at = row.symbol ?? name;
    const other = taken.get(at);
    if (other === undefined) taken.set(at, name);
    else
      report(
        row.symbol === undefined ? [name] : [name, "symbol"],
        `expected a Symbol (55) that no other symbol has at this venue, got ${valueText(at)} as for ${other}`,
      );
    checkId(name, row, ids, report);
  }
  problems.push(...fixedProblems(venue, settings.fields, rows));
  return problems;
}

/** A field that a row gives can't have another value from `fields`. */
function fixedProblems(venue: string, fields: unknown, rows: readonly (readonly [string, Table])[]): Problem[] {
  const given = new Map([
    [SECURITY_ID, "securityId"],
    [SECURITY_ID_SOURCE, "securityIdSource"],
    [SECURITY_EXCHANGE, "securityExchange"],
  ]);
  for (const [one, key] of given) if (!rows.some(([, row]) => row[key] !== undefined)) given.delete(one);
  return ["", "D", "F", "G"].flatMap((type) => {
    const changes = type === "" ? tableOf(fields) : tableOf(tableOf(fields)[type]);
    const at = (key: string, one: string) =>
      pathText(["venues", venue, "fields", ...(type === "" ? [] : [type]), key, one]);
    const what = (one: number) => `can't be: ${given.get(one)} of venues.${venue}.symbols gives ${one}`;
    return [
      ...Object.keys(tableOf(changes.set))
        .filter((one) => given.has(Number(one)))
        .map((one) => ({ where: at("set", one), what: what(Number(one)) })),
      ...Object.entries(tableOf(changes.rename))
        .filter(([from, to]) => given.has(Number(from)) || given.has(Number(to)))
        .map(([from, to]) => ({
          where: at("rename", from),
          what: what(given.has(Number(from)) ? Number(from) : Number(to)),
        })),
    ];
  });
}

function checkId(
  name: string,
  row: Table,
  ids: Map<string, string>,
  report: (path: readonly string[], what: string) => void,
): void {
  const { securityId, securityIdSource } = row;
  if ((securityId === undefined) !== (securityIdSource === undefined)) {
    const [missing, there] =
      securityId === undefined ? ["securityId", "securityIdSource"] : ["securityIdSource", "securityId"];
    report([name, missing!], `missing; expected it beside ${there}`);
  }
  if (typeof securityId !== "string") return;
  const other = ids.get(securityId);
  if (other === undefined) ids.set(securityId, name);
  else
    report(
      [name, "securityId"],
      `expected a SecurityID (48) that no other symbol has at this venue, got ${valueText(securityId)} as for ${other}`,
    );
}

function tableOf(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}
