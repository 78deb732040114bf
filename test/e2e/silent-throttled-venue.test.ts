// A silent venue with a throttle: OrderStatusRequests leave orders their half of it, and each order is asked about as often as is set.

import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON } from "../../src/counterparty/message.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const ORDERS = 6;
const settings = "answerWithinS = 1\nstatusRequests = 2\nanswerClientS = 1";
const throttle = 'throttle = { messages = 4, windowMs = 1_000, mode = "queue", expireMs = 60_000 }';
const gateway = new Gateway({ venue: `${settings}\n${throttle}` });
const venue = new Venue(gateway.venuePort);
const alice = new Client("ALICE", gateway.clientPort);

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

test("each order is asked about twice before its client is told, whatever the throttle did not let through", async () => {
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  venue.acknowledges = false;
  const ids = Array.from({ length: ORDERS }, (_, i) => alice.order({ 38: 30 + i }));
  const asked = (clOrdId: string): number =>
    venue.received.filter((message) => message.type === "H" && message.get(11) === clOrdId).length;
  for (const [i, id] of ids.entries()) {
    const order = await venue.orderOf(30 + i);
    const told = await alice.report(id, "I");
    expect(told.text(58)).toBe("CORE-228 VENUE_HAS_NOT_ACKNOWLEDGED");
    expect(asked(order.clOrdId)).toBe(2);
  }
  // A new order is not refused for what is asked.
  const id = alice.order({ 38: 50 });
  const order = await venue.orderOf(50);
  venue.acknowledge(order);
  await alice.report(id, "0");
  expect((await ask(gateway, "GET", "/v1/venues/VENUE")).body.throttle).toMatchObject({ throttled: 0, expired: 0 });
});
