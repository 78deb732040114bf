import { didYouMean, valueText } from "./problem.ts";

// What checks over several fields read of a file, which may also have fields of a wrong type: those count as absent.

export type Table = Record<string, unknown>;
export type Key = string | number;
export type Report = (path: readonly Key[], what: string) => void;

export function checkName(path: readonly Key[], name: unknown, known: Table, what: string, report: Report): void {
  if (typeof name !== "string" || Object.hasOwn(known, name)) return;
  report(path, `expected the name of ${what}, got ${valueText(name)}${didYouMean(name, Object.keys(known))}`);
}

export function tableOf(value: unknown): Table {
  return isTable(value) ? value : {};
}

export function entriesOf(value: unknown): [name: string, entry: Table][] {
  return Object.entries(tableOf(value)).filter((entry): entry is [string, Table] => isTable(entry[1]));
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
