// Every cell of the table of states and events, on the executable: an order in each state gets each report of its venue.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { pages } from "../../appliance/manual/pages.ts";
import type { Field } from "../../src/counterparty/message.ts";
import type { PeerOrder } from "../../src/counterparty/venue.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const QUANTITY = 100;
const FILLED = 40;

const gateway = new Gateway({ tables: "[admin]\nrequestsPerSecond = 1_000\n" });
const venue = new Venue(gateway.venuePort);
const alice = new Client("ALICE", gateway.clientPort);

beforeAll(async () => {
  venue.listen();
  await gateway.start();
  await alice.logon();
  await venueUp(alice);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

/** How a venue brings its order into each state, and OrdStatus (39) of that state. */
const STATES: Readonly<Record<string, { readonly status: string; readonly bring: (order: PeerOrder) => void }>> = {
  "pending-new": { status: "A", bring: () => {} },
  new: { status: "0", bring: (order) => venue.acknowledge(order) },
  "partially-filled": {
    status: "1",
    bring: (order) => {
      venue.acknowledge(order);
      venue.fill(order, FILLED);
    },
  },
  filled: {
    status: "2",
    bring: (order) => {
      venue.acknowledge(order);
      venue.fill(order, QUANTITY);
    },
  },
  canceled: {
    status: "4",
    bring: (order) => {
      venue.acknowledge(order);
      venue.end(order, "canceled");
    },
  },
  rejected: { status: "8", bring: (order) => venue.refuse(order, "no") },
  expired: {
    status: "C",
    bring: (order) => {
      venue.acknowledge(order);
      venue.end(order, "expired");
    },
  },
  "done-for-day": {
    status: "3",
    bring: (order) => {
      venue.acknowledge(order);
      say(order, "3", "3", 0);
    },
  },
};

/** ExecType (150) of each event, and the OrdStatus (39) that it says; "": that of the order. */
const EVENTS = {
  "acknowledged (150=0)": ["0", "0"],
  "canceled (4)": ["4", "4"],
  "rejected (8)": ["8", "8"],
  "expired (C)": ["C", "C"],
  "done for the day (3)": ["3", "3"],
  "replaced (5)": ["5", ""],
  "restated (D)": ["D", ""],
} as const;

/** Ends of an order: what is left is 0. Done for the day with something left is none. */
const ENDS = ["2", "3", "4", "8", "C"];
/** Only the answer to a replace that was under way replaces an order in these states. */
const ASKED_FOR = ["filled", "done-for-day"];
/** A rejection says that nothing was executed. */
const ODD = "partially-filled rejected (8)";

/** Sends an ExecutionReport. Returns its ExecID. */
function say(order: PeerOrder, execType: string, status: string, leaves: number, more: readonly Field[] = []): string {
  const execId = venue.nextExecId();
  const fields: Field[] = [
    ...([
      [1, order.account],
      [6, order.filled > 0 ? order.price : 0],
      [11, order.clOrdId],
      [14, order.filled],
    ] as const),
    ...([
      [17, execId],
      [37, order.orderId],
      [38, order.quantity],
      [39, status],
      [44, order.price],
    ] as const),
    ...([
      [54, order.side],
      [55, order.symbol],
      [58, execId],
      [60, venue.now()],
      [150, execType],
      [151, leaves],
    ] as const),
    ...more,
  ];
  venue.send("8", fields);
  return execId;
}

/** The table of the manual's page, by state and event; null: not allowed. */
function tableOf(page: string): Record<string, Record<string, string | null>> {
  const [, text] = /<!-- life cycle[^>]*-->\n\n([\s\S]*?)\n\n<!--/.exec(page)!;
  const [head, , ...rows] = text!.split("\n").map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return Object.fromEntries(
    rows.map(([state, ...cells]) => [
      state!,
      Object.fromEntries(cells.map((cell, i) => [head![1 + i]!, cell === "–" ? null : cell])),
    ]),
  );
}

const table = tableOf(pages.orders!);

test("the manual's table has every state and event", () => {
  expect(Object.keys(table)).toEqual(Object.keys(STATES));
  for (const row of Object.values(table)) expect(Object.keys(row)).toEqual(Object.keys(EVENTS));
});

interface Shown {
  readonly state: string;
  readonly attention: string | null;
}

async function shown(clOrdId: string): Promise<Shown> {
  return (await ask(gateway, "GET", `/v1/orders?clOrdId=${clOrdId}`)).body.orders[0];
}

describe.each(Object.keys(STATES))("an order that is %s", (from) => {
  test.each(Object.keys(EVENTS) as (keyof typeof EVENTS)[])("%s", async (event) => {
    const { status, bring } = STATES[from]!;
    const to = table[from]![event]!;
    venue.acknowledges = false;
    const clOrdId = alice.order({ 38: QUANTITY, 44: "149" });
    const order = await until("the order", () => venue.orders.find(({ open, clOrdId: id }) => open && isNew(id)));
    seen.add(order.clOrdId);
    const [execType, said] = EVENTS[event];
    const isAskedFor = to !== null && execType === "5" && ASKED_FOR.includes(from);
    if (isAskedFor) alice.replace(clOrdId, { 38: QUANTITY, 44: "148" });
    const request = isAskedFor && (await venue.wait("the replace", ({ type }) => type === "G"));
    bring(order);
    await until(`an order that is ${from}`, async () => (await shown(clOrdId))?.state === from);
    // Where the state does not allow it, OrdStatus and LeavesQty say what the order was: the ExecType alone decides.
    const ordStatus = to === null || said === "" ? (status === "A" ? "0" : status) : said;
    const leaves = ENDS.includes(ordStatus) ? 0 : QUANTITY - order.filled;
    const orig = order.clOrdId;
    if (request !== false) order.clOrdId = request.text(11);
    seen.add(order.clOrdId);
    const execId = say(order, execType, ordStatus, leaves, request === false ? [] : [[41, orig]]);
    const report = await alice.wait(`the report ${execId}`, (message) => message.get(58) === execId);
    expect([report.get(150), report.get(39)]).toEqual([execType, ordStatus]);
    expect(request === false ? report.get(11) : report.get(41)).toBe(clOrdId);
    const { state, attention } = await until("the order's row", () => shown(clOrdId));
    expect([state, attention === null]).toEqual([to ?? from, to !== null && `${from} ${event}` !== ODD]);
  });
});

const seen = new Set<string>();

function isNew(clOrdId: string): boolean {
  return !seen.has(clOrdId);
}
