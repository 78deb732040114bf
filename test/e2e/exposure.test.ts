// Limits of exposure and positions in the executable: configuration, API, ctl, start of day, refusals, a kill -9.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, temporary } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const files = temporary();
const positions = join(files, "positions.csv");
const gateway = new Gateway({
  tables: `[day]\npositions = "${positions}"\n[risk.accounts.FUND]\nmaxOrderQty = 1_000\nmaxOrderNotional = 1_000_000\nmaxOpenOrders = 100\nordersPerSecond = 1_000\nmaxGrossExposure = 30_000\nmaxPosition = 150\n[client.sessions.FUNDED]\naccounts = ["ACC1", "FUND"]`,
});
const venue = new Venue(gateway.venuePort);
const client = new Client("FUNDED", gateway.clientPort);

beforeAll(async () => {
  await Bun.write(positions, "account,symbol,quantity\nFUND,AAPL,50\n");
  venue.listen();
  await gateway.start();
  await client.logon();
  await venueUp(client);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
  rmSync(files, { recursive: true, force: true });
});

const { ctl } = gateway;

/** Code and name of the refusal of an order, "" where the venue has it. */
async function refusal(values: Record<number, string | number>): Promise<string> {
  const report = await client.report(client.order({ 1: "FUND", 44: "150", ...values }));
  return report.get(150) === "8" ? report.text(58) : "";
}

async function use(limit: string): Promise<{ used: string; most: string; percent: number }> {
  const { body } = await ask(gateway, "GET", "/v1/accounts/FUND");
  return body.usage.find((one: { limit: string }) => one.limit === limit);
}

test("a start of day sets positions, and orders are held against them and against the exposure", async () => {
  expect((await ask(gateway, "POST", "/v1/day/start", { dryRun: false, why: "open" })).body.result).toBe("applied");
  expect((await ask(gateway, "POST", "/v1/day/start", { dryRun: false, why: "again" })).body.result).toBe("unchanged");
  expect(await refusal({ 38: 101 })).toStartWith("RISK-022 MAX_POSITION limit=150 ");
  expect(await refusal({ 38: 100 })).toBe("");
  expect(await refusal({ 38: 101, 54: 2 })).toStartWith("RISK-019 MAX_GROSS_EXPOSURE limit=30000 ");
  expect(await use("maxGrossExposure")).toEqual({
    limit: "maxGrossExposure",
    used: "15000",
    most: "30000",
    percent: 50,
  } as never);
  expect(await use("maxPosition")).toMatchObject({ used: "150", most: "150", percent: 100 });
  const metrics = (await ask(gateway, "GET", "/metrics")).body as string;
  expect(metrics).toMatch(/sallyport_limit_used\{account="FUND",limit="maxGrossExposure"[^}]*\} 15000\n/);
});

test("the alarm of a limit that is used up says so once", async () => {
  await until("the alarm", async () => {
    const { body } = await ask(gateway, "GET", "/v1/alarms");
    const alarms = body.filter(({ subject }: { subject: string }) => subject === "account FUND maxPosition");
    return alarms.length === 1 && alarms[0].severity === "critical";
  });
});

test("limits and positions change while orders flow, and what was changed survives a kill -9", async () => {
  const set = await ctl("account", "set", "FUND", "maxPosition", "400", "--why", "approved");
  expect([set.code, set.err]).toEqual([0, ""]);
  const moved = await ctl("position", "set", "FUND", "AAPL", "-20", "--why", "the clearer's books");
  expect([moved.code, moved.err]).toEqual([0, ""]);
  const wrong = await ask(gateway, "PUT", "/v1/positions", {
    positions: [
      { account: "FUND", symbol: "AAPL", quantity: "1" },
      { account: "FUND", symbol: "NOPE", quantity: "1" },
    ],
    why: "a test",
  });
  expect([wrong.status, wrong.body.error.code]).toEqual([400, "out-of-range"]);
  const view = async () => (await ask(gateway, "GET", "/v1/positions?account=FUND")).body;
  const expected = {
    positions: [
      {
        ...{ account: "FUND", symbol: "AAPL", start: "-20", today: "0", position: "-20" },
        ...{ openBuy: "100", openSell: "0", worst: "80" },
      },
    ],
    next: null,
  };
  expect(await view()).toEqual(expected);
  await gateway.crash();
  await gateway.start();
  expect(await view()).toEqual(expected);
  expect(await use("maxPosition")).toMatchObject({ used: "80", most: "400" });
  await client.logon();
  await client.settle();
  await venueUp(client);
  expect(await refusal({ 38: 101, 54: 2 })).toContain("MAX_GROSS_EXPOSURE");
  expect(await refusal({ 38: 100, 54: 2 })).toBe("");
});
