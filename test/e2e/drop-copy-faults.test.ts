import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import { ENTRY_MESSAGE } from "../../src/journal/layout.ts";
import { readStream, StreamReader } from "../../src/journal/store/reader.ts";
import { listSnapshots, SnapshotReader, snapshotPath } from "../../src/journal/store/snapshot-file.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { freePort, Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(180_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

const SEGMENT_BYTES = 4 << 20;
/** What is damaged is before this, in the first segment. */
const BEGIN_BYTES = 65_536;
const WHY = "its reports were sent by hand";

/** A gateway with a drop copy session RISK that gets the reports of account FEW. */
function withDropCopy(more: { client?: string; filter?: string } = {}) {
  const port = freePort();
  const { filter = 'accounts = ["FEW"]', ...setting } = more;
  const tables = `snapshotMiB = 1\n[dropCopy]\nlisten = "127.0.0.1:${port}"\nmaxBehindS = 1\n[dropCopy.sessions.RISK]\n${filter}`;
  const gateway = new Gateway({ ...setting, tables });
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  const risk = new Client("RISK", port);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  const start = async () => {
    const from = venue.received.length;
    await gateway.start();
    await venue.wait("Logon", ({ type }) => type === LOGON, from);
    await alice.logon();
    await venueUp(alice);
  };
  const crash = async () => {
    await gateway.crash();
    for (const one of [alice, venue]) await one.waitClosed();
    if (risk.connected) await risk.waitClosed();
  };
  return { gateway, venue, alice, risk, start, crash, config: tables };
}

type Desk = ReturnType<typeof withDropCopy>;

const reportsOf = ({ received }: Client): Message[] => received.filter(({ type }) => type === "8");

/** Trades another account, whose reports are not copied, until a snapshot covers the begin of this segment. */
async function tradeToSnapshot({ gateway, alice }: Desk, segment: number): Promise<void> {
  const covered = (): number => {
    const [newest] = listSnapshots(gateway.data);
    if (newest === undefined) return 0;
    const snapshot = new SnapshotReader(snapshotPath(gateway.data, newest), true);
    snapshot.close();
    return snapshot.facts.positions.client0 ?? 0;
  };
  for (let i = 0; i < 1_200; i++) await alice.report(alice.order({ 38: 1_000, 44: "149" }));
  await until("a snapshot", () => covered() > segment * SEGMENT_BYTES + BEGIN_BYTES, 60_000);
}

/** Damages an entry in the middle of the first segment of the client agent's stream. Returns  its offset. */
function damage({ gateway }: Desk): number {
  const file = `${gateway.data}/client0-00000001.journal`;
  const bytes = readFileSync(file);
  const reader = new StreamReader(gateway.data, "client0");
  for (let i = 0; i < 40; i++) reader.next();
  const at = reader.next()!.position % SEGMENT_BYTES;
  reader.close();
  bytes[at + 70] = bytes[at + 70]! ^ 4;
  writeFileSync(file, bytes);
  return at;
}

/** A gateway that has ended with its copies still in the first segment, which no start needs any more. */
async function endedInFirstSegment(): Promise<Desk> {
  const desk = withDropCopy();
  await desk.start();
  await tradeToSnapshot(desk, 1);
  await desk.crash();
  damage(desk);
  await desk.start();
  // The older of the two snapshots that are kept is of this run, too.
  await tradeToSnapshot(desk, 2);
  await tradeToSnapshot(desk, 2);
  await desk.gateway.said("is damaged");
  await desk.crash();
  return desk;
}

/** A report of the account that is copied: far from the reference price, the order is refused. */
function copied({ alice }: Desk, quantity: number): Promise<Message> {
  return alice.report(alice.order({ 1: "FEW", 38: quantity, 44: "1" }), "8");
}

/** What the API says of the drop copy session. */
async function state({ gateway }: Desk) {
  return (await ask(gateway, "GET", "/v1/drop-copies/RISK")).body;
}

test("a damaged entry in the middle stops the copies with its place; passed over, they go on, also after a start", async () => {
  const desk = withDropCopy();
  const { gateway, risk } = desk;
  await desk.start();
  await tradeToSnapshot(desk, 1);
  await desk.crash();
  const file = `${gateway.data}/client0-00000001.journal`;
  const at = damage(desk);

  await desk.start();
  await gateway.said(
    `ALARM drop copy: reports of client0 can't be copied: ${file}: the entry at offset ${at} is damaged`,
  );
  await gateway.said("to pass over it: sallyport ctl drop-copy skip client0");
  await risk.logon();
  await copied(desk, 11);
  await gateway.said(/ALARM drop copy: .* s behind the reports of the clients/);
  const stopped = await until("what stops it", async () => (await state(desk)).stopped);
  expect(stopped).toEqual({ agent: "client0", reason: expect.stringContaining(`${file}: the entry at offset ${at}`) });
  expect(reportsOf(risk)).toEqual([]);

  // In 32 bits that number is 0.
  for (const agent of ["client4294967296", "client00", "client-0", "client10"]) {
    const wrong = await ask(gateway, "POST", "/v1/drop-copy-skips", { agent, why: WHY });
    expect([wrong.status, wrong.body.error.code]).toEqual([409, "unknown-name"]);
    expect(wrong.body.error.message).toContain(
      `expected one of client0 to client9 whose reports are copied, got ${agent}`,
    );
  }
  const socket = ["--socket", `${gateway.data}/admin.sock`];
  const skip = await runToEnd(["ctl", "drop-copy", "skip", "client0", "--why", WHY, ...socket]);
  expect(skip).toMatchObject({ code: 0 });
  await until("the copy", () => reportsOf(risk).some((copy) => copy.get(38) === "11"));
  await gateway.said(`ALARM drop copy: a part of the stream client0 is not copied: `);
  expect(gateway.log).toContain(`from offset ${at} of segment 1 to offset`);
  await until("nothing stops it", async () => (await state(desk)).stopped === null);
  expect((await ask(gateway, "GET", "/v1/actions")).body[0]).toMatchObject({
    action: "drop-copy.skip",
    target: "client0",
    why: WHY,
    old: expect.stringContaining(`offset ${at}`),
  });
  const again = await ask(gateway, "POST", "/v1/drop-copy-skips", { agent: "client0", why: WHY });
  expect([again.status, again.body.result]).toEqual([200, "unchanged"]);

  await desk.crash();
  const from = gateway.log.length;
  await desk.start();
  await copied(desk, 12);
  await risk.logon();
  await until("the next copy", () => reportsOf(risk).some((copy) => copy.get(38) === "12"));
  expect(gateway.log.slice(from)).not.toContain("can't be copied");
  expect(new Set(reportsOf(risk).map((copy) => copy.get(17))).size).toBe(2);
  expect([risk, desk.alice, desk.venue].flatMap(({ faults }) => faults)).toEqual([]);
});

test("a missing segment stops the copies with its name; put back, or passed over, they go on", async () => {
  const desk = await endedInFirstSegment();
  const { gateway, risk } = desk;
  const file = `${gateway.data}/client0-00000001.journal`;
  renameSync(file, `${gateway.directory}/aside`);

  await desk.start();
  await gateway.said(
    `ALARM drop copy: reports of client0 can't be copied: ${file}: missing, though later ones are there`,
  );
  await risk.logon();
  await copied(desk, 21);
  await until("what stops it", async () => (await state(desk)).stopped !== null);
  const from = gateway.log.length;
  renameSync(`${gateway.directory}/aside`, file);
  // What is damaged in it stops them now.
  await gateway.said(`can't be copied: ${file}: the entry at offset`, from);
  const skip = await ask(gateway, "POST", "/v1/drop-copy-skips", { agent: "client0", why: WHY });
  expect([skip.status, skip.body.result]).toEqual([200, "applied"]);
  await until("the copy", () => reportsOf(risk).some((copy) => copy.get(38) === "21"));
});

test("a missing segment can be passed over", async () => {
  const desk = await endedInFirstSegment();
  const { gateway, risk } = desk;
  rmSync(`${gateway.data}/client0-00000001.journal`);
  await desk.start();
  await gateway.said("client0-00000001.journal: missing");
  await risk.logon();
  await copied(desk, 31);
  const unknown = await ask(gateway, "POST", "/v1/drop-copy-skips", { agent: "client7", why: WHY });
  expect([unknown.status, unknown.body.error.code]).toEqual([409, "unknown-name"]);
  await until("what stops it", async () => (await state(desk)).stopped !== null);
  const skip = await ask(gateway, "POST", "/v1/drop-copy-skips", { agent: "client0", why: WHY });
  expect([skip.status, skip.body.result]).toEqual([200, "applied"]);
  await until("the copy", () => reportsOf(risk).some((copy) => copy.get(38) === "31"));
});

/** Reports that the journal has, and copies of them. */
function counted({ gateway }: Desk): { reports: number; copies: number } {
  const count = (stream: string): number => {
    let reports = 0;
    readStream(gateway.data, stream, ({ kind, index }) => {
      if (kind === ENTRY_MESSAGE && index !== 0) reports++;
    });
    return reports;
  };
  return { reports: count("client0"), copies: count("drop-copy") };
}

test("a report that is longer than messages may be now stops the copies with an alarm, and never the gateway", async () => {
  const long = "client.maxMessageBytes: lowered";
  const desk = withDropCopy({ client: "maxMessageBytes = 16_384", filter: "" });
  const { gateway, venue, alice, risk } = desk;
  await desk.start();
  // Reports that wait at the kill: tried until there are some.
  let waiting = 0;
  for (let round = 0; round < 10 && waiting === 0; round++) {
    if (round > 0) await desk.start();
    const quantity = 5_000 + round;
    const clOrdId = alice.order({ 38: quantity, 44: "149" });
    await alice.report(clOrdId, "0");
    const order = await venue.orderOf(quantity);
    for (let i = 0; i < 300; i++) venue.fill(order, 1, order.price, [[58, "x".repeat(7_000)]]);
    await until("some of the fills", () => reportsOf(alice).filter((report) => report.get(150) === "F").length > 50);
    await desk.crash();
    const { reports, copies } = counted(desk);
    waiting = reports - copies;
  }
  expect(waiting, long).toBeGreaterThan(0);
  const config = readFileSync(gateway.configFile, "utf8");
  writeFileSync(gateway.configFile, config.replace("maxMessageBytes = 16_384", "maxMessageBytes = 2_048"));
  await gateway.start();
  await gateway.said(
    /ALARM drop copy: reports of client0 can't be copied: client0-\d+\.journal: the report at offset \d+ has \d+ bytes, more than a message may have now: raise client\.maxMessageBytes by \d+ or more/,
  );
  await Bun.sleep(0);
  // Nor does a resend of such messages end it, or send what is none.
  await alice.logon();
  alice.askResend(1);
  await gateway.said(
    /ALARM client ALICE: its resend leaves message \d+ out, and others that are as long: it has [\d,]+ bytes/,
  );
  await alice.settle();
  expect(gateway.isRunning).toBe(true);
  await alice.logout();
  await gateway.stop();
  writeFileSync(gateway.configFile, config);
  await gateway.start();
  await risk.logon();
  const all = counted(desk).reports;
  await until("every copy", () => new Set(reportsOf(risk).map((copy) => copy.get(17))).size >= all, 30_000);
  expect(gateway.log).not.toContain("broken");
});
