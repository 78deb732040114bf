import type { TSchema } from "@sinclair/typebox";
import type { FieldWords } from "./fields.ts";
import { pathText, valueText } from "./problem.ts";
import { type ConfigFile, configSchema } from "./schema.ts";

export type Keys = readonly (string | number)[];

/** One key of the configuration whose value differs between two files; a whole table where only one file has it. */
export interface KeyChange {
  readonly keys: Keys;
  /** Undefined: the file does not have it. */
  readonly before: unknown;
  readonly after: unknown;
}

/** What differs between two valid files, in the order of the second file's keys; removed keys come last in their table. */
export function differences(before: ConfigFile, after: ConfigFile): KeyChange[] {
  const changes: KeyChange[] = [];
  compare([], before, after, changes);
  return changes;
}

function compare(keys: Keys, before: unknown, after: unknown, changes: KeyChange[]): void {
  if (isPlain(before) && isPlain(after)) {
    for (const key of new Set([...Object.keys(after), ...Object.keys(before)]))
      compare([...keys, key], own(before, key), own(after, key), changes);
  } else if (!isSame(before, after)) changes.push({ keys, before, after });
}

/** Lists are compared as wholes: their places have no names. */
function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => isSame(one, b[i]));
  if (isPlain(a) && isPlain(b)) {
    const names = Object.keys(a);
    return names.length === Object.keys(b).length && names.every((name) => isSame(own(a, name), own(b, name)));
  }
  if (a === undefined || b === undefined) return a === b;
  // TOML's dates and times are objects; 5 and "5" mean the same decimal.
  return a === b || String(a) === String(b);
}

/** Place of a change in the file's syntax: `risk.accounts.ACC1.maxOrderQty`. */
export function keyText(keys: Keys): string {
  return pathText(keys);
}

/** A value of a change in the file's syntax; a secret is only said to be there. */
export function shownValue(keys: Keys, value: unknown): string {
  if (value === undefined) return "not set";
  return isSecret(keys) ? "(secret)" : valueText(value);
}

function isSecret(keys: Keys): boolean {
  return (schemaAt(keys) as FieldWords | undefined)?.secret === true;
}

/** The schema of a key, or undefined for a place within a list. */
function schemaAt(keys: Keys): TSchema | undefined {
  let schema: TSchema | undefined = configSchema;
  for (const key of keys) {
    if (schema === undefined) return undefined;
    const fields = schema.properties as Record<string, TSchema> | undefined;
    const entries: TSchema | undefined = Object.values<TSchema>(schema.patternProperties ?? {})[0];
    schema = fields !== undefined && Object.hasOwn(fields, key) ? fields[String(key)] : entries;
  }
  return schema;
}

/** Every key of the schema, with `*` for the name of an entry: `risk.accounts.*.maxOrderQty`. Tables by name are keys, too. */
export function schemaKeys(schema: TSchema = configSchema, at: readonly string[] = []): string[][] {
  const fields = Object.entries<TSchema>(schema.properties ?? {});
  const entries = Object.values<TSchema>(schema.patternProperties ?? {});
  if (fields.length === 0 && entries.length === 0) return [[...at]];
  return [
    ...fields.flatMap(([key, inner]) => schemaKeys(inner, [...at, key])),
    ...entries.flatMap((entry) => (entry.properties === undefined ? [] : [[...at, "*"]])),
    ...entries.flatMap((entry) => schemaKeys(entry, [...at, "*"])),
  ];
}

/** A copy of `file` in which these changes are made. */
export function withChanges(file: ConfigFile, changes: readonly KeyChange[]): ConfigFile {
  const copy = copyOf(file);
  for (const { keys, after } of changes) {
    let table = copy as unknown as Record<string | number, unknown>;
    for (const key of keys.slice(0, -1)) table = table[key] as Record<string | number, unknown>;
    const last = keys.at(-1)!;
    if (after === undefined) delete table[last];
    else table[last] = copyOf(after);
  }
  return copy;
}

/** Copies tables and lists; other values do not change. */
function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (!isPlain(value)) return value;
  const copy = Object.create(Object.getPrototypeOf(value)) as Record<string, unknown>;
  for (const [key, inner] of Object.entries(value)) copy[key] = copyOf(inner);
  return copy as T;
}

function own(table: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
