import { describe, expect, test } from "bun:test";
import { NONE } from "../../../src/base/units.ts";
import { NUMBER, NUMBER_DIGITS } from "../../../src/core/assembly/layout.ts";
import { CANCELED, NEW, REJECTED } from "../../../src/core/orders/states.ts";
import { CoreDriver, only } from "../driver.ts";
import { type Inner, InnerCore, withInner } from "../inner.ts";

let count = 0;

/** The order table of a core, by slot. */
class Orders extends InnerCore {
  constructor(readonly maxOrders: number) {
    super({ maxOrders });
  }

  /** Opens an order with its own ClOrdID; returns its slot. */
  open(slot = this.inner.candidate()): number {
    this.inner.takeSlot(slot, NEW, 0, 1);
    this.inner.openSlot(slot);
    this.inner.setCurrentId(slot, this.add(slot));
    return slot;
  }

  add(slot: number): number {
    return this.inner.addIdOf(slot, this.idAt, this.put(`ID${++count}`));
  }

  close(slot: number): void {
    this.inner.closeSlot(slot, CANCELED);
  }

  get hasRoom(): boolean {
    return this.inner.hasRoomForOrder() === 1;
  }

  get hasRoomForDone(): boolean {
    return this.inner.hasRoomForDone() === 1;
  }

  hasRoomFor(slot: number): boolean {
    return this.inner.hasRoomForId(slot) === 1;
  }

  get idsUsed(): number {
    return 2 * this.maxOrders - this.inner.freeIds();
  }
}

describe("slots", () => {
  test("are given fresh, then the oldest done one, and never an open one", () => {
    const orders = new Orders(3);
    expect([orders.open(), orders.open(), orders.open()]).toEqual([0, 1, 2]);
    expect([orders.inner.candidate(), orders.hasRoom]).toEqual([NONE, false]);
    orders.close(1);
    orders.close(0);
    expect([orders.open(), orders.open()]).toEqual([1, 0]);
    expect([orders.hasRoom, orders.core.tables.openCount]).toEqual([false, 3]);
  });

  test("can be taken as a journal written with another size says", () => {
    const orders = new Orders(8);
    for (const slot of [0, 1, 2]) expect(orders.open(slot)).toBe(slot);
    for (const slot of [0, 1, 2]) orders.close(slot);
    // The smaller table of the journal had recycled 1 and 0 by now.
    orders.open(1);
    orders.open(0);
    expect(orders.inner.candidate()).toBe(3);
    // A larger one went on to 5.
    orders.open(5);
    const rest = Array.from({ length: 5 }, () => orders.open());
    expect(rest.toSorted()).toEqual([2, 3, 4, 6, 7]);
    expect(() => orders.open(5)).toThrow("order slot is taken");
    expect(() => orders.open(8)).toThrow("order slot");
    expect(() => orders.open(-1)).toThrow("order slot");
  });

  test("taken from the end of the queue leave the queue whole", () => {
    const orders = new Orders(4);
    for (let i = 0; i < 4; i++) orders.open();
    for (const slot of [0, 1, 2]) orders.close(slot);
    orders.open(2);
    orders.close(3);
    expect([orders.open(), orders.open(), orders.open()]).toEqual([0, 1, 3]);
    expect(orders.inner.candidate()).toBe(NONE);
  });

  test("of rejected orders are remembered and recycled like any done one", () => {
    const orders = new Orders(2);
    orders.inner.takeSlot(0, REJECTED, NONE, 1);
    orders.add(0);
    orders.inner.retireSlot(0);
    orders.open();
    expect(orders.inner.candidate()).toBe(0);
    orders.open();
    expect(orders.idsUsed).toBe(2);
  });
});

describe("ClOrdIDs", () => {
  test("are claimed no more once their order is done", () => {
    const orders = new Orders(2);
    for (let i = 0; i < 50; i++) {
      expect(orders.hasRoom).toBe(true);
      const slot = orders.open();
      orders.add(slot);
      expect(orders.hasRoomFor(slot)).toBe(true);
      orders.add(slot);
      orders.close(slot);
    }
  });

  test("are not there for a rejected order when open ones have them all", () => {
    const orders = new Orders(2);
    expect(orders.hasRoomForDone).toBe(true);
    const slot = orders.open();
    expect(orders.hasRoomForDone).toBe(true);
    for (let i = 0; i < 3; i++) orders.add(slot);
    expect([orders.inner.candidate(), orders.hasRoomForDone]).toEqual([1, false]);
    orders.close(slot);
    expect(orders.hasRoomForDone).toBe(true);
  });

  test("of done orders go with their slots when they are needed", () => {
    const orders = new Orders(4);
    const first = orders.open();
    for (let i = 0; i < 3; i++) orders.add(first);
    orders.close(first);
    const second = orders.open();
    for (let i = 0; i < 3; i++) orders.add(second);
    expect(orders.inner.freeIds()).toBe(0);
    orders.open();
    expect([orders.idsUsed, orders.core.tables.order.aim(first).state]).toEqual([5, 0]);
  });

  test("never leave an open order without one for a cancel", () => {
    const orders = new Orders(4);
    for (let i = 0; i < 3; i++) orders.open();
    // Two claims are free as long as the fourth order is not there; the first order may use them up.
    for (let i = 0; i < 3; i++) {
      expect(orders.hasRoomFor(0)).toBe(true);
      orders.add(0);
    }
    expect(orders.hasRoomFor(0)).toBe(false);
    expect([orders.inner.candidate(), orders.hasRoom]).toEqual([3, false]);
    for (let i = 0; i < 20; i++) {
      const slot = i % 3;
      expect(orders.add(slot)).not.toBe(NONE);
      expect(orders.inner.slotOfId(orders.core.tables.order.aim(slot).currentId)).toBe(slot);
    }
    expect(orders.idsUsed).toBe(8);
  });
});

test("the OrderID of a client is the number's digits, however many", () => {
  const driver = withInner(() => new CoreDriver());
  for (const value of [1, 9, 10, 11, 99, 100, 123_456_789, 999_999_999_999, 1_000_000_000_000, 2 ** 53 - 1]) {
    (driver.core.code as Inner).turnTo(NUMBER, NUMBER_DIGITS, value - 1);
    driver.order({ id: `N${value}` });
    expect(only(driver.status({ id: `N${value}` })).orderId).toBe(String(value));
  }
});
