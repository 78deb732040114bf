import { afterEach, beforeEach, expect, test } from "bun:test";
import { monotonicNs, wallUs } from "../../ffi/clock.ts";
import { LaneTime } from "../../src/base/lane-time.ts";
import { type Field, type Message, now } from "../../src/counterparty/message.ts";
import type { ExchangeAgent } from "../../src/exchange/agent.ts";
import { buildExchange } from "../../src/exchange/build.ts";
import { Scanner } from "../../src/fix/wire/scan.ts";
import { Listener } from "../../src/net/listener.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { Client } from "../e2e/client.ts";
import { until } from "../eventually.ts";

const time = new LaneTime();
let agent: ExchangeAgent;
let reactor: Reactor;
let port = 0;
let turning: Timer;

function turn(): void {
  time.nowNs = monotonicNs();
  time.wallUs = wallUs();
  reactor.wait(0);
  agent.poll(time.nowNs);
}

beforeEach(() => {
  reactor = new Reactor(32, false);
  const listen = (): Listener[] => {
    const listener = new Listener(reactor, "127.0.0.1", 0);
    port = listener.port;
    return [listener];
  };
  const exchange = { compId: "X", sessions: ["A", "B"], versions: { A: "FIX.4.4", B: "FIX.4.4" }, maxOrders: 1024 };
  agent = buildExchange({ exchange, listen, reactor, scan: new Scanner(8192), time, birth: 1, messageBytes: 9216 });
  agent.open(0);
  turning = setInterval(turn, 1);
});

afterEach(() => {
  clearInterval(turning);
  agent.close();
  reactor.close();
});

async function logon(compId: string): Promise<Client> {
  const peer = new Client(compId, port, { peerCompId: "X" });
  await peer.logon();
  return peer;
}

function order(id: string, side: 1 | 2, quantity: number, price: string, more: Field[] = []): Field[] {
  return [[11, id], [55, "S"], [54, side], [38, quantity], [40, 2], [44, price], [60, now()], ...more];
}

function says(message: Message, wanted: Record<number, string>): void {
  const found = Object.fromEntries(Object.keys(wanted).map((tag) => [tag, message.get(Number(tag))]));
  expect(found).toEqual(wanted);
}

test("two sessions trade with each other, and each report has what the standard requires", async () => {
  const a = await logon("A");
  const b = await logon("B");
  a.send("D", order("a1", 2, 10, "100.5"));
  const taken = await a.waitType("8");
  says(taken, { 11: "a1", 39: "0", 150: "0", 14: "0", 151: "10", 6: "0", 54: "2", 55: "S", 38: "10", 44: "100.5" });
  for (const tag of [37, 17, 60]) expect(taken.get(tag)).toBeString();
  b.send("D", order("a1", 1, 4, "101"));
  await b.waitType("8");
  says(await b.waitType("8"), { 11: "a1", 39: "2", 150: "F", 14: "4", 151: "0", 31: "100.5", 32: "4", 6: "100.5" });
  says(await a.waitType("8"), { 11: "a1", 39: "1", 150: "F", 14: "4", 151: "6", 31: "100.5", 32: "4" });
  expect([a.faults, b.faults]).toEqual([[], []]);
});

test("replace and cancel name both ids; what is gone cannot be cancelled", async () => {
  const a = await logon("A");
  a.send("D", order("1", 1, 10, "100"));
  await a.waitType("8");
  a.send("G", order("2", 1, 5, "99", [[41, "1"]]));
  says(await a.waitType("8"), { 11: "2", 41: "1", 150: "5", 38: "5", 44: "99", 151: "5" });
  const cancel = (id: string, orig: string): Field[] => [
    [11, id],
    [41, orig],
    [55, "S"],
    [54, 1],
    [60, now()],
  ];
  a.send("F", cancel("3", "2"));
  says(await a.waitType("8"), { 11: "3", 41: "2", 150: "4", 39: "4", 151: "0" });
  a.send("F", cancel("4", "2"));
  says(await a.waitType("9"), { 11: "4", 41: "2", 39: "4", 102: "0", 434: "1" });
  a.send("F", cancel("5", "never"));
  says(await a.waitType("9"), { 11: "5", 37: "NONE", 39: "8", 102: "1", 434: "1" });
});

test("refuses a ClOrdID that is in use, a quantity of none, and an order type it does not have", async () => {
  const a = await logon("A");
  a.send("D", order("1", 1, 10, "100"));
  await a.waitType("8");
  a.send("D", order("1", 1, 10, "100"));
  says(await a.waitType("8"), { 11: "1", 150: "8", 39: "8", 103: "6" });
  a.send("D", order("2", 1, 0, "100"));
  says(await a.waitType("8"), { 11: "2", 150: "8", 39: "8", 103: "13", 151: "0" });
  a.send("D", [...order("3", 1, 1, "100").filter(([tag]) => tag !== 40), [40, "K"]]);
  says(await a.waitType("8"), { 11: "3", 150: "8", 39: "8", 103: "11" });
  a.send("D", order("4", 1, 1, "100", [[59, 3]]));
  says(await a.waitType("8"), { 11: "4", 150: "0" });
  says(await a.waitType("8"), { 11: "4", 150: "4", 39: "4", 151: "0" });
});

test("a report for a session that is away takes its number, and is gap-filled when asked for", async () => {
  const a = await logon("A");
  const b = await logon("B");
  a.send("D", order("a", 2, 10, "100"));
  await a.waitType("8");
  a.drop();
  await a.waitClosed();
  while (agent.orderEntry.book.resting === 1) {
    b.send("D", order(`b${b.nextOut}`, 1, 10, "100"));
    await b.waitType("8");
  }
  await a.connect();
  a.sendLogon();
  const filled = await a.waitType("4");
  says(filled, { 123: "Y" });
  expect(Number(filled.get(36))).toBeGreaterThan(filled.sequence + 1);
});

test("a stop logs out and ends", async () => {
  const a = await logon("A");
  agent.stop(time.nowNs);
  await a.waitType("5");
  await a.waitClosed();
  await until("the agent's end", () => agent.stopped());
});
