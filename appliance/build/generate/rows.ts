import { ID_BYTES, SHORT_ID_BYTES } from "../../../src/base/id.ts";
import type { RecordTable, Row } from "../../../src/record/layout/row.ts";

// What the makers of code ask about tables.

/** Longest line that the formatter leaves alone. */
const LINE = 120;

/** `lastPxE8` → `LAST_PX`. */
export function snake(name: string): string {
  return name
    .replace(/E8$/, "")
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase();
}

/** True of an id or a text: bytes, and a length that stands elsewhere. */
export function sized(row: Row): boolean {
  return row.type === "id" || row.type === "text";
}

export function lengthOf(row: Row): string {
  return `${row.name}Length`;
}

/** Bytes of the row in the record. */
function widthOf(row: Row): number {
  if (row.type === "id") return SHORT_ID_BYTES;
  if (row.type === "text") return row.bytes!;
  if (row.type === "i32" || row.type === "bits24") return 4;
  return isByte(row) ? 1 : 8;
}

/** True of a price or a quantity: an i64. */
export function isLong({ type }: Row): boolean {
  return type === "quantity" || type === "price";
}

export function isByte({ type }: Row): boolean {
  return type === "char" || type === "flag" || type === "code";
}

/** Where the view has it. */
export function placeOf(row: Row): string {
  if (isByte(row)) return `this.bytes[this.at + ${row.at}]`;
  const [array, shift] = widthOf(row) === 4 ? ["i32", 2] : [isLong(row) ? "i64" : "f64", 3];
  const index = row.at >> (shift as number);
  const from = `this.at >> ${shift}`;
  return `this.${array}[${index === 0 ? from : `(${from}) + ${index}`}]`;
}

/** Code that tests whether a row of `this` has no value. */
export function absentTest(row: Row): string {
  if (isLong(row)) throw new Error(`${row.name}: a ${row.type} is in front of the first id`);
  return `this.${sized(row) ? lengthOf(row) : row.name} === 0`;
}

/** Code that tests whether an id or a text of `this` is in its long room. */
export function longTest(row: Row): string {
  return `this.${lengthOf(row)} > ${row.bytes ?? SHORT_ID_BYTES}`;
}

/** Everything before the first id or text. */
export function headBytes(table: RecordTable): number {
  return Math.min(...table.rows.filter(sized).map(({ at }) => at));
}

/** An import, in one line where that is short enough. */
export function importOf(names: readonly string[], from: string): string {
  const bare = (name: string): string => name.replace("type ", "");
  const sorted = [...new Set(names)].sort((a, b) => (bare(a) < bare(b) ? -1 : 1));
  const line = `import { ${sorted.join(", ")} } from "${from}";`;
  return line.length <= LINE ? line : `import {\n${sorted.map((name) => `  ${name},\n`).join("")}} from "${from}";`;
}

/** Lines that hold under a test ("" for always); neighbours with the same test share a block. */
export interface Guarded {
  readonly test: string;
  readonly lines: readonly string[];
  readonly others?: readonly string[];
}

export function blocksOf(parts: readonly Guarded[]): string[] {
  const lines: string[] = [];
  const inside = (all: readonly string[]): string[] => all.map((line) => `  ${line}`);
  for (let i = 0; i < parts.length; ) {
    const { test } = parts[i]!;
    let end = i;
    while (end < parts.length && parts[end]!.test === test) end++;
    const same = parts.slice(i, end);
    i = end;
    const then = same.flatMap((part) => part.lines);
    const others = same.flatMap((part) => part.others ?? []);
    if (test === "") lines.push(...then);
    else
      lines.push(
        `if (${test}) {`,
        ...inside(then),
        ...(others.length === 0 ? [] : ["} else {", ...inside(others)]),
        "}",
      );
  }
  return lines;
}

export interface Journalled {
  readonly short: number;
  readonly long: number;
  /** Rows behind the short length that a message of that length must not have. */
  readonly behind: readonly Row[];
  /** What is kept only where a test says that it is there, and where each ends; the last one first. */
  readonly rare: readonly (readonly [test: string, end: number])[];
}

export function journalledRows({ rows, journalled }: RecordTable): Journalled {
  const end = (row: Row): number => row.at + widthOf(row);
  const short = end(rows.find(({ name }) => name === journalled.upTo)!);
  const kept = rows.filter(({ toClient, rare, unkept }) => !toClient && !rare && !unkept);
  const { of } = journalled;
  const behind = kept.filter(
    (row) => row.at >= short && (of === undefined || [...of].some((type) => row.of?.includes(type))),
  );
  const seldom = rows
    .filter((row) => row.rare)
    .map((row) => [absentTest(row).replace("===", "!=="), end(row)] as const);
  const longIds = rows
    .filter(({ type, toClient, unkept }) => type === "id" && !toClient && !unkept)
    .map((row) => [longTest(row), row.longAt! + ID_BYTES] as const);
  const rare = [...seldom, ...longIds].sort((a, b) => b[1] - a[1]);
  return { short, long: Math.max(...kept.map(end)), behind, rare };
}

/** Tags of the rows that a message of that type has, ascending. */
export function tagsOf(table: RecordTable, type: string): number[] {
  return table.rows
    .filter(({ tag, of }) => tag !== undefined && of?.includes(type))
    .map(({ tag }) => tag!)
    .sort((a, b) => a - b);
}
