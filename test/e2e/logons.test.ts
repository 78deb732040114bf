import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { frame, LOGON, LOGOUT, now, REJECT, SOH, TEST_REQUEST } from "../../src/counterparty/message.ts";
import { until, within } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const gateway = new Gateway({ client: "maxConnections = 32" });
const venue = new Venue(gateway.venuePort);

const SESSIONS = `[client.sessions.NEWEST]
newestConnectionWins = true
accounts = ["ACC1"]
[client.sessions.ANY]
dynamicSessions = 1
accounts = ["ACC1"]
[venues.VENUE]`;

beforeAll(async () => {
  const config = readFileSync(gateway.configFile, "utf8").replace("[venues.VENUE]", SESSIONS);
  writeFileSync(gateway.configFile, config);
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

const LOGON_BODY: [number, string | number][] = [
  [98, 0],
  [108, 30],
];

async function connected(compId: string): Promise<Client> {
  const client = new Client(compId, gateway.clientPort);
  await client.connect();
  return client;
}

/** What a connection gets for these bytes until it is closed. */
async function answerTo(text: string): Promise<string> {
  let came = "";
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: gateway.clientPort,
    socket: {
      data: (_socket, bytes) => {
        came += bytes.toString("latin1");
      },
      close: () => resolve(),
      error: () => resolve(),
    },
  });
  socket.write(text);
  await within("end of the connection", promise);
  return came;
}

describe("a refused Logon", () => {
  test.each([
    ["without HeartBtInt", [[98, 0]], "HeartBtInt (108) must be a whole number of seconds from 0 to 60"],
    [
      "with a HeartBtInt above maxHeartBtIntS",
      [
        [98, 0],
        [108, 61],
      ],
      "HeartBtInt (108) must be a whole number of seconds from 0 to 60",
    ],
    ["without EncryptMethod", [[108, 30]], "EncryptMethod (98) must be 0"],
    ["with 141=Y and number 2", [...LOGON_BODY, [141, "Y"]], "ResetSeqNumFlag (141) = Y needs MsgSeqNum (34) = 1"],
  ] as [string, [number, string | number][], string][])("%s gets the reason", async (name, body, words) => {
    const bob = await connected("BOB");
    if (name.includes("141=Y")) bob.nextOut = 2;
    bob.send(LOGON, body);
    await bob.waitClosed();
    expect(bob.received.map((message) => [message.type, message.get(58)])).toEqual([[LOGOUT, words]]);
    await gateway.said(/client BOB: disconnected: .*\((108|98|141)\)/);
  });

  test.each([
    ["of an unknown client and version", frame([...head("NOBODY")], "FIX.4.2"), "wrong BeginString"],
    ["in another version", frame([...head("BOB")], "FIX.4.2"), "wrong BeginString"],
    ["to somebody else", frame([...head("BOB", "OTHER")]), "wrong CompID"],
    ["an HTTP request", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "an HTTP request"],
    ["a TLS hello", `\x16\x03\x01\x02\x00\x01\x00\x01${"x".repeat(300)}`, "a TLS hello"],
    ["something else", "SSH-2.0-OpenSSH_9.2\r\n", "first bytes are no FIX message"],
  ])("%s gets no answer, and the log says why", async (_, text, reason) => {
    const from = gateway.log.length;
    expect(await answerTo(text)).toBe("");
    await gateway.said(`connection refused: ${reason}`, from);
  });
});

function head(sender: string, target = "GATEWAY"): [number, string | number][] {
  return [[35, LOGON], [34, 1], [49, sender], [52, now()], [56, target], ...LOGON_BODY];
}

describe("a second connection of one client", () => {
  test("is refused without an answer, and the first, which answers a TestRequest, stays", async () => {
    const first = await connected("BOB");
    await first.exchangeLogons(true);
    await Bun.sleep(700);
    const second = await connected("BOB");
    second.sendLogon(true);
    await second.waitClosed();
    expect(second.received).toEqual([]);
    await first.waitType(TEST_REQUEST);
    await Bun.sleep(2_500);
    expect(first.connected).toBe(true);
    await first.settle();
    first.drop();
    await first.waitClosed();
  });

  test("is taken soon when the first does not answer, although HeartBtInt is 0", async () => {
    const first = await connected("BOB");
    first.heartBtInt = 0;
    await first.exchangeLogons(true);
    first.automatic = false;
    const begun = Date.now();
    const second = await until("a Logon", async () => {
      const client = await connected("BOB");
      client.sendLogon(true);
      await Promise.race([client.waitType(LOGON).catch(() => {}), client.closed]);
      return client.loggedOn ? client : null;
    });
    expect(Date.now() - begun).toBeLessThan(6_000);
    await first.waitClosed();
    await second.settle();
    second.drop();
    await gateway.said(/client BOB: disconnected: peer is silent/);
  });

  test("wins where that is configured", async () => {
    const first = await connected("NEWEST");
    await first.exchangeLogons(true);
    await first.settle();
    const second = await connected("NEWEST");
    second.nextOut = first.nextOut;
    second.nextIn = first.nextIn + 1;
    second.sendLogon();
    await second.waitType(LOGON);
    await first.waitClosed();
    expect(first.received.at(-1)?.get(58)).toBe("Replaced by a newer connection");
    await second.settle();
    expect(second.faults).toEqual([]);
    second.drop();
    await gateway.said(/client NEWEST: disconnected: replaced by a newer connection/);
  });

  test.each([
    ["that is faulty", 1, [[98, 0]], "Logon with a wrong HeartBtInt"],
    ["with an old number", 1, LOGON_BODY, "MsgSeqNum too low"],
  ] as [string, number, [number, string | number][], string][])(
    "does not win with a Logon %s",
    async (_, sequence, body, reason) => {
      const first = await connected("NEWEST");
      first.sendLogon(true);
      await first.waitType(LOGON);
      const from = gateway.log.length;
      const second = await connected("NEWEST");
      second.nextOut = sequence;
      second.send(LOGON, body);
      await second.waitClosed();
      expect(second.received).toEqual([]);
      await gateway.said(`connection refused: ${reason}`, from);
      await first.settle();
      expect(first.connected).toBe(true);
      first.drop();
      await first.waitClosed();
      await gateway.said(/client NEWEST: disconnected/, from);
    },
  );
});

describe("a place of dynamicSessions", () => {
  const refused = async (compId: string): Promise<void> => {
    const from = gateway.log.length;
    const client = await connected(compId);
    client.sendLogon();
    await client.waitClosed();
    expect(client.received).toEqual([]);
    await gateway.said("refused: unknown CompID, and no free place in dynamicSessions", from);
  };

  test("is kept while its client is connected or has an open order, then it is another's, from number 1", async () => {
    const dan = await connected("DAN");
    await dan.exchangeLogons();
    await venueUp(dan);
    await refused("EVE");
    const clOrdId = dan.order({ 38: 4242 });
    const order = await venue.orderOf(4242);
    await dan.report(clOrdId, "0");
    dan.sendLogout();
    await dan.waitClosed();
    await refused("EVE");
    venue.fill(order, 4242);
    const eve = await until("a free place", async () => {
      const client = await connected("EVE");
      client.sendLogon();
      await Promise.race([client.waitType(LOGON).catch(() => {}), client.closed]);
      return client.loggedOn ? client : null;
    });
    expect(eve.received[0]?.sequence).toBe(1);
    // Her ClOrdIDs and her reports are her own: nothing of DAN's comes.
    const own = eve.order({ 11: clOrdId, 38: 4243 });
    await venue.orderOf(4243);
    await eve.report(own, "0");
    await eve.settle();
    expect(eve.received.filter((message) => message.type === "8").map((message) => message.get(38))).toEqual(["4243"]);
    expect(eve.faults).toEqual([]);
    await refused("DAN");
    await gateway.said(/client ANY.1: belongs to EVE from now on/);
  });

  test("is the new client's after a crash", async () => {
    await gateway.crash();
    await gateway.start();
    const eve = new Client("EVE", gateway.clientPort);
    eve.terms = { ...eve.terms };
    await eve.connect();
    eve.sendLogon(true);
    await eve.waitType(LOGON);
    await eve.settle();
    await refused("DAN");
  });
});

test("messages of any length up to maxMessageBytes are answered, and the session stays", async () => {
  const bob = await connected("BOB");
  await bob.exchangeLogons(true);
  await venueUp(bob);
  for (const body of [
    Array.from({ length: 600 }, (_, i) => [7000 + i, "x"]),
    Array.from({ length: 1_150 }, (_, i) => [10 + i, "x"]),
    [[453, 300], ...Array.from({ length: 300 }, () => [448, "A"])],
    [[453, 200], ...Array.from({ length: 600 }, (_, i) => [[448, 447, 452][i % 3], ["A", "D", "1"][i % 3]])],
  ] as [number, string][][]) {
    const sequence = bob.send("D", [...bob.orderBody({ 11: bob.nextId() }), ...body]);
    const answer = await bob.wait("an answer", (message) =>
      message.type === REJECT || message.type === "j" ? message.get(45) === String(sequence) : message.type === "8",
    );
    expect(answer.type).not.toBe(LOGOUT);
    await bob.settle();
  }
  const stray = bob.text("1", [[112, "x"]]).length;
  bob.send("1", [[112, `x${SOH.repeat(8_000 - stray)}`]]);
  await bob.waitType(REJECT);
  bob.send("1", [[112, "T".repeat(8_000)]]);
  await bob.wait("a long Heartbeat", (message) => message.get(112)?.length === 8_000);
  bob.drop();
  await bob.waitClosed();
});

test("a data length that lies is rejected, and makes no order", async () => {
  const bob = await connected("BOB");
  await bob.exchangeLogons(true);
  for (const [length, data] of [
    [8, "ABCDE"],
    [3, "ABCDE"],
    ["-1", "ABCDE"],
    ["99999999999999999999", "ABCDE"],
    [null, "ABCDE"],
  ] as const) {
    const clOrdId = bob.nextId();
    const secure: [number, string | number][] =
      length === null
        ? [[355, data]]
        : [
            [354, length],
            [355, data],
          ];
    const sequence = bob.send("D", [...bob.orderBody({ 11: clOrdId }), ...secure]);
    const reject = await bob.wait("a Reject", (message) => message.get(45) === String(sequence));
    expect([reject.type, reject.get(371), reject.get(373)]).toEqual([REJECT, "354", length === null ? "1" : "5"]);
  }
  await bob.settle();
  expect(bob.received.some((message) => message.type === "8")).toBe(false);
  bob.drop();
});
