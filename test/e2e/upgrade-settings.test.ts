import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { ACCOUNTS, FIRM, SYMBOLS } from "../../src/core/assembly/layout.ts";
import { operatorsDataOf } from "../../src/recovery/operators-data.ts";
import { until } from "../eventually.ts";
import { ServerRoot } from "./server-root.ts";

// No version goes back to one that would pass over what operators have set, or that does not know their commands.

setDefaultTimeout(120_000);

const server = new ServerRoot();
const opt = server.path("/opt/sallyport");
const link = (name: string) => readlinkSync(join(opt, name));
const EARLIER = "0.0.1-[0-9a-f]{12}";

/** The earlier version knows two settings of accounts, and no trading states of venues. */
const KNOWS = {
  ...{ journal: { reads: [1, 3], writes: 3 }, snapshot: { reads: [1, 3], writes: 3 } },
  operators: { commands: [1, 2, 3, 4, 5, 16, 17, 32], settings: [2, 5, 1] },
};

beforeAll(async () => {
  await server.install();
  server.configure("sessionsWithinS = 0");
  const version = `version) if [ $# -eq 1 ]; then echo "sallyport 0.0.1 (Bun 1.4.5, linux x64)"; else echo '${JSON.stringify(KNOWS)}'; fi ;;`;
  const { code, err } = await server.on("upgrade", "--one-way", server.offerBad("earlier", version));
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(await server.overseer.start()).toBe("");
  expect(await server.on("upgrade", server.offerGood("later"))).toMatchObject({ code: 0, err: "" });
  expect(link("previous")).toMatch(new RegExp(EARLIER));
});
afterAll(() => server.remove());

/** By the installed executable. */
async function ctl(...words: string[]): Promise<void> {
  const socket = ["--socket", join(server.data, "admin.sock")];
  const { code, err } = await server.run(["ctl", ...words, "--why", "a test", ...socket], server.command);
  expect({ code, err }).toEqual({ code: 0, err: "" });
}

const settings = () => operatorsDataOf(server.data).settings;

test("what holds of operators' settings is read beside the running gateway; a reset one is none", async () => {
  expect(settings()).toEqual([]);
  await ctl("account", "set", "ACC1", "maxOrderQty", "500");
  await ctl("account", "set", "ACC1", "maxOpenOrders", "7");
  await ctl("symbol", "set", "AAPL", "collarPercent", "3");
  await ctl("kill", "firm");
  await ctl("account", "set", "FEW", "maxOpenOrders", "7");
  await ctl("account", "set", "FEW", "maxOpenOrders", "file");
  // The journal's file follows what is answered.
  await until("the reset in the journal's file", () => settings().length === 4);
  expect(settings()).toEqual([
    { subject: ACCOUNTS, setting: 1 },
    { subject: ACCOUNTS, setting: 3 },
    { subject: SYMBOLS, setting: 1 },
    { subject: FIRM, setting: 0 },
  ]);
  expect([...operatorsDataOf(server.data).kinds].sort()).toEqual([16, 5]);
});

test("a rollback is refused while a setting holds that the earlier version does not know, and says which", async () => {
  const before = [link("current"), server.overseer.pid];
  const { code, err } = await server.on("rollback");
  expect(code).toBe(1);
  expect(err).toMatch(
    new RegExp(
      `${EARLIER} can't run on ${server.data}: operators have set maxOpenOrders of accounts there, which it does not know: it would pass over that`,
    ),
  );
  expect([link("current"), server.overseer.pid]).toEqual(before);
});

test("it goes back once the setting is reset, and the others hold there", async () => {
  await ctl("account", "set", "ACC1", "maxOpenOrders", "file");
  expect(await server.on("rollback")).toMatchObject({ code: 0, err: "" });
  expect(link("current")).toMatch(new RegExp(EARLIER));
  expect(settings()).toHaveLength(3);
});

test("a rollback is refused where the journal has a command that the earlier version does not know", async () => {
  expect(await server.on("rollback")).toMatchObject({ code: 0, err: "" });
  await ctl("venue", "state", "VENUE", "cancel-only");
  const { code, err } = await server.on("rollback");
  expect(code).toBe(1);
  expect(err).toMatch(/the journal there has a command of kind 33 \(set the trading state of venue NAME\)/);
});
