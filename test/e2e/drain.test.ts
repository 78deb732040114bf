import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON, LOGOUT } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { NotifyListener } from "../host/systemd/notify-listener.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A gateway with one open order of 40 at its venue. */
async function withOpenOrder(wrapper: string[] = []) {
  const gateway = new Gateway();
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(() => {
    venue.stop();
    return gateway.remove();
  });
  venue.listen();
  await gateway.start(wrapper);
  await alice.logon();
  await venueUp(alice);
  const clOrdId = alice.order({ 38: 40 });
  await alice.report(clOrdId, "0");
  return { gateway, venue, alice, clOrdId };
}

async function drain(gateway: Gateway, deadlineS: number, cancel: boolean): Promise<void> {
  const answer = await ask(gateway, "POST", "/v1/system/drain", { deadlineS, cancel, why: "a test" });
  expect([answer.status, answer.body.result]).toEqual([200, "applied"]);
}

const view = async (gateway: Gateway) => (await ask(gateway, "GET", "/v1/system")).body.drain;

async function killed(alice: Client): Promise<void> {
  expect((await alice.report(alice.order({ 38: 7 }), "8")).get(58)).toContain("KILL_SWITCH");
}

test("new orders are refused, and as soon as the open ones have ended it logs out and stops with 0", async () => {
  const { gateway, alice, clOrdId } = await withOpenOrder();
  await drain(gateway, 600, true);
  await killed(alice);
  expect(await view(gateway)).toMatchObject({ state: "waiting", openOrders: 1, openAtBegin: 1, cancelsSent: 0 });
  expect((await ask(gateway, "GET", "/v1/ready")).body.error).toMatchObject({ message: "it is draining" });
  const again = await ask(gateway, "POST", "/v1/system/drain", { deadlineS: 1, cancel: true, why: "again" });
  expect([again.status, again.body.error.code]).toEqual([409, "draining"]);
  await alice.report(alice.cancel(clOrdId), "4");
  await alice.waitType(LOGOUT);
  await gateway.said(/process ended: 0\)/);
  expect(gateway.log).toContain("drained, no orders open: stopping");
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toMatch(/asked for system\.drain .*"deadlineS":600,"cancel":true\}\): a test\n/);
});

test("at the deadline venues are asked to cancel what is open; a venue that does not answer at once holds it up", async () => {
  const { gateway, venue, alice } = await withOpenOrder();
  venue.acknowledges = false;
  await drain(gateway, 1, true);
  const request = await venue.wait("a cancel", (message) => message.type === "F" && message.number(38) === 40);
  await until("a cancel in the view", async () => (await view(gateway)).cancelsSent === 1);
  expect(await view(gateway)).toMatchObject({ state: "canceling", openOrders: 1 });
  const order = venue.byClOrdId.get(request.text(41))!;
  venue.acceptCancel(order, request);
  await alice.waitType(LOGOUT);
  await gateway.said(/process ended: 0\)/);
});

test("without cancel an order stays open at its venue; the next start knows it, and takes no orders until somebody lets it", async () => {
  const { gateway, venue, alice, clOrdId } = await withOpenOrder();
  await drain(gateway, 1, false);
  await gateway.said(/process ended: 0\)/);
  expect(gateway.log).toContain("drain: left open at their venues: 1 order");
  expect(venue.received.some((message) => message.type === "F" && message.number(38) === 40)).toBe(false);
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await killed(alice);
  await alice.report(alice.cancel(clOrdId), "4");
  gateway.signal("SIGUSR2");
  await gateway.said(/released \(SIGUSR2\)/);
  await venueUp(alice);
  expect([...venue.faults, ...alice.faults]).toEqual([]);
});

test("it can be called off, on the shell too: orders are taken again, and the order stays open", async () => {
  const { gateway, alice } = await withOpenOrder();
  const { ctl } = gateway;
  expect(await ctl("drain-off", "--why", "none is on")).toMatchObject({ code: 1 });
  expect(await ctl("drain", "--deadline-s", "600", "--why", "a test")).toMatchObject({ code: 0 });
  await killed(alice);
  expect((await ctl("status")).out).toContain("drain");
  expect(await ctl("drain-off", "--why", "called off")).toMatchObject({ code: 0 });
  await alice.report(alice.order({ 38: 8 }), "0");
  expect(await view(gateway)).toBeNull();
  expect(gateway.isRunning).toBe(true);
});

test("a service manager gets another code, with which it does not start the unit again", async () => {
  const manager = new NotifyListener(`@sallyport-drain-${process.pid}`);
  ends.push(() => manager.close());
  const { gateway } = await withOpenOrder(["env", `NOTIFY_SOCKET=${manager.address}`]);
  await drain(gateway, 0, false);
  await gateway.said(/process ended: 3\)/);
});

test("calling it off does not release a kill switch that somebody else has engaged meanwhile", async () => {
  const { gateway, alice } = await withOpenOrder();
  for (const engage of [
    () => ask(gateway, "PUT", "/v1/kill-switch", { scope: "firm", engaged: true, why: "a test" }),
    async () => {
      gateway.signal("SIGUSR1");
      await gateway.said(/kill switch: engaged \(SIGUSR1\)/);
    },
  ]) {
    await drain(gateway, 600, false);
    await engage();
    expect((await ask(gateway, "DELETE", "/v1/system/drain", { why: "not today" })).status).toBe(200);
    await killed(alice);
    await ask(gateway, "PUT", "/v1/kill-switch", { scope: "firm", engaged: false, why: "a test" });
  }
  const both = await Promise.all([
    ask(gateway, "POST", "/v1/system/drain", { deadlineS: 600, cancel: false, why: "one" }),
    ask(gateway, "POST", "/v1/system/drain", { deadlineS: 600, cancel: false, why: "two" }),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
});
