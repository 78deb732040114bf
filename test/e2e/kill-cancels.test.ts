// A kill switch that cancels open orders does so until none is left: orders of a venue that is down, of which a replace is under way, or
// whose cancel is refused; over a kill of the gateway, until it is lifted.

import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { freePort, Gateway, runToEnd } from "./gateway.ts";
import { venueTables } from "./tables.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(120_000);

const KILLED = /^CORE-229 CANCELED_BY_KILL_SWITCH/;
const why = "a test";

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

interface Shown {
  readonly found: number;
  readonly canceled: number;
  readonly filled: number;
  readonly otherwise: number;
  readonly open: number;
  readonly unconfirmed: readonly { readonly orderId: string; readonly reason: string }[];
}

/** Symbol AAPL goes to VENUE, MSFT to SECOND. */
async function desk(venueMore = "") {
  const port = freePort();
  const gateway = new Gateway({ venue: venueMore, tables: venueTables("SECOND", port, "", "MSFT") });
  const venue = new Venue(gateway.venuePort);
  const second = new Venue(port, "SECOND");
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(async () => {
    venue.stop();
    second.stop();
    await gateway.remove();
  });
  venue.listen();
  second.listen();
  await gateway.start();
  await alice.logon();
  await venueUp(alice);
  const kill = (scope: string, engaged = true, cancelOpen = engaged) =>
    ask(gateway, "PUT", "/v1/kill-switch", { scope, engaged, why, ...(cancelOpen ? { cancelOpen } : {}) });
  const cancels = async (scope: string): Promise<Shown | null> =>
    (await ask(gateway, "GET", `/v1/kill-switch?scope=${scope}`)).body[0].cancels;
  const seen = (scope: string, wanted: Partial<Shown>) =>
    until(`${scope} with ${JSON.stringify(wanted)}`, async () => {
      const now = await cancels(scope);
      return now !== null && Object.entries(wanted).every(([key, value]) => now[key as keyof Shown] === value) && now;
    });
  const open = async (terms: Record<number, string | number> = {}, client = alice): Promise<string> => {
    const clOrdId = client.order({ 44: "149", ...terms });
    await client.report(clOrdId, "0");
    return clOrdId;
  };
  return { gateway, venue, second, alice, kill, cancels, seen, open };
}

const cancelsAt = (venue: Venue, from = 0): Message[] => venue.received.slice(from).filter(({ type }) => type === "F");

test("orders at a venue that is down are canceled when it is back, over a kill -9 of the gateway", async () => {
  const { gateway, venue, second, alice, kill, seen, open } = await desk();
  const near = await open({ 38: 10 });
  const far = await open({ 38: 11, 55: "MSFT" });
  const other = await open({ 38: 12, 55: "MSFT", 1: "FEW" });
  second.stop();
  await gateway.said("venue SECOND: down");
  const { body } = await kill("account:ACC1");
  expect(body).toMatchObject({
    result: "applied",
    canceled: {
      matched: 2,
      asked: 1,
      notAskedCount: 1,
      notAsked: [{ reason: "expected venue SECOND to be up, got down" }],
    },
  });
  const canceled = await alice.report(near, "4");
  expect([canceled.text(58), canceled.get(378), canceled.get(39)]).toEqual([expect.stringMatching(KILLED), "4", "4"]);
  const shown = await seen("account:ACC1", { canceled: 1, open: 1 });
  expect(shown.unconfirmed).toEqual([
    { orderId: expect.any(String), reason: "expected venue SECOND to be up, got down" },
  ]);
  const table = await gateway.ctl("kill-switch");
  expect(table.out).toMatch(/account:ACC1\s+true\s+1\s+root/);

  await gateway.crash();
  await venue.waitClosed();
  await gateway.start();
  await gateway.said("WARN  kill switch: the kill switch of account:ACC1 cancels its open orders until none is left");
  await alice.logon();
  const from = second.received.length;
  second.listen();
  await second.waitType(LOGON);
  const late = await alice.report(far, "4");
  expect(late.text(58)).toMatch(KILLED);
  expect(cancelsAt(second, from).map((message) => message.get(55))).toEqual(["MSFT"]);
  await seen("account:ACC1", { found: 1, canceled: 1, open: 0 });
  await gateway.said("kill switch: account:ACC1: no order is open any more: 1 canceled");
  // Nobody else's.
  expect((await ask(gateway, "GET", `/v1/orders?clOrdId=${other}`)).body.orders[0]).toMatchObject({ isOpen: true });
});

test("an order of which a replace is under way is canceled behind it; one that is filled meanwhile counts so", async () => {
  const { venue, alice, kill, seen, open } = await desk();
  const changing = await open({ 38: 20 });
  const filled = await open({ 38: 21 });
  venue.acknowledges = false;
  const replace = alice.replace(changing, { 38: 30, 44: "149" });
  const request = await venue.wait("the replace", ({ type }) => type === "G");
  const { body } = await kill("firm");
  expect(body.canceled).toMatchObject({ matched: 2, asked: 1, notAskedCount: 1 });
  expect(body.canceled.notAsked[0].reason).toBe("a replace is under way at its venue");
  await venue.wait("a cancel", ({ type }) => type === "F");
  expect((await seen("firm", { open: 2 })).unconfirmed.map(({ reason }) => reason).sort()).toEqual([
    "a replace is under way at its venue",
    "its venue has not answered the cancel",
  ]);
  venue.fill(await venue.orderOf(21), 21);
  await alice.report(filled, "F");
  venue.acknowledges = true;
  venue.acceptReplace(await venue.orderOf(20), request);
  expect((await alice.report(replace, "5")).get(38)).toBe("30");
  expect((await alice.report(replace, "4")).text(58)).toMatch(KILLED);
  await seen("firm", { found: 2, canceled: 1, filled: 1, open: 0 });
});

test("a venue that refuses a cancel is asked again, and its client gets no report of that; lifted, nothing is canceled any more", async () => {
  const { venue, alice, kill, cancels, seen, open } = await desk();
  const id = await open({ 38: 40 });
  const order = await venue.orderOf(40);
  venue.acknowledges = false;
  const nextCancel = (): Promise<Message> => {
    const count = cancelsAt(venue).length;
    return until("the next cancel", () => cancelsAt(venue)[count]);
  };
  const first = nextCancel();
  await kill("symbol:AAPL");
  const refused = await first;
  const again = nextCancel();
  venue.refuseChange(order, refused, 2);
  const second = await again;
  expect(second.text(11)).not.toBe(refused.text(11));
  const third = nextCancel();
  venue.refuseChange(order, second, 2);
  venue.acceptCancel(order, await third);
  expect((await alice.report(id, "4")).text(58)).toMatch(KILLED);
  expect(alice.received.filter(({ type }) => type === "9")).toEqual([]);
  await seen("symbol:AAPL", { canceled: 1, open: 0 });

  await kill("symbol:AAPL", false);
  expect(await cancels("symbol:AAPL")).toBeNull();
  venue.acknowledges = true;
  const next = await open({ 38: 41 });
  const count = cancelsAt(venue).length;
  // Without cancels open orders stay.
  await kill("symbol:AAPL", true, false);
  await alice.settle(1_500);
  expect(cancelsAt(venue).length).toBe(count);
  expect(await cancels("symbol:AAPL")).toBeNull();
  await kill("symbol:AAPL");
  expect((await alice.report(next, "4")).text(58)).toMatch(KILLED);
});

test("a client session's and a venue's: theirs alone; another state ends the cancels", async () => {
  const { gateway, second, alice, kill, seen, open } = await desk();
  const bob = new Client("BOB", gateway.clientPort);
  await bob.logon();
  const mine = await open({ 38: 50 });
  const his = await open({ 38: 51 }, bob);
  const there = await open({ 38: 52, 55: "MSFT" }, bob);
  await kill("session:ALICE");
  expect((await alice.report(mine, "4")).text(58)).toMatch(KILLED);
  await seen("session:ALICE", { found: 1, canceled: 1, open: 0 });
  second.acknowledges = false;
  await kill("venue:SECOND");
  await second.wait("a cancel", ({ type }) => type === "F");
  await seen("venue:SECOND", { found: 1, canceled: 0, open: 1 });
  const state = await ask(gateway, "POST", "/v1/venues/SECOND/state", { state: "on", why });
  expect(state.status).toBe(200);
  await until("the cancels to end", async () => {
    const [{ cancels }] = (await ask(gateway, "GET", "/v1/kill-switch?scope=venue:SECOND")).body;
    return cancels === null;
  });
  for (const clOrdId of [his, there])
    expect((await ask(gateway, "GET", `/v1/orders?clOrdId=${clOrdId}`)).body.orders[0]).toMatchObject({ isOpen: true });
});

test("orders that wait for a venue's throttle end without it", async () => {
  const { venue, alice, kill, seen } = await desk(
    'throttle = { messages = 4, windowMs = 3_000, mode = "queue", expireMs = 60_000 }',
  );
  const ids = Array.from({ length: 12 }, (_, i) => alice.order({ 38: 100 + i, 44: "149" }));
  await until("some at the venue, others not", () => venue.orders.some(({ quantity }) => quantity >= 100));
  await kill("firm");
  const reports = await Promise.all(ids.map((clOrdId) => alice.report(clOrdId, "4")));
  for (const report of reports) expect(report.text(58)).toMatch(KILLED);
  await seen("firm", { open: 0 });
  expect(venue.orders.filter(({ quantity }) => quantity >= 100).length).toBeLessThan(12);
});

test("a file that can't be read is an alarm, and the gateway starts", async () => {
  const { gateway, kill } = await desk();
  await kill("account:ACC1");
  await gateway.stop();
  writeFileSync(join(gateway.data, "kill-cancels.json"), "{");
  await gateway.start();
  await gateway.said(/ALARM kill switch: which kill switches cancel their open orders is not known: .*got no JSON/);
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toContain("kill-switch.engage-and-cancel");
});
