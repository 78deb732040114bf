import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { type Field, frame, LOGON, now } from "../../src/counterparty/message.ts";
import { until, within } from "../eventually.ts";
import { Client } from "./client.ts";
import { executable, Gateway, runToEnd } from "./gateway.ts";
import { refusedIn, refusedLines } from "./refusals.ts";
import { Venue } from "./venue.ts";

setDefaultTimeout(60_000);

interface Raw {
  socket: Socket;
  came: string;
  isClosed: boolean;
  closed: Promise<void>;
}

/** A connection from an address of this machine. */
async function raw(gateway: Gateway, from: string): Promise<Raw> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const options = { host: "127.0.0.1", port: gateway.clientPort, localAddress: from };
  const one: Raw = { socket: connect(options, opened.resolve), came: "", isClosed: false, closed: promise };
  one.socket.on("data", (bytes) => {
    one.came += bytes.toString("latin1");
  });
  one.socket.on("error", () => {});
  one.socket.on("close", () => {
    one.isClosed = true;
    opened.resolve();
    resolve();
  });
  await opened.promise;
  return one;
}

async function many(gateway: Gateway, from: string, count: number): Promise<Raw[]> {
  const all: Raw[] = [];
  for (let i = 0; i < count; i++) all.push(await raw(gateway, from));
  return all;
}

const openOf = (all: Raw[]): number => all.filter(({ isClosed }) => !isClosed).length;

function end(all: Raw[]): void {
  for (const { socket } of all) socket.destroy();
}

function logonOf(compId: string, sequence: number, ...more: Field[]): string {
  const head: Field[] = [
    [35, LOGON],
    [34, sequence],
    [49, compId],
    [52, now()],
    [56, "GATEWAY"],
    [98, 0],
    [108, 30],
  ];
  return frame([...head, ...more]);
}

describe("connections", () => {
  const gateway = new Gateway({
    client: "maxConnections = 24\nmaxBeforeLogon = 12\nmaxPerAddress = 4\nmaxPerNetwork = 8\nlogonTimeoutMs = 20000",
  });
  const venue = new Venue(gateway.venuePort);

  beforeAll(async () => {
    venue.listen();
    await gateway.start();
    await venue.waitType(LOGON);
  });

  afterAll(async () => {
    venue.stop();
    await gateway.remove();
  });

  test("from one address are limited, and from its network", async () => {
    const from = gateway.log.length;
    const one = await many(gateway, "127.0.1.1", 7);
    await until("three refusals", () => openOf(one) === 4);
    await gateway.said("too many connections of its address", from);
    const others = [...(await many(gateway, "127.0.1.2", 3)), ...(await many(gateway, "127.0.1.3", 3))];
    await until("two refusals", () => openOf(others) === 4);
    await gateway.said("too many connections of its network", from);
    const elsewhere = await raw(gateway, "127.0.2.1");
    await Bun.sleep(300);
    expect([openOf(one), openOf(others), openOf([elsewhere])]).toEqual([4, 4, 1]);
    end([...one, ...others, elsewhere]);
  });

  test("that idle lock nobody out: the oldest of the crowd makes place, and a client logs on", async () => {
    const from = gateway.log.length;
    const crowd: Raw[] = [];
    for (const network of [3, 4, 6])
      for (const host of [1, 2]) crowd.push(...(await many(gateway, `127.0.${network}.${host}`, 4)));
    await until("the share of idle connections", () => openOf(crowd) === 12);
    const stranger = await raw(gateway, "127.0.5.1");
    await until("a place for one more", () => openOf(crowd) === 11);
    const alice = new Client("ALICE", gateway.clientPort);
    await alice.logon(true);
    await alice.settle();
    await until("a place for her", () => openOf(crowd) === 10);
    // Who came alone is not the one that has to go.
    expect(stranger.isClosed).toBe(false);
    expect(alice.connected).toBe(true);
    await gateway.said("too many connections without a Logon: a newer one took its place", from);
    end([...crowd, stranger]);
    alice.drop();
    await alice.waitClosed();
  });

  test("that are refused for one reason are one line a second, with all of them counted", async () => {
    await Bun.sleep(2_100);
    const from = gateway.log.length;
    const began = Date.now();
    const idle = await many(gateway, "127.0.7.1", 4);
    for (let i = 0; i < 300; i++) await (await raw(gateway, "127.0.7.1")).closed;
    const seconds = (Date.now() - began) / 1000;
    await until("300 refusals", () => refusedIn(gateway.log.slice(from)) === 300);
    expect(refusedLines(gateway.log.slice(from), "too many connections of its address").length).toBeLessThanOrEqual(
      seconds + 3,
    );
    expect(gateway.log.slice(from)).toMatch(/too many connections of its address.*; \d+ more since the last line/);
    end(idle);
  });
});

async function hashOf(password: string): Promise<string> {
  const child = Bun.spawn([executable(), "hash-password"], { stdin: new Blob([`${password}\n`]), stdout: "pipe" });
  return (await new Response(child.stdout).text()).trim();
}

const RIGHT: Field[] = [[554, "client-s3cret"]];
const WRONG: Field[] = [[554, "wrong-s3cret"]];

describe("passwords", () => {
  const gateway = new Gateway({ client: "lockAfter = 7" });

  beforeAll(async () => {
    const hash = await hashOf("client-s3cret");
    const config = readFileSync(gateway.configFile, "utf8")
      .replace("[client.sessions.ALICE]\n", (table) => `${table}passwordHash = "${hash}"\nallow = ["127.0.0.0/16"]\n`)
      .replace("[client.sessions.BOB]\n", (table) => `${table}passwordHash = "${hash}"\nallow = ["127.0.0.0/16"]\n`);
    writeFileSync(gateway.configFile, config);
    await gateway.start();
  });

  afterAll(() => gateway.remove());

  /** What a Logon with these fields is answered with; its connection is closed or kept by the gateway. */
  async function tries(compId: string, from: string, more: Field[]): Promise<Raw> {
    const one = await raw(gateway, from);
    one.socket.write(logonOf(compId, 1, [141, "Y"], ...more));
    await within("an answer", Promise.race([one.closed, until("a Logon", () => one.came.includes("\x0135=A\x01"))]));
    return one;
  }

  test("an address that no session admits is refused before it says anything", async () => {
    const from = gateway.log.length;
    const one = await raw(gateway, "127.1.0.1");
    await within("end of the connection", one.closed);
    await gateway.said("connection refused: address not allowed; peer 127.1.0.1:", from);
  });

  test("after wrong ones none is looked at for a while, and an alarm says so; the next delay is longer", async () => {
    const from = gateway.log.length;
    for (let i = 0; i < 5; i++) expect((await tries("ALICE", "127.0.9.1", WRONG)).came).toContain("is wrong");
    await gateway.said(/ALARM.*client ALICE: 5 wrong passwords in a row, 5 in a row from .*127\.0\.9\.1:/, from);
    const refused = await tries("ALICE", "127.0.9.1", RIGHT);
    expect([refused.came, refused.isClosed]).toEqual(["", true]);
    await gateway.said("too soon after wrong passwords", from);
    // From elsewhere, and from there for another session, too.
    expect((await tries("ALICE", "127.0.9.2", RIGHT)).came).toBe("");
    expect((await tries("BOB", "127.0.9.1", RIGHT)).came).toBe("");
    await Bun.sleep(1_050);
    expect((await tries("ALICE", "127.0.9.1", WRONG)).came).toContain("is wrong");
    await Bun.sleep(1_050);
    expect((await tries("ALICE", "127.0.9.1", RIGHT)).came).toBe("");
    await Bun.sleep(1_100);
    const on = await tries("ALICE", "127.0.9.3", RIGHT);
    expect(on.came).toContain("\x0135=A\x01");
    end([on]);
    await gateway.said("client ALICE: disconnected", from);
  });

  test("that a stranger guesses do not delay the client at the address where it last logged on", async () => {
    for (let i = 0; i < 5; i++) await tries("ALICE", "127.0.8.1", WRONG);
    expect((await tries("ALICE", "127.0.8.2", RIGHT)).came).toBe("");
    const on = await tries("ALICE", "127.0.9.3", RIGHT);
    expect(on.came).toContain("\x0135=A\x01");
    end([on]);
  });

  test("on a Logon within the session are checked; a Logon without one is taken", async () => {
    const bob = new Client("BOB", gateway.clientPort);
    const relogon = async (more: Field[]): Promise<void> => {
      bob.send(LOGON, [[98, 0], [108, 30], [141, "Y"], ...more]);
    };
    await bob.connect();
    await relogon(RIGHT);
    await bob.waitType(LOGON);
    for (const more of [RIGHT, []]) {
      bob.received.length = 0;
      bob.nextOut = 1;
      bob.nextIn = 1;
      await relogon(more);
      await bob.waitType(LOGON);
      await bob.settle();
    }
    bob.nextOut = 1;
    await relogon(WRONG);
    await bob.waitClosed();
    expect(bob.received.at(-1)?.get(58)).toBe("Username (553) or Password (554) is wrong");
    await gateway.said(/client BOB: disconnected: wrong Username or Password/);
  });

  test("lock a session after as many as the configuration says; unlock releases it", async () => {
    const from = gateway.log.length;
    // One of BOB's is from the test before.
    for (let i = 0; i < 4; i++) await tries("BOB", "127.0.7.1", WRONG);
    for (const [i, delayMs] of [1_000, 2_000].entries()) {
      await Bun.sleep(delayMs + 50);
      await tries("BOB", `127.0.6.${i + 1}`, WRONG);
    }
    await gateway.said(/ALARM.*session BOB is locked after 7 wrong passwords in a row: sallyport unlock BOB/, from);
    // From the address of its client, which no delay concerns.
    expect((await tries("BOB", "127.0.0.1", RIGHT)).came).toContain("\x0158=Session is locked\x01");
    const unlock = (name: string) => runToEnd(["unlock", name, "--config", gateway.configFile, "--data", gateway.data]);
    expect(await unlock("NOBODY")).toMatchObject({ code: 1, err: expect.stringContaining("there are: ALICE, BOB") });
    expect(await unlock("BOB")).toEqual({ code: 0, out: "BOB: released\n", err: "" });
    expect(await unlock("BOB")).toEqual({ code: 0, out: "BOB: was not locked\n", err: "" });
    const on = await tries("BOB", "127.0.0.1", RIGHT);
    expect(on.came).toContain("\x0135=A\x01");
    await gateway.said("session BOB is released", from);
    end([on]);
  });
});
