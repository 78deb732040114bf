import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON, now, RESEND_REQUEST } from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const gateway = new Gateway({ client: "heldBytes = 1000" });
const venue = new Venue(gateway.venuePort);
const alice = new Client("ALICE", gateway.clientPort);

beforeAll(async () => {
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

/** Sends orders of these quantities with the numbers from `first` on. */
function send(first: number, quantities: number[], isAgain = false): void {
  for (const [i, quantity] of quantities.entries()) {
    const again = isAgain
      ? ([
          [43, "Y"],
          [122, now()],
        ] as const)
      : [];
    alice.sendAs("D", first + i, alice.orderBody({ 11: `Q${quantity}`, 38: quantity }), again);
  }
}

const asked = (): (string | undefined)[] =>
  alice.received.filter(({ type }) => type === RESEND_REQUEST).map((message) => message.get(7));
const reached = (from: number): number[] =>
  venue.orders.map((order) => order.quantity).filter((quantity) => quantity >= from);

test("orders behind a gap wait for it, and go out in the order of their numbers", async () => {
  const first = alice.nextOut;
  send(first + 1, [502, 503]);
  await alice.waitType(RESEND_REQUEST);
  expect(reached(500)).toEqual([]);
  send(first, [501], true);
  for (const quantity of [501, 502, 503]) await alice.report(`Q${quantity}`, "0");
  expect([reached(500), asked()]).toEqual([[501, 502, 503], [String(first)]]);
  alice.nextOut = first + 3;
  await alice.settle();
});

test("what found no room is asked for once more, and nothing is doubled", async () => {
  const first = alice.nextOut;
  const before = asked().length;
  const all = Array.from({ length: 12 }, (_, i) => 601 + i);
  send(first + 1, all.slice(1));
  await alice.waitType(RESEND_REQUEST);
  // Only the first goes again: what the gateway could not hold is missing still.
  send(first, all.slice(0, 1), true);
  await alice.report("Q601", "0");
  alice.sendAs("1", first + 12, [[112, "LIVE"]]);
  const request = await alice.waitType(RESEND_REQUEST);
  const missing = Number(request.get(7)) - first;
  expect(missing).toBeGreaterThan(1);
  expect(missing).toBeLessThan(12);
  send(first + missing, all.slice(missing), true);
  for (const quantity of all.slice(1)) await alice.report(`Q${quantity}`, "0");
  await alice.wait("heartbeat", (message) => message.get(112) === "LIVE");
  expect([reached(600), asked().length - before]).toEqual([all, 2]);
  alice.nextOut = first + 13;
  await alice.settle();
  expect([alice.faults, venue.faults]).toEqual([[], []]);
});
