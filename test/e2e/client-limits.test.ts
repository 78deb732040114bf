// Limits of clients and of the firm in the executable: configuration, refusals, API, ctl, metrics, alarms, a kill -9.

import { expect, setDefaultTimeout, test } from "bun:test";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { tradingDesk } from "./desk.ts";
import { Gateway } from "./gateway.ts";
import { venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const account = (name: string): string =>
  `[risk.accounts.${name}]\nmaxOrderQty = 1_000\nmaxOrderNotional = 1_000_000\nmaxOpenOrders = 100\nordersPerSecond = 1_000\n`;
const gateway = new Gateway({
  tables: `${account("F1")}${account("F2")}${account("OTHER")}[risk.clients.FUND]\naccounts = ["F1", "F2"]\nmaxGrossExposure = 30_000\nmaxPosition = 150\n[risk.clients.DESK]\naccounts = ["OTHER"]\nmaxGrossExposure = 1_000_000\n[client.sessions.FUNDED]\naccounts = ["ACC1", "F1", "F2", "OTHER"]`,
});
const { client } = tradingDesk(gateway, "FUNDED");

const { ctl } = gateway;

/** Code and name of the refusal of an order, "" where the venue has it. */
async function refusal(values: Record<number, string | number>): Promise<string> {
  const report = await client.report(client.order({ 44: "150", ...values }));
  return report.get(150) === "8" ? report.text(58) : "";
}

test("an order of one account is held against what the others of its client have open", async () => {
  expect(await refusal({ 1: "F1", 38: 90 })).toBe("");
  expect(await refusal({ 1: "F2", 38: 61 })).toBe("RISK-022 MAX_POSITION limit=150 value=151 level=CLIENT:FUND");
  expect(await refusal({ 1: "F2", 38: 111, 54: 2 })).toStartWith(
    "RISK-019 MAX_GROSS_EXPOSURE limit=30000 value=30150 ",
  );
  expect(await refusal({ 1: "OTHER", 38: 500 })).toBe("");
  const { body } = await ask(gateway, "GET", "/v1/clients/FUND");
  expect(body).toMatchObject({ name: "FUND", accounts: ["F1", "F2"], openOrders: 1, grossExposure: "13500" });
  expect(body.usage).toEqual([
    { limit: "maxGrossExposure", used: "13500", most: "30000", percent: 45 },
    { limit: "maxPosition", used: "90", most: "150", percent: 60 },
  ]);
});

test("limits of the client and of the firm change while orders flow; the firm's refusals have no numbers", async () => {
  const set = await ctl("client", "set", "FUND", "maxPosition", "100", "--why", "approved");
  expect([set.code, set.err]).toEqual([0, ""]);
  expect(await refusal({ 1: "F2", 38: 11 })).toContain("MAX_POSITION limit=100 value=101 level=CLIENT:FUND");
  const wrong = await ctl("client", "set", "FUND", "ordersPerSecond", "100", "--why", "no such limit");
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("expected one of maxOrderQty")]);
  const firm = await ctl("firm", "set", "maxGrossExposure", "90000", "--why", "approved");
  expect([firm.code, firm.err]).toEqual([0, ""]);
  expect(await refusal({ 1: "OTHER", 38: 20 })).toBe("RISK-019 MAX_GROSS_EXPOSURE level=FIRM");
  const uses = await ctl("firm", "uses", "--json");
  expect(uses.out).toContain("88500");
  const metrics = (await ask(gateway, "GET", "/metrics")).body as string;
  expect(metrics).toMatch(/sallyport_client_limit_used\{client="FUND",limit="maxPosition"[^}]*\} 90\n/);
  expect(metrics).toMatch(/sallyport_firm_limit_used\{limit="maxGrossExposure"[^}]*\} 88500\n/);
});

test("clients are listed in pages, also by ctl", async () => {
  const pages = ["?limit=1", "?after=FUND", ""].map(async (query) => {
    const { body } = await ask(gateway, "GET", `/v1/clients${query}`);
    return [body.clients.map(({ name }: { name: string }) => name), body.next];
  });
  expect(await Promise.all(pages)).toEqual([
    [["FUND"], "FUND"],
    [["DESK"], null],
    [["FUND", "DESK"], null],
  ]);
  expect((await ask(gateway, "GET", "/v1/clients?after=NOBODY")).status).toBe(400);
  expect((await ctl("clients", "--limit", "1")).out).toContain("more: --after FUND");
  expect((await ctl("clients", "--after", "FUND")).out).toContain("DESK");
});

test("the alarms of limits that are nearly used up say the level", async () => {
  await until("the alarms", async () => {
    const { body } = await ask(gateway, "GET", "/v1/alarms");
    const subjects = body.map(
      ({ subject, severity }: { subject: string; severity: string }) => `${severity} ${subject}`,
    );
    return ["error client FUND maxPosition", "error firm maxGrossExposure"].every((one) => subjects.includes(one));
  });
});

test("sums and changed limits of clients and of the firm survive a kill -9", async () => {
  const before = (await ask(gateway, "GET", "/v1/clients")).body;
  await gateway.crash();
  await gateway.start();
  expect((await ask(gateway, "GET", "/v1/clients")).body).toEqual(before);
  expect((await ask(gateway, "GET", "/v1/firm")).body).toMatchObject({ grossExposure: "88500", openOrders: 2 });
  await client.logon();
  await client.settle();
  await venueUp(client);
  expect(await refusal({ 1: "OTHER", 38: 20 })).toContain("level=FIRM");
  expect((await ctl("firm", "set", "maxGrossExposure", "none", "--why", "lifted")).code).toBe(0);
  expect(await refusal({ 1: "F2", 38: 11 })).toContain("MAX_POSITION limit=100 value=101 level=CLIENT:FUND");
  expect(await refusal({ 1: "OTHER", 38: 20 })).toBe("");
});
