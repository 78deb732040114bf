import type { LiveCopy } from "../../../operation/live.ts";
import { part } from "./api.ts";
import { ask } from "./dialog.ts";
import type { State } from "./dom.ts";
import { age, bytes, count } from "./format.ts";
import { disconnect, endActions, linkState, numbersAction } from "./links.ts";
import { type Column, type RowAction, Table } from "./table.ts";
import type { Page } from "./view.ts";

/** Drop copy sessions: their connections, what they have not got, and what stops the copies of all. */
export function copyTable(page: Page): Table<LiveCopy> {
  const columns: Column<LiveCopy>[] = [
    { title: "Name", text: ({ name }) => name },
    { title: "Connection", text: ({ link }) => link, state: linkState, note: disconnect },
    { title: "Copies", text: held, state: heldState, note: why },
    { title: "Next out", kind: "number", text: ({ nextOut }) => count(nextOut) },
    { title: "Out/s", kind: "number", text: ({ outPerSecond }) => count(outPerSecond) },
    { title: "Made", kind: "number", text: ({ copies }) => count(copies) },
    { title: "Waiting", kind: "number", text: ({ waiting }) => count(waiting) },
    { title: "Behind", kind: "number", text: (copy) => bytes(copy.behindBytes), note: behind },
  ];
  const key = ({ name }: LiveCopy) => name;
  const actions = (copy: LiveCopy) => copyActions(page, copy);
  return new Table({
    caption: "Drop copy sessions",
    columns,
    key,
    actions,
    empty: "The configuration has no drop copy sessions.",
  });
}

function held({ stopped, waitsForRoom }: LiveCopy): string {
  if (stopped !== null) return "stopped";
  return waitsForRoom ? "waiting for room" : "going on";
}

function heldState({ stopped, waitsForRoom }: LiveCopy): State {
  if (stopped !== null) return "bad";
  return waitsForRoom ? "warn" : "good";
}

function why({ stopped, waitsForRoom }: LiveCopy): string {
  if (stopped !== null) return `${stopped.agent}: ${stopped.reason}`;
  return waitsForRoom ? "the disk is full: copies leave the journal's reserve to orders" : "";
}

/** How long the first report waits that is not copied. */
function behind({ behindBytes, behindS }: LiveCopy): string {
  return behindBytes === 0 ? "" : age(1_000 * behindS);
}

function copyActions(page: Page, { name, link, stopped }: LiveCopy): RowAction<LiveCopy>[] {
  const of = { one: `drop copy session ${name}`, path: `drop-copies/${part(name)}` };
  const list: RowAction<LiveCopy>[] = [...endActions<LiveCopy>(page, of, link), numbersAction<LiveCopy>(page, of)];
  if (stopped === null) return list;
  const { agent, reason } = stopped;
  const run = (values: object) =>
    page.api.send("POST", "drop-copy-skips", { agent, ...values }).then(({ body }) => body);
  const text = `Passes over what can't be copied, for all drop copy sessions: ${reason}`;
  return [
    ...list,
    {
      label: "Skip",
      danger: true,
      more: true,
      run: () => ask({ title: `Skip: ${agent}`, text, confirm: "Skip", danger: true, run }),
    },
  ];
}
