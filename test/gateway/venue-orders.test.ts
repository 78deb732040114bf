import { expect, test } from "bun:test";
import { ROWS_A_TURN } from "../../src/base/walk-rows.ts";
import type { OrderScan } from "../../src/core/order-scan.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import { ordersAtVenues } from "../../src/gateway/venue-orders.ts";
import * as code from "../../src/record/codes.ts";
import { CoreDriver } from "../core/driver.ts";

test("an order that works again on the next day still needs its venue; one for the day that is done does not", async () => {
  const driver = new CoreDriver();
  const { core } = driver;
  const reader = new StateReader(core.area.buffer, core.area.at);
  driver.order({ id: "GTC", tif: code.TIF_GTC });
  driver.order({ id: "DAY" });
  const venue = reader.order(0)!.row.venue;
  const counted = async (): Promise<number[]> => {
    const counts = await ordersAtVenues(reader);
    return [counts[venue]!, counts[1 - venue]!];
  };
  expect(await counted()).toEqual([2, 0]);
  driver.say({ execType: code.EXEC_DONE_FOR_DAY, number: 1 });
  driver.say({ execType: code.EXEC_DONE_FOR_DAY, number: 2, slot: 1 });
  expect(await counted()).toEqual([1, 0]);
  driver.say({ execType: code.EXEC_CANCELED, number: 1 });
  expect(await counted()).toEqual([0, 0]);
});

test("a large table is counted in turns, for all venues together", async () => {
  const parts: number[] = [];
  const slots = 1_000_000;
  const scan = {
    slots,
    venueIds: 2,
    countAtVenues: (from: number, to: number, counts: Int32Array) => {
      parts.push(to - from);
      counts[1]! += to - from;
    },
  } as unknown as OrderScan;
  let countedBefore = 0;
  setImmediate(() => {
    countedBefore = parts.length;
  });
  expect([...(await ordersAtVenues({ orderScan: () => scan } as StateReader))]).toEqual([0, slots]);
  expect([Math.max(...parts), parts.length]).toEqual([ROWS_A_TURN, Math.ceil(slots / ROWS_A_TURN)]);
  // Other work of the thread did not wait for the end.
  expect(countedBefore).toBeLessThan(parts.length);
});
