import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NO_PRICE } from "../../src/base/units.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import { Core } from "../../src/core/core.ts";
import { snapshotPath } from "../../src/journal/store/snapshot-file.ts";
import { SIDE_BUY, SIDE_SELL } from "../../src/record/codes.ts";
import { recoverInto } from "../../src/recovery/recovery.ts";
import { inUnits, price, shown, units } from "../numbers.ts";

/*  A journal of format version 2 and a snapshot of all of it, as the version before wrote them, with numbers in doubles:
 *
 *  1 share, canceled · 100 at 149, 40 filled at 148.5, its replace by 120 at 149.5 pending · 50 at 150, filled by 20 at
 *  149.99999999 and 30 at 149.5 · sale of 30 at 151, 10 filled at 151 and busted, 5 filled at 152.25 · 7 at the market ·
 *  three refused · 11 at 140, 3 filled at -37.63
 */
const FILES = ["core-00000001.journal", "00000001.snapshot"];
const dir = mkdtempSync(join(tmpdir(), "sallyport-version-2-"));
for (const file of FILES)
  writeFileSync(
    join(dir, file),
    Bun.zstdDecompressSync(readFileSync(join(import.meta.dir, "version-2", `${file}.zst`))),
  );

afterAll(() => rmSync(dir, { recursive: true }));

const CONFIG: CoreConfig = {
  maxOrders: 10_000,
  kill: false,
  accounts: [
    {
      name: "ACC1",
      enabled: true,
      maxOrderQtyE8: units(100_000),
      maxOrderNotionalE4: 100_000_000_000n,
      maxOpenOrders: 10_000,
      ordersPerSecond: 1_000_000,
    },
  ],
  symbols: [{ name: "AAPL", enabled: true, referencePriceE8: price(150e8), collarPpm: 100_000, venue: "VENUE" }],
  sessions: [
    { id: 0, accounts: ["ACC1"] },
    { id: 1, accounts: ["ACC1"] },
  ],
  sessionIds: 2,
  venues: [{ id: 0, name: "VENUE" }],
  venueIds: 1,
  defaultVenue: null,
};

function recovered(snapshot: string | null): Core {
  const core = Core.alone(CONFIG);
  recoverInto(core, dir, snapshot, [1e9, 1e9], [1e9]);
  return core;
}

/** Quantity, price, CumQty and LeavesQty of the orders that have any quantity. */
function orders({ tables }: Core) {
  const all = [];
  for (let slot = 0; slot < tables.fresh; slot++) {
    const { quantity, priceE8, cumQty, leavesQty, pendingQuantity, pendingPriceE8 } = tables.order.aim(slot);
    const pending = pendingQuantity === 0n ? [] : [inUnits(pendingQuantity), shown(pendingPriceE8)];
    all.push([inUnits(quantity), shown(priceE8), inUnits(cumQty), inUnits(leavesQty), ...pending]);
  }
  return all;
}

const ORDERS = [
  [1, 150e8, 0, 0],
  [100, 149e8, 40, 60, 120, 149.5e8],
  [50, 150e8, 50, 0],
  [30, 151e8, 5, 25],
  [7, NO_PRICE, 0, 7],
  [0, 150e8, 0, 0],
  [9_000_000_000, 150e8, 0, 0],
  // More than this version holds.
  [0, 150e8, 0, 0],
  [11, 140e8, 3, 8],
];

test.each([
  ["its journal", null],
  ["its snapshot", snapshotPath(dir, 1)],
])("what version 2 wrote is taken up exactly from %s", (_, snapshot) => {
  const core = recovered(snapshot);
  expect(orders(core)).toEqual(ORDERS);
  const account = core.tables.account.aim(0);
  expect([account.openOrders, inUnits(account.position)]).toEqual([4, 88]);
  // As the version before said, in 1e-4 money.
  expect([SIDE_BUY, SIDE_SELL].map((side) => shown(account.openNotional(side)))).toEqual([231_750_000, 37_750_000]);
  expect([SIDE_BUY, SIDE_SELL].map((side) => shown(account.executedNotional(side)))).toEqual([133_121_100, 7_612_500]);
});
