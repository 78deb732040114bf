import { type ApiAnswer, ApiClient, ApiError } from "./api-client.ts";
import { followRow } from "./follow.ts";
import { type CtlRow, optionKey } from "./row.ts";
import { cell, paper, tableLines, valueAt } from "./table.ts";

const OK = 0;
const FAILED = 1;
/** It is not done yet: a second person has to confirm it. */
const WAITS = 3;
/** The answer's verdict is no. */
const NO_GO = 4;
/** Verdicts that are no. */
const NOS: readonly unknown[] = [false, "fail"];
const ACCEPTED_STATUS = 202;

/** Asks the API for what a row says. Returns  0, 1 when it refuses or does not answer, 3 when a second person has to confirm, 4 when the verdict is no. */
export async function runRow(
  row: CtlRow,
  words: readonly (string | undefined)[],
  values: Readonly<Record<string, unknown>>,
): Promise<number> {
  try {
    const client = new ApiClient(values);
    if (row.follow !== undefined && values.follow === true) return await followRow(client, row, values);
    const answer = await ask(client, row, words, values);
    for (const line of values.json === true ? [JSON.stringify(answer.value)] : lines(row, answer.value))
      console.log(line);
    if (row.verdict !== undefined && NOS.includes(valueAt(answer.value, row.verdict))) return NO_GO;
    return answer.status === ACCEPTED_STATUS ? WAITS : OK;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    console.error(`sallyport: ${error.message}`);
    return FAILED;
  }
}

async function ask(
  client: ApiClient,
  row: CtlRow,
  words: readonly (string | undefined)[],
  values: Readonly<Record<string, unknown>>,
): Promise<ApiAnswer> {
  const path = `${filled(row.path, words)}${queryOf(row, values)}`;
  const parameters = countOf(row.path);
  const asked: [string, unknown][] = [
    ...(row.argumentKeys ?? []).map((key, i): [string, unknown] => [key, words[parameters + i]]),
    ...(row.pairs === undefined ? [] : [pairOf(row.pairs, words.slice(parameters))]),
    ...Object.keys(row.options ?? {}).map((key): [string, unknown] => [key, values[optionKey(key)]]),
    ...(row.isAction ? [["why", values.why] as [string, unknown]] : []),
  ];
  const given = asked.filter(([, value]) => value !== undefined);
  if (row.method === "GET") {
    const query = new URLSearchParams(given.map(([key, value]): [string, string] => [key, String(value)])).toString();
    return client.ask("GET", query === "" ? path : `${path}?${query}`);
  }
  const body =
    given.length === 0 && row.body === undefined ? undefined : nested([...Object.entries(row.body ?? {}), ...given]);
  const headers: Record<string, string> = {};
  if (row.matches !== undefined) {
    const { etag } = await client.ask("GET", filled(row.matches, words));
    if (etag !== null) headers["if-match"] = etag;
  }
  return client.ask(row.method, path, body, headers);
}

/** The options that a row has in the query whatever its method. */
function queryOf(row: CtlRow, values: Readonly<Record<string, unknown>>): string {
  const given = Object.keys(row.query ?? {}).filter((key) => values[key] !== undefined);
  return given.length === 0
    ? ""
    : `?${new URLSearchParams(given.map((key): [string, string] => [key, String(values[key])]))}`;
}

/** `SETTING VALUE` as JSON has it: numbers stay text, so that they are exact; `file` is what the file says. */
function pairOf(table: string, [key, value]: readonly (string | undefined)[]): [string, unknown] {
  const words: Readonly<Record<string, unknown>> = { true: true, false: false, file: null };
  return [`${table}.${key}`, value !== undefined && value in words ? words[value] : value];
}

/** The path with its `:name` parts filled in. */
function filled(path: string, words: readonly (string | undefined)[]): string {
  let next = 0;
  return path.replaceAll(/:[a-zA-Z]+/g, () => encodeURIComponent(words[next++] ?? ""));
}

function countOf(path: string): number {
  return path.match(/:[a-zA-Z]+/g)?.length ?? 0;
}

/** `filter.account` goes into a table `filter`. */
function nested(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    const parts = key.split(".");
    let at = body;
    for (const part of parts.slice(0, -1)) {
      at[part] ??= {};
      at = at[part] as Record<string, unknown>;
    }
    at[parts.at(-1)!] = value;
  }
  return body;
}

function lines(row: CtlRow, value: unknown): string[] {
  if (row.columns === undefined) return facts(value);
  const list = (row.list === "" || row.list === undefined ? value : valueAt(value, row.list)) as readonly unknown[];
  if (list.length === 0) return [row.emptyText ?? "none"];
  const table = tableLines(row, list, paper());
  const next = valueAt(value, "next");
  return typeof next === "string" && row.options?.after !== undefined ? [...table, `more: --after ${next}`] : table;
}

/** One fact a line; tables within are indented. */
function facts(value: unknown, indent = ""): string[] {
  if (typeof value !== "object" || value === null) return [`${indent}${cell(value)}`];
  if (Array.isArray(value) && value.length === 0) return [`${indent}none`];
  const entries = Object.entries(value);
  const widest = Math.max(0, ...entries.map(([key]) => key.length));
  return entries.flatMap(([key, one]) =>
    typeof one === "object" && one !== null
      ? [`${indent}${key}`, ...facts(one, `${indent}  `)]
      : [`${indent}${key.padEnd(widest)}  ${cell(one)}`],
  );
}
