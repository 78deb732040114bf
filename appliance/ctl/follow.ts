import { serverEvents } from "../top/event-stream.ts";
import { type ApiClient, ApiError } from "./api-client.ts";
import type { CtlRow } from "./row.ts";
import { RunningTable } from "./table.ts";

/** Prints what a row's stream brings, a line for each event, until the gateway or the reader ends it. Throws an ApiError for the former. */
export async function followRow(
  client: ApiClient,
  row: CtlRow,
  values: Readonly<Record<string, unknown>>,
): Promise<never> {
  const path = `${row.follow}${queryOf(row, values)}`;
  const response = await client.open("GET", path);
  if (!response.ok || response.body === null)
    throw new ApiError(`the API answers ${response.status} for ${path}: ${(await response.text()).slice(0, 200)}`);
  const json = values.json === true;
  const table = new RunningTable(row);
  if (!json) console.log(table.heading());
  for await (const { event, data } of serverEvents(response.body)) {
    if (event === "end") throw new ApiError((JSON.parse(data) as { why: string }).why);
    if (data !== "") console.log(json ? data : table.entry(JSON.parse(data)));
  }
  throw new ApiError(`${row.follow}: the gateway has ended the stream`);
}

function queryOf({ options = {}, followOptions = [] }: CtlRow, values: Readonly<Record<string, unknown>>): string {
  const given = Object.keys(options).filter((key) => values[key] !== undefined);
  const other = given.find((key) => !followOptions.includes(key));
  if (other !== undefined) {
    const most = followOptions.length === 0 ? "no option" : `no other option than ${followOptions.join(" and ")}`;
    throw new ApiError(`expected ${most} with --follow, got ${other}`);
  }
  const query = new URLSearchParams(given.map((key): [string, string] => [key, String(values[key])])).toString();
  return query === "" ? "" : `?${query}`;
}
