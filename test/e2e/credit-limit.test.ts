// The clearing firm's line for a client and for the firm: refusals by version, API, ctl, metrics, alarms, overrides, a kill -9.

import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { tradingDesk } from "./desk.ts";
import { Gateway } from "./gateway.ts";
import { venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const account = (name: string): string =>
  `[risk.accounts.${name}]\nmaxOrderQty = 10_000\nmaxOrderNotional = 10_000_000\nmaxOpenOrders = 100\nordersPerSecond = 1_000\n`;

describe.each([
  ["FIX.4.2", "0"],
  ["FIX.4.4", "0"],
  ["FIX.5.0SP2", "25"],
] as const)("%s", (version, ordRejReason) => {
  const gateway = new Gateway({
    tables: `${account("F1")}${account("F2")}${account("OTHER")}[risk.clients.FUND]\naccounts = ["F1", "F2"]\ncreditLimit = 30_000\nmaxGrossExposure = 40_000\n[client.sessions.FUNDED]\nversion = "${version}"\naccounts = ["ACC1", "F1", "F2", "OTHER"]`,
  });
  const { client } = tradingDesk(gateway, "FUNDED", { version });
  const { ctl } = gateway;
  let first = "";

  /** OrdRejReason and Text of the refusal of an order, "" where the venue has it. */
  async function refusal(values: Record<number, string | number>): Promise<string> {
    const id = client.order({ 44: "150", ...values });
    const report = await client.report(id);
    if (report.get(150) !== "8") first ||= id;
    return report.get(150) === "8" ? `${report.get(103)} ${report.text(58)}` : "";
  }

  test("orders of its accounts are held against a client's line, and a replace by what it adds", async () => {
    expect(await refusal({ 1: "F1", 38: 90 })).toBe("");
    const above = `${ordRejReason} RISK-024 CREDIT_LIMIT limit=30000 value=30150 level=CLIENT:FUND`;
    expect(await refusal({ 1: "F2", 38: 111, 54: 2 })).toBe(above);
    expect(await refusal({ 1: "OTHER", 38: 500 })).toBe("");
    const reject = await client.cancelReject(client.replace(first, { 1: "F1", 38: 201, 44: "150" }));
    expect(reject.text(58)).toBe("RISK-024 CREDIT_LIMIT limit=30000 value=30150 level=CLIENT:FUND");
    const { body } = await ask(gateway, "GET", "/v1/clients/FUND");
    expect(body.usage).toContainEqual({ limit: "creditLimit", used: "13500", most: "30000", percent: 45 });
  });

  test("the firm's line changes while orders flow, and its refusals have no numbers", async () => {
    const set = await ctl("firm", "set", "creditLimit", "90000", "--why", "the clearing firm has granted it");
    expect([set.code, set.err]).toEqual([0, ""]);
    expect(await refusal({ 1: "OTHER", 38: 20 })).toBe(`${ordRejReason} RISK-024 CREDIT_LIMIT level=FIRM`);
    const metrics = (await ask(gateway, "GET", "/metrics")).body as string;
    expect(metrics).toMatch(/sallyport_client_limit_used\{client="FUND",limit="creditLimit"[^}]*\} 13500\n/);
    expect(metrics).toMatch(/sallyport_firm_limit_used\{limit="creditLimit"[^}]*\} 88500\n/);
    await until("the alarm", async () => {
      const { body } = await ask(gateway, "GET", "/v1/alarms");
      return body.some(({ subject }: { subject: string }) => subject === "firm creditLimit");
    });
  });

  test("no override passes it", async () => {
    const order = { session: "FUNDED", account: "F2", symbol: "AAPL", side: "buy", quantity: "111", price: "150" };
    const answer = await ask(gateway, "POST", "/v1/overrides", {
      ...order,
      check: "CREDIT_LIMIT",
      forMinutes: 30,
      why: "try",
    });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toMatch(
      /expected one that may be overridden .*MAX_GROSS_EXPOSURE.*got CREDIT_LIMIT/,
    );
  });

  test("sums and changed lines survive a kill -9", async () => {
    await gateway.crash();
    await gateway.start();
    expect((await ask(gateway, "GET", "/v1/counters")).body.replayDifferences).toBe(0);
    await client.logon();
    await client.settle();
    await venueUp(client);
    expect(await refusal({ 1: "OTHER", 38: 20 })).toContain("CREDIT_LIMIT level=FIRM");
    expect((await ctl("firm", "set", "creditLimit", "none", "--why", "lifted")).code).toBe(0);
    expect(await refusal({ 1: "OTHER", 38: 20 })).toBe("");
    await client.report(client.cancel(first, { 1: "F1" }), "4");
    expect(await refusal({ 1: "F2", 38: 111, 54: 2 })).toBe("");
  });
});
