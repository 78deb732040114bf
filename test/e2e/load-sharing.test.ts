// Several sessions of one venue share the orders of a rule: in turn or by symbol, with one of them lost, and after a kill.

import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { freePort, Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(120_000);

const NAMES = ["VENUE", "SECOND", "THIRD"];
const QUESTION = "/v1/route?session=ALICE&account=ACC1&symbol=AAPL";

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

class Desk {
  readonly gateway: Gateway;
  readonly venues: readonly Venue[];
  readonly alice: Client;

  constructor(share: string, more = "") {
    const ports = [freePort(), freePort()];
    const tables = ports.map(
      (port, i) =>
        `[venues.${NAMES[1 + i]}]\naddress = "127.0.0.1:${port}"\nreconnectMinMs = 20\nreconnectMaxMs = 100\nresendOrdersWithinS = 120\n`,
    );
    const rule = `[[routing.rules]]\nname = "group"\nvenues = ${JSON.stringify(NAMES)}\nshare = "${share}"\n`;
    this.gateway = new Gateway({ tables: tables.join("") + rule + more });
    this.venues = [new Venue(this.gateway.venuePort), ...ports.map((port, i) => new Venue(port, NAMES[1 + i]))];
    this.alice = new Client("ALICE", this.gateway.clientPort);
    ends.push(async () => {
      for (const venue of this.venues) venue.stop();
      await this.gateway.remove();
    });
  }

  async start(): Promise<this> {
    for (const venue of this.venues) venue.listen();
    await this.gateway.start();
    await this.alice.logon();
    await venueUp(this.alice);
    await this.sharing(NAMES);
    return this;
  }

  /** Waits until these venues take orders, as the API says. */
  async sharing(names: readonly string[]): Promise<void> {
    await until(`orders to ${names.join(", ")}`, async () => {
      const { venues } = (await ask(this.gateway, "GET", QUESTION)).body;
      const up = (venues as { venue: string; state: string }[]).filter(({ state }) => state === "up");
      return up.map(({ venue }) => venue).join() === names.join();
    });
  }

  /** Sends orders of these quantities, and returns their ClOrdIDs. */
  send(from: number, count: number, symbol = "AAPL"): string[] {
    return Array.from({ length: count }, (_, i) => this.alice.order({ 38: from + i, 55: symbol, 44: "150" }));
  }

  /** By venue, the quantities of all orders that came for the first time, from `from` on. */
  came(from: number): number[][] {
    return this.venues.map(({ received }) =>
      received.filter((one) => one.type === "D" && !one.possDup && one.number(38) >= from).map((one) => one.number(38)),
    );
  }
}

test("in turn: evenly among those that are up; each cancel and replace to its order's session", async () => {
  const desk = await new Desk("by order").start();
  const { alice, venues } = desk;
  const ids = desk.send(1_000, 30);
  await Promise.all(ids.map((clOrdId) => alice.report(clOrdId, "0")));
  const came = desk.came(1_000);
  expect(came.map((one) => one.length)).toEqual([10, 10, 10]);
  const first = came.findIndex((one) => one[0] === 1_000);
  for (let i = 0; i < 30; i++) expect(came[(first + i) % 3]).toContain(1_000 + i);

  const replaced = alice.replace(ids[4]!, { 38: 2_004 });
  await alice.report(replaced, "5");
  const canceled = alice.cancel(ids[5]!);
  await alice.report(canceled, "4");
  const got = (type: string) => venues.map(({ received }) => received.filter((one) => one.type === type).length);
  const at = (place: number) => [0, 1, 2].map((i) => (i === (first + place) % 3 ? 1 : 0));
  expect(got("G")).toEqual(at(4));
  const cancels = venues.map(({ received, orders }) => {
    const mine = orders.find(({ quantity }) => quantity === 1_005);
    return received.filter((one) => one.type === "F" && mine !== undefined && one.get(37) === mine.orderId).length;
  });
  expect(cancels).toEqual(at(5));

  const asked = ["--session", "ALICE", "--account", "ACC1", "--symbol", "AAPL"];
  const dry = await runToEnd(["route", "--config", desk.gateway.configFile, ...asked, "--down", "SECOND"]);
  expect(dry.out).toContain(
    "venue VENUE or THIRD, in turn\n  rule group: in turn among VENUE, THIRD, because SECOND is down\n",
  );
  const socket = join(desk.gateway.data, "admin.sock");
  const running = await runToEnd(["ctl", "route", ...asked, "--socket", socket]);
  expect(running.out).toContain("rule group: in turn among VENUE, SECOND, THIRD");
});

test("a session that is lost while orders flow: every order reaches one session once, or is refused", async () => {
  const desk = await new Desk("by order").start();
  const { alice, venues, gateway } = desk;
  const lost = venues[1]!;
  lost.acknowledges = false;
  const ids = desk.send(1_000, 90);
  lost.stop();
  ids.push(...desk.send(1_090, 90));
  await desk.sharing(["VENUE", "THIRD"]);
  ids.push(...desk.send(1_180, 20));
  lost.acknowledges = true;
  lost.listen();
  await desk.sharing(NAMES);
  ids.push(...desk.send(1_200, 30));
  // Those that the lost session had, and what it has not seen, are answered once it is there again.
  for (const order of lost.orders.filter(({ quantity, open }) => open && quantity >= 1_000 && quantity < 1_090))
    lost.acknowledge(order);
  const ends = await Promise.all(ids.map((clOrdId) => alice.report(clOrdId)));
  const came = desk.came(1_000);
  const all = came.flat();
  expect(new Set(all).size).toBe(all.length);
  const refused = ends.filter((end) => end.get(150) === "8");
  for (const [i, end] of ends.entries()) {
    const isThere =
      all.includes(1_000 + i) || lost.received.some((one) => one.type === "D" && one.number(38) === 1_000 + i);
    if (end.get(150) === "8") expect(end.text(58)).toStartWith("CORE-205 NOT_TAKEN_BY_VENUE");
    else expect([1_000 + i, isThere]).toEqual([1_000 + i, true]);
  }
  expect(refused.length).toBeLessThan(60);
  expect(came[1]!.filter((one) => one >= 1_200).length).toBe(10);
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("by symbol, and after a kill: orders stay with their session, and a symbol keeps its own", async () => {
  const symbols = ["AAPL", ...Array.from({ length: 11 }, (_, i) => `S${i}`)];
  const more = symbols.slice(1).map((name) => `[symbols.${name}]\nreferencePrice = "150"\n`);
  const desk = await new Desk("by symbol", more.join("")).start();
  const { alice, venues, gateway } = desk;
  const send = (from: number) => symbols.flatMap((symbol, i) => desk.send(from + 2 * i, 2, symbol));
  const first = send(1_000);
  await Promise.all(first.map((clOrdId) => alice.report(clOrdId, "0")));
  const ownersOf = (from: number) =>
    symbols.map((_, i) => [0, 1].map((j) => desk.came(from).findIndex((one) => one.includes(from + 2 * i + j))));
  const owners = ownersOf(1_000);
  for (const [one, other] of owners) expect(one).toBe(other!);
  expect(new Set(owners.flat()).size).toBe(3);
  const { body } = await ask(gateway, "GET", QUESTION);
  expect(body).toMatchObject({ venue: NAMES[owners[0]![0]!], turns: [] });
  expect(body.why).toBe("rule group: AAPL has its venue among VENUE, SECOND, THIRD");

  await gateway.crash();
  await alice.waitClosed();
  for (const venue of venues) await venue.waitClosed();
  const before = venues.map(({ received }) => received.length);
  await gateway.start();
  await alice.logon();
  await desk.sharing(NAMES);
  const second = send(3_000);
  await Promise.all(second.map((clOrdId) => alice.report(clOrdId, "0")));
  expect(ownersOf(3_000)).toEqual(owners);
  const cancels = first.map((clOrdId, i) => alice.cancel(clOrdId, { 55: symbols[i >> 1]!, 38: 1_000 + i }));
  await Promise.all(cancels.map((clOrdId) => alice.report(clOrdId, "4")));
  for (const [place, { received }] of venues.entries()) {
    const canceled = received.slice(before[place]).filter(({ type }) => type === "F");
    const own = owners.flat().filter((one) => one === place).length;
    expect(canceled.length).toBe(own);
  }
  // No order of before the kill came again.
  expect(
    desk
      .came(1_000)
      .flat()
      .filter((one) => one < 2_000).length,
  ).toBe(first.length);
  const file = readFileSync(gateway.configFile, "utf8");
  writeFileSync(gateway.configFile, file.replace('share = "by symbol"', 'share = "by order"'));
  gateway.signal("SIGHUP");
  await gateway.said(/SIGHUP: .*1 applied/);
  const third = send(5_000);
  await Promise.all(third.map((clOrdId) => alice.report(clOrdId, "0")));
  expect(desk.came(5_000).map((one) => one.length)).toEqual([8, 8, 8]);
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out.includes("routing.rules[0]: venues that share orders in turn 3")).toBe(true);
});
