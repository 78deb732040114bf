import { csvLines } from "./csv-lines.ts";

/** An execution as a venue's file has it; quantity and price in 1e-8. */
export interface VenueExecution {
  /** Line of the file. */
  readonly line: number;
  readonly kind: "trade" | "correction" | "bust";
  readonly execId: string;
  /** Execution that is corrected or busted; "" for a trade. */
  readonly execRefId: string;
  readonly venueOrderId: string;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: bigint;
  readonly priceE8: bigint;
}

/** What a file's columns may be named after, with the FIX tag of each. */
export const DROP_COPY_FIELDS = {
  execId: 17,
  execRefId: 19,
  orderId: 37,
  symbol: 55,
  side: 54,
  quantity: 32,
  price: 31,
  kind: 150,
} as const;
export type DropCopyField = keyof typeof DROP_COPY_FIELDS;
/** Heading of each column in the file; a field that is left out has the heading of its own name. */
export type DropCopyColumns = Readonly<Partial<Record<DropCopyField, string>>>;

const REQUIRED: readonly DropCopyField[] = ["execId", "quantity", "price"];
const SIDES: Readonly<Record<string, string>> = { "1": "buy", "2": "sell", "5": "sell-short" };
const KINDS: Readonly<Record<string, VenueExecution["kind"] | null>> = {
  "": "trade",
  F: "trade",
  "1": "trade",
  "2": "trade",
  G: "correction",
  H: "bust",
};
const DECIMAL = /^(-?)(\d{1,11})(?:\.(\d{1,8})0*)?$/;

type Fields = Readonly<Partial<Record<DropCopyField, string>>>;

/**
 * Reads a venue's file of executions: CSV with a line of headings, or FIX messages, one a line, with SOH or `|` between fields; of these
 * only ExecutionReports of trades, corrections and busts count. Throws one line that names the file's line.
 */
export function readDropCopy(text: string, columns: DropCopyColumns): VenueExecution[] {
  if (!/^\s*8=FIX/.test(text)) return [...fromCsv(text, columns)];
  const [named] = Object.keys(columns);
  if (named !== undefined) throw new Error(`expected no columns for FIX messages, whose tags say it, got ${named}`);
  return [...fromFix(text)];
}

function* fromFix(text: string): Iterable<VenueExecution> {
  let line = 0;
  for (const message of text.split(/\r?\n/)) {
    line++;
    const fields = new Map(
      message.split(/[\x01|]/).map((field): [string, string] => {
        const equals = field.indexOf("=");
        return [field.slice(0, equals), field.slice(equals + 1)];
      }),
    );
    if (fields.get("35") !== "8") continue;
    const found: Record<string, string> = {};
    for (const [name, tag] of Object.entries(DROP_COPY_FIELDS)) found[name] = fields.get(String(tag)) ?? "";
    // Up to FIX 4.2 a bust or correction says so in ExecTransType (20).
    const transaction = fields.get("20");
    if (transaction === "1") found.kind = "H";
    if (transaction === "2") found.kind = "G";
    if (KINDS[found.kind!] !== undefined && found.kind !== "") yield executionOf(line, found);
  }
}

function* fromCsv(text: string, columns: DropCopyColumns): Iterable<VenueExecution> {
  let places: [DropCopyField, number][] | null = null;
  for (const { line, fields } of csvLines(text)) {
    if (places === null) {
      places = placesOf(fields, columns);
      continue;
    }
    const found: Record<string, string> = {};
    for (const [name, place] of places) found[name] = (fields[place] ?? "").trim();
    yield executionOf(line, found);
  }
}

function placesOf(headings: readonly string[], columns: DropCopyColumns): [DropCopyField, number][] {
  const places: [DropCopyField, number][] = [];
  for (const name of Object.keys(DROP_COPY_FIELDS) as DropCopyField[]) {
    const heading = columns[name] ?? name;
    const place = headings.findIndex((one) => one.trim() === heading);
    if (place >= 0) places.push([name, place]);
    else if (columns[name] !== undefined || REQUIRED.includes(name))
      throw new Error(`line 1: expected a column ${heading} for ${name}, got ${headings.join(", ")}`);
  }
  return places;
}

function executionOf(line: number, fields: Fields): VenueExecution {
  const kind = kindOf(line, fields.kind ?? "");
  const isBust = kind === "bust";
  return {
    line,
    kind,
    execId: needed(line, "execId", fields.execId),
    execRefId: kind === "trade" ? "" : needed(line, "execRefId", fields.execRefId),
    venueOrderId: fields.orderId ?? "",
    symbol: fields.symbol ?? "",
    side: SIDES[fields.side ?? ""] ?? (fields.side ?? "").toLowerCase(),
    quantity: isBust ? 0n : decimal(line, "quantity", fields.quantity),
    priceE8: isBust ? 0n : decimal(line, "price", fields.price),
  };
}

function kindOf(line: number, text: string): VenueExecution["kind"] {
  const kind = KINDS[text] ?? (["trade", "correction", "bust"] as const).find((one) => one === text.toLowerCase());
  if (kind !== undefined && kind !== null) return kind;
  throw new Error(`line ${line}: expected kind to be trade, correction, bust, F, G or H, got ${text}`);
}

function needed(line: number, name: DropCopyField, value: string | undefined): string {
  if (value !== undefined && value !== "") return value;
  throw new Error(`line ${line}: expected ${name}, got nothing`);
}

function decimal(line: number, name: DropCopyField, text: string | undefined): bigint {
  const value = decimalE8(text ?? "");
  if (value !== null) return value;
  throw new Error(`line ${line}: expected ${name} to be a number of up to eight decimals, got ${text ?? "nothing"}`);
}

/** A decimal number in 1e-8; null: it is none, or not held exactly. */
export function decimalE8(text: string): bigint | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const size = BigInt(match[2]!) * 100_000_000n + BigInt((match[3] ?? "").padEnd(8, "0"));
  return match[1] === "-" ? -size : size;
}
