import { columns } from "../terminal/columns.ts";
import type { CtlRow } from "./row.ts";

const WIDEST_CELL = 60;
/** Of a terminal that does not say, and of the lines below an entry. */
const USUAL_COLUMNS = 80;
/** A column is not made narrower than this. */
const NARROWEST = 10;
const GAP = 2;
const INDENT = "    ";
const TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(\.\d+)?Z$/;

/** Where the table is printed. */
export interface Paper {
  /** Columns of the terminal; Infinity where it is none. */
  readonly width: number;
  readonly nowMs: number;
}

/** Of this process's standard output. */
export function paper(): Paper {
  const { columns, isTTY } = process.stdout;
  const said = Number(process.env.COLUMNS);
  const width = isTTY ? columns || USUAL_COLUMNS : said > 0 ? said : Number.POSITIVE_INFINITY;
  return { width, nowMs: Date.now() };
}

/** A list as a table; the keys of `below` are printed on separate lines below each entry. */
export function tableLines(row: CtlRow, list: readonly unknown[], { width, nowMs }: Paper): string[] {
  const { columns: headings = {}, below } = row;
  const keys = Object.keys(headings);
  const cells = list.map((entry) =>
    keys.map((key) => {
      const text = cell(valueAt(entry, key));
      return shortened(below === undefined ? text : shortTime(text, nowMs), WIDEST_CELL);
    }),
  );
  const figures = keys.filter((key) => list.every((entry) => isFigure(valueAt(entry, key))));
  const words = keys.flatMap((key, i) => (figures.includes(key) ? [] : [i]));
  const table = [Object.values(headings), ...cells];
  const lines = columns(below === undefined ? table : fitted(table, words, width), words).map((line) => line.trimEnd());
  if (below === undefined) return lines;
  const wide = Math.min(width, USUAL_COLUMNS);
  return lines.flatMap((line, i) => (i === 0 ? [line] : [line, ...belowLines(below, list[i - 1], wide)]));
}

/** Entries that come one after the other, each as a line; a column is as wide as its widest cell up to now. */
export class RunningTable {
  private readonly widths: number[];

  constructor(private readonly row: CtlRow) {
    this.widths = Object.values(row.columns ?? {}).map((heading) => heading.length);
  }

  heading(): string {
    return this.line(Object.values(this.row.columns ?? {}));
  }

  entry(value: unknown): string {
    return this.line(
      Object.keys(this.row.columns ?? {}).map((key) => shortened(cell(valueAt(value, key)), WIDEST_CELL)),
    );
  }

  private line(cells: readonly string[]): string {
    for (const [i, text] of cells.entries()) this.widths[i] = Math.max(this.widths[i]!, text.length);
    return cells
      .map((text, i) => text.padEnd(this.widths[i]!))
      .join(" ".repeat(GAP))
      .trimEnd();
  }
}

export function valueAt(value: unknown, key: string): unknown {
  return key
    .split(".")
    .reduce((at: unknown, part) => (at as Record<string, unknown> | null | undefined)?.[part], value);
}

/** Text of peers may hold anything: no control character reaches the terminal. */
export function cell(value: unknown): string {
  const text =
    value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}

/** The widest columns of words are made narrower until the table fits. */
function fitted(table: readonly string[][], words: readonly number[], width: number): string[][] {
  const widths = table[0]!.map((_, i) => Math.max(...table.map((cells) => cells[i]!.length)));
  const total = (): number => widths.reduce((sum, one) => sum + one, GAP * (widths.length - 1));
  while (total() > width) {
    const widest = words.reduce((best, i) => (widths[i]! > widths[best]! ? i : best), words[0] ?? 0);
    if (widths[widest]! <= NARROWEST) break;
    widths[widest]!--;
  }
  return table.map((cells) => cells.map((text, i) => shortened(text, widths[i]!)));
}

function belowLines(below: Readonly<Record<string, string>>, entry: unknown, width: number): string[] {
  return Object.entries(below).flatMap(([key, heading]) => {
    const text = cell(valueAt(entry, key));
    return text === "" ? [] : wrapped(`${heading}: ${text}`, width - INDENT.length).map((line) => INDENT + line);
  });
}

/** Breaks between words; a word that is too long for a line gets a separate line. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** To the second today, else with the date: --json has it whole. */
function shortTime(text: string, nowMs: number): string {
  const match = TIME.exec(text);
  if (match === null) return text;
  return match[1] === new Date(nowMs).toISOString().slice(0, 10) ? text.slice(11, 19) : `${match[1]} ${match[2]}`;
}

function isFigure(value: unknown): boolean {
  return value === null || value === undefined || typeof value === "number" || /^-?\d+(\.\d+)?$/.test(String(value));
}

/** So that a table keeps its columns; --json has it whole. */
function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
