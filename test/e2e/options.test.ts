import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import {
  type Field,
  frame,
  LOGON,
  LOGOUT,
  now,
  RESEND_REQUEST,
  SEQUENCE_RESET,
} from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { executable, Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const SECRETS = ["client-s3cret", "venue-s3cret", "wrong-s3cret"];

/** What `sallyport hash-password` prints for a password on its standard input. */
async function hashOf(password: string): Promise<string> {
  const child = Bun.spawn([executable(), "hash-password"], { stdin: new Blob([`${password}\n`]), stdout: "pipe" });
  const [out, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  expect(code).toBe(0);
  return out.trim();
}

const gateway = new Gateway({ venue: 'username = "gw"\nlastMsgSeqNumProcessed = true\nmaxResendRequest = 2\n' });
const venue = new Venue(gateway.venuePort);

beforeAll(async () => {
  const passwordFile = join(gateway.directory, "venue-password");
  writeFileSync(passwordFile, "venue-s3cret\n");
  const config = readFileSync(gateway.configFile, "utf8")
    .replace("[client.sessions.ALICE]\n", (table) => {
      return `${table}timestampPrecision = "nanoseconds"\nnextExpectedMsgSeqNum = true\nresetOnLogout = true\nallow = ["127.0.0.0/8"]\n`;
    })
    .replace("[client.sessions.BOB]\n", (table) => `${table}allow = ["10.0.0.0/8", "::1"]\n`)
    // The first address of the venue is one where nobody is.
    .replace(
      `address = "127.0.0.1:${gateway.venuePort}"`,
      `address = ["127.0.0.1:1", "127.0.0.1:${gateway.venuePort}"]`,
    )
    .replace("[venues.VENUE]\n", (table) => `${table}passwordFile = "${passwordFile}"\n`)
    .replace(
      "[venues.VENUE]",
      `[client.sessions.CAROL]\naccounts = ["ACC1"]\nusername = "carol"\npasswordHash = "${await hashOf("client-s3cret")}"\n[venues.VENUE]`,
    );
  writeFileSync(gateway.configFile, config);
  venue.listen();
  await gateway.start();
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

const logonOf = (...more: Field[]): Field[] => [[98, 0], [108, 30], ...more];

test("the venue is reached at its second address and told who we are and what we have processed", async () => {
  await gateway.said("WARN  venue VENUE: can't connect to 127.0.0.1:1: ECONNREFUSED");
  const logon = await venue.waitType(LOGON);
  expect([logon.get(553), logon.get(554), logon.get(369)]).toEqual(["gw", "venue-s3cret", "0"]);
  await venue.settle();
  const heartbeat = venue.received.at(-1)!;
  expect([heartbeat.type, heartbeat.get(369)]).toEqual(["0", String(venue.nextOut - 1)]);
});

test("a gap towards the venue is asked for in parts", async () => {
  venue.nextOut += 5;
  const missing = venue.nextOut - 5;
  venue.automatic = false;
  venue.sendAs("0", venue.nextOut++);
  const asked = async (): Promise<string[]> => {
    const request = await venue.waitType(RESEND_REQUEST);
    return [request.get(7)!, request.get(16)!];
  };
  const fill = (from: number, to: number) =>
    venue.sendAs(SEQUENCE_RESET, from, [
      [123, "Y"],
      [36, to],
    ]);
  expect(await asked()).toEqual([String(missing), String(missing + 1)]);
  fill(missing, missing + 2);
  expect(await asked()).toEqual([String(missing + 2), String(missing + 3)]);
  fill(missing + 2, missing + 4);
  expect(await asked()).toEqual([String(missing + 4), String(missing + 5)]);
  fill(missing + 4, missing + 6);
  venue.automatic = true;
  await venue.settle();
});

test("who comes from elsewhere than allowed gets no answer", async () => {
  const bob = new Client("BOB", gateway.clientPort);
  await bob.connect();
  bob.send(LOGON, logonOf());
  await bob.waitClosed();
  expect(bob.received).toEqual([]);
  await gateway.said(/refused: address not allowed; peer 127\.0\.0\.1:\d+, logging on as BOB to GATEWAY/);
});

test("only the right name and password log on; the wrong ones are told so", async () => {
  let refused = 0;
  for (const credentials of [
    [],
    [[553, "carol"]],
    [[554, "client-s3cret"]],
    [
      [553, "carol"],
      [554, "wrong-s3cret"],
    ],
    [
      [553, "mallory"],
      [554, "client-s3cret"],
    ],
  ] as Field[][]) {
    const carol = new Client("CAROL", gateway.clientPort);
    await carol.connect();
    const from = gateway.log.length;
    carol.send(LOGON, logonOf(...credentials));
    await carol.waitClosed();
    const [logout, ...none] = carol.received;
    expect([logout?.type, logout?.get(58), none]).toEqual([LOGOUT, "Username (553) or Password (554) is wrong", []]);
    // Our answers count, as the client's engine counts them; what its Logons say does not.
    expect(logout?.sequence).toBe(++refused);
    await gateway.said("refused: wrong Username or Password", from);
  }
  // The fifth in a row is followed by a delay, the sixth by a longer one.
  await Bun.sleep(1_100);
  const resetting = new Client("CAROL", gateway.clientPort);
  await resetting.connect();
  resetting.send(LOGON, logonOf([141, "Y"], [553, "carol"], [554, "wrong-s3cret"]));
  await resetting.waitClosed();
  expect(resetting.received.map(({ type, sequence }) => [type, sequence])).toEqual([[LOGOUT, 1]]);
  await Bun.sleep(2_100);
  const carol = new Client("CAROL", gateway.clientPort);
  carol.nextIn = refused + 1;
  await carol.connect();
  carol.send(LOGON, logonOf([553, "carol"], [554, "client-s3cret"]));
  expect((await carol.waitType(LOGON)).sequence).toBe(refused + 1);
  await venueUp(carol);
  carol.drop();
});

test("strangers who try passwords do not keep the client out", async () => {
  const guess = (i: number): Promise<number> =>
    new Promise((resolve) => {
      const line = connect({ host: "127.0.0.1", port: gateway.clientPort, localAddress: "127.0.0.9" });
      const head: Field[] = [
        [35, LOGON],
        [34, 1],
        [49, "CAROL"],
        [52, now()],
        [56, "GATEWAY"],
      ];
      let came = 0;
      line.on("data", ({ length }) => {
        came += length;
      });
      line.on("error", () => {});
      line.on("close", () => resolve(came));
      line.write(frame([...head, ...logonOf([553, "carol"], [554, `guess${i}`])]));
    });
  const answers: number[] = [];
  for (let i = 0; i < 112; i += 8)
    answers.push(...(await Promise.all(Array.from({ length: 8 }, (_, j) => guess(i + j)))));
  // After some of them there is no answer any more.
  expect(answers.at(-1)).toBe(0);
  const carol = new Client("CAROL", gateway.clientPort);
  await carol.connect();
  carol.send(LOGON, logonOf([141, "Y"], [553, "carol"], [554, "client-s3cret"]));
  expect((await carol.waitType(LOGON)).sequence).toBe(1);
  carol.drop();
});

test("times have the configured precision, and a Logon with 789 brings what was missed unasked", async () => {
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.connect();
  alice.send(LOGON, logonOf([789, 1]));
  const logon = await alice.waitType(LOGON);
  expect(logon.get(789)).toBe("2");
  expect(logon.get(52)).toMatch(/^\d{8}-\d\d:\d\d:\d\d\.\d{9}$/);
  await venueUp(alice);
  const clOrdId = alice.order({ 38: 4321 });
  const order = await venue.orderOf(4321);
  await alice.report(clOrdId, "0");
  await alice.settle();
  const expected = alice.nextIn;
  alice.drop();
  await alice.waitClosed();
  await gateway.said(/client ALICE: disconnected/);
  venue.fill(order, 21);
  await venue.settle();
  alice.automatic = false;
  await alice.connect();
  alice.send(LOGON, logonOf([789, expected]));
  const fill = await alice.report(clOrdId, "F");
  expect([fill.sequence, fill.possDup]).toEqual([expected, true]);
  expect(alice.received.some((message) => message.type === RESEND_REQUEST)).toBe(false);
  alice.automatic = true;
  await alice.settle();
  expect(alice.faults).toEqual([]);
  await alice.logout();
});

test("after an exchange of Logouts the numbers begin again, where that is set", async () => {
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.connect();
  alice.send(LOGON, logonOf([789, 1]));
  expect((await alice.waitType(LOGON)).sequence).toBe(1);
  alice.drop();
});

test("numbers set by hand on a stopped gateway are what it goes on with", async () => {
  const set = (...words: string[]) =>
    runToEnd(["sequence", "--config", gateway.configFile, "--data", gateway.data, ...words]);
  const running = await set("--session", "CAROL", "--next-in", "500");
  expect(running.code).toBe(1);
  expect(running.err).toContain("in use by another process");
  expect(await gateway.stop(), gateway.log).toBe(0);
  const before = await set("--session", "CAROL");
  expect(before.out).toMatch(/^client CAROL: next in \d+, next out \d+\n$/);
  const done = await set("--session", "CAROL", "--next-in", "500", "--next-out", "700");
  expect([done.code, done.err]).toEqual([0, ""]);
  expect(done.out).toContain("; now next in 500, next out 700\n");
  expect((await set("--session", "CAROL")).out).toBe("client CAROL: next in 500, next out 700\n");
  expect((await set("--session", "NOBODY")).code).toBe(1);
  const { out } = await runToEnd(["journal", "print", "--session", "CAROL", gateway.data]);
  expect(out).toMatch(/\*\* client CAROL numbers set by hand \(next out 700, next in 500, epoch \d+\)/);
  await gateway.start();
  const carol = new Client("CAROL", gateway.clientPort);
  carol.nextOut = 500;
  carol.nextIn = 600;
  await carol.connect();
  carol.send(LOGON, logonOf([553, "carol"], [554, "client-s3cret"]));
  const logon = await carol.waitType(LOGON);
  expect(logon.sequence).toBe(700);
  // It misses 600 to 699, which never were: one gap fill.
  await carol.settle();
  expect(carol.nextIn).toBeGreaterThan(700);
  expect(carol.faults).toEqual([]);
  carol.drop();
});

test("no password is anywhere in the data directory or the log", async () => {
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toContain(`|553=gw|554=${"*".repeat("venue-s3cret".length)}|`);
  // All but the API's socket.
  const files = readdirSync(gateway.data).filter((file) => statSync(join(gateway.data, file)).isFile());
  const texts = files.map((file) => readFileSync(join(gateway.data, file), "latin1"));
  for (const text of [out, gateway.log, ...texts])
    for (const secret of SECRETS) expect(text.includes(secret)).toBe(false);
  expect(texts.some((text) => text.includes("553=gw"))).toBe(true);
});

test("more clients than places and password checks at once: one is let in, the others are refused, and it goes on", async () => {
  const crowded = new Gateway();
  const hash = await hashOf("client-s3cret");
  const table = `[client.sessions.ANY]\ndynamicSessions = 1\naccounts = ["ACC1"]\nusername = "any"\npasswordHash = "${hash}"\n`;
  const config = readFileSync(crowded.configFile, "utf8").replace("[venues.VENUE]", `${table}[venues.VENUE]`);
  writeFileSync(crowded.configFile, config);
  await crowded.start();
  const clients = Array.from({ length: 24 }, (_, i) => new Client(`C${i}`, crowded.clientPort));
  try {
    await Promise.all(clients.map((client) => client.connect()));
    for (const client of clients) client.send(LOGON, logonOf([553, "any"], [554, "client-s3cret"]));
    const first = Promise.any(clients.map((client) => client.waitType(LOGON)));
    await first;
    const isIn = (client: Client): boolean => client.received.length > 0;
    await Promise.all(clients.filter((client) => !isIn(client)).map((client) => client.waitClosed()));
    expect(clients.filter(isIn)).toHaveLength(1);
    const alice = new Client("ALICE", crowded.clientPort);
    await alice.logon();
    alice.drop();
    expect(await crowded.stop(), crowded.log).toBe(0);
  } finally {
    await crowded.remove();
  }
});
