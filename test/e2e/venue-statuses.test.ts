// A venue that has logged on is asked how its open orders are before it gets new ones: what it did meanwhile is lost where its sequence
// numbers begin again.

import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import type { PeerOrder } from "../../src/counterparty/venue.ts";
import { statusOf } from "../../src/counterparty/version.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { freePort, Gateway } from "./gateway.ts";
import { venueTables } from "./tables.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(120_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** Answers OrderStatusRequests, or keeps them. */
class StatusVenue extends Venue {
  answersStatus = true;
  readonly asked: Message[] = [];

  protected override application(message: Message): void {
    if (message.type !== "H") super.application(message);
    else if (this.answersStatus) this.tell(message);
    else this.asked.push(message);
  }

  tell(request: Message): void {
    const order = this.byClOrdId.get(request.text(11))!;
    const leaves = order.open ? order.quantity - order.filled : 0;
    this.send("8", [
      ...([
        [1, order.account],
        [6, order.filled > 0 ? order.price : 0],
        [11, order.clOrdId],
        [14, order.filled],
      ] as const),
      ...([
        [17, this.nextExecId()],
        [37, order.orderId],
        [38, order.quantity],
        [39, statusOf(order)],
      ] as const),
      ...([
        [54, order.side],
        [55, order.symbol],
        [60, this.now()],
        [150, "I"],
        [151, leaves],
      ] as const),
    ]);
  }

  /** What happens in its book while nobody is connected. */
  endUnseen(order: PeerOrder, filled = 0): void {
    order.filled = filled;
    order.open = false;
    order.status = filled > 0 ? "2" : "4";
  }
}

const BLOCKS = `
[[routing.rules]]
name = "blocks"
minQuantity = 1_000
venue = "VENUE"
fallbacks = ["SECOND"]
`;

async function desk(more = "") {
  const port = freePort();
  const gateway = new Gateway({
    venue: `statusAtLogon = true\nresetOnLogon = true\n${more}`,
    tables: `${venueTables("SECOND", port, "", "MSFT")}\n${BLOCKS}`,
  });
  const venue = new StatusVenue(gateway.venuePort);
  const second = new Venue(port, "SECOND");
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(async () => {
    venue.stop();
    second.stop();
    await gateway.remove();
  });
  venue.listen();
  second.listen();
  await gateway.start();
  await alice.logon();
  await venueUp(alice);
  const open = async (quantity: number) => {
    const clOrdId = alice.order({ 38: quantity, 44: "149" });
    await alice.report(clOrdId, "0");
    return { clOrdId, order: await venue.orderOf(quantity) };
  };
  const statuses = async () => (await ask(gateway, "GET", "/v1/venues/VENUE")).body.statuses;
  const takesOrders = () =>
    until("new orders", async () => {
      const { body } = await ask(gateway, "GET", "/v1/route?session=ALICE&account=ACC1&symbol=AAPL");
      return body.venue === "VENUE";
    });
  return { gateway, venue, second, alice, open, statuses, takesOrders };
}

test.each(["the venue", "the gateway"] as const)(
  "what was filled and canceled while %s was away is known before new orders flow",
  async (who) => {
    const { gateway, venue, second, alice, open, statuses, takesOrders } = await desk();
    const [filled, canceled, working] = [await open(10), await open(11), await open(12)];
    if (who === "the venue") {
      venue.stop();
      await gateway.said("venue VENUE: down");
    } else {
      await gateway.crash();
      await alice.waitClosed();
      await venue.waitClosed();
    }
    venue.endUnseen(filled.order, 10);
    venue.endUnseen(canceled.order);
    venue.answersStatus = false;
    const from = venue.received.length;
    if (who === "the venue") venue.listen();
    else await gateway.start();
    await venue.waitType(LOGON);
    if (who === "the gateway") await alice.logon();
    await until("three requests", () => venue.asked.length === 3);
    expect(await statuses()).toEqual({ asked: 3, left: 3 });

    const refused = await alice.report(alice.order({ 38: 20, 44: "149" }), "8");
    expect([refused.get(58), refused.get(103)]).toEqual(["CORE-230 VENUE_STATUS_AWAITED", "2"]);
    const replace = alice.replace(working.clOrdId, { 38: 13, 44: "149" });
    expect((await alice.cancelReject(replace)).get(58)).toBe("CORE-230 VENUE_STATUS_AWAITED");
    const question = "/v1/route?session=ALICE&account=ACC1&symbol=AAPL";
    const asked = (quantity: number) => ask(gateway, "GET", `${question}&quantity=${quantity}`);
    expect((await asked(20)).body).toMatchObject({ venue: null, refusal: "VENUE_STATUS_AWAITED" });
    expect((await asked(1_000)).body).toMatchObject({ venue: "SECOND" });
    await alice.report(alice.order({ 38: 1_001, 44: "149" }), "0");
    await second.orderOf(1_001);
    // Cancels pass.
    await alice.report(alice.cancel(working.clOrdId), "4");

    for (const request of venue.asked) venue.tell(request);
    const told = await alice.report(filled.clOrdId, "I");
    expect([told.get(39), told.get(14), told.get(151)]).toEqual(["2", "10", "0"]);
    expect((await alice.report(canceled.clOrdId, "I")).get(39)).toBe("4");
    await takesOrders();
    expect(await statuses()).toBeNull();
    const next = await open(30);
    expect(next.order.open).toBe(true);
    const types = venue.received.slice(from).filter(({ type, possDup }) => "DH".includes(type) && !possDup);
    expect(types.map(({ type }) => type).join("")).toBe("HHHD");
    const { position, openOrders } = (await ask(gateway, "GET", "/v1/accounts/ACC1")).body;
    expect([position, openOrders]).toEqual(["10", 2]);
  },
);

test("many open orders are all asked about, within the venue's throttle", async () => {
  const { gateway, venue, alice, open, takesOrders } = await desk(
    'throttle = { messages = 40, windowMs = 500, mode = "queue" }',
  );
  const ids = Array.from({ length: 30 }, (_, i) => alice.order({ 38: 100 + i, 44: "149" }));
  await Promise.all(ids.map((clOrdId) => alice.report(clOrdId, "0")));
  venue.stop();
  await gateway.said("venue VENUE: down");
  const from = venue.received.length;
  venue.listen();
  await venue.waitType(LOGON);
  await takesOrders();
  const requests = venue.received.slice(from).filter(({ type }) => type === "H");
  expect(new Set(requests.map((message) => message.get(11))).size).toBe(30);
  await gateway.said("venue VENUE: has said the status of 30 open orders: it gets new orders");
  await open(10);
});

test("a venue that does not answer gets new orders after its time, with an alarm; one without open orders at once", async () => {
  const { gateway, venue, open, takesOrders } = await desk("statusAtLogonWithinS = 2");
  venue.stop();
  await gateway.said("venue VENUE: down");
  venue.listen();
  await venue.waitType(LOGON);
  await takesOrders();
  await open(10);
  venue.answersStatus = false;
  venue.stop();
  await gateway.said(/venue VENUE: down.*\n[\s\S]*venue VENUE: down/);
  venue.listen();
  await venue.waitType(LOGON);
  await gateway.said(
    /ALARM venue VENUE: has not said the status of 1 of 1 open orders within 2 s of its logon, such as order \d+: it gets new orders all the same/,
  );
  await open(11);
});
