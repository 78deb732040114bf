// Routing rules between two venues: conditions, fallbacks, cancels to an order's own venue, reloads, and a kill of the gateway.

import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { freePort, Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(120_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

const BLOCKS = `
[[routing.rules]]
name = "blocks"
minQuantity = 1_000
sessions = ["ALICE"]
symbols = ["AA*"]
venue = "SECOND"
fallbacks = ["VENUE"]
`;
const DESTINATION = `
[[routing.rules]]
name = "destination"
exDestinations = ["XSEC"]
securityTypes = ["CS"]
venue = "SECOND"
`;

class Desk {
  readonly gateway: Gateway;
  readonly venue: Venue;
  readonly second: Venue;
  readonly alice: Client;
  /** The file without rules. */
  readonly plain: string;

  constructor() {
    const port = freePort();
    const tables = `[venues.SECOND]\naddress = "127.0.0.1:${port}"\nreconnectMinMs = 20\nreconnectMaxMs = 100\n`;
    this.gateway = new Gateway({ tables });
    this.venue = new Venue(this.gateway.venuePort);
    this.second = new Venue(port, "SECOND");
    this.alice = new Client("ALICE", this.gateway.clientPort);
    this.plain = readFileSync(this.gateway.configFile, "utf8");
    ends.push(async () => {
      this.venue.stop();
      this.second.stop();
      await this.gateway.remove();
    });
  }

  async start(rules: string): Promise<this> {
    writeFileSync(this.gateway.configFile, this.plain + rules);
    this.venue.listen();
    this.second.listen();
    await this.gateway.start();
    await this.venue.waitType(LOGON);
    await this.second.waitType(LOGON);
    await this.alice.logon();
    await venueUp(this.alice);
    await this.routed(1_000, "SECOND");
    return this;
  }

  /** Waits until the API says that an order of this quantity would go to a venue; null: nowhere. */
  async routed(quantity: number, venue: string | null): Promise<void> {
    const path = `/v1/route?session=ALICE&account=ACC1&symbol=AAPL&quantity=${quantity}`;
    await until(
      `orders of ${quantity} to ${venue}`,
      async () => (await ask(this.gateway, "GET", path)).body.venue === venue,
    );
  }

  async reload(text: string): Promise<string> {
    writeFileSync(this.gateway.configFile, text);
    const from = this.gateway.log.length;
    this.gateway.signal("SIGHUP");
    await this.gateway.said(/SIGHUP: .*\n/, from);
    return this.gateway.log.slice(from);
  }

  /** Sends an order and returns its ClOrdID, once this venue has it and the client knows. */
  async open(quantity: number, venue: Venue, more: Record<number, string> = {}): Promise<string> {
    const clOrdId = this.alice.order({ 38: quantity, ...more });
    const report = await this.alice.report(clOrdId);
    expect([report.get(150), report.get(58)]).toEqual(["0", undefined]);
    await venue.orderOf(quantity);
    const other = venue === this.venue ? this.second : this.venue;
    expect(other.orders.some((order) => order.quantity === quantity)).toBe(false);
    return clOrdId;
  }

  /** The text of the refusal of an order. */
  async refusal(terms: Record<number, string | number>): Promise<string> {
    const report = await this.alice.report(this.alice.order(terms), "8");
    return report.get(58) ?? "";
  }

  /** Cancels an order, and returns the request that this venue got. */
  async cancel(orig: string, quantity: number, venue: Venue): Promise<Message> {
    const cancel = this.alice.cancel(orig, { 38: quantity });
    const request = await venue.wait("a cancel", (message) => message.type === "F");
    expect((await this.alice.report(cancel, "4")).get(41)).toBe(orig);
    return request;
  }
}

test("rules, fallback while the primary venue is down, and each cancel to its own venue", async () => {
  const desk = await new Desk().start(BLOCKS + DESTINATION);
  const { gateway, venue, second } = desk;
  await desk.open(10, venue);
  const block = await desk.open(1_001, second);
  await desk.open(11, second, { 100: "XSEC", 167: "CS" });
  await desk.open(12, venue, { 100: "XSEC" });
  await desk.open(13, venue, { 100: "XOTH", 167: "CS" });

  second.stop();
  await desk.routed(1_000, "VENUE");
  const fallen = await desk.open(1_002, venue);
  expect(await desk.refusal({ 38: 14, 100: "XSEC", 167: "CS" })).toBe("CORE-202 VENUE_DOWN");
  const rejected = desk.alice.cancel(block, { 38: 1_001 });
  expect((await desk.alice.cancelReject(rejected)).get(58)).toBe("CORE-202 VENUE_DOWN");

  second.listen();
  await desk.routed(1_000, "SECOND");
  await desk.open(1_003, second);
  await desk.cancel(fallen, 1_002, venue);
  await desk.cancel(block, 1_001, second);

  const state = await ask(gateway, "POST", "/v1/venues/SECOND/state", { state: "cancel-only", why: "a test" });
  expect(state.status, JSON.stringify(state.body)).toBe(200);
  const path = "/v1/route?session=ALICE&account=ACC1&symbol=AAPL&quantity=1000";
  expect((await ask(gateway, "GET", path)).body).toMatchObject({
    venue: "VENUE",
    why: "rule blocks: fallback 1, because SECOND is cancel-only",
  });
  await desk.open(1_004, venue);
});

test("a reload changes all rules at once or none, a kill keeps orders at their venues, and the new rules hold after it", async () => {
  const desk = await new Desk().start(BLOCKS);
  const { gateway, venue, second, alice } = desk;
  const first = await desk.open(1_001, second);
  const turned = BLOCKS.replace('venue = "SECOND"', 'venue = "VENUE"').replace('["VENUE"]', '["SECOND"]');
  expect(await desk.reload(desk.plain + turned)).toContain("1 change: 1 applied");
  const next = await desk.open(1_002, venue);
  const replaced = alice.replace(first, { 38: 2_001 });
  await alice.report(replaced, "5");
  await second.wait("a replace", (message) => message.type === "G");

  const wrong = await desk.reload(`${desk.plain + BLOCKS}[[routing.rules]]\nvenue = "NOWHERE"\n`);
  expect(wrong).toContain('routing.rules[1].venue: expected the name of a venue in venues, got "NOWHERE"');
  await desk.open(1_003, venue);

  writeFileSync(gateway.configFile, desk.plain + turned);
  second.stop();
  await gateway.crash();
  await alice.waitClosed();
  await venue.waitClosed();
  // The replay makes the decisions of before again although SECOND is not there.
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await desk.routed(1_000, "VENUE");
  await desk.open(1_004, venue);
  await desk.cancel(next, 1_002, venue);
  second.listen();
  await second.waitType(LOGON);
  await until("SECOND takes cancels", async () => {
    const { body } = await ask(gateway, "GET", "/v1/venues/SECOND");
    return body.state === "logged on";
  });
  await desk.cancel(replaced, 2_001, second);

  expect(await gateway.stop(), gateway.log).toBe(0);
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  for (const text of [
    "routing.rules: new rules 1",
    "routing.rules[0]: symbol AA*",
    "routing.rules: in force with digest",
  ])
    expect(out).toContain(text);
  expect((await runToEnd(["journal", "verify", gateway.data])).code).toBe(0);
});

test("sallyport route says where an order would go, with and without a gateway", async () => {
  const desk = await new Desk().start(BLOCKS + DESTINATION);
  const { gateway } = desk;
  const asked = ["--session", "ALICE", "--account", "ACC1", "--symbol", "AAPL", "--quantity", "1000"];
  const file = ["--config", gateway.configFile];
  const dry = await runToEnd(["route", ...file, ...asked, "--down", "SECOND"]);
  expect(dry).toEqual({
    code: 0,
    err: "",
    out: [
      "venue VENUE",
      "  rule blocks: fallback 1, because SECOND is down",
      "venues that are asked",
      "  SECOND  down",
      "  VENUE   up",
      "rules",
      "  blocks       decides",
      "  destination  SecurityType (167) none is not CS",
      "",
    ].join("\n"),
  });
  expect(await runToEnd(["route", ...file, ...asked, "--down", "SECOND,VENUE"])).toMatchObject({ code: 4 });
  const strange = await runToEnd(["route", ...file, ...asked, "--down", "SECONDS"]);
  expect(strange).toMatchObject({
    code: 1,
    err: 'sallyport route: --down: expected the name of a venue, got SECONDS; did you mean "SECOND"?\n',
  });
  const missing = await runToEnd(["route", ...file, "--session", "ALICE", "--symbol", "AAPL"]);
  expect(missing.err).toContain("--account: expected one of the accounts of ALICE (ACC1, SLOW, FEW), got none");

  const running = await runToEnd(["ctl", "route", ...asked, "--socket", join(gateway.data, "admin.sock")]);
  expect(running).toMatchObject({ code: 0, err: "" });
  expect(running.out).toContain("rule blocks: its primary venue");
  desk.venue.stop();
  desk.second.stop();
  await desk.routed(1_000, null);
  expect(await runToEnd(["ctl", "route", ...asked, "--socket", join(gateway.data, "admin.sock")])).toMatchObject({
    code: 4,
  });
  const { status, body } = await ask(gateway, "GET", "/v1/route?session=NOBODY&symbol=AAPL");
  expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining("query.session")]);
});
