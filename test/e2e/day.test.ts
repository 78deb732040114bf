import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LOGOUT } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { fieldsOf } from "../reports/csv.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, temporary } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const files = temporary();
const prices = join(files, "prices.csv");
const restricted = join(files, "restricted.csv");
const gateway = new Gateway({
  tables: `[day]\nreferencePrices = "${prices}"\nrestrictedSymbols = "${restricted}"\n[symbols.MSFT]\nreferencePrice = "50"`,
});
const venue = new Venue(gateway.venuePort);
const alice = new Client("ALICE", gateway.clientPort);

beforeAll(async () => {
  await Bun.write(prices, "symbol,price\nAAPL,160.5\n");
  await Bun.write(restricted, "symbol\nGAMESTOP\n");
  venue.listen();
  await gateway.start();
  await alice.logon();
  await venueUp(alice);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
  rmSync(files, { recursive: true, force: true });
});

const sha256 = (path: string): string => new Bun.CryptoHasher("sha256").update(readFileSync(path)).digest("hex");
const { ctl } = gateway;
const start = (dryRun: boolean) => ask(gateway, "POST", "/v1/day/start", { dryRun, why: "a test" });

interface Check {
  name: string;
  ok: boolean;
  why: string;
}

describe("a start of day", () => {
  test("as a dry run has the files with hashes and counts, and the go/no-go list, and changes nothing", async () => {
    const { status, body } = await start(true);
    expect([status, body.result, body.dryRun]).toEqual([200, "unchanged", true]);
    expect(body.files).toEqual([
      {
        file: gateway.configFile,
        what: "configuration",
        sha256: sha256(gateway.configFile),
        bytes: expect.any(Number),
        rows: null,
      },
      { file: prices, what: "reference prices", sha256: sha256(prices), bytes: 24, rows: 1 },
      { file: restricted, what: "restricted symbols", sha256: sha256(restricted), bytes: 16, rows: 1 },
    ]);
    expect(body.changes).toEqual([{ symbol: "AAPL", setting: "referencePrice", old: "150", new: "160.5" }]);
    const checks = body.checks as Check[];
    expect(checks.filter(({ name, ok }) => !ok && name !== "alarms").map(({ name, why }) => [name, why])).toEqual([]);
    await alice.report(alice.order({ 38: 3, 44: "140" }), "0");
  });

  test("sets reference prices: the next order is measured by them", async () => {
    const { body } = await start(false);
    expect([body.result, body.changes.length]).toEqual(["applied", 1]);
    expect((await alice.report(alice.order({ 38: 3, 44: "140" }), "8")).get(58)).toContain("PRICE_COLLAR");
    expect((await start(false)).body).toMatchObject({ result: "unchanged", changes: [] });
    const view = (await ask(gateway, "GET", "/v1/day")).body;
    expect([view.start.dryRun, view.end]).toEqual([false, null]);
  });

  test("disables restricted symbols: the next order is refused, also after a start", async () => {
    const order = () => alice.order({ 38: 5, 44: "50", 55: "MSFT" });
    const before = order();
    await alice.report(before, "0");
    await Bun.write(restricted, "symbol,reason\nMSFT,insiders\nGAMESTOP,none\n");
    const { body } = await start(false);
    expect(body.changes).toEqual([{ symbol: "MSFT", setting: "enabled", old: true, new: false }]);
    expect((body.checks as Check[]).find(({ name }) => name === "restricted symbols")).toMatchObject({ ok: true });
    expect((await alice.report(order(), "8")).get(58)).toContain("SYMBOL_DISABLED");
    await alice.report(alice.cancel(before, { 55: "MSFT" }), "4");
    const changes = (await ask(gateway, "GET", "/v1/reports/limit-changes")).body.rows;
    const asked = { by: "root", why: "a test", result: "applied", until: null };
    expect(changes.map(({ time: _, ...change }: { time: string }) => change)).toEqual([
      { subject: "symbol", name: "AAPL", setting: "referencePrice", value: "160.5", ...asked },
      { subject: "symbol", name: "MSFT", setting: "enabled", value: "false", ...asked },
    ]);
  });

  test("says what speaks against it: venue down, kill switch, restricted symbol, changed file", async () => {
    venue.stop();
    gateway.signal("SIGUSR1");
    await gateway.said(/engaged \(SIGUSR1\)/);
    const kill = (engaged: boolean) =>
      ask(gateway, "PUT", "/v1/kill-switch", { scope: "account:ACC1", engaged, why: "a test" });
    expect((await kill(true)).status).toBe(200);
    await gateway.said(/venue VENUE: down/);
    await Bun.write(restricted, "symbol\nAAPL\n");
    const config = readFileSync(gateway.configFile);
    await Bun.write(gateway.configFile, `${config}\n# changed\n`);
    const { body } = await start(true);
    expect(body.go).toBe(false);
    const wrong = Object.fromEntries(
      (body.checks as Check[]).filter(({ ok }) => !ok).map(({ name, why }) => [name, why]),
    );
    expect(wrong).toMatchObject({
      venues: expect.stringMatching(/^not logged on and on: VENUE \(/),
      "kill switch": "engaged: new orders are refused: firm, account:ACC1",
      "restricted symbols": "restricted, and enabled: AAPL",
      configuration: "the file has changed since it was read: reload it, or restart",
    });
    const shown = await ctl("day", "check");
    expect([shown.code, shown.out]).toEqual([4, expect.stringContaining("restricted, and enabled: AAPL")]);
    await Bun.write(gateway.configFile, config);
    await Bun.write(restricted, "symbol\n");
    gateway.signal("SIGUSR2");
    await gateway.said(/released \(SIGUSR2\)/);
    expect((await kill(false)).status).toBe(200);
    venue.listen();
    await venueUp(alice);
  });

  test.each([
    ["symbol,cost\nAAPL,1\n", "line 1: expected the headings symbol, price, got symbol, cost"],
    ["symbol,price\nAAPL,1e2\n", "line 2: expected price to be a number of up to eight decimals, got 1e2"],
    ["symbol,price\nAAPL,1\nAAPL,2\n", "line 3: expected each symbol once, got AAPL again"],
    ["symbol,price\nNONE,1\n", "expected a symbol of the configuration, got NONE"],
    ["symbol,price\nMSFT,51\nAAPL,0\n", "reference prices: AAPL: expected a price above 0, got 0"],
    ["", "expected the headings symbol, price, got an empty file"],
  ])("is refused as a whole for a wrong file: %s", async (text, message) => {
    await Bun.write(prices, text);
    const { status, body } = await start(false);
    expect([status, body.error.code]).toEqual([409, "bad-file"]);
    expect(body.error.message).toContain(message);
    await Bun.write(prices, "symbol,price\nAAPL,160.5\n");
  });
});

describe("an end of day", () => {
  const end = (more: Record<string, unknown>) => ask(gateway, "POST", "/v1/day/end", { why: "a test", ...more });
  const view = async () => (await ask(gateway, "GET", "/v1/day")).body.end;

  test("is a dry run unless it is told otherwise: day orders, who would be logged out, where reports would be", async () => {
    const { body } = await end({ cancel: true, logout: true });
    expect([body.result, body.state, body.dryRun, body.dayOrders]).toEqual(["unchanged", "planned", true, 1]);
    expect(body.loggedOut).toEqual(["ALICE", "VENUE"]);
    expect([body.canceled.length, body.left]).toEqual([1, []]);
    // Only what is asked for would be done.
    const plain = (await end({})).body;
    expect([plain.canceled, plain.left, plain.loggedOut]).toEqual([[], body.canceled, []]);
    const plan = (...options: string[]) => ctl("day", "plan", ...options);
    expect((await plan("--cancel")).out).toMatch(/^canceled\n +0 +\d+\n^left\n +none\nloggedOut\n +none$/m);
    expect((await plan("--logout")).out).toMatch(
      /^canceled\n +none\nleft\n +0 +\d+\nloggedOut\n +0 +ALICE\n +1 +VENUE$/m,
    );
    expect(await view()).toBeNull();
    expect(readdirSync(gateway.data)).not.toContain("days");
  });

  test("of a past day cancels nothing and logs nobody out: what is open is today's", async () => {
    for (const more of [{ cancel: true }, { logout: true }]) {
      const { status, body } = await end({ ...more, dryRun: true, day: "2026-11-24" });
      expect([status, body.error.code]).toEqual([409, "bad-day"]);
    }
    const { status, body } = await end({ dryRun: true, day: "2026-11-24" });
    expect([status, body.dayOrders, body.canceled, body.left, body.loggedOut]).toEqual([200, 0, [], [], []]);
    expect(await ctl("day", "plan", "--day", "2026-11-24")).toMatchObject({ code: 0 });
  });

  test("cancels day orders and no others, logs out, and writes reports that fit their checksums", async () => {
    const gtc = alice.order({ 38: 9, 44: "150", 59: 1 });
    await alice.report(gtc, "0");
    expect(await ctl("day", "end", "--cancel", "--logout", "--why", "a test")).toMatchObject({ code: 0 });
    await alice.waitType(LOGOUT);
    await until("the end of day", async () => (await view()).doneAt !== null, 30_000);
    const done = await view();
    expect([done.state, done.dayOrders, done.left, done.problems]).toEqual(["done", 1, [], []]);
    expect(done.canceled).toHaveLength(1);
    expect(done.loggedOut).toEqual(["ALICE", "VENUE"]);
    const canceled = venue.received.filter(
      (message) =>
        message.type === "F" && message.number(38) < 9 && message.number(38) !== 1 && message.get(55) === "AAPL",
    );
    expect(canceled.map((message) => message.number(38))).toEqual([3]);
    const sums = Bun.spawnSync(["sha256sum", "-c", "--strict", "SHA256SUMS"], { cwd: done.directory });
    expect([sums.exitCode, sums.stdout.toString().match(/: OK$/gm)?.length]).toEqual([0, 18]);
    for (const { file, sha256: sum } of done.files) expect(sha256(join(done.directory, file))).toBe(sum);
    const [names, ...open] = fieldsOf(readFileSync(join(done.directory, "open-gtc.csv"), "utf8"));
    expect(open.map((line) => line[names!.indexOf("clOrdId")])).toEqual([gtc]);
  });

  test("names day orders that their venue does not end", async () => {
    venue.acknowledges = true;
    await alice.logon();
    await venueUp(alice);
    const kept = alice.order({ 38: 4, 44: "150" });
    await alice.report(kept, "0");
    venue.stop();
    await gateway.said(/venue VENUE: down/, gateway.log.lastIndexOf("venue VENUE: up"));
    const { body } = await end({ dryRun: true });
    expect([body.dayOrders, body.left.length]).toEqual([1, 1]);
    const cancel = (await end({ dryRun: true, cancel: true })).body;
    expect([cancel.canceled, cancel.left]).toEqual([[], body.left]);
    const again = await end({ dryRun: false, cancel: true });
    expect(again.body.result).toBe("applied");
    await until("the end of day", async () => (await view()).doneAt !== null, 30_000);
    const done = await view();
    expect([done.state, done.left]).toEqual(["done", body.left]);
    expect(done.problems[0]).toContain("1 day orders are open still: their venues have not ended them");
    expect(done.files.find(({ file }: { file: string }) => file === "orders.csv").rows).toBeGreaterThan(0);
    expect([...venue.faults, ...alice.faults]).toEqual([]);
  });
});
