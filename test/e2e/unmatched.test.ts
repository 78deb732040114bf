// Reports of orders that the gateway does not know, against the executable: kept, listed, assigned to an account once, dismissed, over kills.

import { expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { unknownTo } from "../../appliance/upgrade/formats.ts";
import { operatorsDataOf } from "../../src/recovery/operators-data.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { tradingDesk } from "./desk.ts";
import { freePort, Gateway, runToEnd } from "./gateway.ts";

setDefaultTimeout(90_000);

const port = freePort();
const hash = createHash("sha256").update("second-person").digest("hex");
const gateway = new Gateway({
  tables: `[admin]
listen = "127.0.0.1:${port}"
confirm = ["unmatched.assign"]
[admin.tokens.carol]
hash = "sha256:${hash}"
role = "risk"
[risk.accounts.FUND]
maxOrderQty = 1_000
maxOrderNotional = 1_000_000
maxOpenOrders = 100
ordersPerSecond = 1_000
maxGrossExposure = 30_000
maxPosition = 150
[client.sessions.DESK]
accounts = ["ACC1", "FUND"]`,
});
const { client, venue } = tradingDesk(gateway, "DESK");
const { ctl } = gateway;

/** An ExecutionReport of an order that nobody here has sent. */
function stray(fields: Readonly<Record<number, string | number>>): void {
  const all: Record<number, string | number> = {
    ...{ 6: "150", 11: "NOT-OURS", 14: 100, 31: "150", 32: 100, 37: "X1", 38: 100, 39: "2", 44: "150" },
    ...{ 54: 1, 55: "AAPL", 60: venue.now(), 150: "F", 151: 0, 1: "THEIRS", ...fields },
  };
  venue.send(
    "8",
    Object.entries(all).map(([tag, value]) => [Number(tag), value] as const),
  );
}

const list = async () => (await ask(gateway, "GET", "/v1/unmatched-reports")).body.unmatchedReports;

/** The one with an ExecID, once it is there. */
async function kept(execId: string) {
  await until(`the unmatched report ${execId}`, async () =>
    (await list()).some((one: { execId: string }) => one.execId === execId),
  );
  return (await list()).find((one: { execId: string }) => one.execId === execId);
}

async function confirmed(id: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/confirmations/${id}`, {
    method: "POST",
    headers: { authorization: "Bearer second-person", "content-type": "application/json" },
    body: JSON.stringify({ why: "agreed" }),
  });
  return answer.status;
}

/** Assigned by two persons. */
async function assigned(number: number, account: string): Promise<void> {
  const { code, out, err } = await ctl(
    "unmatched-report",
    "assign",
    String(number),
    account,
    "--why",
    "of the desk",
    "--json",
  );
  expect([code, err]).toEqual([3, ""]);
  expect(await confirmed(JSON.parse(out).confirmation)).toBe(200);
}

const fund = async () => {
  const { positions } = (await ask(gateway, "GET", "/v1/positions?account=FUND")).body;
  const { grossExposure } = (await ask(gateway, "GET", "/v1/accounts/FUND")).body;
  return [positions.map((one: { position: string }) => one.position), grossExposure];
};

/** How many reports of unknown orders have come in this run. */
const unknown = async (): Promise<number> => {
  const { body } = await ask(gateway, "GET", "/metrics");
  return Number(/sallyport_reports_unknown_order_total (\d+)/.exec(body)![1]);
};

async function again(): Promise<void> {
  await gateway.crash();
  await gateway.start();
  await client.logon();
  await until("a venue that takes orders", async () => {
    const id = client.order({ 1: "ACC1", 38: 1, 44: "150" });
    return (await client.report(id)).get(150) !== "8";
  });
}

test("a fill of an unknown order is kept once, alarmed and counted, and outlives a kill -9", async () => {
  stray({ 17: "S1" });
  const one = await kept("S1");
  expect(one).toMatchObject({
    ...{ state: "open", venue: "VENUE", kind: "trade", execType: "F", side: "1", symbol: "AAPL", account: "THEIRS" },
    ...{ orderId: "X1", lastQty: "100", lastPx: "150", assignedTo: null, by: null },
  });
  await gateway.said(new RegExp(`is of no order here; OrderID=X1; ExecID=S1; unmatched report ${one.number}\n`));
  stray({ 17: "S1" });
  stray({ 17: "0", 150: "4", 39: "4", 32: 0, 37: "X2" });
  await until("both", async () => (await list()).length === 2);
  const { body } = await ask(gateway, "GET", "/metrics");
  expect(body).toContain("\nsallyport_unmatched_reports_open 2\n");
  expect(body).toContain("\nsallyport_reports_unknown_order_total 3\n");
  expect(body).toContain("\nsallyport_unmatched_reports_lost_total 0\n");
  await until("its alarm", async () => {
    const alarms = (await ask(gateway, "GET", "/v1/alarms")).body;
    return alarms.some(({ rule }: { rule: string }) => rule === "unmatched-reports");
  });
  const before = await list();
  await again();
  expect(await list()).toEqual(before);
});

test("two persons assign it: position and exposure have it once, and orders are held against them, over a kill -9", async () => {
  const { number } = await kept("S1");
  expect(await fund()).toEqual([[], "0"]);
  await assigned(number, "FUND");
  expect(await fund()).toEqual([["100"], "15000"]);
  const refusal = async () => (await client.report(client.order({ 1: "FUND", 38: 51, 44: "150" }))).text(58);
  expect(await refusal()).toBe("RISK-022 MAX_POSITION limit=150 value=151 level=ACCOUNT:FUND");
  const twice = await ctl("unmatched-report", "assign", String(number), "FUND", "--why", "again");
  expect([twice.code, twice.err]).toEqual([1, expect.stringContaining("(account FUND)")]);
  // The venue sends it again.
  const sent = await unknown();
  stray({ 17: "S1" });
  await until("the report", async () => (await unknown()) > sent);
  await again();
  expect(await fund()).toEqual([["100"], "15000"]);
  expect(await refusal()).toBe("RISK-022 MAX_POSITION limit=150 value=151 level=ACCOUNT:FUND");
  expect(await list()).toMatchObject([
    { state: "open", kind: "other", execType: "4" },
    {
      number,
      state: "assigned",
      assignedTo: "FUND",
      why: "of the desk",
      confirmedBy: expect.stringContaining("carol"),
    },
  ]);
});

test("a correction and a bust of it are assigned in the same way, to the same account alone", async () => {
  stray({ 17: "S2", 19: "S1", 150: "G", 32: 60, 31: "151" });
  const { number } = await kept("S2");
  const body = { account: "ACC1", why: "of the desk" };
  const other = await ask(gateway, "POST", `/v1/unmatched-reports/${number}/assign`, body);
  expect([other.status, other.body.error.message]).toEqual([400, expect.stringContaining("expected account FUND")]);
  await assigned(number, "FUND");
  expect(await fund()).toEqual([["60"], "9060"]);
  stray({ 17: "S3", 19: "S2", 150: "H", 32: 60, 31: "151" });
  await assigned((await kept("S3")).number, "FUND");
  expect(await fund()).toEqual([["0"], "0"]);
  await again();
  expect(await fund()).toEqual([["0"], "0"]);
});

test.each([
  ["an account that is not known", { 17: "B1" }, "NOBODY", 400, "account: expected a known account, got NOBODY"],
  ["a symbol that is not known", { 17: "B2", 55: "NOPE" }, "FUND", 400, 'expected a known symbol, got "NOPE"'],
  ["a report without an execution", { 17: "B3", 150: "C", 39: "C" }, "FUND", 400, "got ExecType (150) C"],
  ["a bust of nothing", { 17: "B4", 19: "NONE", 150: "H" }, "FUND", 400, 'got "NONE"'],
])("refused, and nothing is booked: %s", async (_, fields, account, status, problem) => {
  stray(fields as Record<number, string>);
  const { number } = await kept(fields[17]);
  const answer = await ask(gateway, "POST", `/v1/unmatched-reports/${number}/assign`, { account, why: "a try" });
  expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringContaining(problem)]);
});

test("dismissed, it needs nothing more; what is not there is refused", async () => {
  const { number } = await kept("B1");
  const { code, err } = await ctl("unmatched-report", "dismiss", String(number), "--why", "of another firm");
  expect([code, err]).toEqual([0, ""]);
  expect(await kept("B1")).toMatchObject({ state: "dismissed", why: "of another firm" });
  const dismiss = (one: number) => ask(gateway, "POST", `/v1/unmatched-reports/${one}/dismiss`, { why: "again" });
  expect([(await dismiss(number)).status, (await dismiss(1)).status]).toEqual([409, 404]);
  expect((await ctl("unmatched-reports")).out).toContain("of another firm");
});

test("the journal and the report of the day have what was done and by whom; no earlier version continues with it", async () => {
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toMatch(
    /unmatched report \d+ of venue VENUE \(ExecType F, side 1 100 AAPL at 150, OrderID X1, ExecID S1\) is assigned to account FUND; asked for by \S+.*, confirmed by carol.*: of the desk/,
  );
  expect(out).toMatch(/unmatched report \d+ of venue VENUE .* is dismissed; asked for by .*: of another firm/);
  expect(out).toMatch(/no order: field 11 is of no order here/);
  const { rows } = (await ask(gateway, "GET", "/v1/reports/executions")).body;
  const of = rows.filter(({ execId }: { execId: string }) => execId === "S1");
  expect(of).toMatchObject([
    { account: null, applied: false },
    { account: null, applied: false },
    {
      account: "FUND",
      symbol: "AAPL",
      side: "buy",
      applied: true,
      remark: expect.stringMatching(/assigned by .* carol/),
    },
    { account: null, applied: false },
  ]);
  const there = operatorsDataOf(gateway.data);
  expect([there.kinds.has(112), there.kinds.has(113)]).toEqual([true, true]);
  const before = {
    journal: [1, 3],
    snapshot: [1, 3],
    operators: { commands: [1, 2, 3], settings: [99, 99, 99] },
  } as never;
  expect(unknownTo(before, there)).toContain("which it does not know");
});

test("512 are kept; a report more is in the journal alone, which is alarmed and counted, until one is dismissed", async () => {
  for (let i = 0; i < 600; i++) stray({ 17: `F${i}` });
  await gateway.said(
    /; the journal alone has it: all 512 places of unmatched reports are taken, assign or dismiss some/,
  );
  await until("all", async () => (await list()).length === 512);
  const { body } = await ask(gateway, "GET", "/metrics");
  const lost = Number(/sallyport_unmatched_reports_lost_total (\d+)/.exec(body)![1]);
  expect(lost).toBeGreaterThan(80);
  const open = (await list()).filter(({ state }: { state: string }) => state === "open");
  const { number } = open[0];
  await ctl("unmatched-report", "dismiss", String(number), "--why", "room");
  stray({ 17: "LAST" });
  expect(await kept("LAST")).toMatchObject({ state: "open" });
  const before = await list();
  await again();
  expect(await list()).toEqual(before);
});
