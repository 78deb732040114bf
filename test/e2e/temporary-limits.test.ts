// Limits that hold until a time, in the executable: set by ctl and the API, ended by the clock over a kill -9 before and after the end, also
// where nothing runs then, with a changed value beneath, a second person, and what the journal, the log and a report say.

import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { operatorsDataOf } from "../../src/recovery/operators-data.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { tradingDesk } from "./desk.ts";
import { Gateway, runToEnd } from "./gateway.ts";

setDefaultTimeout(90_000);

const gateway = new Gateway({
  tables: `[risk.accounts.FUND]
maxOrderQty = 100
maxOrderNotional = 10_000_000
maxOpenOrders = 100
ordersPerSecond = 1_000
[client.sessions.DESK]
accounts = ["ACC1", "FUND"]`,
});
const { client } = tradingDesk(gateway, "DESK");
const { ctl } = gateway;

/** Text of the refusal of an order of FUND, "" where the venue has it. */
async function refusal(qty: number): Promise<string> {
  const report = await client.report(client.order({ 1: "FUND", 38: qty, 44: "150" }));
  return report.get(150) === "8" ? report.text(58) : "";
}

const refusedAt = (limit: number, qty: number) =>
  `RISK-010 MAX_ORDER_QTY limit=${limit} value=${qty} level=ACCOUNT:FUND`;

async function set(value: string, ...end: string[]): Promise<string> {
  const { code, err, out } = await ctl(
    "account",
    "set",
    "FUND",
    "maxOrderQty",
    value,
    "--why",
    "a block trade",
    ...end,
  );
  expect([code, err]).toEqual([0, ""]);
  return out;
}

async function again(): Promise<void> {
  await gateway.crash();
  await gateway.start();
  await client.logon();
  await until("a venue that takes orders", async () => (await refusal(1)) === "");
}

const temporary = async () => (await ask(gateway, "GET", "/v1/temporary-limits")).body.limits;
const changed = async ({ value, ...end }: Record<string, unknown>) => {
  const changes = [{ subject: "account", name: "FUND", setting: "maxOrderQty", value }];
  return (await ask(gateway, "POST", "/v1/limits", { changes, why: "a test", ...end })).body;
};
const inSeconds = (s: number) => new Date(Date.now() + 1_000 * s).toISOString();
const gone = () => until("the end", async () => (await temporary()).length === 0);

test("a limit that holds for minutes outlives a kill -9; it ends before its time by hand, or by a value without an end", async () => {
  expect(await refusal(101)).toBe(refusedAt(100, 101));
  await set("500", "--for-minutes", "30");
  expect(await refusal(500)).toBe("");
  const [one] = await temporary();
  expect(one).toMatchObject({ subject: "account", of: "FUND", name: "maxOrderQty", value: "500", afterwards: "100" });
  expect(one.why).toBe("a block trade");
  expect(Date.parse(one.until) - Date.now()).toBeGreaterThan(25 * 60_000);
  await again();
  expect(await refusal(500)).toBe("");
  // The reason is looked for in the journal.
  await until("the reason", async () => (await temporary())[0].why !== null);
  expect(await temporary()).toEqual([one]);
  await set("file", "--until", "now");
  expect(await refusal(101)).toBe(refusedAt(100, 101));
  const { until: end } = (await changed({ value: "500", forMinutes: 30 })).changes[0];
  await again();
  await until("the reason of a change of many", async () => (await temporary())[0].why === "a test");
  expect((await changed({ value: "80" })).changes).toMatchObject([{ old: "500", new: "80", endsTemporary: end }]);
  expect(await temporary()).toEqual([]);
  expect(await refusal(81)).toBe(refusedAt(80, 81));
  expect(await refusal(80)).toBe("");
  await again();
  expect(await refusal(81)).toBe(refusedAt(80, 81));
  await set("file");
});

test("it ends by the clock without an order, and with nobody acting; the log says it", async () => {
  await set("400", "--until", inSeconds(3));
  expect(await refusal(400)).toBe("");
  await gone();
  expect(await refusal(101)).toBe(refusedAt(100, 101));
  const said = "maxOrderQty of account FUND is the file's again: the value that was set until now has ended";
  await gateway.said(said);
  await again();
  expect(await refusal(101)).toBe(refusedAt(100, 101));
});

test("one whose end comes while the gateway is down has ended before the first order, and the file of then holds", async () => {
  const end = inSeconds(4);
  await set("400", "--until", end);
  await gateway.crash();
  const file = readFileSync(gateway.configFile, "utf8");
  writeFileSync(
    gateway.configFile,
    file.replace("maxOrderQty = 100\nmaxOrderNotional = 10_000_000", "maxOrderQty = 60\nmaxOrderNotional = 10_000_000"),
  );
  await until("the end", async () => Date.now() > Date.parse(end));
  await gateway.start();
  await client.logon();
  await until("a venue that takes orders", async () => (await refusal(1)) === "");
  expect(await refusal(61)).toBe(refusedAt(60, 61));
  expect(await temporary()).toEqual([]);
});

test("what is no end is refused and says why; the journal and the rollback's guard know the commands", async () => {
  const bad = async (body: Record<string, unknown>) => {
    const answer = await ask(gateway, "POST", "/v1/limits", {
      changes: [{ subject: "account", name: "FUND", setting: "maxOrderQty", value: "5" }],
      ...{ why: "a test", ...body },
    });
    return [answer.status, answer.body.error.message];
  };
  expect(await bad({ until: "2020-01-01T00:00:00Z" })).toEqual([
    400,
    "expected a time in the future, at most 366 days from now, got 2020-01-01T00:00:00Z",
  ]);
  expect(await bad({ until: "tomorrow" })).toEqual([
    400,
    'expected a time in ISO 8601 with Z or an offset, or "now", got tomorrow',
  ]);
  expect(await bad({ until: inSeconds(9), forMinutes: 1 })).toEqual([
    400,
    "expected one of `until` and `forMinutes`, got both",
  ]);
  const none = await ctl("account", "set", "FUND", "maxOrderQty", "file", "--until", "now", "--why", "a test");
  expect([none.code, none.err]).toEqual([
    1,
    "sallyport: account FUND: maxOrderQty: expected a temporary value, which can end, got one without an end (not-temporary)\n",
  ]);
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toMatch(/until \d{4}-.*: maxOrderQty of account FUND is 400, asked for by /);
  expect(out).toContain("ended at their time: maxOrderQty of account FUND is the file's again");
  expect(out).toMatch(/ended by .*: maxOrderQty of account FUND/);
  const { kinds, settings } = operatorsDataOf(gateway.data);
  expect([kinds.has(96), kinds.has(97), settings]).toEqual([true, true, []]);
});
