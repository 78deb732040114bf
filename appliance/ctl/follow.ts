import { serverEvents } from "../top/event-stream.ts";
import { type ApiClient, ApiError } from "./api-client.ts";
import type { CtlRow } from "./row.ts";
import { RunningTable } from "./table.ts";

/** Prints what a row's stream brings, a line for each event, until the gateway or the reader ends it. Throws an ApiError for the former. */
export async function followRow(client: ApiClient, row: CtlRow, json: boolean): Promise<never> {
  const response = await client.open("GET", row.follow!);
  if (!response.ok || response.body === null)
    throw new ApiError(
      `the API answers ${response.status} for ${row.follow}: ${(await response.text()).slice(0, 200)}`,
    );
  const table = new RunningTable(row);
  if (!json) console.log(table.heading());
  for await (const { event, data } of serverEvents(response.body)) {
    if (event === "end") throw new ApiError((JSON.parse(data) as { why: string }).why);
    if (data !== "") console.log(json ? data : table.entry(JSON.parse(data)));
  }
  throw new ApiError(`${row.follow}: the gateway has ended the stream`);
}
