import { expect, test } from "bun:test";
import { NONE } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { REQUEST_CANCEL, REQUEST_NEW } from "../../src/record/codes.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../../src/record/order-request.ts";
import { HeldRequests, heldBytes } from "../../src/venue/held-requests.ts";

const GROUPS_FROM = 1024;
const HELD_AT = 4096;

function fixture(orders = 4, cancels = 2) {
  const views = Views.allocate(HELD_AT + heldBytes(orders, cancels));
  const held = new HeldRequests(views, HELD_AT, orders, cancels);
  const request = new OrderRequest(views).aim(0);
  const hold = (number: number, client: number, kind = REQUEST_NEW, beside = 0): void => {
    views.ints.fill(0, 0, ORDER_REQUEST_BYTES >> 2);
    request.kind = kind;
    request.slot = number;
    request.number = number;
    request.epoch = client;
    request.groupsLength = beside;
    views.ints.fill(number, GROUPS_FROM >> 2, (GROUPS_FROM + beside) >> 2);
    held.hold(0, beside === 0 ? NONE : GROUPS_FROM, kind === REQUEST_CANCEL, number);
  };
  const takeOrder = (): number => {
    const slot = held.nextOrder();
    held.tookTurn(slot);
    const { number } = held.at(slot);
    held.release(slot);
    return number;
  };
  return { views, held, hold, takeOrder };
}

test("clients take turns, and each one's requests keep their order", () => {
  const { held, hold, takeOrder } = fixture(8);
  for (const number of [1, 2, 3, 4]) hold(number, 2);
  hold(5, 6);
  hold(6, 4);
  hold(7, 4);
  expect(Array.from({ length: 7 }, takeOrder)).toEqual([1, 6, 5, 2, 7, 3, 4]);
  expect([held.count, held.nextOrder(), held.oldestOrder]).toEqual([0, NONE, NONE]);
});

test("cancels have their own places and order", () => {
  const { held, hold } = fixture(1, 2);
  hold(1, 2);
  expect([held.hasRoom(false), held.hasRoom(true)]).toEqual([false, true]);
  hold(2, 2, REQUEST_CANCEL);
  hold(3, 2, REQUEST_CANCEL);
  expect([held.hasRoom(true), held.orderCount, held.cancelCount]).toEqual([false, 1, 2]);
  expect(held.at(held.nextCancel).number).toBe(2);
  held.release(held.nextCancel);
  expect(held.at(held.nextCancel).number).toBe(3);
  expect(held.hasRoom(true)).toBe(true);
});

test("an order is found while it waits, and the oldest is that which came first", () => {
  const { held, hold } = fixture();
  for (const number of [1, 2, 3]) hold(number, 2);
  expect(held.oldestNs).toBe(1);
  held.release(held.newOrder(2, 2));
  expect(held.newOrder(2, 2)).toBe(NONE);
  expect(held.newOrder(3, 2)).toBe(NONE);
  held.release(held.oldestOrder);
  expect([held.oldestNs, held.at(held.oldestOrder).number]).toEqual([3, 3]);
  hold(9, 2);
  held.release(held.newOrder(9, 9));
  hold(10, 2);
  held.release(held.oldestOrder);
  expect(held.at(held.oldestOrder).number).toBe(10);
});

test("what stands beside a request is kept with it, for as many as may wait", () => {
  const { views, held, hold } = fixture(1, 70);
  for (let number = 1; held.hasRoom(true); number++) hold(number, 2, REQUEST_CANCEL, 8);
  expect([held.cancelCount, held.hasRoom(true), held.hasRoom(false)]).toEqual([70, false, true]);
  for (let number = 1; number <= 70; number++) {
    const slot = held.nextCancel;
    const at = held.groupsOf(slot);
    expect([held.at(slot).number, views.ints[at >> 2], views.ints[(at >> 2) + 1]]).toEqual([number, number, number]);
    held.release(slot);
  }
  hold(99, 2, REQUEST_CANCEL);
  expect(held.groupsOf(held.nextCancel)).toBe(NONE);
});
