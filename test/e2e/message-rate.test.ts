// Limits of messages of client sessions, against the executable: what the client gets, and what the venue does not.

import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON, LOGOUT, type Message } from "../../src/counterparty/message.ts";
import type { Version } from "../../src/counterparty/version.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(120_000);

/** Longer than a test: what has come within it does not leave it. */
const LONG = "orderMessagesWindowMs = 60_000\ncancelMessagesWindowMs = 60_000\nallMessagesWindowMs = 60_000";

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

async function started(session: string, preset: "one" | "wide" = "one", version: Version = "FIX.4.4") {
  const tables = `[client.sessions.CARL]\nversion = "${version}"\naccounts = ["ACC1"]\n${session}`;
  const gateway = new Gateway({ preset, tables });
  const venue = new Venue(gateway.venuePort);
  const carl = new Client("CARL", gateway.clientPort, { version });
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
  await carl.logon();
  return { gateway, venue, carl, alice };
}

function atVenue(venue: Venue, type: string, id: string): Message | undefined {
  return venue.received.find((message) => message.type === type && message.get(38) === id);
}

/** The fields of a message behind its header, without the trailer. */
function body(message: Message): string {
  return message.raw
    .slice(message.raw.indexOf("\x0145=") + 1, message.raw.indexOf("\x0110=") + 1)
    .replaceAll("\x01", "|");
}

const refusalOf = (client: Client, clOrdId: string): Promise<Message> =>
  client.wait(`refusal of ${clOrdId}`, (message) => message.type === "j" && message.get(379) === clOrdId);

test.each([
  ["one", "FIX.4.2", 0],
  ["one", "FIX.4.4", 0],
  ["one", "FIX.5.0SP2", 8],
  ["wide", "FIX.4.4", 0],
] as const)(
  "%s, %s: an order above the limit is refused with 380=%i, cancels pass",
  async (preset, version, reason) => {
    const { gateway, venue, carl } = await started(`orderMessages = 2\n${LONG}`, preset, version);
    const [first, second] = [carl.order({ 38: 201 }), carl.order({ 38: 202 })];
    await carl.report(first, "0");
    await carl.report(second, "0");
    const sequence = carl.nextOut;
    const third = carl.order({ 38: 203 });
    expect(body(await refusalOf(carl, third))).toBe(
      `45=${sequence}|58=RISK-127 ORDER_MESSAGES limit=2 value=3 window=60000ms level=SESSION|372=D|379=${third}|380=${reason}|`,
    );
    const fourth = carl.replace(first, { 38: 204 });
    expect((await refusalOf(carl, fourth)).text(58)).toContain("limit=2 value=3 window");
    await carl.report(carl.cancel(second), "4");
    carl.status(first);
    expect((await carl.report(first, version === "FIX.4.2" ? "0" : "I")).get(39)).toBe("0");
    expect(atVenue(venue, "D", "202")).toBeDefined();
    expect(atVenue(venue, "D", "203")).toBeUndefined();
    expect(atVenue(venue, "G", "204")).toBeUndefined();
    // The log names the message, the API and the metrics count.
    await gateway.said(`client CARL: its message ${sequence} is refused: RISK-127 ORDER_MESSAGES limit=2 value=3`);
    await until("the count", async () => {
      const { body: row } = await ask(gateway, "GET", "/v1/sessions/CARL");
      return row.messagesThrottled === 2 && row.floodLogouts === 0;
    });
    expect(carl.faults).toEqual([]);
  },
);

test("orders in one burst: as many as the limit reach the venue, each other one is refused", async () => {
  const { venue, carl } = await started(`orderMessages = 100\n${LONG}`);
  const ids = Array.from({ length: 300 }, (_, i) => carl.order({ 38: 1_001 + i }));
  for (const id of ids.slice(100)) await refusalOf(carl, id);
  for (const id of ids.slice(0, 100)) await carl.report(id, "0");
  const orders = venue.received.filter((message) => message.type === "D" && Number(message.get(38)) > 1_000);
  expect(orders.length).toBe(100);
  expect(carl.faults).toEqual([]);
});

test("the limit of all messages refuses no cancel; that of cancels is for floods", async () => {
  const { carl } = await started(`allMessages = 2\ncancelMessages = 4\n${LONG}`);
  const [first, second] = [carl.order({ 38: 211 }), carl.order({ 38: 212 })];
  await carl.report(first, "0");
  await carl.report(second, "0");
  expect((await refusalOf(carl, carl.order({ 38: 213 }))).text(58)).toBe(
    "RISK-129 ALL_MESSAGES limit=2 value=3 window=60000ms level=SESSION",
  );
  await carl.report(carl.cancel(first), "4");
  await carl.report(carl.cancel(second), "4");
  for (let i = 0; i < 2; i++) await carl.cancelReject(carl.cancel("UNKNOWN"));
  expect((await refusalOf(carl, carl.cancel("UNKNOWN"))).text(58)).toBe(
    "RISK-128 CANCEL_MESSAGES limit=4 value=5 window=60000ms level=SESSION",
  );
});

test.each(["one", "wide"] as const)(
  "%s: a flood ends the session, and cancel on disconnect cancels",
  async (preset) => {
    const limits = `orderMessages = 2\norderMessagesDisconnect = 4\ncancelOnDisconnect = "disconnect"\n${LONG}`;
    const { gateway, venue, carl, alice } = await started(limits, preset);
    const first = carl.order({ 38: 221 });
    await carl.report(first, "0");
    carl.answersLogout = false;
    const ids = Array.from({ length: 20 }, (_, i) => carl.order({ 38: 222 + i }));
    const end = await carl.waitType(LOGOUT);
    expect(end.text(58)).toBe("RISK-127 ORDER_MESSAGES limit=4 value=5 window=60000ms level=SESSION");
    await carl.closed;
    await gateway.said(/ALARM client CARL: is logged out at its message \d+: RISK-127 ORDER_MESSAGES limit=4 value=5/);
    await gateway.said("client CARL: disconnected: too many messages");
    await until("the cancel at the venue", () => venue.received.some(({ type }) => type === "F"));
    expect(ids.slice(1).filter((_, i) => atVenue(venue, "D", String(223 + i)) !== undefined)).toEqual([]);
    await until("the alarm", async () => {
      const { body: alarms } = await ask(gateway, "GET", "/v1/alarms");
      return JSON.stringify(alarms).includes("message-flood");
    });
    // The other session does not notice.
    await alice.report(alice.order({ 38: 299 }), "0");
  },
);

test("a reload changes the limits for the next message; what has come counts", async () => {
  const { gateway, carl } = await started(`orderMessages = 2\n${LONG}`);
  for (const quantity of [231, 232]) await carl.report(carl.order({ 38: quantity }), "0");
  await refusalOf(carl, carl.order({ 38: 233 }));
  const edit = async (from: string, to: string): Promise<void> => {
    writeFileSync(gateway.configFile, readFileSync(gateway.configFile, "utf8").replace(from, to));
    const at = gateway.log.length;
    gateway.signal("SIGHUP");
    await gateway.said(/SIGHUP: .*\n/, at);
    expect(gateway.log.slice(at)).not.toContain("restart");
  };
  await edit("orderMessages = 2\n", "orderMessages = 4\n");
  await carl.report(carl.order({ 38: 234 }), "0");
  expect((await refusalOf(carl, carl.order({ 38: 235 }))).text(58)).toContain("limit=4 value=5 ");
  await edit("orderMessages = 4\n", "");
  await carl.report(carl.order({ 38: 236 }), "0");
  // The default of all sessions. Without a limit nothing was counted.
  await edit("[client]\n", "[client]\norderMessages = 1\n");
  await carl.report(carl.order({ 38: 238 }), "0");
  expect((await refusalOf(carl, carl.order({ 38: 237 }))).text(58)).toContain("limit=1 value=2 ");
});

test("after a crash a refused message that comes again is not taken: it has its answer", async () => {
  const { gateway, venue, carl } = await started(`orderMessages = 1\n${LONG}`);
  await carl.report(carl.order({ 38: 241 }), "0");
  const refused = carl.order({ 38: 242 });
  await refusalOf(carl, refused);
  await carl.settle();
  await gateway.crash();
  await carl.closed;
  await gateway.start();
  await carl.logon();
  await carl.settle();
  // The gateway asks for it again, as it does after every crash.
  await until("a resend", () => carl.resendsAnswered > 0);
  const next = carl.order({ 38: 243 });
  await carl.report(next);
  expect((await refusalOf(carl, carl.order({ 38: 244 }))).text(58)).toContain("limit=1 value=2 ");
  expect(carl.received.filter((message) => message.get(11) === refused)).toEqual([]);
  expect(atVenue(venue, "D", "242")).toBeUndefined();
  expect(carl.faults).toEqual([]);
});

test("limits that contradict each other are refused by name", async () => {
  const gateway = new Gateway({
    client: "orderMessages = 100\norderMessagesDisconnect = 100\ncancelMessages = 50",
  });
  ends.push(() => gateway.remove());
  const { code, err } = await runToEnd(["check", "--config", gateway.configFile]);
  expect(code).not.toBe(0);
  expect(err).toContain(
    "client.orderMessagesDisconnect: expected more than orderMessages (100), or 0 for never, got 100",
  );
  expect(err).toContain("client.cancelMessages: expected at least the rate of orderMessages (100 in 1000 ms)");
});
