import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { type Field, LOGON, type Message } from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let end: () => Promise<void> = async () => {};
afterEach(() => end());

async function started() {
  const gateway = new Gateway();
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  end = async () => {
    venue.stop();
    await gateway.remove();
  };
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  return { gateway, venue, alice };
}

const told = (report: Message, ...tags: number[]) => tags.map((tag) => report.get(tag));

test("what the books can't hold reaches the client as it is; alarm, journal and status say which order needs attention", async () => {
  const { gateway, venue, alice } = await started();
  const id = alice.order({ 38: 300, 44: "149" });
  const orderId = (await alice.report(id, "0")).get(37)!;
  const order = await venue.orderOf(300);
  venue.fill(order, 10, "150.123456789");
  const fill = await alice.report(id, "F");
  expect(told(fill, 31, 32, 14, 151, 39)).toEqual(["150.123456789", "10", "10", "290", "1"]);
  await gateway.said(
    `LastPx .31.=150.123456789 passed on: can't be held exactly; order ${orderId} of client ALICE, its`,
  );
  const journal = await runToEnd(["journal", "order", id, gateway.data]);
  expect(journal.out).toContain(`** venue VENUE order ${orderId} needs attention: field 31 passed on: can't be held`);

  // After a restart the mark is still there, and the fill was counted.
  await gateway.crash();
  const from = gateway.log.length;
  await gateway.start();
  await gateway.said(/gateway: ready: .*; 1 order needs attention/, from);
  await alice.logon();
  await venueUp(alice);
  alice.status(id);
  expect(told(await alice.report(id, "I"), 14, 151, 39)).toEqual(["10", "290", "1"]);
});

test("a filled order whose execution is busted after a restart lives again: it is filled in part and canceled", async () => {
  const { gateway, venue, alice } = await started();
  const id = alice.order({ 38: 400, 44: "149" });
  await alice.report(id, "0");
  const order = await venue.orderOf(400);
  venue.fill(order, 100);
  const first = await alice.report(id, "F");
  venue.fill(order, 300);
  expect(told(await alice.report(id, "F"), 39, 151)).toEqual(["2", "0"]);

  await gateway.crash();
  await gateway.start();
  await alice.logon();
  await venueUp(alice);
  const say = (execId: string, fields: Field[]): void => {
    const ids: Field[] = [
      [37, order.orderId],
      [11, order.clOrdId],
      [17, execId],
      [55, order.symbol],
      [54, order.side],
      [38, 400],
      [6, "149"],
    ];
    venue.send("8", [...ids, ...fields]);
  };
  say("BUST", [
    [19, order.trades[0]!.execId],
    [150, "H"],
    [39, "1"],
    [32, 0],
    [31, 0],
    [14, 300],
    [151, 100],
  ]);
  const bust = await alice.report(id, "H");
  expect(told(bust, 19, 39, 14, 151)).toEqual([first.get(17), "1", "300", "100"]);
  order.open = true;
  delete order.status;
  order.filled = 300;
  order.trades[0]!.busted = true;
  venue.fill(order, 40);
  expect(told(await alice.report(id, "F"), 39, 14, 151)).toEqual(["1", "340", "60"]);
  const canceled = alice.cancel(id, { 38: 400 });
  expect(told(await alice.report(canceled, "4"), 39, 14, 151)).toEqual(["4", "340", "0"]);
  expect(gateway.log).not.toContain("ALARM");
});
