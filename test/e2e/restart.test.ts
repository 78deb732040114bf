import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

async function started(preset: "one" | "two" | "wide" = "one") {
  const gateway = new Gateway({ preset });
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  return { gateway, venue, alice };
}

/** ClOrdIDs and quantities of the orders that a venue took; a resent one that it had already is not in it. */
function doubled(venue: Venue): string[] {
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const { clOrdId, quantity } of venue.orders) {
    for (const key of [clOrdId, `quantity ${quantity}`]) {
      if (quantity === 1) continue;
      if (seen.has(key)) twice.push(key);
      seen.add(key);
    }
  }
  return twice;
}

function execIds(messages: readonly Message[]): string[] {
  return messages.filter((message) => message.type === "8" && !message.possDup).map((message) => message.get(17)!);
}

for (const preset of ["one", "two", "wide"] as const) {
  test(`killed in the middle of open orders, it goes on where it was; preset ${preset}`, async () => {
    const { gateway, venue, alice } = await started(preset);
    const ids: string[] = [];
    for (let i = 0; i < 50; i++) ids.push(alice.order({ 38: 1_000 + i, 44: "149" }));
    await Promise.all(ids.map((clOrdId) => alice.report(clOrdId, "0")));
    const part = venue.orders.find((order) => order.quantity === 1_007)!;
    venue.fill(part, 300);
    await alice.report(ids[7]!, "F");

    await gateway.crash();
    await alice.waitClosed();
    await venue.waitClosed();
    expect(alice.nextIn).toBeGreaterThan(50);
    // A fill that happens while the gateway is down: the venue's session has it when it comes back.
    const missed = venue.orders.find((order) => order.quantity === 1_011)!;
    venue.fill(missed, missed.quantity);

    await gateway.start();
    await venue.waitType(LOGON);
    const logon = await alice.logon();
    expect(logon.sequence).toBeGreaterThan(1);
    const fill = await alice.report(ids[11]!, "F");
    expect([fill.get(39), fill.get(14), fill.get(151)]).toEqual(["2", "1011", "0"]);
    alice.status(ids[7]!);
    const status = await alice.report(ids[7]!, "I");
    expect([status.get(39), status.get(14), status.get(151)]).toEqual(["1", "300", "707"]);

    for (const [i, clOrdId] of ids.entries()) {
      if (i === 11) continue;
      const done = await alice.report(alice.cancel(clOrdId), "4");
      expect(done.get(14)).toBe(i === 7 ? "300" : "0");
    }
    expect(venue.orders.filter((order) => order.open)).toEqual([]);
    expect(doubled(venue)).toEqual([]);
    const ours = execIds(alice.received);
    expect(new Set(ours).size).toBe(ours.length);
    expect(alice.faults).toEqual([]);
    expect(venue.faults).toEqual([]);
  });
}

test("killed in the middle of a burst, every order is at the venue once and is answered", async () => {
  const { gateway, venue, alice } = await started();
  const ids: string[] = [];
  const count = 2_000;
  for (let i = 0; i < count; i++) ids.push(alice.order({ 38: 2 + i, 44: "149" }));
  await alice.report(ids[20]!, "0");
  await gateway.crash();
  await alice.waitClosed();
  await venue.waitClosed();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  // What the gateway hadn't seen it asks for; what it had taken it does not take again.
  const answers = await Promise.all(
    ids.filter((_id, i) => i !== 20).map((clOrdId) => alice.wait(`answer to ${clOrdId}`, (m) => m.get(11) === clOrdId)),
  );
  const rejected = answers.filter((report) => report.get(150) === "8");
  for (const report of rejected) expect(report.get(58)).toContain("VENUE");
  expect(venue.orders.filter((order) => order.quantity > 1).length).toBe(count - rejected.length);
  expect(doubled(venue)).toEqual([]);
  expect(alice.faults).toEqual([]);
  expect(venue.faults).toEqual([]);
});

test("three restarts in a row, two of them in good order, keep orders and numbers", async () => {
  const { gateway, venue, alice } = await started();
  const clOrdId = alice.order({ 38: 500 });
  await alice.report(clOrdId, "0");
  for (const orderly of [true, false, true]) {
    if (orderly) expect(await gateway.stop()).toBe(0);
    else await gateway.crash();
    await alice.waitClosed();
    await gateway.start();
    await venue.waitType(LOGON);
    await alice.logon();
    await venueUp(alice);
  }
  venue.fill(venue.orders.find((order) => order.quantity === 500)!, 200);
  const fill = await alice.report(clOrdId, "F");
  expect([fill.get(14), fill.get(151)]).toEqual(["200", "300"]);
  const done = await alice.report(alice.cancel(clOrdId), "4");
  expect(done.get(14)).toBe("200");
  const again = await alice.report(alice.order({ 11: clOrdId }), "8");
  expect(again.get(58)).toContain("DUPLICATE");
  expect(doubled(venue)).toEqual([]);
  expect(alice.faults).toEqual([]);
  expect(venue.faults).toEqual([]);
});

test("a client that was away gets the fills it missed when it asks for them", async () => {
  const { venue, alice } = await started();
  const clOrdId = alice.order({ 38: 700 });
  await alice.report(clOrdId, "0");
  alice.drop();
  await alice.waitClosed();
  venue.fill(venue.orders.find((order) => order.quantity === 700)!, 700);
  await venue.settle();
  await alice.logon();
  const fill = await alice.report(clOrdId, "F");
  expect(fill.get(14)).toBe("700");
  expect(alice.faults).toEqual([]);
});
