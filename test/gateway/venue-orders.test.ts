import { expect, test } from "bun:test";
import { StateReader } from "../../src/core/state-reader.ts";
import { ordersAtVenue } from "../../src/gateway/venue-orders.ts";
import * as code from "../../src/record/codes.ts";
import { CoreDriver } from "../core/driver.ts";

test("an order that works again on the next day still needs its venue; one for the day that is done does not", () => {
  const driver = new CoreDriver();
  const { core } = driver;
  const reader = new StateReader(core.area.buffer, core.area.at);
  driver.order({ id: "GTC", tif: code.TIF_GTC });
  driver.order({ id: "DAY" });
  const venue = reader.order(0)!.row.venue;
  expect([ordersAtVenue(reader, venue), ordersAtVenue(reader, 1 - venue)]).toEqual([2, 0]);
  driver.say({ execType: code.EXEC_DONE_FOR_DAY, number: 1 });
  driver.say({ execType: code.EXEC_DONE_FOR_DAY, number: 2, slot: 1 });
  expect([ordersAtVenue(reader, venue), ordersAtVenue(reader, 1 - venue)]).toEqual([1, 0]);
  driver.say({ execType: code.EXEC_CANCELED, number: 1 });
  expect(ordersAtVenue(reader, venue)).toBe(0);
});
