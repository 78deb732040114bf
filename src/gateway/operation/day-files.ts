import { readFileSync } from "node:fs";
import { namedFiles } from "../../config/named-files.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import type { DayFile } from "../../operation/day.ts";
import type { GivenPosition } from "../../operation/positions.ts";
import { csvLines } from "../../reports/reconcile/csv-lines.ts";
import { decimalE8 } from "../../reports/reconcile/drop-copy.ts";

/** Longest table of a day. */
const MOST_BYTES = 64 << 20;

/** A table of a day: its file, and its rows by symbol. */
export interface DayTable<T> {
  readonly file: DayFile;
  readonly rows: ReadonlyMap<string, T>;
}

/** The files of a configuration, as they are now. Throws one line for one that can't be read. */
export function configurationFiles(config: GatewayConfig, configFile: string): DayFile[] {
  const named: [string, string][] = [[configFile, "configuration"]];
  for (const { keys, path } of namedFiles(config))
    named.push([path, keys.at(-1) === "passwordFile" ? "password" : "dictionary"]);
  const once = new Map(named);
  return [...once].map(([file, what]) => factsOf(file, what, null, readFileSync(file)));
}

/** Prices by symbol, 1e-8. Throws one line that names file and line. */
export function referencePrices(file: string): DayTable<bigint> {
  return tableOf(file, "reference prices", ["symbol", "price"], ([, price], line) => {
    const priceE8 = decimalE8(price!);
    if (priceE8 !== null) return priceE8;
    throw new Error(`${file}: line ${line}: expected price to be a number of up to eight decimals, got ${price}`);
  });
}

export function restrictedSymbols(file: string): DayTable<true> {
  return tableOf(file, "restricted symbols", ["symbol"], () => true);
}

/** Positions at the start of the day. Throws one line that names file and line. */
export function startPositions(file: string): { readonly file: DayFile; readonly rows: readonly GivenPosition[] } {
  const rows: GivenPosition[] = [];
  const seen = new Set<string>();
  const { bytes } = eachLine(
    file,
    ["account", "symbol", "quantity"],
    ([account = "", symbol = "", quantity = ""], line) => {
      if (account === "" || symbol === "")
        throw new Error(`${file}: line ${line}: expected an account and a symbol, got nothing`);
      const pair = `${account}\n${symbol}`;
      if (seen.has(pair))
        throw new Error(
          `${file}: line ${line}: expected each account once in a symbol, got ${account} in ${symbol} again`,
        );
      if (decimalE8(quantity) === null)
        throw new Error(
          `${file}: line ${line}: expected quantity to be a number of up to eight decimals, got ${quantity}`,
        );
      seen.add(pair);
      rows.push({ account, symbol, quantity });
    },
  );
  return { file: factsOf(file, "positions", rows.length, bytes), rows };
}

function tableOf<T>(
  file: string,
  what: string,
  headings: readonly string[],
  read: (values: readonly string[], line: number) => T,
): DayTable<T> {
  const rows = new Map<string, T>();
  const { bytes } = eachLine(file, headings, (values, line) => {
    const [symbol] = values;
    if (symbol === "") throw new Error(`${file}: line ${line}: expected a symbol, got nothing`);
    if (rows.has(symbol!)) throw new Error(`${file}: line ${line}: expected each symbol once, got ${symbol} again`);
    rows.set(symbol!, read(values, line));
  });
  return { file: factsOf(file, what, rows.size, bytes), rows };
}

/** Calls `take` with each line's values under the headings. */
function eachLine(
  file: string,
  headings: readonly string[],
  take: (values: readonly string[], line: number) => void,
): { readonly bytes: Buffer } {
  const bytes = readFileSync(file);
  if (bytes.length > MOST_BYTES) throw new Error(`${file}: expected at most ${MOST_BYTES} bytes, got ${bytes.length}`);
  let places: number[] | null = null;
  for (const { line, fields } of csvLines(bytes.toString())) {
    if (places !== null) {
      take(
        places.map((place) => (fields[place] ?? "").trim()),
        line,
      );
      continue;
    }
    places = headings.map((heading) => fields.findIndex((field) => field.trim() === heading));
    if (places.includes(-1))
      throw new Error(`${file}: line ${line}: expected the headings ${headings.join(", ")}, got ${fields.join(", ")}`);
  }
  if (places === null) throw new Error(`${file}: expected the headings ${headings.join(", ")}, got an empty file`);
  return { bytes };
}

function factsOf(file: string, what: string, rows: number | null, bytes: Buffer): DayFile {
  const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
  return { file, what, sha256, bytes: bytes.length, rows };
}
