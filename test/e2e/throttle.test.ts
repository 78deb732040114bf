import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(120_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

async function started(throttle: string, preset: "one" | "two" | "wide" = "one", tables = "", own = "") {
  const gateway = new Gateway({ preset, venue: own, tables: `[venues.VENUE.throttle]\n${throttle}\n${tables}` });
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  const bob = new Client("BOB", gateway.clientPort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await bob.logon();
  await venueUp(alice);
  return { gateway, venue, alice, bob };
}

/** Requests at the venue, first copies and repeated ones. */
function requestsAt(venue: Venue): Message[] {
  return venue.received.filter(({ type }) => "DFG".includes(type));
}

/** Milliseconds of a SendingTime (52): when the gateway wrote the message. */
function sentMs(message: Message): number {
  const [, day, time] = /^(\d{8})-(.*)$/.exec(message.text(52))!;
  return Date.parse(`${day!.slice(0, 4)}-${day!.slice(4, 6)}-${day!.slice(6)}T${time}Z`);
}

/** The most messages in any window of so many milliseconds. */
function mostWithin(windowMs: number, messages: readonly Message[]): number {
  const times = messages.map(sentMs).sort((a, b) => a - b);
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length));
}

/** What became of an order: the last ExecType of its reports. */
function lastOf(client: Client, clOrdId: string): Message | undefined {
  return client.received.findLast((message) => message.type === "8" && message.get(11) === clOrdId);
}

describe.each(["one", "wide"] as const)("a queue before the venue, preset %s", (preset) => {
  test("no window has more than the venue takes, orders keep their order, and all of them arrive", async () => {
    const { venue, alice } = await started('messages = 10\nwindowMs = 200\nmode = "queue"\nexpireMs = 60_000', preset);
    const ids = Array.from({ length: 60 }, (_, i) => alice.order({ 38: 1_000 + i, 44: "149" }));
    await Promise.all(ids.map((clOrdId) => alice.report(clOrdId, "0")));
    expect(venue.orders.map(({ quantity }) => quantity).filter((one) => one >= 1_000)).toEqual(
      ids.map((_, i) => 1_000 + i),
    );
    expect(requestsAt(venue).length).toBeGreaterThanOrEqual(62);
    expect(mostWithin(200, requestsAt(venue))).toBeLessThanOrEqual(10);
    expect(mostWithin(200, requestsAt(venue))).toBeGreaterThan(5);
  });

  test("cancels go first; one of a waiting order ends it without the venue; a replace of one is refused", async () => {
    const { venue, alice } = await started('messages = 4\nwindowMs = 1_000\nmode = "queue"\nexpireMs = 60_000', preset);
    const first = alice.order({ 38: 1_000, 44: "149" });
    await alice.report(first, "0");
    const ids = Array.from({ length: 16 }, (_, i) => alice.order({ 38: 2_000 + i, 44: "149" }));
    const replace = alice.replace(ids[15]!, { 38: 2_100, 44: "149" });
    expect((await alice.cancelReject(replace)).text(58)).toBe("CORE-235 ORDER_IN_VENUE_QUEUE");
    const unsent = await alice.report(alice.cancel(ids[15]!), "4");
    expect(unsent.text(58)).toBe("canceled before it was sent to the venue");
    expect([unsent.get(39), unsent.get(41), unsent.get(151)]).toEqual(["4", ids[15]!, "0"]);
    const waitingBefore = venue.orders.length;
    await alice.report(alice.cancel(first), "4");
    // One window at most was sent before it, of the four that the queue needs.
    expect(venue.orders.length - waitingBefore).toBeLessThanOrEqual(5);
    await Promise.all(ids.slice(0, 15).map((clOrdId) => alice.report(clOrdId, "0")));
    expect(venue.orders.some(({ quantity }) => quantity === 2_015)).toBe(false);
    expect(mostWithin(1_000, requestsAt(venue))).toBeLessThanOrEqual(4);
  });

  test("client sessions take turns", async () => {
    const { venue, alice, bob } = await started(
      'messages = 4\nwindowMs = 300\nmode = "queue"\nexpireMs = 60_000',
      preset,
    );
    const many = Array.from({ length: 30 }, (_, i) => alice.order({ 38: 1_000 + i, 44: "149" }));
    await until("a full window", () => venue.orders.some(({ quantity }) => quantity >= 1_000));
    const few = Array.from({ length: 6 }, (_, i) => bob.order({ 38: 2_000 + i, 44: "149" }));
    await Promise.all(few.map((clOrdId) => bob.report(clOrdId, "0")));
    await Promise.all(many.map((clOrdId) => alice.report(clOrdId, "0")));
    const order = venue.orders.map(({ quantity }) => quantity).filter((one) => one >= 1_000);
    const firstOfBob = order.findIndex((one) => one >= 2_000);
    const lastOfBob = order.findLastIndex((one) => one >= 2_000);
    expect(order.slice(firstOfBob, lastOfBob + 1).filter((one) => one < 2_000).length).toBeLessThanOrEqual(6);
    expect(order.length - lastOfBob).toBeGreaterThan(8);
  });
});

test("an order that has waited too long is refused, and never sent", async () => {
  const { venue, alice } = await started('messages = 5\nwindowMs = 2_000\nmode = "queue"\nexpireMs = 300');
  const ids = Array.from({ length: 12 }, (_, i) => alice.order({ 38: 1_000 + i, 44: "149" }));
  const answers = await Promise.all(ids.map((clOrdId) => alice.report(clOrdId)));
  const refused = answers.filter((one) => one.get(150) === "8");
  expect(refused.length).toBeGreaterThanOrEqual(7);
  for (const one of refused) {
    expect([one.get(58), one.get(103), one.get(39)]).toEqual(["CORE-234 VENUE_QUEUE_EXPIRED", "99", "8"]);
  }
  // What comes behind it has its place in the next window: nothing older is sent any more.
  const later = alice.order({ 38: 3_000, 44: "149" });
  const end = await alice.report(later);
  expect(["0", "8"]).toContain(end.text(150));
  expect(venue.orders.filter(({ quantity }) => quantity >= 1_000 && quantity < 3_000)).toHaveLength(
    12 - refused.length,
  );
});

test("more than the queue holds is refused, and its row, its metrics and an alarm say how full it is", async () => {
  const { gateway, alice } = await started(
    'messages = 3\nwindowMs = 20_000\nmode = "queue"\nqueueLength = 4\nexpireMs = 60_000',
  );
  // One is sent: two of the window were used before.
  const ids = Array.from({ length: 12 }, (_, i) => alice.order({ 38: 1_000 + i, 44: "149" }));
  const refused = await Promise.all(ids.slice(5).map((clOrdId) => alice.report(clOrdId, "8")));
  expect(refused.map((one) => one.get(58))).toEqual(ids.slice(5).map(() => "CORE-233 VENUE_QUEUE_FULL"));
  const figures = async () => (await ask(gateway, "GET", "/v1/venues/VENUE")).body.throttle;
  await until("the venue's row", async () => (await figures()).throttled === 7);
  expect(await figures()).toEqual({ queued: 4, queueLength: 4, cancelsWaiting: 0, throttled: 7, expired: 0 });
  expect((await ask(gateway, "GET", "/metrics")).body).toContain('sallyport_venue_queued_requests{venue="VENUE"} 4');
  await until("the alarm", async () => (await ask(gateway, "GET", "/v1/alarms")).body.length > 0);
  expect((await ask(gateway, "GET", "/v1/alarms")).body[0]).toMatchObject({
    rule: "venue-queue",
    subject: "venue VENUE",
    severity: "error",
  });
});

test("mode reject refuses orders and replaces with a reason, and no cancel: it waits", async () => {
  const { venue, alice } = await started('messages = 8\nwindowMs = 1_500\nmode = "reject"');
  const before = requestsAt(venue).length;
  const ids = Array.from({ length: 12 }, (_, i) => alice.order({ 38: 1_000 + i, 44: "149" }));
  const answers = await Promise.all(ids.map((clOrdId) => alice.report(clOrdId)));
  const taken = ids.filter((_, i) => answers[i]!.get(150) === "0");
  const refused = answers.filter((one) => one.get(150) === "8");
  expect(taken.length).toBeGreaterThanOrEqual(8 - before);
  expect(refused.length).toBeGreaterThan(0);
  for (const one of refused) expect([one.get(58), one.get(103)]).toEqual(["CORE-232 VENUE_THROTTLED", "99"]);
  const replaced = alice.replace(taken[0]!, { 38: 1_100, 44: "149" });
  expect((await alice.cancelReject(replaced)).get(58)).toBe("CORE-232 VENUE_THROTTLED");
  const cancels = taken.map((clOrdId) => alice.cancel(clOrdId));
  await Promise.all(cancels.map((clOrdId) => alice.report(clOrdId, "4")));
  expect(mostWithin(1_500, requestsAt(venue))).toBeLessThanOrEqual(8);
});

test.each(["one", "wide"] as const)(
  "a kill -9 with orders in the queue neither loses nor doubles one, and sends none late; preset %s",
  async (preset) => {
    const { gateway, venue, alice } = await started(
      'messages = 5\nwindowMs = 1_000\nmode = "queue"\nexpireMs = 60_000',
      preset,
    );
    const ids = Array.from({ length: 40 }, (_, i) => alice.order({ 38: 1_000 + i, 44: "149" }));
    await alice.report(ids[1]!, "0");
    // It overtakes the orders that wait: a later index is sent, with lower ones waiting.
    const canceled = alice.cancel(ids[0]!);
    await alice.report(canceled, "4");
    const unsent = alice.cancel(ids[39]!);
    await alice.report(unsent, "4");
    await gateway.crash();
    await alice.waitClosed();
    await venue.waitClosed();
    const atVenue = new Set(venue.orders.map(({ quantity }) => quantity));
    expect(atVenue.size).toBeLessThan(38);
    await gateway.start();
    await venue.waitType(LOGON);
    await alice.logon();
    await until("an answer to each order", () =>
      ids.every((clOrdId) => lastOf(alice, clOrdId) !== undefined || clOrdId === ids[0] || clOrdId === ids[39]),
    );
    await venueUp(alice);
    // One that was journalled as sent, and killed before it was written, comes as a repeat where the venue asks for it.
    for (const again of venue.received)
      if (again.type === "D" && again.get(43) === "Y") atVenue.add(Number(again.get(38)));
    for (const [i, clOrdId] of ids.entries()) {
      if (i === 0 || i === 39) continue;
      const last = lastOf(alice, clOrdId)!;
      if (atVenue.has(1_000 + i)) expect([clOrdId, last.get(150)]).toEqual([clOrdId, "0"]);
      else expect([clOrdId, last.get(150), last.get(58)]).toEqual([clOrdId, "8", "CORE-205 NOT_TAKEN_BY_VENUE"]);
    }
    const quantities = venue.orders.map(({ quantity }) => quantity).filter((one) => one >= 1_000);
    expect(new Set(quantities).size).toBe(quantities.length);
    expect(new Set(quantities)).toEqual(new Set([...atVenue].filter((one) => one >= 1_000)));
    expect(alice.faults).toEqual([]);
    expect(venue.faults).toEqual([]);
    // A second start has nothing left to refuse.
    await gateway.crash();
    const answers = alice.received.length;
    await gateway.start();
    await alice.logon();
    await venue.waitType(LOGON);
    await venueUp(alice);
    expect(alice.received.slice(answers).filter((one) => one.get(58)?.startsWith("CORE-205"))).toEqual([]);
  },
);

test("while a resend waits for the window, heartbeats and answers to TestRequests leave in time", async () => {
  const throttle = 'messages = 6\nwindowMs = 5_000\nmode = "queue"\nexpireMs = 60_000';
  const { venue, alice } = await started(throttle, "one", "", "heartBtIntS = 1");
  const ids = Array.from({ length: 10 }, (_, i) => alice.order({ 38: 1_000 + i, 44: "149" }));
  await Promise.all(ids.map((clOrdId) => alice.report(clOrdId, "0")));
  const total = requestsAt(venue).length;
  const from = venue.received.length;
  const repeats = () => venue.received.slice(from).filter((message) => message.get(43) === "Y" && message.type === "D");
  venue.askResend(1);
  await until("the first of the resend", () => repeats().length > 0);
  await venue.settle(3_000);
  const beats = () =>
    venue.received.slice(from).filter((message) => message.type === "0" && message.get(112) === undefined);
  await until("two heartbeats", () => beats().length > 1, 3_000);
  expect(repeats().length).toBeLessThan(10);
  await until("the whole resend", () => requestsAt(venue).length >= 2 * total, 40_000);
  const later = alice.order({ 38: 3_000, 44: "149" });
  await alice.report(later, "0");
  expect(venue.orders.filter(({ quantity }) => quantity === 3_000)).toHaveLength(1);
  expect([venue, alice].flatMap(({ faults }) => faults)).toEqual([]);
});
