import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  ACCEPTED,
  ALL_OR_NOTHING,
  ANY_PRICE,
  BAD_REPLACE,
  Book,
  type BookEvents,
  IMMEDIATE,
  RESTING,
  TOO_LATE,
} from "../../src/exchange/book.ts";
import { drawn } from "../property.ts";

class Log implements BookEvents {
  lines: string[] = [];
  accepted = (order: number) => void this.lines.push(`accepted ${order}`);
  rejected = (order: number) => void this.lines.push(`rejected ${order}`);
  filled = (maker: number, taker: number, price: number, quantity: number) =>
    void this.lines.push(`filled ${maker} ${taker} ${price} ${quantity}`);
  cancelled = (order: number) => void this.lines.push(`cancelled ${order}`);
  replaced = (order: number) => void this.lines.push(`replaced ${order}`);
  take(): string[] {
    const lines = this.lines;
    this.lines = [];
    return lines;
  }
}

function made(maxOrders = 64) {
  const log = new Log();
  const book = new Book(log, maxOrders, 2);
  const enter = (buys: boolean, lifetime: number, price: number, quantity: number, symbol = 0): number => {
    const order = book.claim();
    book.enter(order, symbol, buys, lifetime, price, quantity);
    return order;
  };
  return { log, book, enter };
}

test("the best price trades first, and at one price the first that came", () => {
  const { log, book, enter } = made();
  enter(false, RESTING, 102, 5);
  enter(false, RESTING, 101, 5);
  enter(false, RESTING, 101, 5);
  log.take();
  const taker = enter(true, RESTING, 102, 12);
  expect(log.take()).toEqual([
    `accepted ${taker}`,
    `filled 1 ${taker} 101 5`,
    `filled 2 ${taker} 101 5`,
    `filled 0 ${taker} 102 2`,
  ]);
  expect(book.averageE8(taker)).toBe(Math.round((10 * 101 + 2 * 102) / 12));
  expect(book.leaves(0)).toBe(3);
  expect(book.resting).toBe(1);
});

test("the average price of many trades at prices that a double just holds is exact", () => {
  const trade = fc.record({
    price: fc.integer({ min: 4_000_000_000_000_000, max: 4_001_000_000_000_000 }),
    quantity: fc.integer({ min: 1, max: 10_000_000_000 }),
  });
  fc.assert(
    fc.property(fc.array(trade, { minLength: 30, maxLength: 30 }), (trades) => {
      const { book, enter } = made();
      let worth = 0n;
      let all = 0n;
      for (const { price, quantity } of trades) {
        enter(false, RESTING, price, quantity);
        worth += BigInt(price) * BigInt(quantity);
        all += BigInt(quantity);
      }
      const buyer = enter(true, IMMEDIATE, ANY_PRICE, Number(all));
      expect(BigInt(book.averageE8(buyer))).toBe((2n * worth + all) / (2n * all));
    }),
    drawn(200),
  );
});

test("what may not rest is cancelled, and all-or-nothing leaves the book alone when it does not fit", () => {
  const { log, enter } = made();
  enter(false, RESTING, 100, 5);
  log.take();
  expect([enter(true, ALL_OR_NOTHING, 100, 6), log.take()]).toEqual([1, ["accepted 1", "cancelled 1"]]);
  expect([enter(true, IMMEDIATE, 99, 1), log.take()]).toEqual([2, ["accepted 2", "cancelled 2"]]);
  expect([enter(true, IMMEDIATE, ANY_PRICE, 6), log.take()]).toEqual([
    3,
    ["accepted 3", "filled 0 3 100 5", "cancelled 3"],
  ]);
});

test("symbols do not meet", () => {
  const { book, enter } = made();
  enter(false, RESTING, 100, 5, 0);
  enter(true, RESTING, 100, 5, 1);
  expect(book.resting).toBe(2);
});

test("only a smaller quantity at the same price keeps the place", () => {
  const { log, book, enter } = made();
  for (let i = 0; i < 3; i++) enter(true, RESTING, 100, 5);
  expect(book.replace(0, 100, 4)).toBe(ACCEPTED);
  expect(book.replace(1, 100, 6)).toBe(ACCEPTED);
  log.take();
  const taker = enter(false, RESTING, 100, 15);
  expect(log.take().slice(1)).toEqual([
    `filled 0 ${taker} 100 4`,
    `filled 2 ${taker} 100 5`,
    `filled 1 ${taker} 100 6`,
  ]);
});

test("a replaced price trades at once when it reaches the other side", () => {
  const { log, book, enter } = made();
  enter(true, RESTING, 90, 5);
  enter(false, RESTING, 100, 3);
  log.take();
  book.replace(0, 100, 5);
  expect(log.take()).toEqual(["replaced 0", "filled 1 0 100 3"]);
  expect(book.best(0, true)).toBe(100);
  expect(book.replace(0, 100, 3)).toBe(BAD_REPLACE);
  expect(book.replace(1, 100, 9)).toBe(TOO_LATE);
});

test("a full table gives no slot, and an ended order's slot comes last", () => {
  const { book, enter } = made(3);
  for (let i = 0; i < 3; i++) enter(true, RESTING, 100, 1);
  expect(book.claim()).toBe(-1);
  expect(book.cancel(1)).toBe(ACCEPTED);
  expect(book.cancel(1)).toBe(TOO_LATE);
  expect(book.claim()).toBe(1);
});

interface ModelOrder {
  id: number;
  buys: boolean;
  price: number;
  left: number;
  quantity: number;
}

/** The same rules written for reading: one sorted array, everything looked through each time. */
class Model {
  resting: ModelOrder[] = [];
  lines: string[] = [];

  enter(id: number, buys: boolean, lifetime: number, price: number, quantity: number): void {
    this.lines.push(`accepted ${id}`);
    const order = { id, buys, price, left: quantity, quantity };
    const can = this.against(order).reduce((sum, other) => sum + other.left, 0);
    if (lifetime !== ALL_OR_NOTHING || can >= quantity) this.match(order);
    if (order.left === 0) return;
    if (lifetime === RESTING) this.resting.push(order);
    else this.lines.push(`cancelled ${id}`);
  }

  cancel(id: number): void {
    if (!this.resting.some((order) => order.id === id)) return;
    this.resting = this.resting.filter((order) => order.id !== id);
    this.lines.push(`cancelled ${id}`);
  }

  replace(id: number, price: number, quantity: number): void {
    const order = this.resting.find((one) => one.id === id);
    if (order === undefined || quantity <= order.quantity - order.left) return;
    const keeps = price === order.price && quantity <= order.quantity;
    order.left += quantity - order.quantity;
    order.quantity = quantity;
    order.price = price;
    this.lines.push(`replaced ${id}`);
    if (keeps) return;
    this.resting = this.resting.filter((one) => one !== order);
    this.match(order);
    if (order.left > 0) this.resting.push(order);
  }

  private against(order: ModelOrder): ModelOrder[] {
    const sign = order.buys ? 1 : -1;
    return this.resting
      .filter(
        (other) => other.buys !== order.buys && (order.price === ANY_PRICE || sign * (order.price - other.price) >= 0),
      )
      .sort((a, b) => sign * (a.price - b.price));
  }

  private match(order: ModelOrder): void {
    for (const other of this.against(order)) {
      if (order.left === 0) break;
      const quantity = Math.min(other.left, order.left);
      other.left -= quantity;
      order.left -= quantity;
      this.lines.push(`filled ${other.id} ${order.id} ${other.price} ${quantity}`);
    }
    this.resting = this.resting.filter((other) => other.left > 0);
  }
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant("enter" as const),
    buys: fc.boolean(),
    lifetime: fc.constantFrom(RESTING, RESTING, RESTING, IMMEDIATE, ALL_OR_NOTHING),
    price: fc.integer({ min: 95, max: 105 }),
    quantity: fc.integer({ min: 1, max: 20 }),
  }),
  fc.record({ kind: fc.constant("market" as const), buys: fc.boolean(), quantity: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant("cancel" as const), order: fc.nat(200) }),
  fc.record({
    kind: fc.constant("replace" as const),
    order: fc.nat(200),
    price: fc.integer({ min: 95, max: 105 }),
    quantity: fc.integer({ min: 1, max: 20 }),
  }),
);

test("does what a slow and obvious book does", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const { log, book, enter } = made(256);
      const model = new Model();
      let entered = 0;
      for (const one of steps) {
        if (one.kind === "enter")
          model.enter(
            enter(one.buys, one.lifetime, one.price, one.quantity),
            one.buys,
            one.lifetime,
            one.price,
            one.quantity,
          );
        else if (one.kind === "market")
          model.enter(
            enter(one.buys, IMMEDIATE, ANY_PRICE, one.quantity),
            one.buys,
            IMMEDIATE,
            ANY_PRICE,
            one.quantity,
          );
        else if (entered > 0 && one.kind === "cancel") {
          book.cancel(one.order % entered);
          model.cancel(one.order % entered);
        } else if (entered > 0 && one.kind === "replace") {
          book.replace(one.order % entered, one.price, one.quantity);
          model.replace(one.order % entered, one.price, one.quantity);
        }
        if (one.kind === "enter" || one.kind === "market") entered++;
        expect(log.take()).toEqual(model.lines.splice(0));
        expect(book.resting).toBe(model.resting.length);
      }
    }),
    drawn(200),
  );
});
