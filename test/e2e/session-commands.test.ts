import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOGON, LOGOUT, type Message, SEQUENCE_RESET } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
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

function made(setting: ConstructorParameters<typeof Gateway>[0] = {}) {
  const gateway = new Gateway(setting);
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  const bob = new Client("BOB", gateway.clientPort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  return { gateway, venue, alice, bob };
}

/** Logged on, with a venue that takes orders. */
async function ready(setting: ConstructorParameters<typeof Gateway>[0] = {}) {
  const all = made(setting);
  await all.gateway.start();
  await all.venue.waitType(LOGON);
  await all.alice.logon();
  await venueUp(all.alice);
  return all;
}

async function steer(gateway: Gateway, path: string, body: object = {}): Promise<unknown> {
  const { status, body: answer } = await ask(gateway, "POST", `/v1/${path}`, { why: "a test", ...body });
  return status === 200 ? answer.result : `${status} ${answer.error.code}: ${answer.error.message}`;
}

async function printed(gateway: Gateway): Promise<string> {
  return (await runToEnd(["journal", "print", gateway.data])).out;
}

/** The refusal of a new order. */
async function refusal(client: Client, quantity: number): Promise<string> {
  return (await client.report(client.order({ 38: quantity, 44: "149" }), "8")).text(58);
}

const isOf = (type: string, tag: number, value: string) => (message: Message) =>
  message.type === type && message.get(tag) === value;

for (const [preset, durability] of [
  ["one", "process"],
  ["wide", "disk"],
] as const) {
  const where = `preset ${preset}, durability ${durability}`;
  const setting = { preset, tables: `durability = "${durability}"` };

  test(`a client that is logged out gets a Logout with the operator's text; ${where}`, async () => {
    const { gateway, alice } = await ready(setting);
    expect(await steer(gateway, "sessions/ALICE/logout", { text: "maintenance until 10:00" })).toBe("applied");
    const logout = await alice.waitType(LOGOUT);
    expect(logout.get(58)).toBe("maintenance until 10:00");
    await alice.waitClosed();
    expect(await steer(gateway, "sessions/ALICE/logout")).toBe("unchanged");
    const next = logout.sequence + 1;
    expect((await alice.logon()).sequence).toBe(next);
    expect(await steer(gateway, "sessions/ALICE/logout")).toBe("applied");
    expect((await alice.wait("Logout", isOf(LOGOUT, 34, String(next + 1)))).get(58)).toBe("Logged out by an operator");
    await alice.waitClosed();
    await gateway.crash();
    const journal = await printed(gateway);
    expect(journal).toMatch(/client ALICE +operator: log out: maintenance until 10:00\n/);
    expect(journal).toMatch(/client ALICE .*: logged out by an operator/);
    expect(alice.faults).toEqual([]);
  });

  test(`a client that is disconnected gets no Logout; ${where}`, async () => {
    const { gateway, alice } = await ready(setting);
    expect(await steer(gateway, "sessions/ALICE/kick")).toBe("applied");
    await alice.waitClosed();
    expect(alice.received.filter(({ type }) => type === LOGOUT)).toEqual([]);
    await alice.logon();
    await alice.settle();
    await gateway.said("client ALICE: disconnected: disconnected by an operator");
    await gateway.crash();
    expect(await printed(gateway)).toMatch(/client ALICE +operator: disconnect\n/);
    expect(alice.faults).toEqual([]);
  });

  test(`the number sent next goes up on a session that is logged on, by a SequenceReset, and stands after a kill -9; ${where}`, async () => {
    const { gateway, alice } = await ready(setting);
    await alice.settle();
    const before = alice.nextIn;
    const { body } = await ask(gateway, "POST", "/v1/sessions/ALICE/numbers", { nextOut: 5_000, why: "agreed" });
    expect(body).toMatchObject({
      result: "applied",
      old: { nextIn: alice.nextOut, nextOut: before },
      new: { nextIn: alice.nextOut, nextOut: 5_000 },
    });
    const reset = await alice.waitType(SEQUENCE_RESET);
    expect([34, 36, 123].map((tag) => reset.get(tag))).toEqual([String(before), "5000", "N"]);
    await alice.settle();
    expect(alice.received.at(-1)!.sequence).toBe(5_000);
    expect(await steer(gateway, "sessions/ALICE/numbers", { nextOut: 100 })).toStartWith("409 logged-on: ");
    expect(await steer(gateway, "sessions/ALICE/numbers", { nextIn: 900 })).toStartWith("409 logged-on: ");
    await gateway.crash();
    await gateway.start();
    expect((await alice.logon()).sequence).toBe(5_001);
    // What lies between is filled: nobody asks for it in vain.
    alice.askResend(before);
    await alice.settle();
    expect(alice.nextIn).toBe(alice.received.at(-1)!.sequence + 1);
    expect(await printed(gateway)).toMatch(/client ALICE +numbers set by hand \(next out 5000, epoch 0\)\n/);
    expect(alice.faults).toEqual([]);
  });

  test(`numbers of a session that is not connected stand after a kill -9; ${where}`, async () => {
    const { gateway, alice, bob } = await ready(setting);
    await alice.logout();
    expect(await steer(gateway, "sessions/ALICE/numbers", { nextIn: 700, nextOut: 2 })).toBe("applied");
    expect(await steer(gateway, "sessions/ALICE/numbers", { nextIn: 700 })).toBe("unchanged");
    expect(await steer(gateway, "sessions/BOB/numbers", { nextIn: 30, nextOut: 40 })).toBe("applied");
    await gateway.crash();
    await gateway.start();
    alice.nextOut = 700;
    alice.nextIn = 2;
    expect((await alice.logon()).sequence).toBe(2);
    bob.nextOut = 30;
    bob.nextIn = 40;
    expect((await bob.logon()).sequence).toBe(40);
    await venueUp(alice);
    await bob.settle();
    expect([...alice.faults, ...bob.faults]).toEqual([]);
    expect(await printed(gateway)).toMatch(/client ALICE +numbers set by hand \(next out 2, next in 700, epoch 1\)\n/);
  });

  test(`a session that may only cancel: orders and replaces are refused, cancels pass, also after a kill -9; ${where}`, async () => {
    const { gateway, venue, alice, bob } = await ready(setting);
    const first = alice.order({ 38: 11, 44: "149" });
    const second = alice.order({ 38: 12, 44: "149" });
    for (const order of [first, second]) await alice.report(order, "0");
    expect(await steer(gateway, "sessions/ALICE/state", { state: "cancel-only" })).toBe("applied");
    expect(await steer(gateway, "sessions/ALICE/state", { state: "cancel-only" })).toBe("unchanged");
    expect(await refusal(alice, 13)).toBe("RISK-111 SESSION_CANCEL_ONLY");
    const replace = alice.replace(first, { 38: 14 });
    expect((await alice.wait("refused replace", isOf("9", 11, replace))).text(58)).toBe("RISK-111 SESSION_CANCEL_ONLY");
    await alice.report(alice.cancel(first), "4");
    await bob.logon();
    await bob.report(bob.order({ 38: 15, 44: "149" }), "0");
    await gateway.crash();
    await gateway.start();
    await venue.waitType(LOGON);
    await alice.logon();
    await until("a venue that takes cancels", async () => {
      const cancel = alice.cancel(second);
      const answer = await alice.wait("answer", (message) => message.get(11) === cancel && message.get(39) !== "6");
      return answer.get(150) === "4";
    });
    expect(await refusal(alice, 16)).toBe("RISK-111 SESSION_CANCEL_ONLY");
    expect(await steer(gateway, "sessions/ALICE/state", { state: "on" })).toBe("applied");
    await alice.report(alice.order({ 38: 17, 44: "149" }), "0");
    expect(venue.orders.map(({ quantity }) => quantity).filter((quantity) => quantity > 10)).toEqual([11, 12, 15, 17]);
    const journal = await printed(gateway);
    expect(journal).toMatch(/gateway +client ALICE is cancel-only, asked for by root\n/);
    expect(journal).toMatch(/gateway +client ALICE is on, asked for by root\n/);
    expect([...alice.faults, ...bob.faults]).toEqual([]);
  });

  test(`a session that is switched off is logged out and refused, also after a kill -9; ${where}`, async () => {
    const { gateway, alice, bob } = await ready(setting);
    await bob.logon();
    expect(await steer(gateway, "sessions/ALICE/state", { state: "off" })).toBe("applied");
    expect((await alice.waitType(LOGOUT)).get(58)).toBe("Session is switched off");
    await alice.waitClosed();
    const refused = async (): Promise<string | undefined> => {
      // A Logon beside a connection that is not closed yet is refused without words.
      await until("the connection before is closed", async () => {
        const { state } = (await ask(gateway, "GET", "/v1/sessions/ALICE")).body;
        return state === "closed" || state === "disconnected";
      });
      await alice.connect();
      alice.sendLogon();
      const answer = await alice.waitType(LOGOUT);
      await alice.waitClosed();
      // It uses up a number of each side.
      return answer.get(58);
    };
    expect(await refused()).toBe("Session is switched off");
    await bob.settle();
    await gateway.said("client ALICE: disconnected: switched off by an operator");
    await gateway.crash();
    await gateway.start();
    await gateway.said("client ALICE: switched off by an operator before this start");
    expect(await refused()).toBe("Session is switched off");
    const states = async (): Promise<string> => {
      const { body } = await ask(gateway, "GET", "/v1/sessions");
      return body
        .map(({ name, state, tradingState }: Record<string, string>) => `${name} ${state} ${tradingState}`)
        .join();
    };
    // Its row is written at the end of the lane's turn, behind the close that the client sees.
    await until("the states shown", async () => (await states()) === "ALICE closed off,BOB disconnected on");
    expect(await steer(gateway, "sessions/ALICE/state", { state: "on" })).toBe("applied");
    alice.nextOut = 1;
    expect((await alice.logon(true)).get(141)).toBe("Y");
    await venueUp(alice);
  });

  test(`a venue that may only cancel, or is switched off; ${where}`, async () => {
    const { gateway, venue, alice } = await ready(setting);
    const open = alice.order({ 38: 21, 44: "149" });
    await alice.report(open, "0");
    expect(await steer(gateway, "venues/VENUE/state", { state: "cancel-only" })).toBe("applied");
    expect(await refusal(alice, 22)).toBe("RISK-113 VENUE_CANCEL_ONLY");
    await alice.report(alice.cancel(open), "4");
    expect(await steer(gateway, "venues/VENUE/state", { state: "off" })).toBe("applied");
    expect((await venue.waitType(LOGOUT)).get(58)).toBe("Session is switched off");
    await venue.waitClosed();
    expect(await refusal(alice, 23)).toBe("RISK-114 VENUE_OFF");
    const logons = (): number => venue.received.filter(({ type }) => type === LOGON).length;
    const before = logons();
    expect(await steer(gateway, "venues/VENUE/connect")).toBe("409 switched-off: it is switched off");
    await gateway.crash();
    await gateway.start();
    await alice.logon();
    expect(await refusal(alice, 24)).toBe("RISK-114 VENUE_OFF");
    // The longest delay before a connect is 0.1 s.
    await Bun.sleep(500);
    expect(logons()).toBe(before);
    expect(await steer(gateway, "venues/VENUE/state", { state: "on" })).toBe("applied");
    await venue.waitType(LOGON);
    await venueUp(alice);
    expect(venue.orders.map(({ quantity }) => quantity).filter((quantity) => quantity > 10)).toEqual([21]);
    expect(await printed(gateway)).toMatch(/gateway +venue VENUE is off, asked for by root\n/);
    expect([...alice.faults, ...venue.faults]).toEqual([]);
  });
}

test("a venue is logged out, disconnected, and told of a higher number; it connects again by itself", async () => {
  const { gateway, venue, alice } = await ready();
  expect(await steer(gateway, "venues/VENUE/logout", { text: "back soon" })).toBe("applied");
  expect((await venue.waitType(LOGOUT)).get(58)).toBe("back soon");
  await venue.waitType(LOGON);
  await venueUp(alice);
  expect(await steer(gateway, "venues/VENUE/kick")).toBe("applied");
  await venue.waitType(LOGON);
  await venueUp(alice);
  expect(await steer(gateway, "venues/VENUE/numbers", { nextOut: 3_000 })).toBe("applied");
  const reset = await venue.waitType(SEQUENCE_RESET);
  expect([36, 123].map((tag) => reset.get(tag))).toEqual(["3000", "N"]);
  const order = alice.order({ 38: 31, 44: "149" });
  await alice.report(order, "0");
  expect(venue.received.findLast(({ type }) => type === "D")!.sequence).toBe(3_000);
  expect([...alice.faults, ...venue.faults]).toEqual([]);
});

test("a venue that can't be reached is connected to at once when an operator says so", async () => {
  const { gateway, venue } = made();
  venue.stop();
  const text = readFileSync(gateway.configFile, "utf8").replace(
    /reconnect(Min|Max)Ms = \d+/g,
    "reconnect$1Ms = 50_000",
  );
  writeFileSync(gateway.configFile, text);
  await gateway.start();
  await gateway.said("venue VENUE: can't connect");
  venue.listen();
  expect(await steer(gateway, "venues/VENUE/connect")).toBe("applied");
  await venue.waitType(LOGON);
  expect(await steer(gateway, "venues/VENUE/connect")).toBe("unchanged");
  expect(await printed(gateway)).toMatch(/venue VENUE +operator: connect now\n/);
});

test("a gap that the client can't fill is given up at the operator's word", async () => {
  const { gateway, alice } = await ready();
  await alice.settle();
  const lost = alice.nextOut;
  alice.automatic = false;
  alice.nextOut += 3;
  const late = alice.order({ 38: 41, 44: "149" });
  await alice.waitType("2");
  expect(await steer(gateway, "sessions/ALICE/numbers", { nextIn: lost + 5 })).toStartWith("409 logged-on: ");
  expect(await steer(gateway, "sessions/ALICE/numbers", { nextIn: lost + 3 })).toBe("applied");
  await alice.report(late, "0");
  await gateway.crash();
  await gateway.start();
  alice.automatic = true;
  const answer = await alice.logon();
  await alice.settle();
  expect(alice.received.filter(({ type, sequence }) => type === "2" && sequence > answer.sequence)).toEqual([]);
});

test("sallyport ctl steers sessions and venues; unknown names and bad values are refused", async () => {
  const { gateway, alice } = await ready();
  const ctl = (...words: string[]) =>
    runToEnd(["ctl", ...words, "--why", "a test", "--socket", join(gateway.data, "admin.sock")]);
  expect(await ctl("session", "state", "ALICE", "cancel-only")).toMatchObject({ code: 0 });
  expect(await refusal(alice, 51)).toBe("RISK-111 SESSION_CANCEL_ONLY");
  expect((await ctl("session", "state", "ALICE", "half")).err).toContain('expected "on" or "cancel-only" or "off"');
  expect((await ctl("session", "logout", "NOBODY")).err).toBe(
    "sallyport: path.name: expected the name of a client session, got NOBODY (no-session)\n",
  );
  expect((await ctl("session", "numbers", "ALICE")).err).toContain("expected nextIn, nextOut or both, got none");
  const numbers = await ctl("session", "numbers", "ALICE", "--next-out", "900", "--json");
  expect(JSON.parse(numbers.out)).toMatchObject({ result: "applied", new: { nextOut: 900 } });
  expect(await ctl("session", "logout", "ALICE", "--text", "bye")).toMatchObject({ code: 0 });
  expect((await alice.waitType(LOGOUT)).get(58)).toBe("bye");
  expect(await ctl("venue", "kick", "VENUE")).toMatchObject({ code: 0 });
  const { out } = await ctl("venue", "state", "VENUE", "off", "--json");
  expect(JSON.parse(out)).toMatchObject({ result: "applied", old: "on", new: "off" });
});

test("orders that a client sends again after its number was set back are not traded twice; a new one is", async () => {
  const { gateway, venue, alice } = await ready();
  const filled = alice.order({ 38: 11, 44: "151" });
  const open = alice.order({ 38: 12, 44: "149" });
  await alice.report(open, "0");
  await alice.report(alice.cancel(open), "4");
  await until("the first order's report", () => alice.received.some((message) => message.get(11) === filled));
  await alice.settle();
  const before = venue.received.filter(({ type }) => "DFG".includes(type)).length;
  await alice.logout();
  expect(await steer(gateway, "sessions/ALICE/numbers", { nextIn: 2 })).toBe("applied");
  await alice.logon();
  await until("the resend", () => alice.resendsAnswered > 0);
  await alice.settle();
  const fresh = alice.order({ 38: 13, 44: "149" });
  await alice.report(fresh, "0");
  const after = venue.received.filter(({ type }) => "DFG".includes(type));
  expect(after.slice(before).map((message) => `${message.type} ${message.get(38)}`)).toEqual(["D 13"]);
  const refused = alice.received.filter((message) => message.type === "8" && message.get(150) === "8");
  expect(refused).toEqual([]);
  alice.status(filled);
  expect((await alice.report(filled, "I")).get(39)).toMatch(/^[012]$/);
  expect(alice.faults).toEqual([]);
});
