import { expect, test } from "bun:test";
import { UNIT_E8 } from "../../src/base/units.ts";
import * as reason from "../../src/core/risk/reason-codes.ts";
import { reasonText } from "../../src/core/risk/reasons.ts";
import * as code from "../../src/record/codes.ts";
import { price, units } from "../numbers.ts";
import { CONFIG, CoreDriver, makeRequest, ONE, START_US } from "./driver.ts";

const DAY_US = 86_400_000_000;
const DAYS = 700;
const PER_DAY = 200;
const QTY = 1000;
/** 9 million an order: 100,000 of them were the life of an account that was never refused its sums. */
const PX = 9000 * ONE;

test("an account of large orders is never refused for its executions, and its position stays exact", () => {
  const driver = new CoreDriver({
    ...CONFIG,
    symbols: CONFIG.symbols.map((symbol) => ({ ...symbol, referencePriceE8: price(PX) })),
    accounts: CONFIG.accounts.map((account) => ({ ...account, maxOrderNotionalE4: 1_000_000_000_000n })),
  });
  let number = 0;
  let position = 0n;
  for (let day = 0; day < DAYS; day++) {
    driver.timeUs = START_US + day * DAY_US;
    let bought = 0n;
    for (let i = 0; i < PER_DAY; i++) {
      const buys = i % 4 !== 0;
      const side = buys ? code.SIDE_BUY : code.SIDE_SELL;
      const decision = driver.enter(makeRequest({ id: `${day}-${i}`, qty: QTY, px: PX, side }));
      if (decision !== reason.ACCEPTED) throw new Error(`day ${day}, order ${i}: ${reasonText(decision)}`);
      number++;
      const fill = { execType: code.EXEC_TRADE, number, slot: driver.sent().slot, lastQty: QTY, lastPx: PX };
      driver.tell({ ...fill, cumQty: QTY, leavesQty: 0, avgPx: PX, status: "2", execId: "F" });
      driver.take();
      driver.journal.length = 0;
      position += BigInt(buys ? QTY : -QTY);
      if (buys) bought += BigInt(QTY) * BigInt(PX / ONE) * 10_000n;
    }
    expect(BigInt(driver.accounts.executedNotional(0, code.SIDE_BUY))).toBe(bought);
    expect(units(driver.accounts.position(0))).toBe(position * UNIT_E8);
  }
  // What its buys came to in all: the sum that ended accounts was 900,719,925,474.
  expect(DAYS * PER_DAY * 0.75 * QTY * (PX / ONE)).toBeGreaterThan(900_719_925_474);
  expect(driver.accounts.openNotional(0, code.SIDE_BUY)).toBe(0);
}, 60_000);
