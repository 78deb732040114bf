// What operators are told about the configuration is about the one in force, not about that of the start.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask } from "./api.ts";
import { Gateway } from "./gateway.ts";

setDefaultTimeout(60_000);

const gateway = new Gateway({});
const password = join(gateway.directory, "second-password");
const file = readFileSync(gateway.configFile, "utf8");
const added = `${file}
[client.sessions.CAROL]
accounts = ["NEW"]
[venues.SECOND]
address = "127.0.0.1:1"
passwordFile = "${password}"
[symbols.NEWS]
venue = "SECOND"
referencePrice = "50"
[risk.accounts.NEW]
maxOrderQty = 5_000
maxOrderNotional = 10_000_000
maxOpenOrders = 10
ordersPerSecond = 1_000
`;

beforeAll(async () => {
  writeFileSync(password, "venue-s3cret\n");
  chmodSync(password, 0o600);
  await gateway.start();
});
afterAll(() => gateway.remove());

async function reload(text: string): Promise<void> {
  writeFileSync(gateway.configFile, text);
  const { body } = await ask(gateway, "POST", "/v1/system/reload", { why: "a test" });
  expect(body).toMatchObject({ result: "applied" });
}

/** What a start of day would say: its files, and the lines of limits and reference prices. */
async function day(): Promise<{ files: string[]; limits: string; prices: string }> {
  const { body } = await ask(gateway, "POST", "/v1/day/start", { dryRun: true, why: "a test" });
  const whyOf = (name: string): string => body.checks.find((check: { name: string }) => check.name === name).why;
  const files = body.files.map((one: { file: string }) => one.file);
  return { files, limits: whyOf("limits"), prices: whyOf("reference prices") };
}

const sessionBytes = async (): Promise<number> => {
  const { body } = await ask(gateway, "GET", "/v1/plan");
  return body.process.find(({ what }: { what: string }) => what === "client sessions").bytes;
};
const doctorAt = async (): Promise<string> => (await ask(gateway, "GET", "/v1/doctor")).body.at;

test("after a reload the start of day, the plan and the doctor know what it has added; after another what has left", async () => {
  const atStart = { ...(await day()), bytes: await sessionBytes() };
  expect(atStart.files).toEqual([gateway.configFile]);
  const firstDoctor = await doctorAt();
  expect(await doctorAt()).toBe(firstDoctor);

  await reload(added);
  const [accounts, symbols] = [Number.parseInt(atStart.limits, 10), Number.parseInt(atStart.prices, 10)];
  expect(await day()).toEqual({
    files: [gateway.configFile, password],
    limits: `${accounts + 1} accounts have limits`,
    prices: `${symbols + 1} symbols have one`,
  });
  expect(await sessionBytes()).toBeGreaterThan(atStart.bytes);
  expect(await doctorAt()).not.toBe(firstDoctor);

  await reload(file);
  expect({ ...(await day()), bytes: await sessionBytes() }).toEqual(atStart);
});
