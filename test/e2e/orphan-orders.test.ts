import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOGON } from "../../src/counterparty/message.ts";
import { NotifyListener } from "../host/systemd/notify-listener.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { freePort } from "./ports.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(90_000);

let ends: (() => unknown)[] = [];
let names = 0;

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A stopped gateway in whose books ALICE and BOB have one open order each at VENUE; OTHER is another venue. */
async function stopped() {
  const otherPort = freePort();
  const gateway = new Gateway({ tables: `[venues.OTHER]\naddress = "127.0.0.1:${otherPort}"` });
  const venue = new Venue(gateway.venuePort);
  const other = new Venue(otherPort, "OTHER");
  const alice = new Client("ALICE", gateway.clientPort);
  const bob = new Client("BOB", gateway.clientPort);
  ends.push(() => gateway.remove());
  for (const each of [venue, other]) {
    each.listen();
    ends.push(() => each.stop());
  }
  await gateway.start();
  await venue.waitType(LOGON);
  await other.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  await bob.logon();
  const order = alice.order({ 38: 500, 44: "149" });
  await alice.report(order, "0");
  await bob.report(bob.order({ 38: 700, 44: "148" }), "0");
  expect(await gateway.stop(), gateway.log).toBe(0);
  const config = readFileSync(gateway.configFile, "utf8");
  const change = (edit: (text: string) => string): void => writeFileSync(gateway.configFile, edit(config));
  const run = (...more: string[]) => runToEnd(["run", "--config", gateway.configFile, "--data", gateway.data, ...more]);
  return { gateway, venue, alice, bob, order, change, run };
}

const withoutAlice = (text: string): string => text.replace(/\[client\.sessions\.ALICE\]\naccounts = .*\n/, "");
const withoutVenue = (text: string): string =>
  text.replace(/\[venues\.VENUE\][^[]*/, "").replace('default = "VENUE"', 'default = "OTHER"');

/** Starts it with a policy, under a service manager. */
async function startWith(gateway: Gateway, policy: "keep" | "cancel"): Promise<NotifyListener> {
  const manager = new NotifyListener(`@sallyport-orphans-${process.pid}-${names++}`);
  ends.push(() => manager.close());
  await gateway.start(["env", `NOTIFY_SOCKET=${manager.address}`], ["--orphan-orders", policy]);
  return manager;
}

test("a client with an open order is gone: no start without a policy; keep shows it, and its client finds it again", async () => {
  const { gateway, alice, order, change, run } = await stopped();
  const before = readFileSync(join(gateway.data, "names.json"), "utf8");
  change(withoutAlice);
  const refused = await run();
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(
    new RegExp(
      `ERROR orphan orders: OrderID \\d+, ClOrdID ${order} of client ALICE at venue VENUE: buy 500 AAPL, 0 executed\n`,
    ),
  );
  expect(refused.err).toMatch(
    /\nsallyport: 1 open order belongs to client ALICE, which the configuration no longer has\. Put the table back; .*--orphan-orders cancel\n$/,
  );
  expect(readFileSync(join(gateway.data, "names.json"), "utf8")).toBe(before);

  const manager = await startWith(gateway, "keep");
  await gateway.said(new RegExp(`WARN  orphan orders: keep: OrderID \\d+, ClOrdID ${order} of client ALICE`));
  await manager.heard(/; 1 orphan order at the start; 2 lanes/);
  expect(await gateway.stop(), gateway.log).toBe(0);

  change((text) => text);
  await gateway.start();
  await alice.logon();
  await venueUp(alice);
  await alice.report(alice.cancel(order), "4");
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("cancel: the venue is asked, and the client has the report when it is there again", async () => {
  const { gateway, venue, alice, order, change } = await stopped();
  change(withoutAlice);
  const manager = await startWith(gateway, "cancel");
  await gateway.said("its venue was asked to cancel it");
  await gateway.said("INFO  orphan orders: none is open any more\n");
  expect(venue.orders.filter(({ open }) => open).map(({ quantity }) => quantity)).toEqual([700]);
  await manager.heard(/^STATUS=(?!.*orphan).*2 lanes/);
  expect(await gateway.stop(), gateway.log).toBe(0);
  // Nothing of it is open: no policy is needed any more.
  await gateway.start();
  expect(await gateway.stop(), gateway.log).toBe(0);
  change((text) => text);
  await gateway.start();
  await alice.logon();
  const report = await alice.wait("the report", (message) => message.get(41) === order && message.get(150) === "4");
  expect(report.get(11)).toMatch(/^OPERATOR-\d+$/);
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("a venue with open orders is gone: cancel closes them in the books, and the clients have reports that say so", async () => {
  const { gateway, alice, bob, order, change, run } = await stopped();
  change(withoutVenue);
  const refused = await run();
  expect(refused.code).toBe(1);
  expect(refused.err).toContain(
    "\nsallyport: 2 open orders belong to venue VENUE, which the configuration no longer has.",
  );
  await startWith(gateway, "cancel");
  await alice.logon();
  const report = await alice.wait("the report", (message) => message.get(11) === order && message.get(150) === "4");
  expect(report.get(58)).toBe("CORE-206 CLOSED_WITHOUT_ITS_VENUE");
  expect(report.get(151)).toBe("0");
  await bob.logon();
  await bob.wait("the report", (message) => message.get(150) === "4");
  await gateway.said("INFO  orphan orders: none is open any more\n");
  await gateway.crash();
  await gateway.start();
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("renamedFrom: client and venue keep numbers and orders under their new names", async () => {
  const { gateway, alice, order, change } = await stopped();
  change((text) =>
    text
      .replace("[client.sessions.ALICE]\n", '[client.sessions.ALICIA]\nrenamedFrom = "ALICE"\ncompId = "ALICE"\n')
      .replace("[venues.VENUE]\n", '[venues.EXCHANGE]\nrenamedFrom = "VENUE"\ncompId = "VENUE"\n')
      .replace('default = "VENUE"', 'default = "EXCHANGE"'),
  );
  for (let start = 0; start < 2; start++) {
    await gateway.start();
    await alice.logon();
    await venueUp(alice);
    if (start === 1) await alice.report(alice.cancel(order), "4");
    expect(await gateway.stop(), gateway.log).toBe(0);
  }
  const { clients, venues } = JSON.parse(readFileSync(join(gateway.data, "names.json"), "utf8"));
  expect(clients).toEqual({ BOB: 1, ALICIA: 0 });
  expect(venues).toEqual({ OTHER: 1, EXCHANGE: 0 });
  expect(alice.faults).toEqual([]);
});
