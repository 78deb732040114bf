import { expect, test } from "bun:test";
import { Worker } from "node:worker_threads";
import { compile, SOURCE } from "../../appliance/build/assemble.ts";
import { ACCOUNTS, ORDER_LOCKS_AT } from "../../src/core/assembly/layout.ts";
import { OPEN_ORDERS, type ScanTerms } from "../../src/core/order-scan.ts";
import { FREE } from "../../src/core/orders/states.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import * as code from "../../src/record/codes.ts";
import { units } from "../numbers.ts";
import { CONFIG, CoreDriver, ONE, START_US, working } from "./driver.ts";

const LOCKS = "src/core/assembly/locks.ts";

function readerOf({ core }: CoreDriver): StateReader {
  return new StateReader(core.area.buffer, core.area.at);
}

test("reads orders by slot, OrderID and ClOrdID, and the open ones of a session or account", () => {
  const driver = working();
  const reader = readerOf(driver);
  driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 100 * ONE, execId: "E1", orderId: "V1" });
  const long = `L${"x".repeat(60)}`;
  driver.order({ id: long, account: "ACC2", qty: 10 });
  driver.order({ id: "S2", session: 2, account: "ACC2", qty: 10 });
  driver.cancel({ id: "X", orig: "A" });
  const first = reader.order(0)!;
  expect([first.clOrdId, first.venueOrderId, first.account, first.symbol]).toEqual(["A", "V1", "ACC1", "AAPL"]);
  expect([first.row.cumQty, first.row.leavesQty, first.row.quantity]).toEqual([units(40), units(60), units(100)]);
  expect(reader.order(900)).toBeNull();
  expect(reader.byOrderId("1")!.slot).toBe(0);
  expect([reader.byOrderId("999"), reader.byOrderId("x")]).toEqual([null, null]);
  expect([reader.byClOrdId(1, "A")!.slot, reader.byClOrdId(1, "X")!.slot]).toEqual([0, 0]);
  expect(reader.byClOrdId(1, long)!.clOrdId).toBe(long);
  expect([reader.byClOrdId(2, "A"), reader.byClOrdId(2, "S2")!.slot]).toEqual([null, 2]);
  const slots = (terms: Partial<ScanTerms> = {}): number[] => {
    const found: number[] = [];
    const scan = reader.orderScan();
    scan.each(0, scan.slots, { ...OPEN_ORDERS, ...terms }, (slot) => found.push(slot));
    return found;
  };
  const account = (name: string): number => reader.indexOfName(ACCOUNTS, name);
  expect([
    slots(),
    slots({ session: 1 }),
    slots({ session: 2 }),
    slots({ account: account("ACC2") }),
    slots({ session: 2, account: account("ACC1") }),
  ]).toEqual([[0, 1, 2], [0, 1], [2], [1, 2], []]);
  driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 60, lastPx: 100 * ONE, execId: "E2", orderId: "V1" });
  expect(slots()).toEqual([1, 2]);
  expect(reader.byOrderId("1")!.row.leavesQty).toBe(0n);
});

test("counts the requests that a venue has not answered, and says since when", () => {
  const driver = working();
  const scan = readerOf(driver).orderScan();
  const counted = (...ended: number[]): unknown[] => {
    const counts = new Int32Array(2);
    const firstUs = new Float64Array(2).fill(Number.POSITIVE_INFINITY);
    scan.countUnanswered(0, scan.slots, counts, firstUs, Uint8Array.of(ended[0] ?? 0, ended[1] ?? 0));
    return [...counts, ...firstUs];
  };
  const none = Number.POSITIVE_INFINITY;
  expect(counted()).toEqual([0, 0, none, none]);
  driver.timeUs = START_US + 1_000;
  driver.cancel({ id: "X", orig: "A" });
  driver.timeUs = START_US + 2_000;
  driver.order({ id: "B" });
  driver.order({ id: "M", symbol: "MSFT", px: 200 * ONE });
  expect(counted()).toEqual([2, 1, START_US + 1_000, START_US + 2_000]);
  driver.say({ execType: code.EXEC_CANCELED, number: 2, requestNumber: 1, slot: 0 });
  expect(counted()).toEqual([1, 1, START_US + 2_000, START_US + 2_000]);
  // A cancel of an order that has ended counts where the gateway answers it.
  driver.say({ execType: code.EXEC_NEW, number: 3, slot: 1 });
  driver.cancel({ id: "Y", orig: "B" });
  driver.timeUs = START_US + 3_000;
  driver.say({ execType: code.EXEC_TRADE, number: 3, slot: 1, lastQty: 100, lastPx: 100 * ONE, execId: "E3" });
  expect(counted()).toEqual([0, 1, none, START_US + 2_000]);
  expect(counted(1)).toEqual([1, 1, START_US + 3_000, START_US + 2_000]);
  const found: number[] = [];
  for (const ended of [false, true])
    scan.eachUnanswered(0, 0, scan.slots, (slot) => found.push(slot), undefined, ended);
  expect(found).toEqual([1]);
});

test("reads limits and usage of an account, and a symbol", () => {
  const driver = working();
  const reader = readerOf(driver);
  driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 100 * ONE, execId: "E1" });
  const account = reader.account("ACC1")!;
  expect([account.isReady, account.maxOrderQty, account.maxOpenOrders]).toEqual([true, units(1_000_000), 100_000]);
  expect([account.maxOrderNotional, account.ordersPerSecond]).toEqual([1_000_000_000_000n, 1_000_000]);
  expect([account.openOrders, account.ordersInSecond, account.position]).toEqual([1, 1, units(40)]);
  expect(account.openNotional(code.SIDE_BUY)).toBe(60n * 100n * 10_000n);
  expect([reader.account("OFF")!.isReady, reader.account("BARE")!.isReady, reader.account("?")]).toEqual([
    false,
    false,
    null,
  ]);
  const symbol = reader.symbol("AAPL", 0)!;
  expect([symbol.isEnabled, symbol.reference, symbol.isInstructed]).toEqual([true, units(100), false]);
  expect([symbol.lowest, symbol.highest, symbol.venue, symbol.isVenueUp]).toEqual([units(95), units(105), 0, true]);
  expect([reader.symbol("HALT", 0)!.isEnabled, reader.symbol("BLIND", 0)!.reference, reader.symbol("?", 0)]).toEqual([
    false,
    null,
    null,
  ]);
});

test("says which row it could not read, after a bounded time, when the core has stopped in it", () => {
  const driver = new CoreDriver(CONFIG);
  const reader = readerOf(driver);
  driver.order({ id: "A" });
  driver.core.area.ints(ORDER_LOCKS_AT, 1)[0] = 1;
  expect(() => reader.order(0)).toThrow("row 0: expected a moment without changes");
});

/** The core's code; the fault: its locks are never taken. */
async function compileWith(withoutLocks: boolean): Promise<Uint8Array> {
  return await compile(SOURCE, (path, text) => {
    if (path !== LOCKS || !withoutLocks) return text;
    const changed = text.replace("else store<i32>(at, odd);", "").replace("else store<i32>(at, even);", "");
    if (changed.length > text.length - 40) throw new Error(`${LOCKS} has no stores to take out`);
    return changed;
  });
}

/** Reads all rows of a core that works on another thread, until `enough`. Returns how many reads there were, and how many were torn. */
async function readBusy(withoutLocks: boolean, enough: (reads: number, torn: number) => boolean) {
  const stop = new Int32Array(new SharedArrayBuffer(8));
  const compiled = await compileWith(withoutLocks);
  const worker = new Worker(new URL("./busy-core.ts", import.meta.url), { workerData: { stop, compiled } });
  const failed = new Promise<never>((_, reject) => worker.on("error", reject));
  const place = await Promise.race([failed, new Promise<Place>((resolve) => worker.once("message", resolve))]);
  const reader = new StateReader(place.buffer, place.at);
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  const seen = { reads: 0, torn: 0, states: new Set<string>(), fills: 0 };
  const end = performance.now() + 30_000;
  try {
    while (!enough(seen.reads, seen.torn) && performance.now() < end) {
      for (let slot = 0; slot < place.slots; slot++) readOrder(reader, slot, seen);
      const account = reader.account("ACC1")!;
      const symbol = reader.symbol("MSFT", 0)!;
      seen.reads += 2;
      if (account.executedNotional(code.SIDE_BUY) * units(1) !== account.position * 100n * 10_000n) seen.torn++;
      if (symbol.lowest + symbol.highest !== 2n * symbol.reference!) seen.torn++;
    }
  } finally {
    seen.fills = Atomics.load(stop, 1);
    Atomics.store(stop, 0, 1);
    await Promise.race([failed, ended]);
  }
  return seen;
}

interface Place {
  readonly buffer: SharedArrayBuffer;
  readonly at: number;
  readonly slots: number;
}

function readOrder(reader: StateReader, slot: number, seen: { reads: number; torn: number; states: Set<string> }) {
  const state = reader.order(slot);
  if (state === null) return;
  const { row, clOrdId, venueOrderId } = state;
  const { number, cumQty, leavesQty } = row;
  seen.reads++;
  if (seen.states.size < 1000) seen.states.add(`${number} ${cumQty}`);
  const venueId = cumQty === 0n ? "" : `V${number}`;
  if (
    row.state === FREE ||
    cumQty + leavesQty !== row.quantity ||
    row.worth !== cumQty * row.priceE8 ||
    clOrdId !== `C${number}` ||
    venueOrderId !== venueId
  )
    seen.torn++;
}

test("sees no torn row of a core that works meanwhile", async () => {
  const seen = await readBusy(false, (reads) => reads > 20_000);
  expect(seen.torn).toBe(0);
  expect(seen.states.size).toBeGreaterThan(50);
  expect(seen.fills).toBeGreaterThan(1000);
}, 180_000);

test("sees torn rows where the core takes no locks", async () => {
  const seen = await readBusy(true, (_, torn) => torn > 0);
  expect(seen.torn).toBeGreaterThan(0);
}, 180_000);
