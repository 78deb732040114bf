// A venue that does not answer is asked for the status of orders, and clients are answered at last: against the executable, which is killed
// in between.

import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Message } from "../../src/counterparty/message.ts";
import { LOGON } from "../../src/counterparty/message.ts";
import type { PeerOrder } from "../../src/counterparty/venue.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(120_000);

const gateway = new Gateway({ venue: "answerWithinS = 1\nstatusRequests = 2\nanswerClientS = 1" });
const venue = new Venue(gateway.venuePort);
const alice = new Client("ALICE", gateway.clientPort);

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

const statusRequest = (order: PeerOrder): Promise<Message> =>
  venue.wait(
    `status request of ${order.clOrdId}`,
    (message) => message.type === "H" && message.get(11) === order.clOrdId,
  );

/** Kills the gateway, and resolves when client and venue are back. */
async function killed(): Promise<void> {
  await gateway.crash();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
}

const about = (clOrdId: string, type: string): Message[] =>
  alice.received.filter((message) => message.type === type && message.get(11) === clOrdId && message.get(43) !== "Y");

test("a cancel is refused when the venue says nothing of it, and its late Canceled is passed on", async () => {
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  const id = alice.order({ 38: 10 });
  await alice.report(id, "0");
  const order = await venue.orderOf(10);
  venue.acknowledges = false;
  const cancel = alice.cancel(id);
  const request = await venue.wait(
    "its cancel",
    (message) => message.type === "F" && message.get(41) === order.clOrdId,
  );
  const first = await statusRequest(order);
  expect([first.get(11), first.get(37), first.get(54), first.get(55)]).toEqual([
    order.clOrdId,
    order.orderId,
    "1",
    "AAPL",
  ]);
  await killed();
  // It is asked as often as after a start.
  await statusRequest(order);
  await statusRequest(order);
  expect(about(cancel, "9")).toEqual([]);
  const refused = await alice.cancelReject(cancel);
  expect([refused.get(39), refused.get(41), refused.get(102), refused.get(434)]).toEqual(["0", id, "99", "1"]);
  expect(refused.text(58)).toBe("CORE-227 VENUE_DID_NOT_ANSWER");
  await gateway.said(/venue VENUE has not answered the cancel nor 2 OrderStatusRequests: order \d+ of client ALICE/);
  const unanswered = async () => (await ask(gateway, "GET", "/v1/venues/VENUE")).body.unacknowledged;
  await until("no unanswered request", async () => (await unanswered()) === 0);
  // The venue refuses it late: the client hears of that no more.
  venue.refuseChange(order, request, 0);
  await gateway.said("ignored: refuses a request that was answered before");
  await alice.settle();
  expect(about(cancel, "9").length).toBe(1);
  await killed();
  venue.acceptCancel(order, request);
  const canceled = await alice.report(id, "4");
  expect([canceled.get(39), canceled.get(151)]).toEqual(["4", "0"]);
  expect(about(cancel, "9").length).toBe(1);
});

test("the client of a new order is told once, and its order is rejected when the venue does not know it", async () => {
  const id = alice.order({ 38: 20 });
  const order = await venue.orderOf(20);
  const request = await statusRequest(order);
  expect([request.get(11), request.get(37)]).toEqual([order.clOrdId, undefined]);
  const told = await alice.report(id, "I");
  expect([told.get(39), told.get(151)]).toEqual(["A", "20"]);
  expect(told.text(58)).toBe("CORE-228 VENUE_HAS_NOT_ACKNOWLEDGED");
  const attention = async () => (await ask(gateway, "GET", "/v1/orders?state=open")).body.orders;
  expect(await attention()).toMatchObject([
    { clOrdId: id, attention: "the venue has not said whether it has the order" },
  ]);
  await killed();
  await statusRequest(order);
  await statusRequest(order);
  expect(await attention()).toMatchObject([{ clOrdId: id, state: "pending-new" }]);
  expect(about(id, "8").filter((message) => message.get(150) === "I").length).toBe(1);
  order.open = false;
  venue.send("8", [
    [6, 0],
    [11, order.clOrdId],
    [14, 0],
    [17, "S1"],
    [37, "NONE"],
    [39, 8],
    [54, 1],
    [55, "AAPL"],
    [58, "unknown order"],
    [103, 5],
    [150, "I"],
    [151, 0],
  ]);
  const rejected = await alice.report(id, "8");
  expect([rejected.get(39), rejected.get(103), rejected.text(58)]).toEqual(["8", "5", "unknown order"]);
  await until("no open order", async () => (await attention()).length === 0);
});

test("a cancel of an order that is filled meanwhile is answered, too, when the venue says nothing of it", async () => {
  const id = alice.order({ 38: 25 });
  const order = await venue.orderOf(25);
  venue.acknowledge(order);
  await alice.report(id, "0");
  const cancel = alice.cancel(id);
  await venue.wait("its cancel", (message) => message.type === "F" && message.get(41) === order.clOrdId);
  venue.fill(order, 25, order.price);
  const refused = await alice.cancelReject(cancel);
  expect([refused.get(39), refused.get(41), refused.get(102), refused.get(434)]).toEqual(["2", id, "99", "1"]);
  expect(refused.text(58)).toBe("CORE-227 VENUE_DID_NOT_ANSWER");
  const unanswered = async () => (await ask(gateway, "GET", "/v1/venues/VENUE")).body.unacknowledged;
  await until("no unanswered request", async () => (await unanswered()) === 0);
  await alice.settle();
  expect(about(cancel, "9").length).toBe(1);
});

test("a venue without status requests refuses them: its orders are none the worse", async () => {
  const id = alice.order({ 38: 30 });
  const order = await venue.orderOf(30);
  const request = await statusRequest(order);
  venue.send("j", [
    [45, request.number(34)],
    [58, "Unsupported Message Type"],
    [372, "H"],
    [379, order.clOrdId],
    [380, 3],
  ]);
  const second = await statusRequest(order);
  venue.send("3", [
    [45, second.number(34)],
    [58, "Invalid MsgType"],
    [372, "H"],
    [373, 11],
  ]);
  await gateway.said(/MsgType H, SessionRejectReason 11/);
  await alice.settle();
  expect(about(id, "8").filter((message) => message.get(150) === "8")).toEqual([]);
  venue.acknowledge(order);
  const acknowledged = await alice.report(id, "0");
  expect(acknowledged.get(39)).toBe("0");
  expect(await gateway.stop(), gateway.log).toBe(0);
  const journal = await runToEnd(["journal", "order", id, gateway.data]);
  expect(journal.out).toContain("its venue has not answered");
});
