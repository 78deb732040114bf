import { describe, expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { COPIES } from "../../src/journal/layout.ts";
import { hasAgent, type Plan, planGateway } from "../../src/plan/plan.ts";
import { SMALL } from "../config/small.ts";

function planOf(lanes: string, more = ""): Plan {
  const { config, problems } = loadConfig(SMALL.replace("[client.", `${lanes}\n[client.`) + more, "file");
  expect(problems ?? []).toEqual([]);
  return planGateway(config!);
}

const SPLIT = `
[[lanes.place]]
agents = ["venue1", "keeper"]
[[lanes.place]]
agents = ["core", "venue"]
[[lanes.place]]
agents = ["client"]
`;

describe("a plan of explicit lanes", () => {
  const plan = planOf(SPLIT);

  test("gives every agent its kind", () => {
    expect(plan.lanes.map(({ agents }) => agents.map(({ name, kind }) => `${name}: ${kind}`))).toEqual([
      ["venue1: venue"],
      ["core: core", "venue0: venue"],
      ["client0: client"],
      ["keeper: keeper"],
    ]);
    expect(plan.lanes.map((lane) => hasAgent(lane, "venue"))).toEqual([true, true, false, false]);
  });

  test("knows the lanes of core and keeper, and of each stream's writer", () => {
    expect([plan.coreLane, plan.keeperLane]).toEqual([1, 3]);
    expect(plan.streams.map(({ name, lane }) => [name, lane])).toEqual([
      ["core", 1],
      ["client0", 2],
      ["venue0", 1],
      ["venue1", 0],
    ]);
  });

  test("lists memory that does not overlap and adds up", () => {
    const items = [...plan.items].sort((a, b) => a.at - b.at);
    for (const [i, item] of items.entries()) {
      expect(item.at % 64).toBe(0);
      expect(item.at + item.bytes).toBeLessThanOrEqual(items[i + 1]?.at ?? plan.sharedBytes);
    }
    for (const [i, { bufferAt }] of plan.streams.entries())
      expect(bufferAt).toBe(plan.buffersAt + i * COPIES * plan.bufferBytes);
    expect(plan.buffersAt % 4096).toBe(0);
    expect(plan.buffersAt).toBeGreaterThanOrEqual(plan.sharedBytes);
    expect(plan.memoryBytes).toBe(plan.buffersAt + plan.streams.length * COPIES * plan.bufferBytes);
    expect(plan.sharedBytes).toBeGreaterThan(plan.items.reduce((sum, { bytes }) => sum + bytes, 0) - 1);
  });
});

describe("a plan of more orders", () => {
  const withOrders = (count: number): Plan => planOf("", `\n[core]\nmaxOrders = ${count}\n`);

  test("has the tables of orders behind all else, and no more than they take for each", () => {
    const [few, many] = [withOrders(1 << 20), withOrders(1 << 22)];
    expect(few.items.at(-2)).toMatchObject({ owner: "core", at: few.coreAt, bytes: few.coreBytes });
    expect(few.items.at(-1)).toMatchObject({ at: few.stages!.timesAt, bytes: 64 + 32 * (1 << 20) });
    expect(many.coreAt).toBe(few.coreAt);
    expect(many.sharedBytes).toBeGreaterThan(2 ** 31);
    expect(many.coreBytes / (1 << 22)).toBeLessThan(756);
  });

  test("has more room for ids that a journal has given to sessions of the past", () => {
    const { config } = loadConfig(SMALL, "file");
    const plans = [undefined, { clients: 1000, venues: 50 }].map((ids) => planGateway(config!, ids));
    expect(plans[1]!.coreBytes).toBeGreaterThan(plans[0]!.coreBytes);
  });
});

test("a built-in exchange that is not placed has a lane of its own", () => {
  const exchange = '\n[exchange]\nlisten = "127.0.0.1:0"\ncompId = "X"\nsessions = ["G"]\n';
  expect(planOf("", exchange).lanes.map(({ agents }) => agents.map(({ kind }) => kind))).toEqual([
    ["client", "core", "venue"],
    ["keeper"],
    ["exchange"],
  ]);
});

test("drop copy sessions have a lane of their own, which takes no CPU of the order path, and a stream", () => {
  const plan = planOf("", '\n[dropCopy]\nlisten = "127.0.0.1:0"\n[dropCopy.sessions.RISK]\n');
  expect(plan.lanes.map(({ agents }) => agents.map(({ kind }) => kind))).toEqual([
    ["client", "core", "venue"],
    ["keeper"],
    ["drop-copy"],
  ]);
  expect(plan.streams.map(({ name }) => name)).toEqual(["core", "client0", "drop-copy", "venue0"]);
  expect(planOf("", "").streams.map(({ name }) => name)).toEqual(["core", "client0", "venue0"]);
});
