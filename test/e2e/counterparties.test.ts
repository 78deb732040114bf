import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { LOGON, LOGOUT } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { freePort } from "./ports.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(90_000);

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A gateway that trades with ALICE; other venues listen besides. */
async function started(client = "") {
  const gateway = new Gateway({ client });
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(() => gateway.remove());
  listening(venue);
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  return { gateway, venue, alice };
}

function listening(venue: Venue): Venue {
  venue.listen();
  ends.push(() => venue.stop());
  return venue;
}

function edit(gateway: Gateway, change: (text: string) => string): void {
  const before = readFileSync(gateway.configFile, "utf8");
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(gateway.configFile, after);
}

const adding = (tables: string) => (text: string) => `${text}\n${tables}`;
const session = (name: string, more = "") => `[client.sessions.${name}]\naccounts = ["ACC1"]\n${more}`;
const without = (table: string) => (text: string) =>
  text.replace(new RegExp(`\\[${table}\\][\\s\\S]*?(?=\\n\\[|$)`), "");
const venueTable = (name: string, port: number) =>
  `[venues.${name}]\naddress = "127.0.0.1:${port}"\nreconnectMinMs = 20\nreconnectMaxMs = 100\nresendOrdersWithinS = 120\n`;
const symbol = (name: string, venue: string) => `[symbols.${name}]\nreferencePrice = "150"\nvenue = "${venue}"\n`;

/** Reloads by SIGHUP; returns what the log says about it, up to the line that has `end`. */
async function reload(gateway: Gateway, end: string | RegExp): Promise<string> {
  const from = gateway.log.length;
  gateway.signal("SIGHUP");
  await gateway.said(end, from);
  await gateway.said(/configuration: SIGHUP: .*\n/, from);
  return gateway.log.slice(from);
}

interface Change {
  readonly key: string;
  readonly effect: string;
  readonly how: string;
}

/** What a reload would do, by key. */
async function dryRun(gateway: Gateway): Promise<Map<string, Change>> {
  const { body } = await ask(gateway, "POST", "/v1/system/reload?dryRun=true", { why: "a look" });
  expect(body.result, JSON.stringify(body)).toBe("applied");
  return new Map((body.changes as Change[]).map((change) => [change.key, change]));
}

async function names(gateway: Gateway, what: "sessions" | "venues"): Promise<string[]> {
  const { body } = await ask(gateway, "GET", `/v1/${what}`);
  return (body as { name: string }[]).map(({ name }) => name);
}

/** Sends an order that rests. Returns its ClOrdID. */
async function rests(client: Client, quantity: number, name = "AAPL"): Promise<string> {
  const order = client.order({ 38: quantity, 44: "149", 55: name });
  expect((await client.report(order)).get(150)).toBe("0");
  return order;
}

/** Ends it without a word and starts it with the file as it is; its venues log on again. */
async function killed(gateway: Gateway, ...venues: Venue[]): Promise<void> {
  const logons = venues.map((venue) => venue.received.filter(({ type }) => type === LOGON).length);
  await gateway.crash();
  await gateway.start();
  for (const [i, venue] of venues.entries())
    await until("its Logon", () => venue.received.filter(({ type }) => type === LOGON).length > logons[i]!);
}

test("a client session that a reload adds logs on and trades at once, and goes on after a kill", async () => {
  const { gateway, venue } = await started();
  edit(gateway, adding(session("CAROL")));
  expect((await dryRun(gateway)).get("client.sessions.CAROL")).toMatchObject({
    effect: "applied",
    how: "at once; 7 of 8 spare places are left then (client.spareSessions)",
  });
  expect(await names(gateway, "sessions")).toEqual(["ALICE", "BOB"]);
  const log = await reload(gateway, /client CAROL: added.*\n/);
  expect(log).toMatch(/client CAROL: added by a reload; its lane built it in \d+\.\d ms\n/);
  expect(await names(gateway, "sessions")).toEqual(["ALICE", "BOB", "CAROL"]);

  const carol = new Client("CAROL", gateway.clientPort);
  await carol.logon();
  const resting = await rests(carol, 310);
  expect((await venue.orderOf(310)).quantity).toBe(310);
  await until("CAROL in its row", async () => {
    const { body } = await ask(gateway, "GET", "/v1/sessions/CAROL");
    return body.state === "logged on" && body.openOrders === 1;
  });

  await killed(gateway, venue);
  const next = carol.nextOut;
  await carol.logon();
  expect(carol.nextOut).toBeGreaterThan(next);
  await venueUp(carol);
  expect((await carol.report(carol.cancel(resting), "4")).get(150)).toBe("4");
  expect(carol.faults).toEqual([]);
  expect(await gateway.stop(), gateway.log).toBe(0);
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toContain("added by a reload");
});

test("a venue and a symbol for it are added, trade at once, and go on after a kill", async () => {
  const { gateway, venue, alice } = await started();
  const east = listening(new Venue(freePort(), "EAST"));
  edit(gateway, adding(`${venueTable("EAST", east.port)}${symbol("MSFT", "EAST")}`));
  const would = await dryRun(gateway);
  expect(would.get("venues.EAST")).toMatchObject({
    effect: "applied",
    how: "at once; 1 of 2 spare places are left then (core.spareVenues)",
  });
  expect(would.get("symbols.MSFT")).toMatchObject({ effect: "applied" });
  await reload(gateway, /venue EAST: added.*\n/);
  await east.waitType(LOGON);
  await gateway.said(/venue EAST: up/);
  expect(await names(gateway, "venues")).toEqual(["VENUE", "EAST"]);
  const resting = await rests(alice, 410, "MSFT");
  expect((await east.orderOf(410)).quantity).toBe(410);
  expect(venue.orders.some(({ quantity }) => quantity === 410)).toBe(false);

  await killed(gateway, venue, east);
  await alice.logon();
  await venueUp(alice);
  expect((await alice.report(alice.cancel(resting), "4")).get(150)).toBe("4");
  await rests(alice, 420, "MSFT");
  expect((await east.orderOf(420)).quantity).toBe(420);
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("a session that is retired is logged out and refused, its open order lives on, and it comes back as it was", async () => {
  const { gateway, venue, alice } = await started();
  const bob = new Client("BOB", gateway.clientPort);
  await bob.logon();
  await rests(bob, 510);
  const full = readFileSync(gateway.configFile, "utf8");
  edit(gateway, without("client.sessions.BOB"));
  expect((await dryRun(gateway)).get("client.sessions.BOB")).toMatchObject({
    effect: "applied",
    how: "at once: it is logged out; its 1 open order stays: a start without it needs --orphan-orders until it is done",
  });
  await reload(gateway, /client BOB: retired.*\n/);
  expect((await bob.waitType(LOGOUT)).get(58)).toBe("Session is retired");
  await bob.closed;
  expect(await names(gateway, "sessions")).toEqual(["ALICE"]);

  await bob.connect();
  bob.sendLogon(false);
  expect((await bob.waitType(LOGOUT)).get(58)).toBe("Session is retired");
  await bob.closed;

  venue.fill(await venue.orderOf(510), 510, "149");
  await rests(alice, 520);
  writeFileSync(gateway.configFile, full);
  expect((await dryRun(gateway)).get("client.sessions.BOB")).toMatchObject({
    effect: "applied",
    how: "at once: it is there again as it was",
  });
  await reload(gateway, /client BOB: is there again after a reload\n/);
  await bob.logon();
  await bob.wait(
    "its fill",
    (message) => message.type === "8" && message.get(150) === "F" && message.number(32) === 510,
  );
  await rests(bob, 530);
  expect(bob.faults).toEqual([]);
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("a venue stays while it has open orders; without any it is logged out and gone, and a start goes on without it", async () => {
  const { gateway, venue, alice } = await started();
  const east = listening(new Venue(freePort(), "EAST"));
  const plain = readFileSync(gateway.configFile, "utf8");
  edit(gateway, adding(`${venueTable("EAST", east.port)}${symbol("MSFT", "EAST")}`));
  await reload(gateway, /venue EAST: added.*\n/);
  await gateway.said(/venue EAST: up/);
  const resting = await rests(alice, 610, "MSFT");

  writeFileSync(gateway.configFile, plain);
  const log = await reload(gateway, /venues\.EAST.*\n/);
  expect(log).toContain("it has 1 open order: cancel them, or wait for their end, then reload again");
  expect(await names(gateway, "venues")).toEqual(["VENUE", "EAST"]);
  await alice.report(alice.cancel(resting), "4");
  await reload(gateway, /venue EAST: retired.*\n/);
  expect((await east.waitType(LOGOUT)).get(58)).toBe("Session is retired");
  expect(await names(gateway, "venues")).toEqual(["VENUE"]);
  await rests(alice, 620);

  await killed(gateway, venue);
  await alice.logon();
  await venueUp(alice);
  await rests(alice, 630);
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("without a spare place a session needs a restart, which takes it; what else the file has is applied", async () => {
  const { gateway, alice } = await started("spareSessions = 1");
  edit(gateway, adding(`${session("CAROL")}${session("DAVE")}`));
  edit(gateway, (text) => text.replace("maxOrderQty = 100_000", "maxOrderQty = 90_000"));
  const would = await dryRun(gateway);
  expect(would.get("client.sessions.CAROL")).toMatchObject({ effect: "applied" });
  expect(would.get("client.sessions.DAVE")).toMatchObject({
    effect: "restart",
    how: "no spare place is left: expected up to 1 more until the next start (client.spareSessions = 1), got 2",
  });
  await reload(gateway, /client CAROL: added.*\n/);
  expect(await names(gateway, "sessions")).toEqual(["ALICE", "BOB", "CAROL"]);
  expect((await alice.report(alice.order({ 38: 95_000, 44: "149" }))).get(150)).toBe("8");

  const dave = new Client("DAVE", gateway.clientPort);
  await dave.connect();
  dave.sendLogon(false);
  await dave.closed;
  expect(dave.loggedOn).toBe(false);
  expect(await gateway.stop(), gateway.log).toBe(0);
  await gateway.start();
  await dave.logon();
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("a changed key of a session still needs a restart, and a name of the past too", async () => {
  const { gateway } = await started();
  edit(gateway, adding(session("CAROL")));
  expect(await gateway.stop(), gateway.log).toBe(0);
  await gateway.start();
  edit(gateway, without("client.sessions.CAROL"));
  expect(await gateway.stop(), gateway.log).toBe(0);
  await gateway.start();
  edit(gateway, adding(session("CAROL")));
  edit(gateway, (text) => text.replace("[client.sessions.BOB]", "[client.sessions.BOB]\nmaxHeartBtIntS = 30"));
  const log = await reload(gateway, /CAROL.*\n/);
  expect(log).toContain("maxHeartBtIntS");
  expect(log).toContain("needs a restart: a lane builds its sessions at its start");
  expect(log).toContain(
    "needs a restart: the journal has it from before this start: a start takes up its numbers and orders",
  );
  expect(await gateway.stop(), gateway.log).toBe(0);
});

/** Two venue agents, on two lanes. */
const SPREAD = `idle = "park"
[[lanes.place]]
agents = ["client0", "core", "venue0", "keeper"]
idle = "park"
[[lanes.place]]
agents = ["venue1"]
idle = "park"`;

test("several venue agents each build their share, of any version that is built in, and with synced journals", async () => {
  const gateway = new Gateway({ lanes: SPREAD });
  ends.push(() => gateway.remove());
  edit(gateway, (text) => text.replace("bufferMiB = 2", 'bufferMiB = 2\ndurability = "disk"'));
  const venue = listening(new Venue(gateway.venuePort));
  await gateway.start();
  await venue.waitType(LOGON);
  const east = listening(new Venue(freePort(), "EAST"));
  const west = listening(new Venue(freePort(), "WEST", { version: "FIX.4.2" }));
  const tables = [
    session("CAROL", 'version = "FIX.4.2"\n'),
    session("DAVE"),
    `${venueTable("EAST", east.port)}fields.drop = [114]\n`,
    `${venueTable("WEST", west.port)}version = "FIX.4.2"\n`,
    symbol("MSFT", "EAST"),
    symbol("IBM", "WEST"),
  ];
  edit(gateway, adding(tables.join("")));
  const log = await reload(gateway, /venue WEST: added.*\n/);
  for (const who of ["client CAROL", "client DAVE", "venue EAST", "venue WEST"])
    expect(log).toContain(`${who}: added by a reload`);
  await gateway.said(/venue EAST: up/);
  await gateway.said(/venue WEST: up/);
  const carol = new Client("CAROL", gateway.clientPort, { version: "FIX.4.2" });
  const dave = new Client("DAVE", gateway.clientPort);
  await carol.logon();
  await dave.logon();
  await rests(carol, 710, "MSFT");
  await rests(carol, 720, "IBM");
  await rests(dave, 730, "MSFT");
  await rests(dave, 740, "AAPL");
  expect((await east.orderOf(710)).quantity + (await west.orderOf(720)).quantity).toBe(1_430);
  expect((await east.orderOf(730)).quantity + (await venue.orderOf(740)).quantity).toBe(1_470);
  const lanes = new Map<string, number>();
  for (const what of ["sessions", "venues"])
    for (const { name, lane } of (await ask(gateway, "GET", `/v1/${what}`)).body) lanes.set(name, lane);
  expect([lanes.get("CAROL"), lanes.get("EAST"), lanes.get("WEST")]).toEqual([0, 1, 0]);

  await killed(gateway, venue, east, west);
  await carol.logon();
  await dave.logon();
  await gateway.said(/venue WEST: up[\s\S]*venue WEST: up/);
  await gateway.said(/venue EAST: up[\s\S]*venue EAST: up/);
  await rests(carol, 750, "IBM");
  await rests(dave, 760, "MSFT");
  expect([...carol.faults, ...dave.faults, ...west.faults, ...east.faults]).toEqual([]);
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("a snapshot has those that came since the start, also for a start with fewer spare places", async () => {
  const gateway = new Gateway({ tables: "snapshotMiB = 1" });
  ends.push(() => gateway.remove());
  const venue = listening(new Venue(gateway.venuePort));
  const east = listening(new Venue(freePort(), "EAST"));
  await gateway.start();
  await venue.waitType(LOGON);
  edit(gateway, adding(`${session("CAROL")}${venueTable("EAST", east.port)}${symbol("MSFT", "EAST")}`));
  await reload(gateway, /venue EAST: added.*\n/);
  await gateway.said(/venue EAST: up/);
  const carol = new Client("CAROL", gateway.clientPort);
  await carol.logon();
  const ids = Array.from({ length: 1_500 }, (_, i) => carol.order({ 38: 1_000 + i, 44: "149", 55: "MSFT" }));
  await Promise.all(ids.map((clOrdId) => carol.report(clOrdId, "0")));
  const hasSnapshot = (): boolean => readdirSync(gateway.data).some((file) => file.endsWith(".snapshot"));
  await until("a snapshot", hasSnapshot);

  edit(gateway, (text) =>
    text.replace("[client]", "[client]\nspareSessions = 0").replace("[core]", "[core]\nspareVenues = 0"),
  );
  const from = gateway.log.length;
  await killed(gateway, venue, east);
  expect(gateway.log.slice(from)).toMatch(/journal: [\d,]+ inputs behind the newest snapshot are replayed/);
  await carol.logon();
  await gateway.said(/venue EAST: up/, from);
  expect((await carol.report(carol.cancel(ids[7]!, { 38: 1_007, 55: "MSFT" }), "4")).get(41)).toBe(ids[7]!);
  await rests(carol, 9_000, "MSFT");
  expect((await east.orderOf(9_000)).quantity).toBe(9_000);
  expect([...carol.faults, ...east.faults]).toEqual([]);
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("what comes has its password, its addresses and its operators' commands, and the orders of others flow on", async () => {
  const { gateway, alice } = await started();
  const hash = await Bun.password.hash("open-sesame", { algorithm: "argon2id", memoryCost: 1024, timeCost: 1 });
  const own = [
    session("CAROL", `passwordHash = "${hash}"\nallow = ["127.0.0.1"]\n`),
    session("FAR", 'allow = ["192.0.2.0/24"]\n'),
    session("POOL", "dynamicSessions = 2\n"),
  ];
  edit(gateway, adding(own.join("")));
  let sent = 0;
  let isReloaded = false;
  const flow = (async () => {
    while (!isReloaded || sent < 50)
      expect((await alice.report(alice.order({ 38: 2_000 + sent++, 44: "149" }))).get(150)).toBe("0");
  })();
  const log = await reload(gateway, /client POOL\.2: added.*\n/);
  isReloaded = true;
  await flow;
  for (const name of ["CAROL", "FAR", "POOL.1", "POOL.2"]) expect(log).toContain(`client ${name}: added by a reload`);
  expect(alice.faults).toEqual([]);

  const carol = new Client("CAROL", gateway.clientPort);
  await carol.connect();
  carol.sendLogon(false);
  expect((await carol.waitType(LOGOUT)).get(58)).toContain("is wrong");
  await carol.closed;
  carol.logonMore = [[554, "open-sesame"]];
  await carol.logon();
  await rests(carol, 810);
  const far = new Client("FAR", gateway.clientPort);
  await far.connect();
  far.sendLogon(false);
  await far.closed;
  expect(far.loggedOn).toBe(false);
  const stranger = new Client("STRANGER", gateway.clientPort);
  await stranger.logon();
  await rests(stranger, 820);

  const socket = `${gateway.data}/admin.sock`;
  const off = await runToEnd(["ctl", "session", "state", "CAROL", "off", "--why", "a test", "--socket", socket]);
  expect([off.code, off.err]).toEqual([0, ""]);
  expect((await carol.waitType(LOGOUT)).get(58)).toBe("Session is switched off");
  await carol.closed;
  const listed = await runToEnd(["ctl", "sessions", "--socket", socket]);
  expect(listed.out).toMatch(/CAROL .*off/);
  expect(listed.out).toContain("POOL.1");
  expect(await gateway.stop(), gateway.log).toBe(0);
});
