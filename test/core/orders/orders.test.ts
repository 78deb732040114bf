import { describe, expect, test } from "bun:test";
import { NONE } from "../../../src/base/units.ts";
import { Views } from "../../../src/base/views.ts";
import { DecimalCounter } from "../../../src/core/orders/decimal-counter.ts";
import { CANCELED, NEW, REJECTED } from "../../../src/core/orders/life-cycle.ts";
import { ORDER_BYTES, Order } from "../../../src/core/orders/order.ts";
import { Orders } from "../../../src/core/orders/orders.ts";

const id = Views.allocate(64);
let count = 0;

/** Opens an order with a ClOrdID of its own; returns its slot. */
function open(orders: Orders, order: Order, slot = orders.candidate()): number {
  orders.take(slot, order);
  order.state = NEW;
  orders.opened(order.session);
  order.currentId = add(orders, order);
  return slot;
}

function add(orders: Orders, order: Order): number {
  id.ints[0] = ++count;
  return orders.addId(order, id.ints, 0, 4);
}

function close(orders: Orders, order: Order, slot: number): void {
  order.aim(slot).state = CANCELED;
  orders.closed(order);
}

function table(maxOrders: number): { orders: Orders; order: Order } {
  const orders = new Orders(maxOrders);
  return { orders, order: new Order(orders.views) };
}

describe("slots", () => {
  test("are given fresh, then the oldest done one, and never an open one", () => {
    const { orders, order } = table(3);
    expect([open(orders, order), open(orders, order), open(orders, order)]).toEqual([0, 1, 2]);
    expect(orders.candidate()).toBe(NONE);
    expect(orders.hasRoom()).toBe(false);
    close(orders, order, 1);
    close(orders, order, 0);
    expect(open(orders, order)).toBe(1);
    expect(open(orders, order)).toBe(0);
    expect(orders.hasRoom()).toBe(false);
    expect(orders.openCount).toBe(3);
  });

  test("come out cleared", () => {
    const { orders, order } = table(1);
    open(orders, order);
    order.cumQty = 5;
    order.pendingNumber = 9;
    order.pending = 2;
    order.reserved = 7;
    order.orderIdLength = 3;
    close(orders, order, 0);
    open(orders, order);
    expect([order.cumQty, order.pendingNumber, order.pending, order.reserved, order.orderIdLength]).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect([order.pendingId, order.idCount]).toEqual([NONE, 1]);
  });

  test("can be taken as a journal written with another size says", () => {
    const { orders, order } = table(8);
    for (const slot of [0, 1, 2]) expect(open(orders, order, slot)).toBe(slot);
    close(orders, order, 0);
    close(orders, order, 1);
    close(orders, order, 2);
    // The smaller table of the journal had recycled 1 and 0 by now.
    open(orders, order, 1);
    open(orders, order, 0);
    expect(orders.candidate()).toBe(3);
    // A larger one went on to 5.
    open(orders, order, 5);
    const rest = [
      open(orders, order),
      open(orders, order),
      open(orders, order),
      open(orders, order),
      open(orders, order),
    ];
    expect(rest.toSorted()).toEqual([2, 3, 4, 6, 7]);
    expect(() => open(orders, order, 5)).toThrow("order slot");
    expect(() => open(orders, order, 8)).toThrow("order slot");
  });

  test("taken from the end of the queue leave the queue whole", () => {
    const { orders, order } = table(4);
    for (let i = 0; i < 4; i++) open(orders, order);
    for (const slot of [0, 1, 2]) close(orders, order, slot);
    open(orders, order, 2);
    close(orders, order, 3);
    expect([open(orders, order), open(orders, order), open(orders, order)]).toEqual([0, 1, 3]);
    expect(orders.candidate()).toBe(NONE);
  });

  test("of rejected orders are remembered and recycled like any done one", () => {
    const { orders, order } = table(2);
    orders.take(0, order);
    order.state = REJECTED;
    add(orders, order);
    orders.retire(order);
    open(orders, order);
    expect(orders.candidate()).toBe(0);
    open(orders, order);
    expect(orders.ids.used).toBe(2);
  });
});

describe("ClOrdIDs", () => {
  test("are claimed no more once their order is done", () => {
    const { orders, order } = table(2);
    for (let i = 0; i < 50; i++) {
      expect(orders.hasRoom()).toBe(true);
      const slot = open(orders, order);
      add(orders, order);
      expect(orders.hasRoomFor(order)).toBe(true);
      add(orders, order);
      close(orders, order, slot);
    }
  });

  test("are not there for a rejected order when open ones have them all", () => {
    const { orders, order } = table(2);
    expect(orders.hasRoomForDone()).toBe(true);
    open(orders, order);
    expect(orders.hasRoomForDone()).toBe(true);
    for (let i = 0; i < 3; i++) add(orders, order);
    expect(orders.candidate()).toBe(1);
    expect(orders.hasRoomForDone()).toBe(false);
    close(orders, order, 0);
    expect(orders.hasRoomForDone()).toBe(true);
  });

  test("of done orders go with their slots when they are needed", () => {
    const { orders, order } = table(4);
    open(orders, order);
    for (let i = 0; i < 3; i++) add(orders, order);
    close(orders, order, 0);
    open(orders, order);
    for (let i = 0; i < 3; i++) add(orders, order);
    expect(orders.ids.free).toBe(0);
    open(orders, order);
    expect(orders.ids.used).toBe(5);
    expect(order.aim(0).state).toBe(0);
  });

  test("never leave an open order without one for a cancel", () => {
    const { orders, order } = table(4);
    for (let i = 0; i < 3; i++) open(orders, order);
    order.aim(0);
    // Two claims are free as long as the fourth order is not there; the first order may use them up.
    for (let i = 0; i < 3; i++) {
      expect(orders.hasRoomFor(order)).toBe(true);
      add(orders, order);
    }
    expect(orders.hasRoomFor(order)).toBe(false);
    expect(orders.candidate()).toBe(3);
    expect(orders.hasRoom()).toBe(false);
    for (let i = 0; i < 20; i++) {
      const slot = i % 3;
      order.aim(slot);
      expect(add(orders, order)).not.toBe(NONE);
      expect(orders.ids.slotOf(order.currentId)).toBe(slot);
    }
    expect(orders.ids.used).toBe(8);
  });
});

test("an order keeps what it is told in its own 192 bytes", () => {
  const { orders, order } = table(4);
  const other = new Order(orders.views).aim(2);
  order.aim(1);
  for (const field of [
    "quantity",
    "priceE8",
    "cumQty",
    "reserved",
    "cumWhole",
    "pendingPriceE8",
    "lastNumber",
  ] as const) {
    order[field] = 2 ** 53 - 1;
    expect(order[field]).toBe(2 ** 53 - 1);
  }
  for (const field of ["session", "account", "symbol", "venue", "ids", "currentId", "next", "previous"] as const) {
    order[field] = -1;
    expect(order[field]).toBe(-1);
  }
  for (const field of ["state", "pending", "side", "ordType", "timeInForce", "idCount", "orderIdLength"] as const) {
    order[field] = 255;
    expect(order[field]).toBe(255);
  }
  const bytes = orders.views.bytes;
  expect(bytes.subarray(0, ORDER_BYTES).every((byte) => byte === 0)).toBe(true);
  expect(bytes.subarray(2 * ORDER_BYTES, 3 * ORDER_BYTES).every((byte) => byte === 0)).toBe(true);
  expect(other.quantity).toBe(0);
});

test("the OrderID of a client is the number's digits, however many", () => {
  const { orders, order } = table(1);
  const to = Views.allocate(64);
  const number = new DecimalCounter();
  for (const value of [1, 9, 10, 11, 99, 100, 123_456_789, 999_999_999_999, 1_000_000_000_000, 2 ** 53 - 1]) {
    number.turnTo(value);
    order.aim(0).keepNumber(number);
    to.bytes.fill(0xff);
    expect(order.copyNumber(to, 0)).toBe(String(value).length);
    expect(String.fromCharCode(...to.bytes.subarray(0, String(value).length))).toBe(String(value));
    expect(to.bytes.subarray(String(value).length, 32).every((byte) => byte === 0)).toBe(true);
  }
  expect(orders.fresh).toBe(0);
});
