import { Kind, type TSchema } from "@sinclair/typebox";
import { Value, type ValueError, ValueErrorType } from "@sinclair/typebox/value";
import { readAddress } from "./address.ts";
import { type DecimalBounds, readDecimal } from "./decimal.ts";
import type { AddressesKeywords, FieldWords } from "./fields.ts";
import { didYouMean, nearestText, type Problem, pathText, valueText } from "./problem.ts";
import { configSchema } from "./schema.ts";

/** Applies the constant defaults to absent fields. */
export function withDefaults(value: unknown): unknown {
  return Value.Default(configSchema, value);
}

/** Violations of the schema, each path once. */
export function shapeProblems(value: unknown): Problem[] {
  const problems: Problem[] = [];
  for (const error of Value.Errors(configSchema, value)) {
    if (error.value === undefined && wordsOf(error.schema).fallback !== undefined) continue;
    const keys = keysOf(error.path, value);
    const { at, what } = elementComplaint(error, keys) ?? { at: keys, what: complaint(error) };
    problems.push({ where: pathText(at), what });
  }
  return problems;
}

/** The keys of a JSON pointer; list indexes as numbers. */
function keysOf(pointer: string, root: unknown): (string | number)[] {
  const keys: (string | number)[] = [];
  let at = root;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    keys.push(Array.isArray(at) ? Number(key) : key);
    at = (at as Record<string, unknown> | undefined)?.[key];
  }
  return keys;
}

/** A complaint about one element of a list; null when the whole value is meant. */
function elementComplaint({ schema, type, value }: ValueError, keys: (string | number)[]): Complaint | null {
  if (!Array.isArray(value)) return null;
  if (schema[Kind] === "Addresses") {
    const { lowestPort, maxItems, oneExpected } = schema as unknown as AddressesKeywords;
    if (value.length === 0 || value.length > maxItems)
      return { at: keys, what: `expected 1 to ${maxItems} addresses, got ${value.length}` };
    const wrong = value.findIndex((one) => readAddress(one, lowestPort) === null);
    return { at: [...keys, wrong], what: `expected ${oneExpected}, got ${valueText(value[wrong])}` };
  }
  if (type === ValueErrorType.ArrayUniqueItems) {
    const again = value.findIndex((one, i) => value.indexOf(one) < i);
    if (again < 0) return null;
    const first = pathText([...keys, value.indexOf(value[again])]);
    return {
      at: [...keys, again],
      what: `expected entries that differ, got ${valueText(value[again])} as in ${first}`,
    };
  }
  if (type !== ValueErrorType.ArrayMaxItems) return null;
  return { at: keys, what: `expected ${expectation(schema)}, got ${count(value.length)}` };
}

interface Complaint {
  readonly at: (string | number)[];
  readonly what: string;
}

function complaint(error: ValueError): string {
  if (error.type === ValueErrorType.ObjectAdditionalProperties) return unknownKey(error);
  const expected = expectation(error.schema);
  if (wordsOf(error.schema).secret === true && error.value !== undefined)
    return `expected ${expected}, got something else`;
  if (error.value === undefined) return `missing; expected ${expected}`;
  if (error.type === ValueErrorType.ArrayUniqueItems)
    return `expected entries that differ, got ${valueText(error.value)}`;
  if (error.schema[Kind] === "Decimal") {
    const bounds = error.schema as unknown as DecimalBounds;
    if (readDecimal(error.value, bounds) === "places")
      return `expected at most ${bounds.places} decimals, got ${valueText(error.value)}`;
  }
  if (error.type === ValueErrorType.ObjectMinProperties || error.type === ValueErrorType.ObjectMaxProperties)
    return `expected ${expected}, got ${count(Object.keys(error.value as object).length)}`;
  return `expected ${expected}, got ${valueText(error.value)}`;
}

function unknownKey({ schema, path }: ValueError): string {
  const name = keysOf(path, null).at(-1) as string;
  const expected = wordsOf(schema).expected;
  if (schema[Kind] === "Record") return `expected ${expected}, got ${JSON.stringify(name)}`;
  const known = Object.keys(schema.properties);
  const homes = tablesWith(name);
  if (homes.length > 0) return `unknown key here; it belongs in ${homes.slice(0, HOMES).join(" or ")}`;
  const hint = didYouMean(name, known);
  return hint === "" ? `unknown key; known here: ${nearestText(name, known)}` : `unknown key${hint}`;
}

/** Tables in one message. */
const HOMES = 3;

/** The tables of the file that have a key of this name: `[core]`, `[venues.NAME]`. */
function tablesWith(name: string, schema: TSchema = configSchema, path = ""): string[] {
  const found = path !== "" && Object.hasOwn(schema.properties ?? {}, name) ? [`[${path}]`] : [];
  for (const [key, inner] of Object.entries<TSchema>(schema.properties ?? {})) {
    const at = path === "" ? key : `${path}.${key}`;
    found.push(...tablesWith(name, inner, at));
    for (const entry of Object.values<TSchema>(inner.patternProperties ?? {}))
      found.push(...tablesWith(name, entry, `${at}.NAME`));
  }
  return found;
}

/** Accepted values of a field, as text. */
function expectation(schema: TSchema): string {
  const words = wordsOf(schema);
  switch (schema[Kind]) {
    case "Integer":
      return `a whole number from ${count(schema.minimum)} to ${count(schema.maximum)}`;
    case "Boolean":
      return "true or false";
    case "Array":
      return `a list of ${count(schema.minItems)} to ${count(schema.maxItems)} entries`;
    case "Object":
      return "a table";
    case "Record":
      return `${count(schema.minProperties)} to ${count(schema.maxProperties)} ${words.expected}`;
    case "String":
      return words.expected ?? `text of ${count(schema.minLength)} to ${count(schema.maxLength)} characters`;
    default:
      return words.expected ?? `${schema.const}`;
  }
}

function wordsOf(schema: TSchema): FieldWords {
  return schema as object;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
