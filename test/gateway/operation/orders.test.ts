// Orders as operators find and steer them, over a core that takes the commands at once.

import { expect, test } from "bun:test";
import type { Command } from "../../../src/control/command-ring.ts";
import type { CommandOutcome, Commands } from "../../../src/control/commands.ts";
import { SCRATCH_ANSWER_AT } from "../../../src/core/area.ts";
import { StateReader } from "../../../src/core/state-reader.ts";
import { CoreState } from "../../../src/gateway/operation/core-state.ts";
import { GatewayOrders } from "../../../src/gateway/operation/orders.ts";
import type { OrderQuery, OrderView } from "../../../src/operation/orders.ts";
import * as code from "../../../src/record/codes.ts";
import { ControlAnswer } from "../../../src/record/control-answer.ts";
import {
  CONTROL_APPLIED,
  CONTROL_CANCEL_ORDERS,
  CONTROL_UNCHANGED,
  NO_MORE_SLOTS,
} from "../../../src/record/control-codes.ts";
import { CONFIG, CoreDriver, ONE } from "../../core/driver.ts";

const NAMES = { clients: { ALICE: 1, BOB: 2 }, venues: { ALPHA: 0, BETA: 1 } };

class Desk {
  readonly driver: CoreDriver;
  readonly orders: GatewayOrders;
  /** Commands that came, and what is answered to those that do not reach the core. */
  readonly sent: Command[] = [];
  unanswered = "";
  mostAtOnce = 0;
  private underWay = 0;

  constructor(maxOrders = 16) {
    this.driver = new CoreDriver({ ...CONFIG, maxOrders });
    const reader = new StateReader(this.driver.core.area.buffer, this.driver.core.area.at);
    const commands = { free: 64, send: (command: Command) => this.take(command) } as unknown as Commands;
    this.orders = new GatewayOrders(new CoreState(() => reader, NAMES), commands);
  }

  open(id: string, terms = {}): void {
    this.driver.order({ id, ...terms });
  }

  /** The venue ends the order of this number. */
  end(number: number, slot: number): void {
    this.driver.say({ execType: code.EXEC_CANCELED, number, slot });
  }

  async ids(query: OrderQuery): Promise<string[]> {
    return (await this.orders.find(query)).orders.map(({ clOrdId }) => clOrdId);
  }

  /** The whole of a cancel of many orders, as the core answers it. */
  private cancelOrders(command: Command): CommandOutcome {
    const { kind, amount = 0, name = "", text = new Uint8Array() } = command;
    const sum = { count: 0, left: 0, pending: 0 };
    let changed = false;
    for (let slot = 0; slot !== NO_MORE_SLOTS; ) {
      this.driver.command(kind, slot, amount, name, text);
      // biome-ignore lint/complexity/useLiteralKeys: the answer lies in the core's own memory.
      const answer = new ControlAnswer(this.driver.core["scratch"]).aim(SCRATCH_ANSWER_AT);
      sum.count += answer.count;
      sum.left += answer.left;
      sum.pending += answer.pending;
      changed ||= answer.count > 0;
      slot = answer.value;
    }
    const result = changed ? CONTROL_APPLIED : CONTROL_UNCHANGED;
    return { applied: true, changed, value: NO_MORE_SLOTS, reason: "", result, ...sum };
  }

  private async take(command: Command): Promise<CommandOutcome> {
    this.sent.push(command);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.underWay);
    await Promise.resolve();
    this.underWay--;
    const { kind, value = 0, amount = 0, name = "", text = new Uint8Array() } = command;
    if (this.unanswered !== "") return { applied: false, changed: false, value: 0, reason: this.unanswered, result: 3 };
    if (kind === CONTROL_CANCEL_ORDERS) return this.cancelOrders(command);
    const result = this.driver.command(kind, value, amount, name, text);
    const applied = result === CONTROL_APPLIED || result === CONTROL_UNCHANGED;
    const open = kind === 3 && applied ? 1 : 0;
    return { applied, changed: result === CONTROL_APPLIED, value: open, reason: applied ? "" : "refused", result };
  }
}

test("pages have each order once, the newest first, whatever slots orders had", async () => {
  const desk = new Desk(8);
  for (let i = 1; i <= 8; i++) desk.open(`A${i}`);
  for (const slot of [5, 2, 7]) desk.end(slot + 1, slot);
  for (let i = 9; i <= 11; i++) desk.open(`A${i}`);
  const all = await desk.ids({ state: "open" });
  expect(all).toEqual(["A11", "A10", "A9", "A7", "A5", "A4", "A2", "A1"]);
  const paged: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await desk.orders.find({ state: "open", limit: 3, ...(after === undefined ? {} : { after }) });
    paged.push(...page.orders.map(({ clOrdId }) => clOrdId));
    if (page.next === null) break;
    after = page.next;
    // What comes meanwhile is not on later pages.
    if (paged.length === 3) desk.end(11, 7);
  }
  expect(paged).toEqual(all);
  await expect(desk.orders.find({ after: "0" })).rejects.toThrow("after: expected `next` of a page before, got 0");
  await expect(desk.orders.find({ limit: 501 })).rejects.toThrow("limit: expected 1 to 500, got 501");
});

test("numbers are exact, whatever they are", async () => {
  const desk = new Desk();
  desk.open("A", { qty: 3, px: 100 * ONE, side: code.SIDE_SELL_SHORT, tif: code.TIF_GTC });
  const fill = { execType: code.EXEC_TRADE, number: 1, slot: 0, orderId: "V-1" };
  desk.driver.say({ ...fill, lastQty: 1, lastPx: 100 * ONE, execId: "E1" });
  desk.driver.say({ ...fill, lastQty: 1, lastPx: 100 * ONE + 1, execId: "E2" });
  const [order] = (await desk.orders.find({ venueOrderId: "V-1" })).orders as [OrderView];
  // The average is 100.000000005.
  expect(order).toMatchObject({ avgPx: "100.00000001", cumQty: "2", leavesQty: "1", quantity: "3", reserved: "100" });
  expect(order).toMatchObject({ side: "sell-short", timeInForce: "gtc", state: "partially-filled", venue: "ALPHA" });
  desk.driver.replace({ id: "B", orig: "A", qty: 5, px: 101 * ONE, side: code.SIDE_SELL_SHORT, tif: code.TIF_GTC });
  expect(await desk.orders.byOrderId("1")).toMatchObject({
    clOrdIds: ["B", "A"],
    clOrdId: "A",
    pending: "replace",
    pendingQuantity: "5",
    pendingPrice: "101",
  });
});

test("why an order needs attention is said, until it is released", async () => {
  const desk = new Desk();
  desk.open("A", { qty: 3 });
  expect(await desk.ids({ needsAttention: true })).toEqual([]);
  desk.driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 9, lastPx: 100 * ONE, execId: "E1" });
  expect(await desk.ids({ needsAttention: true })).toEqual(["A"]);
  expect((await desk.orders.byOrderId("1"))!.attention).toBe("a report was booked: more is executed than was ordered");
  expect(await desk.orders.release("1")).toMatchObject({ result: "applied" });
  expect(await desk.orders.release("1")).toMatchObject({ result: "unchanged" });
  expect(await desk.ids({ needsAttention: false })).toEqual(["A"]);
  expect(await desk.orders.release("77")).toMatchObject({ result: "refused", code: "unknown-order" });
});

test("a cancel of many says how many match, and which orders were not asked and why", async () => {
  const desk = new Desk(64);
  for (let i = 1; i <= 40; i++) desk.open(`A${i}`, i <= 10 ? { symbol: "MSFT", px: 200 * ONE } : {});
  desk.driver.tell({ kind: code.REPORT_VENUE_DOWN, venue: 1 });
  desk.driver.take();
  for (const filter of [{ session: "BOB" }, { account: "ACC2" }, { account: "NOBODY" }, { session: "EVE" }])
    expect(await desk.orders.cancelMatching(filter)).toMatchObject({ matched: 0, asked: 0 });
  const done = await desk.orders.cancelMatching({ account: "ACC1" });
  expect(done).toMatchObject({ matched: 40, asked: 30, pending: 0, notAskedCount: 10 });
  expect(done.notAsked).toContainEqual({ orderId: "1", reason: "expected venue BETA to be up, got down" });
  expect(done.notAsked.length).toBe(10);
  expect(desk.driver.take().length).toBe(30);
  expect(await desk.orders.cancelMatching({ symbol: "AAPL" })).toMatchObject({ matched: 30, asked: 0, pending: 30 });
  desk.driver.tell({ kind: code.REPORT_VENUE_UP, venue: 1 });
  desk.driver.replace({ id: "R", orig: "A1", symbol: "MSFT", qty: 150, px: 200 * ONE });
  desk.driver.take();
  const rest = await desk.orders.cancelMatching({ venue: "BETA" });
  expect(rest).toMatchObject({ matched: 10, asked: 9, notAskedCount: 1 });
  expect(rest.notAsked).toEqual([{ orderId: "1", reason: "a replace is under way at its venue" }]);
  desk.unanswered = "the core has no such command";
  await expect(desk.orders.cancelMatching({})).rejects.toThrow(
    "0 orders were canceled, 0 can't be: the core has no such command",
  );
});

test("a cancel of orders that are named otherwise asks for each, a bounded number at a time", async () => {
  const desk = new Desk(64);
  for (let i = 1; i <= 40; i++) desk.open(`A${i}`);
  expect(await desk.orders.cancelMatching({ needsAttention: false })).toMatchObject({ matched: 40, asked: 40 });
  expect([desk.sent.length, desk.mostAtOnce]).toEqual([40, 16]);
  desk.unanswered = "no answer from the core";
  expect(await desk.orders.cancelMatching({ clOrdId: "A1" })).toMatchObject({
    matched: 1,
    asked: 0,
    notAskedCount: 1,
    notAsked: [{ reason: "no answer from the core" }],
  });
});

test("one order is cancelled or marked dead once", async () => {
  const desk = new Desk();
  desk.open("A");
  desk.open("B");
  expect(await desk.orders.cancel("1")).toMatchObject({ result: "applied" });
  expect(await desk.orders.cancel("1")).toMatchObject({ result: "unchanged" });
  expect(await desk.orders.markDead("2", "lost → café")).toMatchObject({ result: "applied" });
  expect(new TextDecoder().decode(desk.sent.at(-1)!.text)).toBe("lost ? caf?");
  for (const done of [desk.orders.markDead("2", "x"), desk.orders.cancel("2")])
    expect(await done).toMatchObject({ result: "refused", code: "not-open" });
  expect(await desk.orders.cancel("x")).toMatchObject({ result: "refused", code: "unknown-order" });
  expect(await desk.orders.byOrderId("99")).toBeNull();
});

test("searches are done one after the other, and no more wait than are planned", async () => {
  const desk = new Desk();
  desk.open("A");
  const searches = Array.from({ length: 40 }, () => desk.ids({}).catch((error: Error) => error.name));
  const answers = await Promise.all(searches);
  expect(answers.filter((answer) => answer === "Busy")).toHaveLength(8);
  expect(answers.filter((answer) => Array.isArray(answer) && answer[0] === "A")).toHaveLength(32);
});
