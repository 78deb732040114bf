import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { freePort, Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

const WHY = "ticket 4711";

async function started() {
  const port = freePort();
  const listen = `listen = "127.0.0.1:${port}"`;
  const tables = `[alarms]\ndownS = 1\n[dropCopy]\n${listen}\n[dropCopy.sessions.RISK]\n[dropCopy.sessions.DESK]\naccounts = ["FEW"]`;
  const gateway = new Gateway({ tables });
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  const risk = new Client("RISK", port);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  const session = async (name = "RISK") => (await ask(gateway, "GET", `/v1/drop-copies/${name}`)).body;
  const post = (path: string, body: object = {}) =>
    ask(gateway, "POST", `/v1/drop-copies/RISK/${path}`, { why: WHY, ...body });
  return { gateway, alice, venue, risk, session, post };
}

test("the API, ctl and the metrics say how drop copy sessions are, what waits, and how far copies are", async () => {
  const { gateway, alice, risk, session } = await started();
  await until("copies of all reports so far", async () => {
    const { waiting, behindBytes } = await session();
    return waiting > 0 && behindBytes === 0;
  });
  const before = await session();
  expect(before).toMatchObject({ state: "disconnected", compId: "RISK", accounts: null, sessions: null, peer: "" });
  expect(before.copies).toBe(before.waiting);
  expect(before.nextOut).toBe(before.copies + 1);
  expect(await session("DESK")).toMatchObject({ accounts: ["FEW"], copies: 0, waiting: 0, stopped: null });
  await risk.logon();
  risk.askResend(1);
  await risk.settle();
  await until("a row without anything that waits", async () => {
    const { waiting, nextIn, nextOut } = await session();
    return waiting === 0 && nextIn === risk.nextOut && nextOut === risk.nextIn;
  });
  const after = await session();
  expect(after).toMatchObject({ state: "logged on", peer: expect.stringContaining("127.0.0.1:"), stopped: null });
  await alice.report(alice.order({ 38: 5, 44: "1" }), "8");
  await until("one more copy", async () => (await session()).copies === before.copies + 1);
  await until("all is copied", async () => (await session()).behindBytes === 0);
  expect((await session()).behindS).toBeLessThan(5);
  expect(Date.parse((await session()).copiedUntil)).toBeGreaterThan(Date.now() - 60_000);
  const list = (await ask(gateway, "GET", "/v1/drop-copies")).body;
  expect(list.map(({ name }: { name: string }) => name)).toEqual(["RISK", "DESK"]);
  expect((await ask(gateway, "GET", "/v1/drop-copies/NOBODY")).status).toBe(404);
  const metrics = (await ask(gateway, "GET", "/metrics")).body;
  expect(metrics).toContain('sallyport_drop_copy_up{session="RISK"} 1');
  expect(metrics).toContain('sallyport_drop_copy_up{session="DESK"} 0');
  expect(metrics).toContain(`sallyport_drop_copy_copies_total{session="RISK"} ${before.copies + 1}`);
  expect(metrics).toContain("sallyport_drop_copy_stopped 0");
  const shown = await runToEnd(["ctl", "drop-copies", "--socket", `${gateway.data}/admin.sock`]);
  expect(shown.code).toBe(0);
  expect(shown.out).toMatch(/RISK +logged on/);
});

test("an operator logs a drop copy session out, disconnects it, and sets its numbers; an alarm says that it is gone", async () => {
  const { gateway, risk, post, session } = await started();
  await risk.logon();
  expect((await post("logout", { text: "maintenance" })).body.result).toBe("applied");
  expect((await risk.waitType("5")).get(58)).toBe("maintenance");
  await risk.waitClosed();
  await until("the session's row", async () => (await session()).state === "disconnected");
  const alarms = async () => (await ask(gateway, "GET", "/v1/alarms")).body;
  const down = await until("the alarm", async () =>
    (await alarms()).find(({ rule }: { rule: string }) => rule === "drop-copy-down"),
  );
  expect(down).toMatchObject({ subject: "drop copy RISK", severity: "warning" });
  await risk.logon();
  expect((await post("kick")).body.result).toBe("applied");
  await risk.waitClosed();
  expect((await post("kick")).body.result).toBe("unchanged");
  const { nextIn, nextOut } = await session();
  const set = await post("numbers", { nextIn: nextIn + 10, nextOut: nextOut + 20 });
  expect(set.body).toMatchObject({ result: "applied", old: { nextIn, nextOut } });
  await gateway.crash();
  await gateway.start();
  expect(await session()).toMatchObject({ nextIn: nextIn + 10 });
  expect((await session()).nextOut).toBeGreaterThanOrEqual(nextOut + 20);
  expect((await post("state", { state: "off" })).status).toBe(404);
  const unknown = await ask(gateway, "POST", "/v1/drop-copies/NOBODY/kick", { why: WHY });
  expect([unknown.status, unknown.body.error.code]).toEqual([404, "no-drop-copy"]);
  expect(gateway.log).toContain("drop copy RISK: disconnected: ");
});
