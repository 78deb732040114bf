import { describe, expect, test } from "bun:test";
import { Day, dayConfig } from "../../bench/day.ts";
import { KIB } from "../../src/base/units.ts";
import * as states from "../../src/core/orders/states.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import { REPORT_KINDS, type ReportFormat, type ReportKind } from "../../src/operation/reports.ts";
import { EXEC_REPLACED, EXEC_RESTATED, REPORT_EXECUTION, STATED_PRICE } from "../../src/record/codes.ts";
import { applyReport } from "../../src/reports/apply-report.ts";
import { COLUMNS, DayRows } from "../../src/reports/day-rows.ts";
import { makeReport } from "../../src/reports/job.ts";
import { averageOf, leavesOf, type Order } from "../../src/reports/order.ts";
import type { ReportSeen } from "../../src/reports/seen.ts";
import { dayRange } from "../../src/reports/trading-day.ts";
import { scratchDirectory } from "../journal/rig.ts";
import { fieldsOf } from "./csv.ts";
import { parquetRows } from "./parquet.ts";

const UTC = { beginsS: 0, offsets: [{ fromUs: 0, offsetS: 0 }] };
/** Day.wallUs begins in it. */
const RANGE = dayRange("2023-11-14", UTC);

const STATES: Readonly<Record<number, string>> = {
  [states.PENDING_NEW]: "pending-new",
  [states.NEW]: "new",
  [states.PARTIALLY_FILLED]: "partially-filled",
  [states.FILLED]: "filled",
  [states.CANCELED]: "canceled",
  [states.REJECTED]: "rejected",
};

function made(dir: string, kind: ReportKind, format: ReportFormat): Buffer {
  const chunks: Uint8Array[] = [];
  makeReport({ dir, kind, range: RANGE, format }, (bytes) => chunks.push(bytes));
  return Buffer.concat(chunks);
}

interface Json {
  kind: string;
  day: string;
  columns: { name: string; type: string; source: string }[];
  rows: Record<string, unknown>[];
}

const json = (dir: string, kind: ReportKind): Json => JSON.parse(made(dir, kind, "json").toString()) as Json;

describe("the orders of a day", () => {
  test("are as the core itself knows them at its end", () => {
    using dir = scratchDirectory();
    const day = new Day(dir.path, dayConfig(16_384), 1024 * KIB, 5);
    day.trade(12_000);
    const reader = new StateReader(day.core.area.buffer, day.core.area.at);
    const orders: Order[] = [];
    new DayRows(dir.path, RANGE).read("orders", (row) => orders.push(row as Order));
    expect(orders.length).toBe(day.entered);
    const seen = new Set<string>();
    for (const order of orders.filter(({ state }) => state !== "refused")) {
      const known = reader.byOrderId(String(order.number))!;
      const { row, clOrdId, venueOrderId, account, symbol } = known;
      seen.add(order.state);
      expect({ clOrdId, venueOrderId, account, symbol }).toEqual({
        clOrdId: order.currentId,
        venueOrderId: order.venueOrderId,
        account: order.account,
        symbol: order.symbol,
      });
      expect([order.state, order.quantity, order.priceE8, order.cumQty, order.worth]).toEqual([
        STATES[row.state]!,
        row.quantity,
        row.priceE8,
        row.cumQty,
        row.worth,
      ] as never);
      expect(leavesOf(order)).toBe(row.leavesQty);
      expect(averageOf(order)).toBe(order.cumQty === 0n ? null : 99_00000000n);
    }
    expect(seen.size).toBeGreaterThanOrEqual(5);
    day.abandon();
  });

  test("have the StopPx of a stop order as its price, also after replaces", () => {
    using dir = scratchDirectory();
    const venues = [{ id: 0, name: "XCH", orderTypes: ["stop"] as const }];
    const day = new Day(dir.path, { ...dayConfig(4096), venues }, 1024 * KIB, 5);
    day.areStops = true;
    day.trade(2_000);
    const reader = new StateReader(day.core.area.buffer, day.core.area.at);
    const orders: Order[] = [];
    new DayRows(dir.path, RANGE).read("orders", (row) => orders.push(row as Order));
    const accepted = orders.filter(({ state }) => state !== "refused");
    for (const { type, number, priceE8 } of accepted)
      expect({ type, priceE8 }).toEqual({ type: "stop", priceE8: reader.byOrderId(String(number))!.row.priceE8 });
    const replaced = accepted.filter(({ clOrdId, currentId }) => clOrdId !== currentId);
    expect(replaced.length).toBeGreaterThanOrEqual(5);
    day.abandon();
  });

  test("keep the StopPx of a stop order whatever Price its venue says", () => {
    const seen = { timeUs: 1, kind: REPORT_EXECUTION, requestNumber: 2, stated: STATED_PRICE, priceE8: 5n };
    for (const execType of [EXEC_REPLACED, EXEC_RESTATED]) {
      const prices = ["stop", "stop-limit"].map((type) => {
        const terms = { clOrdId: "B", quantity: 10n, priceE8: 3n };
        const order = { type, state: "new", quantity: 10n, cumQty: 0n, priceE8: 3n, replaces: new Map([[2, terms]]) };
        applyReport(order as unknown as Order, { ...seen, execType } as unknown as ReportSeen);
        return order.priceE8;
      });
      expect(prices).toEqual([3n, 5n]);
    }
  });

  test("are none of another day, and open orders good till canceled are none of a day order", () => {
    using dir = scratchDirectory();
    const day = new Day(dir.path, dayConfig(4096), 1024 * KIB, 5);
    day.trade(500);
    day.abandon();
    const other = dayRange("2023-11-15", UTC);
    for (const kind of REPORT_KINDS) {
      const rows: unknown[] = [];
      new DayRows(dir.path, other).read(kind, (row) => rows.push(row));
      expect(rows).toEqual([]);
    }
    expect(json(dir.path, "open-gtc").rows).toEqual([]);
  });
});

describe("a report", () => {
  test("has the same rows in each format", async () => {
    using dir = scratchDirectory();
    const day = new Day(dir.path, dayConfig(16_384), 1024 * KIB, 6);
    day.trade(4_000);
    day.abandon();
    for (const kind of REPORT_KINDS) {
      const { rows, columns } = json(dir.path, kind);
      const csv = fieldsOf(made(dir.path, kind, "csv").toString());
      expect(csv[0]).toEqual(columns.map(({ name }) => name));
      const texts = rows.map((row) => columns.map(({ name }) => (row[name] === null ? "" : String(row[name]))));
      expect(csv.slice(1)).toEqual(texts);
      expect(await parquetRows(made(dir.path, kind, "parquet"), COLUMNS[kind])).toEqual(rows);
    }
    expect(json(dir.path, "orders").rows.length).toBeGreaterThan(500);
    expect(json(dir.path, "executions").rows.length).toBeGreaterThan(200);
  });
});
