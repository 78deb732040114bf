import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOGON, LOGOUT, type Message } from "../../src/counterparty/message.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

async function started(tables = "") {
  const gateway = new Gateway({ tables });
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

function edit(gateway: Gateway, ...pairs: [from: string, to: string][]): void {
  let text = readFileSync(gateway.configFile, "utf8");
  for (const [from, to] of pairs) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  writeFileSync(gateway.configFile, text);
}

/** Reloads by SIGHUP; returns what the log says about it. */
async function reload(gateway: Gateway, ends: string | RegExp = /SIGHUP: .*\n/): Promise<string> {
  const from = gateway.log.length;
  gateway.signal("SIGHUP");
  await gateway.said(ends, from);
  return gateway.log.slice(from);
}

async function hash(password: string): Promise<string> {
  return Bun.password.hash(password, { algorithm: "argon2id", memoryCost: 1024, timeCost: 1 });
}

test("an invalid file changes nothing, is named, and orders flow on", async () => {
  const { gateway, alice } = await started();
  edit(gateway, ["[risk]\ncollarPercent = 10", "[risk]\ncollarPercent = -1"]);
  const log = await reload(gateway);
  expect(log).toMatch(
    /ERROR configuration: SIGHUP: \S+gateway\.toml is refused, nothing has changed: risk\.collarPercent: expected .*, got -1\n/,
  );
  await alice.report(alice.order({ 38: 10, 44: "149" }), "0");
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("a missing file changes nothing", async () => {
  const { gateway } = await started();
  const text = readFileSync(gateway.configFile, "utf8");
  await Bun.$`rm ${gateway.configFile}`;
  expect(await reload(gateway)).toContain("cannot be read: ENOENT");
  writeFileSync(gateway.configFile, text);
  expect(await reload(gateway)).toContain("has nothing else than what is in force");
});

test("keys that need a restart are named with the reason, and nothing of them is in force", async () => {
  const { gateway, alice } = await started();
  edit(gateway, ["maxOrders = 16384", "maxOrders = 32768"], ['idle = "park"', 'idle = "park"\nstallUs = 500']);
  const log = await reload(gateway, /core\.maxOrders.*\n/);
  expect(log).toContain("2 changes: 2 not in force without a restart");
  expect(log).toContain(
    "WARN  configuration: lanes.stallUs: 100 → 500: needs a restart: threads and their CPUs are laid out at the start",
  );
  expect(log).toContain("core.maxOrders: 16384 → 32768: needs a restart: the core's tables are laid out at the start");
  await alice.report(alice.order({ 38: 10, 44: "149" }), "0");
  // They are still not in force: the next one says so again.
  expect(await reload(gateway, /core\.maxOrders.*\n/)).toContain("2 changes: 2 not in force without a restart");
  expect(await gateway.stop(), gateway.log).toBe(0);
});

/** Logs on with this password; resolves with whether the gateway took it. */
async function takes(port: number, password: string): Promise<boolean> {
  const client = new Client("BOB", port);
  await client.connect();
  client.send(LOGON, [
    [98, 0],
    [108, 30],
    [141, "Y"],
    [554, password],
  ]);
  await Promise.race([client.waitType(LOGON).catch(() => {}), client.closed]);
  const { loggedOn } = client;
  client.drop();
  await client.closed;
  return loggedOn;
}

test("a new password counts from the next Logon, and the session that is on stays", async () => {
  const gateway = new Gateway();
  ends.push(() => gateway.remove());
  const first = await hash("first-pass");
  edit(gateway, ["[client.sessions.BOB]", `[client.sessions.BOB]\npasswordHash = "${first}"`]);
  await gateway.start();
  expect(await takes(gateway.clientPort, "first-pass")).toBe(true);
  edit(gateway, [first, await hash("second-pass")]);
  const log = await reload(gateway, /BOB\.passwordHash.*\n/);
  expect(log).toContain("client.sessions.BOB.passwordHash: (secret) → (secret), from the next Logon");
  expect(log).not.toContain("argon2");
  expect(await takes(gateway.clientPort, "first-pass")).toBe(false);
  expect(await takes(gateway.clientPort, "second-pass")).toBe(true);
});

const ALWAYS = '[calendars.DAY]\nzone = "UTC"\nopen = "00:00"\nclose = "00:00"\n';

test("a calendar counts at once: a session whose hours are over is logged out", async () => {
  const gateway = new Gateway({ tables: ALWAYS });
  const alice = new Client("ALICE", gateway.clientPort);
  const venue = new Venue(gateway.venuePort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  edit(gateway, ["[client.sessions.ALICE]", '[client.sessions.ALICE]\nschedule = "DAY"']);
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  edit(gateway, ['open = "00:00"\nclose = "00:00"', `open = "${inHours(2)}"\nclose = "${inHours(4)}"`]);
  const log = await reload(gateway, /DAY\.close.*\n/);
  expect(log).toContain("2 changes: 2 applied");
  await alice.waitType(LOGOUT);
  expect(alice.faults).toEqual([]);
});

test("SIGHUP during the start is carried out after it", async () => {
  const gateway = new Gateway();
  ends.push(() => gateway.remove());
  const start = gateway.start();
  await gateway.said("no CPU is configured");
  gateway.signal("SIGHUP");
  await start;
  await gateway.said(/SIGHUP: waits until the start is complete/);
  await gateway.said(/SIGHUP: \S+gateway\.toml \(SHA-256 [0-9a-f]{12}\) has nothing else than what is in force/);
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("an allow list and a first password count from the next Logon", async () => {
  const gateway = new Gateway();
  ends.push(() => gateway.remove());
  await gateway.start();
  expect(await takes(gateway.clientPort, "any")).toBe(true);
  edit(gateway, ["[client.sessions.BOB]", '[client.sessions.BOB]\nallow = ["192.0.2.0/24"]']);
  await reload(gateway, /BOB\.allow.*\n/);
  expect(await takes(gateway.clientPort, "any")).toBe(false);
  edit(gateway, ['allow = ["192.0.2.0/24"]', `allow = ["127.0.0.0/8"]\npasswordHash = "${await hash("word")}"`]);
  await reload(gateway, /BOB\.passwordHash.*\n/);
  expect(await takes(gateway.clientPort, "any")).toBe(false);
  expect(await takes(gateway.clientPort, "word")).toBe(true);
});

test("by the API and ctl: a dry run shows what a reload does; tokens count from the next request; the journal has it", async () => {
  const gateway = new Gateway({ tables: '[admin]\nlisten = "127.0.0.1:0"\n' });
  ends.push(() => gateway.remove());
  await gateway.start();
  const socket = join(gateway.data, "admin.sock");
  const [, port] = /API and dashboard on http:\/\/127\.0\.0\.1:(\d+)/.exec(gateway.log)!;
  const withToken = (token: string) =>
    fetch(`http://127.0.0.1:${port}/v1/system`, { headers: { authorization: `Bearer ${token}` } });
  const token = "desk-token-of-this-test";
  expect((await withToken(token)).status).toBe(401);
  const sha256 = new Bun.CryptoHasher("sha256").update(token).digest("hex");
  edit(
    gateway,
    ["[admin]", `[admin]\ntokens.desk = { hash = "sha256:${sha256}", role = "view" }`],
    ["[core]", "[pool]\nidleS = 20\nmaxMiB = 128\n[core]"],
  );
  const dry = await runToEnd(["ctl", "reload", "--dry-run", "--why", "look first", "--socket", socket]);
  expect([dry.code, dry.err]).toEqual([0, ""]);
  expect(dry.out).toMatch(/applied +pool\.idleS +10 +20 +at once/);
  expect(dry.out).toMatch(
    /restart +pool\.maxMiB +256 +128 +the memory of the session buffers is laid out at the start/,
  );
  expect(dry.out).not.toContain(sha256);
  expect((await withToken(token)).status).toBe(401);
  const { body } = await ask(gateway, "POST", "/v1/system/reload", { why: "a token for the desk" });
  expect(body).toMatchObject({ result: "applied", dryRun: false, file: gateway.configFile });
  expect(body.changes.map(({ key, effect }: { key: string; effect: string }) => [key, effect]).sort()).toEqual([
    ["admin.tokens.desk", "applied"],
    ["pool.idleS", "applied"],
    ["pool.maxMiB", "restart"],
  ]);
  expect((await withToken(token)).status).toBe(200);
  const system = await ask(gateway, "GET", "/v1/system");
  expect(system.body.configuration).toMatchObject({
    file: gateway.configFile,
    sha256: body.sha256,
    notInForce: [{ key: "pool.maxMiB", effect: "restart" }],
  });
  edit(gateway, ["maxMiB = 128", "maxMiB = 1"]);
  const refused = await runToEnd(["ctl", "reload", "--why", "not valid", "--socket", socket]);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain("pool.maxMiB: expected");
  expect((await withToken(token)).status).toBe(200);
  expect(await gateway.stop(), gateway.log).toBe(0);
  const printed = await runToEnd(["journal", "print", gateway.data]);
  expect(printed.out).toContain("asked for system.reload: a token for the desk");
});

test("limits and symbols of the file count from the next order, an operator's value stays, a restart changes nothing", async () => {
  const { gateway, alice } = await started();
  const refusal = async (quantity: number, price = "149"): Promise<string> => {
    const report = await alice.wait("an answer", answerTo(alice.order({ 38: quantity, 44: price })));
    return report.get(150) === "8" ? report.get(58)! : "";
  };
  const socket = join(gateway.data, "admin.sock");
  expect(await refusal(500)).toBe("");
  edit(
    gateway,
    ["[risk.accounts.ACC1]\nmaxOrderQty = 100_000", "[risk.accounts.ACC1]\nmaxOrderQty = 400"],
    ['referencePrice = "150"', 'referencePrice = "300"'],
  );
  const log = await reload(gateway, /ACC1\.maxOrderQty.*\n/);
  expect(log).toContain("2 changes: 2 applied");
  expect(log).toMatch(/risk\.accounts\.ACC1\.maxOrderQty: 100000 → 400, from the next order/);
  expect(await refusal(500, "300")).toContain("MAX_ORDER_QTY");
  expect(await refusal(300, "149")).toContain("PRICE_COLLAR");
  expect(await refusal(300, "299")).toBe("");
  // An operator's value goes before the file's, and the reload says so.
  const { headers } = await ask(gateway, "GET", "/v1/accounts/ACC1");
  const body = { settings: { maxOrderQty: 350 }, why: "a smaller one" };
  const patch = await ask(gateway, "PATCH", "/v1/accounts/ACC1", body, { "if-match": headers.get("etag")! });
  expect(patch.status, JSON.stringify(patch.body)).toBe(200);
  edit(gateway, ["maxOrderQty = 400", "maxOrderQty = 1_000"]);
  const held = await reload(gateway, /ACC1\.maxOrderQty.*\n/);
  expect(held).toMatch(
    /WARN {2}configuration: risk\.accounts\.ACC1\.maxOrderQty: 400 → 1000: not applied: \S.* has set "?350"?, which stays until it is reset/,
  );
  expect(await refusal(400, "299")).toContain("MAX_ORDER_QTY");
  await gateway.crash();
  await gateway.start();
  const account = await ask(gateway, "GET", "/v1/accounts/ACC1");
  const setting = account.body.settings.find(({ name }: { name: string }) => name === "maxOrderQty");
  expect(setting).toMatchObject({ value: "350", fileValue: "1000", source: "operator" });
  const printed = await runToEnd(["journal", "print", gateway.data]);
  expect(printed.out).toContain("maxOrderQty of account ACC1 is 400 in the file");
  expect(printed.out).toContain("SIGHUP (signal) asked for system.reload: the configuration is read again: ");
  expect((await runToEnd(["ctl", "reload", "--dry-run", "--why", "look", "--socket", socket])).out).toContain(
    "the file has nothing else than what is in force",
  );
});

function answerTo(clOrdId: string): (message: Message) => boolean {
  return (message) => message.type === "8" && message.get(11) === clOrdId;
}
