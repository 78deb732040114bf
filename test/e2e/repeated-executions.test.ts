// An account that trades too often in one symbol is stopped: refusals, alarm, a kill -9, and how it may trade again.

import { expect, setDefaultTimeout, test } from "bun:test";
import { fields } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { tradingDesk } from "./desk.ts";
import { Gateway } from "./gateway.ts";

setDefaultTimeout(90_000);

const gateway = new Gateway({
  tables: `[risk.accounts.FUND]
maxOrderQty = 10_000
maxOrderNotional = 10_000_000
maxOpenOrders = 100
ordersPerSecond = 1_000
repeatedExecutions = 3
executionsWindowMs = 3_600_000
[risk.traders.TOM]
repeatedExecutions = 2
executionsWindowMs = 3_600_000
[client.sessions.DESK]
accounts = ["ACC1"]
traders = ["TOM"]
[client.sessions.FUNDED]
version = "FIX.5.0SP2"
accounts = ["ACC1", "FUND"]`,
});
const { venue, client } = tradingDesk(gateway, "FUNDED", { version: "FIX.5.0SP2" });
const { ctl } = gateway;
const STOPPED = "21 RISK-017 REPEATED_EXECUTIONS level=ACCOUNT:FUND";

/** OrdRejReason and Text of the refusal of an order, "" where the venue has it. */
async function refusal(values: Record<number, string | number> = {}): Promise<string> {
  const report = await client.report(client.order({ 1: "FUND", 38: 10, 44: "150", ...values }));
  return report.get(150) === "8" ? `${report.get(103)} ${report.text(58)}` : "";
}

async function alarms(): Promise<string[]> {
  const { body } = await ask(gateway, "GET", "/v1/alarms");
  return body
    .filter(({ rule, state }: Record<string, string>) => rule === "repeated-executions" && state === "firing")
    .map(({ subject, text }: Record<string, string>) => `${subject}: ${text}`);
}

test("the execution that reaches the limit stops the account, and the alarm fires; cancels pass", async () => {
  const open = client.order({ 1: "FUND", 38: 777, 44: "149" });
  await client.report(open);
  const order = await venue.orderOf(777);
  for (let i = 0; i < 3; i++) {
    expect(await refusal()).toBe("");
    venue.fill(order, 1, "149");
    await client.report(open, "F");
  }
  expect(await refusal()).toBe(STOPPED);
  expect(await refusal({ 1: "ACC1" })).toBe("");
  await client.report(client.cancel(open), "4");
  await until("the alarm", async () =>
    (await alarms()).includes("account FUND: stopped by RISK-017 AAPL: new orders are refused"),
  );
  expect((await ask(gateway, "GET", "/v1/accounts/FUND")).body).toMatchObject({ isStopped: true, isReady: false });
});

test("it stays so over a kill -9, until somebody enables it again", async () => {
  await gateway.crash();
  await gateway.start();
  await client.logon();
  await until("a venue that takes orders", async () => (await refusal({ 1: "ACC1" })) === "");
  expect(await refusal()).toBe(STOPPED);
  const lifted = await ctl("account", "enable", "FUND", "--why", "the strategy is mended");
  expect([lifted.code, lifted.err]).toEqual([0, ""]);
  expect(await refusal()).toBe("");
  expect((await ask(gateway, "GET", "/v1/accounts/FUND")).body).toMatchObject({ isStopped: false, isReady: true });
  await until("the end of the alarm", async () => (await alarms()).length === 0);
  await gateway.crash();
  await gateway.start();
  await client.logon();
  await until("a venue that takes orders", async () => (await refusal()) === "");
});

test("a trader is stopped by executions of its orders, over a kill -9, until somebody enables it again", async () => {
  const desk = new Client("DESK", gateway.clientPort);
  await desk.logon();
  let next = 0;
  const order = (quantity: number): string => {
    const clOrdId = `TOM${++next}`;
    const body = desk.orderBody({ 1: "ACC1", 11: clOrdId, 38: quantity, 44: "149" });
    desk.send("D", [...fields("453=1|448=TOM|447=D|452=36|"), ...body]);
    return clOrdId;
  };
  const said = async (): Promise<string> => {
    const report = await desk.report(order(10));
    return report.get(150) === "8" ? `${report.get(103)} ${report.text(58)}` : "";
  };
  const open = order(778);
  await desk.report(open);
  const atVenue = await venue.orderOf(778);
  for (let i = 0; i < 2; i++) {
    expect(await said()).toBe("");
    venue.fill(atVenue, 1, "149");
    await desk.report(open, "F");
  }
  const stopped = "99 RISK-017 REPEATED_EXECUTIONS level=TRADER:TOM";
  expect(await said()).toBe(stopped);
  expect(await refusal({ 1: "ACC1" })).toBe("");
  await until("the alarm", async () =>
    (await alarms()).includes("trader TOM: stopped by RISK-017 AAPL: new orders are refused"),
  );
  await gateway.crash();
  await gateway.start();
  await client.logon();
  await desk.logon();
  await until("a venue that takes orders", async () => (await refusal({ 1: "ACC1" })) === "");
  expect(await said()).toBe(stopped);
  expect((await ask(gateway, "GET", "/v1/traders/TOM")).body).toMatchObject({ isStopped: true });
  const lifted = await ctl("trader", "enable", "TOM", "--why", "the strategy is mended");
  expect([lifted.code, lifted.err]).toEqual([0, ""]);
  expect(await said()).toBe("");
  expect((await ask(gateway, "GET", "/v1/traders/TOM")).body).toMatchObject({ isStopped: false });
  await until("the end of the alarm", async () => (await alarms()).length === 0);
});
