import { expect, test } from "bun:test";
import type { ReadResult } from "../../src/config/config-file.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import { LimitReload } from "../../src/gateway/operation/limit-reload.ts";
import { Reload, type ReloadParts } from "../../src/gateway/reload.ts";
import { changed, SMALL } from "../config/small.ts";

const HOURS = `[calendars.NY]\nzone = "UTC"\nopen = "09:30"\nclose = "17:00"\n`;

function read(text: string): ReadResult {
  return { ...loadConfig(text, "file.toml"), source: { path: "/file.toml", sha256: text, readAt: "now" } };
}

/** A reload over a file whose text the test changes, and what its parts took. */
function made(start = SMALL, more: Partial<ReloadParts> = {}) {
  const { file, source } = read(start) as Extract<ReadResult, { config: GatewayConfig }>;
  const disk = { text: start };
  const taken: { part: string; config: GatewayConfig }[] = [];
  const takes = (part: string) => ({
    apply: (config: GatewayConfig): null => {
      taken.push({ part, config });
      return null;
    },
  });
  const reload = new Reload({
    file,
    source,
    read: () => read(disk.text),
    namedFiles: () => [],
    renew: () => null,
    reloadables: { limits: takes("limits"), calendars: takes("calendars") },
    ...more,
  });
  return { reload, disk, taken };
}

test("what a running gateway takes is applied, the rest is said to need a restart", async () => {
  const { reload, disk, taken } = made();
  disk.text = changed("maxOrderQty = 1000", "maxOrderQty = 2000").replace("[client.", "[lanes]\nstallUs = 7\n[client.");
  const report = await reload.reload(false);
  expect(report).toMatchObject({ result: "applied", dryRun: false, problems: [] });
  expect(report.changes.map(({ key, effect }) => [key, effect])).toEqual([
    ["lanes.stallUs", "restart"],
    ["risk.accounts.ACC1.maxOrderQty", "applied"],
  ]);
  expect(taken.map(({ part }) => part)).toEqual(["limits"]);
  expect(taken[0]!.config.risk.accounts.ACC1!.maxOrderQtyE8).toBe(2000n * 10n ** 8n);
  expect(taken[0]!.config.lanes.stallUs).toBe(100);
  expect(reload.view()).toMatchObject({ sha256: disk.text, notInForce: [{ key: "lanes.stallUs" }] });
});

test("the next reload compares with what is in force", async () => {
  const { reload, disk, taken } = made();
  disk.text = changed("maxOrderQty = 1000", "maxOrderQty = 2000").replace("[client.", "[lanes]\nstallUs = 7\n[client.");
  await reload.reload(false);
  const again = await reload.reload(false);
  expect(again.result).toBe("unchanged");
  expect(again.changes.map(({ key }) => key)).toEqual(["lanes.stallUs"]);
  expect(taken).toHaveLength(1);
  disk.text = SMALL;
  expect((await reload.reload(false)).changes.map(({ key, before, after }) => [key, before, after])).toEqual([
    ["risk.accounts.ACC1.maxOrderQty", "2000", "1000"],
  ]);
  expect(reload.view().notInForce).toEqual([]);
});

test("a dry run changes nothing", async () => {
  const { reload, disk, taken } = made();
  disk.text = changed("maxOrderQty = 1000", "maxOrderQty = 2000");
  const report = await reload.reload(true);
  expect(report).toMatchObject({ result: "applied", dryRun: true, changes: [{ effect: "applied" }] });
  expect(taken).toEqual([]);
  expect(reload.view().sha256).toBe(SMALL);
});

test("a file that is not valid changes nothing", async () => {
  const { reload, disk, taken } = made();
  disk.text = changed("maxOrderQty = 1000", "maxOrderQty = 0").replace("maxOpenOrders = 100", "maxOpenOrders = 200");
  const report = await reload.reload(false);
  expect(report.result).toBe("refused");
  expect(report.problems[0]).toStartWith("risk.accounts.ACC1.maxOrderQty: expected");
  expect(report.changes).toEqual([]);
  expect(taken).toEqual([]);
  expect(reload.view().sha256).toBe(SMALL);
});

test("when a part refuses its values, nothing is in force", async () => {
  const later: string[] = [];
  const { reload, disk } = made(SMALL + HOURS, {
    reloadables: {
      limits: { apply: async () => "the core has not answered" },
      calendars: {
        apply: () => {
          later.push("calendars");
          return null;
        },
      },
    },
  });
  disk.text = changed("maxOrderQty = 1000", "maxOrderQty = 2000") + HOURS.replace("17:00", "18:00");
  const report = await reload.reload(false);
  expect(report).toMatchObject({ result: "refused", problems: ["limits: the core has not answered"] });
  expect(later).toEqual([]);
  expect(reload.view().sha256).toBe(SMALL + HOURS);
});

test("a value for which a part has no room is refused before any part takes its values, also in a dry run", async () => {
  const later: string[] = [];
  const takes = (part: string) => (): null => {
    later.push(part);
    return null;
  };
  const { reload, disk } = made(SMALL + HOURS, {
    reloadables: {
      limits: { apply: takes("limits") },
      calendars: { check: () => "no room", apply: takes("calendars") },
    },
  });
  disk.text = changed("maxOrderQty = 1000", "maxOrderQty = 2000") + HOURS.replace("17:00", "18:00");
  for (const dryRun of [true, false])
    expect(await reload.reload(dryRun)).toMatchObject({ result: "refused", problems: ["calendars: no room"] });
  expect(later).toEqual([]);
});

const CAROL = '[client.sessions.CAROL]\naccounts = ["ACC1"]\n';

/** Parts that note what they are asked for; the sessions' lane fails until it is told otherwise. */
function failing() {
  const seen: string[] = [];
  const lane = { problem: "no answer" as string | null };
  const asked =
    (what: string) =>
    (config: GatewayConfig): null => {
      seen.push(`${what} ${Object.keys(config.client.sessions).length}`);
      return null;
    };
  const { reload, disk } = made(SMALL, {
    reloadables: {
      "client sessions": {
        also: ["limits", "credentials"],
        apply: async (config) => asked("sessions")(config) ?? lane.problem,
      },
      credentials: { apply: asked("credentials") },
      calendars: { apply: asked("calendars") },
      limits: { apply: asked("limits"), finish: async (config) => asked("finish")(config) },
    },
  });
  const next = async (text: string) => {
    disk.text = text;
    seen.length = 0;
    const { result, problems, warnings, inForceAlready } = await reload.reload(false);
    return { result, problems, warnings, inForceAlready, seen: [...seen] };
  };
  return { next, lane, reload };
}

test("sessions come after what they rely on; what waits for all parts comes last", async () => {
  const { next, lane } = failing();
  lane.problem = null;
  const { result, seen } = await next(SMALL + CAROL);
  expect([result, seen]).toEqual(["applied", ["limits 2", "credentials 2", "sessions 2", "finish 2"]]);
});

test("a reload that fails partway says what is in force, and the next one sets all of it again, whatever the file", async () => {
  const { next, lane, reload } = failing();
  const first = await next(SMALL + CAROL);
  expect(first).toMatchObject({
    result: "refused",
    problems: [
      "refused partway: client sessions: no answer; in force already: limits, credentials. The next reload sets them again",
    ],
    inForceAlready: ["limits", "credentials"],
    seen: ["limits 2", "credentials 2", "sessions 2"],
  });
  expect(reload.view().sha256).toBe(SMALL);
  lane.problem = null;
  const back = await next(SMALL);
  expect(back).toMatchObject({ result: "applied", problems: [] });
  expect(back.warnings).toContain(
    "the reload before was refused partway: this one sets again limits, credentials, client sessions",
  );
  expect(back.seen).toEqual(["limits 1", "credentials 1", "sessions 1", "finish 1"]);
  expect(await next(SMALL)).toMatchObject({ result: "unchanged", warnings: [], seen: [] });
});

test("a change that relies on one that needs a restart needs it, too", async () => {
  const { reload, disk, taken } = made();
  disk.text = `[core]\nmaxOrders = 2_000_000\n${changed("maxOpenOrders = 100", "maxOpenOrders = 1_500_000").replace("maxOrderQty = 1000", "maxOrderQty = 9")}`;
  const { changes } = await reload.reload(false);
  const effects = Object.fromEntries(changes.map(({ key, effect }) => [key, effect]));
  expect(effects).toEqual({
    "core.maxOrders": "restart",
    "risk.accounts.ACC1.maxOpenOrders": "restart",
    "risk.accounts.ACC1.maxOrderQty": "applied",
  });
  expect(changes.find(({ key }) => key === "risk.accounts.ACC1.maxOpenOrders")!.how).toStartWith(
    "not without a restart: risk.accounts.ACC1.maxOpenOrders: expected at most core.maxOrders",
  );
  expect(taken[0]!.config.risk.accounts.ACC1!.maxOpenOrders).toBe(100);
});

const FUND = (accounts: string): string => `[risk.clients.FUND]\naccounts = [${accounts}]\nmaxOpenOrders = 5\n`;
const accountOf = (name: string): string =>
  `[risk.accounts.${name}]\nmaxOrderQty = 1\nmaxOrderNotional = 1000\nmaxOpenOrders = 1\nordersPerSecond = 1\n`;

/** Effects of a reload from one file to another by their keys, with the refusals of accounts and limits. */
async function effects(from: string, to: string): Promise<[key: string, effect: string][]> {
  const { refusal } = new LimitReload({} as never, {} as never, {} as never, () => {});
  const { reload, disk } = made(from, { reloadables: { limits: { refusal, apply: () => null } } });
  disk.text = to;
  const { changes, problems } = await reload.reload(false);
  expect(problems).toEqual([]);
  return changes.map(({ key, effect, how }) => [key, effect === "restart" ? how : effect]);
}

const LATER =
  "sums over the accounts of a client are made at the start; an account that comes or goes with it waits, too";

test("an account that comes with a client's list waits for the start that takes the list; other changes do not", async () => {
  const start = SMALL + accountOf("OLD") + FUND('"ACC1"');
  const wanted = (SMALL + accountOf("OLD") + FUND('"ACC1", "NEW"') + accountOf("NEW") + accountOf("FREE"))
    .replace("maxOrderQty = 1000", "maxOrderQty = 2000")
    .replace('accounts = ["ACC1"]', 'accounts = ["ACC1", "NEW"]');
  expect(await effects(start, wanted)).toEqual([
    [
      "client.sessions.CLIENT.accounts",
      'not without a restart: client.sessions.CLIENT.accounts[1]: expected the name of an account in risk.accounts, got "NEW"',
    ],
    ["risk.accounts.ACC1.maxOrderQty", "applied"],
    [
      "risk.accounts.NEW",
      "risk.clients.FUND.accounts names it, and a start takes that: it would trade outside the client's limits",
    ],
    ["risk.accounts.FREE", "applied"],
    ["risk.clients.FUND.accounts", LATER],
  ]);
  expect(await effects(SMALL, SMALL + accountOf("NEW") + FUND('"NEW"'))).toContainEqual([
    "risk.accounts.NEW",
    "risk.clients.FUND.accounts names it, and a start takes that: it would trade outside the client's limits",
  ]);
});

test("an account that a client in force has is retired by a start; other changes do not wait for it", async () => {
  const start = SMALL + accountOf("OLD") + accountOf("FREE") + FUND('"ACC1", "OLD"');
  const wanted = changed("maxOrderQty = 1000", "maxOrderQty = 2000");
  const refused = ["risk.accounts.OLD", "risk.clients.FUND.accounts in force names it, and only a start changes that"];
  expect(await effects(start, wanted + FUND('"ACC1"'))).toEqual([
    ["risk.accounts.ACC1.maxOrderQty", "applied"],
    refused as [string, string],
    ["risk.accounts.FREE", "applied"],
    ["risk.clients.FUND.accounts", LATER],
  ]);
  expect(await effects(start, wanted)).toContainEqual(refused as [string, string]);
});

test("a part says which change it cannot take, and which values an operator has set", async () => {
  const { reload, disk } = made(SMALL, {
    reloadables: {
      limits: {
        refusal: ({ keys }) => (keys.at(-1) === "enabled" ? "not this one" : null),
        held: () => new Map([["risk.accounts.ACC1.maxOrderQty", "an operator has set 500"]]),
        apply: () => null,
      },
    },
  });
  disk.text = changed("maxOrderQty = 1000", "maxOrderQty = 2000\nenabled = false");
  expect((await reload.reload(false)).changes).toEqual([
    {
      key: "risk.accounts.ACC1.maxOrderQty",
      before: "1000",
      after: "2000",
      effect: "operator",
      how: "an operator has set 500",
    },
    { key: "risk.accounts.ACC1.enabled", before: "true", after: "false", effect: "restart", how: "not this one" },
  ]);
  expect(reload.view().notInForce).toHaveLength(2);
});

test("a file that the configuration names, with another content, is said to need a restart", async () => {
  let sha256 = "1";
  const keys = ["venues", "SIM", "dictionary"];
  const { reload } = made(SMALL, { namedFiles: () => [{ keys, path: "sim.xml", sha256 }] });
  expect((await reload.reload(false)).changes).toEqual([]);
  sha256 = "2";
  expect((await reload.reload(false)).changes).toMatchObject([
    { key: "venues.SIM.dictionary", effect: "restart", after: "sim.xml with another content" },
  ]);
});

test("one reload runs at a time", async () => {
  let running = 0;
  let most = 0;
  const apply = async (): Promise<null> => {
    most = Math.max(most, ++running);
    await Bun.sleep(5);
    running--;
    return null;
  };
  const { reload, disk } = made(SMALL, { reloadables: { limits: { apply } } });
  disk.text = changed("maxOrderQty = 1000", "maxOrderQty = 2000");
  const first = reload.reload(false);
  const second = reload.reload(false);
  expect((await first).result).toBe("applied");
  expect((await second).result).toBe("unchanged");
  expect(most).toBe(1);
});
