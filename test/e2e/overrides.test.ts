// An order that a check refuses passes once, since two persons let it: in the executable, over a kill -9 before and after its use.

import { expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
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
[admin.tokens.carol]
hash = "sha256:${hash}"
role = "risk"
[risk.accounts.FUND]
maxOrderQty = 100
maxOrderNotional = 10_000_000
maxOpenOrders = 100
ordersPerSecond = 1_000
[client.sessions.DESK]
accounts = ["ACC1", "FUND"]`,
});
const { client } = tradingDesk(gateway, "DESK");
const { ctl } = gateway;

async function send(qty: number): Promise<string> {
  const report = await client.report(client.order({ 1: "FUND", 38: qty, 44: "150" }));
  return report.get(150) === "8" ? report.text(58) : "";
}

const refusedAt = (qty: number) => `RISK-010 MAX_ORDER_QTY limit=100 value=${qty} level=ACCOUNT:FUND`;

async function again(): Promise<void> {
  await gateway.crash();
  await gateway.start();
  await client.logon();
  await until("a venue that takes orders", async () => (await send(1)) === "");
}

/** Asks for an override by ctl; returns its number once it waits for the second person. */
async function asked(qty: number, check = "MAX_ORDER_QTY"): Promise<number> {
  const words = ["DESK", "FUND", "AAPL", "buy", String(qty), "150", check, "--for-minutes", "30", "--why", "a block"];
  const { code, out, err } = await ctl("override", "ask", ...words, "--json");
  expect([code, err]).toEqual([3, ""]);
  return JSON.parse(out).confirmation;
}

/** Another person than the one of the socket. */
async function confirmed(id: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/confirmations/${id}`, {
    method: "POST",
    headers: { authorization: "Bearer second-person", "content-type": "application/json" },
    body: JSON.stringify({ why: "agreed" }),
  });
  return answer.status;
}

const list = async () => (await ask(gateway, "GET", "/v1/overrides")).body.overrides;

test("one person alone does nothing; two let one order pass, over a kill -9 before and after, and no second one", async () => {
  const id = await asked(500);
  expect(await send(500)).toBe(refusedAt(500));
  const own = await ctl("confirm", String(id), "--why", "myself");
  expect([own.code, own.err]).toEqual([1, expect.stringContaining("expected another person than")]);
  expect(await list()).toEqual([]);
  expect(await confirmed(id)).toBe(200);
  await again();
  expect(await list()).toMatchObject([
    { id, state: "granted", session: "DESK", account: "FUND", quantity: "500", price: "150", check: "MAX_ORDER_QTY" },
  ]);
  expect(await send(501)).toBe(refusedAt(501));
  expect(await send(500)).toBe("");
  await gateway.said(
    `has passed a check \\(limit=100 value=500 level=ACCOUNT:FUND\\) by override ${id}, which is used up`,
  );
  expect(await send(500)).toBe(refusedAt(500));
  await again();
  expect(await send(500)).toBe(refusedAt(500));
  expect(await list()).toMatchObject([
    { id, state: "used", orderId: expect.stringMatching(/^\d+$/), confirmedBy: "carol" },
  ]);
});

test("while one is granted, an alarm and a metric say so", async () => {
  const id = await asked(700);
  const granted = async () => {
    const { body } = await ask(gateway, "GET", "/metrics");
    return /^sallyport_overrides_granted (\d+)$/m.exec(body)?.[1];
  };
  const alarms = async (): Promise<{ rule: string; subject: string; text: string }[]> =>
    (await ask(gateway, "GET", "/v1/alarms")).body.filter(({ rule }: { rule: string }) => rule === "override");
  expect([await granted(), await alarms()]).toEqual(["0", []]);
  expect(await confirmed(id)).toBe(200);
  await until("an alarm", async () => (await alarms()).length === 1);
  expect([await granted(), await alarms()]).toMatchObject([
    "1",
    [
      {
        subject: `override ${id}`,
        text: expect.stringMatching(/^one order of account FUND may pass MAX_ORDER_QTY until/),
      },
    ],
  ]);
  await ctl("override", "withdraw", String(id), "--why", "called off");
  await until("no alarm", async () => (await alarms()).length === 0);
  expect(await granted()).toBe("0");
});

test("withdrawn, it lets nothing pass; checks that may never be overridden are refused by name", async () => {
  const id = await asked(600);
  expect(await confirmed(id)).toBe(200);
  const { code, err } = await ctl("override", "withdraw", String(id), "--why", "called off");
  expect([code, err]).toEqual([0, ""]);
  expect(await send(600)).toBe(refusedAt(600));
  const words = ["DESK", "FUND", "AAPL", "buy", "5", "150", "KILL_SWITCH", "--for-minutes", "30", "--why", "no"];
  const never = await ctl("override", "ask", ...words);
  expect(never.code).toBe(1);
  expect(never.err).toMatch(/check: expected one that may be overridden \(MAX_ORDER_QTY, .*\), got KILL_SWITCH/);
  const { out } = await ctl("overrides");
  expect(out).toContain("withdrawn");
  // One that has ended, and one that nobody granted, do not end again.
  for (const one of [id, 12345]) await ctl("override", "withdraw", String(one), "--why", "again");
});

test.each([
  ["another session than the configuration has", { session: "constructor" }, "session: expected the name of a client"],
  ["a ClOrdID that FIX can't have", { clOrdId: "€1" }, "clOrdId: expected characters of one byte each, got €1"],
  ["a reason that is longer than what keeps it", { why: "é".repeat(150) }, "why: expected at most 200 bytes of UTF-8"],
])("refused before anybody confirms it: %s", async (_, wrong, problem) => {
  const terms = { session: "DESK", account: "FUND", symbol: "AAPL", side: "buy", quantity: "5", price: "150" };
  const body = { ...terms, check: "MAX_ORDER_QTY", forMinutes: 30, why: "a block", ...wrong };
  const answer = await ask(gateway, "POST", "/v1/overrides", body);
  expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.stringContaining(problem)]);
});

test("the journal has the grant with both persons, the use and the withdrawal; no earlier version continues with it", async () => {
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toMatch(
    /override \d+: one order \(side 1 500 AAPL at 150\) of account FUND of client DESK may pass RISK-010 MAX_ORDER_QTY until .* confirmed by carol: a block/,
  );
  expect(out).toMatch(
    /operator action \d+: \S+ \(.*\), confirmed by carol .*, asked for override\.grant DESK FUND AAPL/,
  );
  expect(out).toMatch(
    /override \d+ is used by an order: the next one of the core's stream \(limit=100 value=500 level=ACCOUNT:FUND\)/,
  );
  expect(out.match(/override \d+ is withdrawn/g)).toHaveLength(2);
  expect(out).toMatch(/override \d+ is not ended \(2\), asked for by/);
  expect(out).toMatch(/override 12345 is not ended \(\d+\), asked for by/);
  const { kinds } = operatorsDataOf(gateway.data);
  expect([kinds.has(98), kinds.has(99)]).toEqual([true, true]);
});

test("the report of the day has both with their terms, who asked and confirmed, and the order that used the one", async () => {
  const { rows } = (await ask(gateway, "GET", "/v1/reports/overrides")).body;
  const [used] = (await list()).filter(({ state }: { state: string }) => state === "used");
  const terms = { session: "DESK", account: "FUND", symbol: "AAPL", side: "buy", price: "150", check: "MAX_ORDER_QTY" };
  const persons = { confirmedBy: "carol", why: "a block" };
  const passed = "limit=100 value=500 level=ACCOUNT:FUND";
  expect(rows).toMatchObject([
    { ...terms, ...persons, ...{ state: "used", quantity: "500", orderId: used.orderId, withdrawnBy: null, passed } },
    { quantity: "700", state: "withdrawn" },
    { ...terms, ...persons, state: "withdrawn", quantity: "600", orderId: null, withdrawnBy: used.by, passed: null },
  ]);
});
