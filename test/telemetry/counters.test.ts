import { describe, expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import { CounterTable } from "../../src/telemetry/counter-table.ts";
import { counterSlots, countersAt, countersBytes } from "../../src/telemetry/counters.ts";

const CLIENT = ["messagesIn", "rejects"] as const;
const CORE = ["orders", "rejects", "fills"] as const;

function fixture() {
  const coreAt = countersBytes(CLIENT);
  const views = new Views(new SharedArrayBuffer(coreAt + countersBytes(CORE)));
  const groups = [
    { owner: "client0", names: CLIENT, at: 0 },
    { owner: "core", names: CORE, at: coreAt },
  ];
  return {
    views,
    coreAt,
    client: countersAt(views, 0, CLIENT),
    core: countersAt(views, coreAt, CORE),
    table: new CounterTable(views, groups),
  };
}

describe("counters", () => {
  test("are read by the name of what their writer counted", () => {
    const { client, core, table } = fixture();
    const clientSlot = counterSlots(CLIENT);
    const coreSlot = counterSlots(CORE);
    client[clientSlot.rejects]! += 2;
    core[coreSlot.rejects]!++;
    core[coreSlot.fills]! += 2 ** 40;
    expect(table.value("client0", "rejects")).toBe(2);
    expect(table.value("core", "fills")).toBe(2 ** 40);
    expect(table.total("rejects")).toBe(3);
    expect(table.snapshot()).toEqual({
      client0: { messagesIn: 0, rejects: 2 },
      core: { orders: 0, rejects: 1, fills: 2 ** 40 },
    });
  });

  test("count on past 2^32", () => {
    const { core, table } = fixture();
    core[0] = 2 ** 32 - 1;
    core[0]!++;
    core[0]!++;
    expect(table.value("core", "orders")).toBe(2 ** 32 + 1);
  });

  test("of two owners never share cache lines", () => {
    expect(countersBytes(CLIENT)).toBe(128);
    expect(countersBytes(Array.from({ length: 17 }, (_, i) => `c${i}`))).toBe(256);
    expect(countersBytes([])).toBe(0);
  });

  test("refuse names and places that do not exist", () => {
    const { views, table } = fixture();
    expect(() => table.value("core", "messagesIn")).toThrow("no counter messagesIn of core");
    expect(() => table.value("venue0", "orders")).toThrow("no counter orders of venue0");
    expect(() => table.total("nothing")).toThrow("no counter nothing");
    expect(() => counterSlots(["a", "b", "a"])).toThrow("COUNTER_NAMED_TWICE");
    expect(() => countersAt(views, 8, CORE)).toThrow("COUNTERS_NOT_ALIGNED");
    const twice = { owner: "core", names: CORE, at: 0 };
    expect(() => new CounterTable(views, [twice, twice])).toThrow("laid out twice");
  });
});
