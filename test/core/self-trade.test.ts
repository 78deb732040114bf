// Orders of a group that could trade with each other: refused, or the old ones canceled before; and the heaps in which they rest.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ORDER_TYPES, type OrderType } from "../../src/base/order-kinds.ts";
import { ACCOUNTS } from "../../src/core/assembly/layout.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import { Core } from "../../src/core/core.ts";
import { ENTRY_CONTROL, ENTRY_ORDER, ENTRY_REPORT } from "../../src/core/entry-kinds.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { ACCOUNT_SETTINGS } from "../../src/core/risk/settings.ts";
import * as code from "../../src/record/codes.ts";
import { Control } from "../../src/record/control.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { OrderRequest } from "../../src/record/order-request.ts";
import { drawn } from "../property.ts";
import { Rig } from "./agent-rig.ts";
import { CONFIG, CoreDriver, ONE, type ReportTerms, type RequestTerms } from "./driver.ts";

import { Kept } from "./kept.ts";
import type { Out } from "./outs.ts";

const SELF_TRADE = "RISK-023 SELF_TRADE level=ACCOUNT:ACC1";
const MODE = ACCOUNT_SETTINGS.findIndex(({ name }) => name === "selfTrade");
const MODES = ["off", "reject-new", "cancel-old", "cancel-both", "venue"];
const { SIDE_BUY: BUY, SIDE_SELL: SELL, SIDE_SELL_SHORT: SHORT, TIF_IOC: IOC, TYPE_MARKET: MARKET } = code;

let next = 0;

function trading(selfTrade: string, selfTradeGroup = "account", clients: CoreConfig["clients"] = []): CoreDriver {
  const accounts = CONFIG.accounts.map((one) => ({
    ...one,
    maxOpenOrders: 100_000,
    ordersPerSecond: 1e6,
    selfTrade,
    selfTradeGroup,
  }));
  return new CoreDriver({ ...CONFIG, accounts, clients });
}

const shown = (out: Out): string =>
  out.out === "request"
    ? `${out.kind === 2 ? "cancel" : out.kind === 3 ? "replace" : "new"} ${out.slot}`
    : String(out.text);

/** Sends an order; returns what comes out. */
function send(driver: CoreDriver, terms: RequestTerms): string[] {
  return driver.order({ id: `S${next++}`, ...terms }).map(shown);
}

const at = (px: number) => px * ONE;

describe("a new order", () => {
  test.each<[string, RequestTerms, RequestTerms, boolean]>([
    ["a buy at the price of a sell", { side: SELL, px: at(101) }, { px: at(101) }, true],
    ["a buy above it", { side: SELL, px: at(101) }, { px: at(102) }, true],
    ["a buy below it", { side: SELL, px: at(101) }, { px: at(100) }, false],
    ["a sell at the price of a buy", { px: at(99) }, { side: SELL, px: at(99) }, true],
    ["a sell above it", { px: at(99) }, { side: SELL, px: at(100) }, false],
    ["a short sale below it", { px: at(99) }, { side: SHORT, px: at(98) }, true],
    ["a buy at the price of a short sale", { side: SHORT, px: at(101) }, { px: at(101) }, true],
    ["of the same side", { px: at(99) }, { px: at(99) }, false],
    ["in another symbol", { side: SELL, px: at(100) }, { symbol: "MSFT", px: at(200) }, false],
    ["a market order beside one of the other side", { side: SELL, px: at(104) }, { type: MARKET }, true],
    ["a market order beside one of its own side", { px: at(96) }, { type: MARKET }, false],
    ["beside a market order that is open", { side: SELL, type: MARKET }, { px: at(96) }, true],
    ["that takes what there is at once", { side: SELL, px: at(101) }, { px: at(101), tif: IOC }, true],
    ["beside one that took what there was at once", { side: SELL, px: at(101), tif: IOC }, { px: at(101) }, false],
    ["of another account", { side: SELL, px: at(101) }, { account: "ACC2", px: at(101) }, false],
  ])("that could trade with an open one is refused, and no other: %s", (_, resting, incoming, isRefused) => {
    const driver = trading("reject-new");
    send(driver, resting);
    expect(send(driver, incoming)).toEqual([isRefused ? SELF_TRADE : "new 1"]);
    // Of a mode that prevents none, both pass.
    for (const mode of ["off", "venue"]) {
      const other = trading(mode);
      send(other, resting);
      expect(send(other, incoming)).toEqual(["new 1"]);
    }
  });

  test("is told with 99, and a replace is refused the same way", () => {
    const driver = trading("reject-new");
    send(driver, { id: "SELL", side: SELL, px: at(101) });
    expect(driver.order({ id: "B", px: at(101) })[0]).toMatchObject({ reason: 23, ordRejReason: 99 });
    send(driver, { id: "BUY", px: at(99) });
    driver.say({ execType: code.EXEC_NEW, number: 3, slot: 2 });
    expect(driver.replace({ id: "R", orig: "BUY", px: at(101) })[0]).toMatchObject({
      out: "cancelReject",
      reason: 23,
      cxlRejReason: 99,
    });
    expect(driver.replace({ id: "R", orig: "BUY", px: at(100) })[0]).toMatchObject({ out: "request", kind: 3 });
  });

  test("meets an order whose replace is pending at both prices, until the venue answers", () => {
    const driver = trading("reject-new");
    send(driver, { id: "SELL", side: SELL, px: at(103) });
    driver.replace({ id: "R", orig: "SELL", side: SELL, px: at(101) });
    expect(send(driver, { px: at(101) })).toEqual([SELF_TRADE]);
    driver.say({ kind: code.REPORT_CANCEL_REJECT, number: 2, requestNumber: 2, slot: 0 });
    expect(send(driver, { px: at(102) })).toEqual(["new 2"]);
    expect(send(driver, { px: at(103) })).toEqual([SELF_TRADE]);
  });

  test("meets none that is done, and one whose cancel is under way until it is done", () => {
    const driver = trading("reject-new");
    send(driver, { id: "SELL", side: SELL, px: at(101) });
    driver.cancel({ id: "C", orig: "SELL" });
    expect(send(driver, { px: at(101) })).toEqual([SELF_TRADE]);
    driver.say({ execType: code.EXEC_CANCELED, number: 2, slot: 0 });
    expect(send(driver, { px: at(101) })).toEqual(["new 2"]);
  });
});

describe("a stop order", () => {
  const config = (): CoreDriver => {
    const driver = trading("reject-new");
    const venues = driver.config.venues.map((venue) => ({
      ...venue,
      orderTypes: Object.keys(ORDER_TYPES) as OrderType[],
    }));
    return new CoreDriver({ ...driver.config, venues });
  };

  test.each<[string, RequestTerms, ReportTerms]>([
    [
      "a stop limit order, once it is triggered",
      { type: code.TYPE_STOP_LIMIT, px: at(99) },
      { execType: code.EXEC_TRIGGERED },
    ],
    [
      "a stop order, once it is executed",
      { type: code.TYPE_STOP, px: at(99) },
      { execType: code.EXEC_TRADE, lastQty: 1, execId: "E" },
    ],
  ])("is held against others, and rests: %s", (_, terms, report) => {
    const driver = config();
    send(driver, { px: at(99) });
    expect(send(driver, { side: SELL, ...terms })).toEqual(["new 1"]);
    expect(send(driver, { px: at(99) })).toEqual(["new 2"]);
    driver.say({ number: 2, slot: 1, lastPx: at(99), ...report });
    expect(send(driver, { px: at(99) })).toEqual([SELF_TRADE]);
  });
});

describe("the old orders", () => {
  test("are canceled before the new one goes, the most aggressive first, and those that it can't trade with stay", () => {
    const driver = trading("cancel-old");
    for (const px of [102, 101, 103, 101]) send(driver, { side: SELL, px: at(px) });
    expect(send(driver, { px: at(102) })).toEqual(["cancel 1", "cancel 3", "cancel 0", "new 4"]);
    // Those whose cancel is under way are no reason to refuse another one.
    expect(send(driver, { px: at(102) })).toEqual(["new 5"]);
  });

  test("are told why, and a cancel that the venue refuses is not told", () => {
    const driver = trading("cancel-old");
    send(driver, { side: SELL, px: at(101) });
    const [cancel] = driver.order({ id: "B", px: at(101) });
    expect(String(cancel!.id)).toBe(`SELF-${cancel!.number}`);
    const number = Number(cancel!.number);
    expect(
      driver.say({ kind: code.REPORT_CANCEL_REJECT, number, requestNumber: number, slot: 0, cxlRejReason: 3 }),
    ).toEqual([]);
    const [again] = driver.order({ id: "B2", px: at(101) });
    const report = driver.say({
      execType: code.EXEC_CANCELED,
      number: Number(again!.number),
      slot: 0,
      text: "done",
    })[0];
    expect(report).toMatchObject({ execType: "4", reason: 236, text: "CORE-236 CANCELED_FOR_SELF_TRADE done" });
  });

  test("and the new one are both gone", () => {
    const driver = trading("cancel-both");
    send(driver, { side: SELL, px: at(101) });
    expect(send(driver, { px: at(101) })).toEqual(["cancel 0", SELF_TRADE]);
    // The cancel may yet be refused.
    expect(send(driver, { px: at(101) })).toEqual([SELF_TRADE]);
    driver.say({ execType: code.EXEC_CANCELED, number: 3, slot: 0 });
    driver.say({ execType: code.EXEC_CANCELED, number: 2, slot: 0 });
    expect(send(driver, { px: at(101) }).at(-1)).toStartWith("new");
  });

  test("that can't be canceled now let no other pass", () => {
    const driver = trading("cancel-old");
    send(driver, { id: "SELL", side: SELL, px: at(101) });
    driver.replace({ id: "R", orig: "SELL", side: SELL, px: at(102) });
    expect(send(driver, { px: at(102) })).toEqual([SELF_TRADE]);
  });

  test("at another session of the venue are canceled, and the new one is refused until they are", () => {
    const driver = trading("cancel-old");
    send(driver, { side: SELL, px: at(101) });
    const routed = driver.config.symbols.map((symbol) => ({ ...symbol, venue: "BETA" }));
    const kept = new Kept();
    saveState(driver.core, kept);
    const moved = new CoreDriver({ ...driver.config, symbols: routed });
    loadState(moved.core, kept);
    expect(send(moved, { px: at(101) })).toEqual(["cancel 0", SELF_TRADE]);
    expect(send(moved, { px: at(101) })).toEqual([SELF_TRADE]);
    moved.say({ execType: code.EXEC_CANCELED, number: 2, slot: 0 });
    expect(send(moved, { px: at(101) }).at(-1)).toStartWith("new");
  });

  test("are canceled for a replace, too; one that is refused for anything else cancels none", () => {
    const driver = trading("cancel-old");
    send(driver, { side: SELL, px: at(101) });
    send(driver, { id: "BUY", px: at(99) });
    expect(send(driver, { qty: 2_000_000, px: at(101) })[0]).toContain("MAX_ORDER_QTY");
    expect(driver.replace({ id: "R", orig: "BUY", px: at(101) }).map(shown)).toEqual(["cancel 0", "replace 1"]);
  });
});

describe("a group", () => {
  const clients = [{ name: "FUNDS", accounts: ["ACC1", "ACC2"] }];

  test("of a client has the orders of all its accounts that say so", () => {
    const driver = trading("reject-new", "client", clients);
    send(driver, { account: "ACC2", side: SELL, px: at(101) });
    expect(send(driver, { px: at(101) })).toEqual([SELF_TRADE]);
    driver.change([{ subject: ACCOUNTS, name: "ACC2", setting: MODE + 1, value: 0n }]);
    expect(send(driver, { px: at(101) })).toEqual(["new 2"]);
    driver.change([{ subject: ACCOUNTS, name: "ACC2", setting: MODE + 1, value: 1n }]);
    expect(send(driver, { px: at(101) })).toEqual([SELF_TRADE]);
  });

  test("of an account without a client is its own", () => {
    const driver = trading("reject-new", "client");
    send(driver, { account: "ACC2", side: SELL, px: at(101) });
    expect(send(driver, { px: at(101) })).toEqual(["new 1"]);
    expect(send(driver, { side: SELL, px: at(101) })).toEqual([SELF_TRADE]);
  });

  test("knows orders that came before self trades were prevented, and over a snapshot", () => {
    const driver = trading("off");
    send(driver, { side: SELL, px: at(101) });
    driver.change([{ subject: ACCOUNTS, name: "ACC1", setting: MODE, value: 1n }]);
    expect(send(driver, { px: at(101) })).toEqual([SELF_TRADE]);
    const kept = new Kept();
    saveState(driver.core, kept);
    const accounts = [...driver.config.accounts].reverse();
    const loaded = new CoreDriver({ ...driver.config, accounts });
    loadState(loaded.core, kept);
    expect(send(loaded, { px: at(101) })).toEqual([SELF_TRADE]);
    expect(send(loaded, { px: at(100) })).toEqual(["new 3"]);
  });
});

test("the most aggressive order is found whatever came and went", () => {
  const step = fc.record({ px: fc.integer({ min: 96, max: 104 }), gone: fc.nat(), isGone: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 30, maxLength: 150, size: "max" }), fc.boolean(), (steps, isBuy) => {
      const driver = trading("reject-new");
      const open = new Map<number, number>();
      // Each has a slot, refused ones, too, and the number behind it.
      let slot = 0;
      for (const { px, gone, isGone } of steps) {
        const slots = [...open.keys()];
        if (isGone && slots.length > 0) {
          const leaving = slots[gone % slots.length]!;
          driver.say({ execType: code.EXEC_CANCELED, number: leaving + 1, slot: leaving });
          open.delete(leaving);
        } else {
          driver.order({ id: `H${next++}`, side: isBuy ? BUY : SELL, px: at(px), qty: 1 });
          open.set(slot++, px);
        }
        const prices = [...open.values()];
        const best = isBuy ? Math.max(...prices) : Math.min(...prices);
        for (const probe of [best, isBuy ? best + 1 : best - 1]) {
          if (!Number.isFinite(probe) || probe < 95 || probe > 105) continue;
          const request = driver.order({ id: `P${next++}`, side: isBuy ? SELL : BUY, px: at(probe), qty: 1 });
          const isRefused = request[0]!.reason === 23;
          expect(isRefused).toBe(probe === best);
          if (!isRefused) driver.say({ execType: code.EXEC_REJECTED, number: slot + 1, slot });
          slot++;
        }
      }
    }),
    drawn(30),
  );
});

test("the agent cancels some in each turn, journals each, and takes the new order after the last; a replay does the same", () => {
  const rig = new Rig().up();
  rig.core.code.setFileValue(ACCOUNTS, 0, MODE, BigInt(MODES.indexOf("cancel-old")));
  rig.core.code.settle(ACCOUNTS, 0);
  for (let i = 0; i < 50; i++) rig.put({ id: `A${i}`, side: SELL });
  rig.agent.poll(0);
  rig.put({ id: "NEW" });
  rig.put({ id: "OTHER", account: "ACC2", session: 2 });
  rig.sent();
  const before = rig.entries.length;
  const turns: number[] = [];
  for (let turn = 0; turn < 4; turn++) {
    rig.agent.poll(0);
    turns.push(rig.sent().length);
  }
  expect(turns).toEqual([32, 20, 0, 0]);
  expect(rig.entries.slice(before).map(({ kind }) => kind)).toEqual([
    ...new Array<number>(50).fill(ENTRY_CONTROL),
    ENTRY_ORDER,
    ENTRY_ORDER,
  ]);
  const again = Core.alone(CONFIG);
  again.beginReplay([], []);
  for (const { kind, payload, timeUs, index } of rig.entries) {
    if (kind === ENTRY_ORDER) again.order(new OrderRequest(payload), timeUs, index);
    else if (kind === ENTRY_REPORT) again.report(new ExecutionReport(payload), timeUs);
    else again.control(new Control(payload), timeUs, index);
  }
  expect(again.digest()).toBe(rig.core.digest());
});
