// What is asked about silent venues, and when: the state, the rows and the core's answers are made by the test.

import { expect, test } from "bun:test";
import type { PeriodicTasks } from "../../src/base/periodic-tasks.ts";
import { FILLED, NEW, PENDING_CANCEL, PENDING_NEW } from "../../src/core/orders/states.ts";
import { VenueSilence, type VenueSilenceParts } from "../../src/gateway/venue-silence.ts";
import { CONTROL_APPLIED, SILENCE_ASK } from "../../src/record/control-codes.ts";

interface Order {
  readonly number: number;
  state: number;
  pending: number;
}

/** A venue that says nothing; asks are taken by its agent at once, as many as `most` in a turn. */
class Silent {
  readonly orders: Order[];
  readonly view = {
    state: "logged on" as const,
    throttle: { queued: 0, queueLength: 0, cancelsWaiting: 0, throttled: 0, expired: 0 },
    statuses: null,
    unacknowledgedS: 100,
    lastLogonUs: 1,
  };
  readonly sent: [number: number, what: "ask" | "answer"][] = [];
  /** What became of each ask: whether it was sent. */
  readonly row: boolean[] = [];
  most = Number.POSITIVE_INFINITY;
  takes = true;
  private look: () => void = () => {};

  constructor(settings: object, count = 1, order: Omit<Order, "number"> = { state: PENDING_NEW, pending: 0 }) {
    this.orders = Array.from({ length: count }, (_, i) => ({ number: i + 1, ...order }));
    const throttle = { messages: 0, windowMs: 1_000 };
    const venue = { name: "SIM", id: 0, settings: { answerWithinS: 0.001, throttle, ...settings } };
    const rowOf = ({ number, ...order }: Order) => ({
      ...{ row: { number, lastNumber: number, venue: 0, session: 1, ...order }, clOrdId: "C" },
      ...{ account: "A", symbol: "S" },
    });
    const state = {
      order: (slot: number) => (this.orders[slot] === undefined ? null : rowOf(this.orders[slot])),
      orderScan: () => ({
        slots: this.orders.length,
        eachUnanswered: (_: number, from: number, to: number, take: (slot: number, number: number) => void) => {
          for (const [slot, { number }] of this.orders.slice(from, to).entries()) take(from + slot, number);
        },
      }),
    };
    new VenueSilence({
      venues: { active: [venue] },
      views: { get: () => this.view, asks: () => this.taken() },
      state: () => state,
      names: { clients: { ALICE: 1 } },
      commands: {
        free: 64,
        send: ({ amount, text }: { amount: number; text: Uint8Array }) => {
          const isAsk = text[0] === SILENCE_ASK;
          this.sent.push([amount, isAsk ? "ask" : "answer"]);
          if (isAsk) this.waiting++;
          const answer = { applied: true, changed: true, reason: "", result: CONTROL_APPLIED, value: 1, count: 0 };
          return Promise.resolve(answer);
        },
      },
      tasks: { every: (_: number, look: () => void) => (this.look = look) } as unknown as PeriodicTasks,
      log: { alarm: () => {}, warning: (line: string) => this.lines.push(line) },
    } as unknown as VenueSilenceParts).start();
  }

  readonly lines: string[] = [];
  private waiting = 0;

  /** Looks once. Returns what was sent. */
  async turn(): Promise<(readonly [number, string])[]> {
    const before = this.sent.length;
    this.look();
    await Bun.sleep(5);
    if (this.takes) for (let i = 0; this.waiting > 0; i++, this.waiting--) this.row.push(i < this.most);
    expect(this.lines).toEqual([]);
    return this.sent.slice(before);
  }

  private taken(): { taken: number; unsent: number } {
    const last = this.row.slice(-32).reverse();
    const unsent = last.reduce((mask, isSent, i) => (isSent ? mask : mask | (1 << i)), 0);
    return { taken: this.row.length, unsent };
  }
}

test("an ask that the throttle does not let through does not count", async () => {
  const silent = new Silent({ statusRequests: 2, answerClientS: 0.001 });
  silent.most = 0;
  for (let i = 0; i < 5; i++) expect(await silent.turn()).toEqual([[1, "ask"]]);
  silent.most = 1;
  expect(await silent.turn()).toEqual([[1, "ask"]]);
  expect(await silent.turn()).toEqual([[1, "ask"]]);
  expect(await silent.turn()).toEqual([[1, "answer"]]);
  expect(silent.row.filter((isSent) => isSent).length).toBe(2);
});

test("of many asks the very ones are repeated that were not sent", async () => {
  const silent = new Silent({ statusRequests: 1 }, 40);
  silent.most = 10;
  const first = await silent.turn();
  expect(first.map(([number]) => number)).toEqual(Array.from({ length: 31 }, (_, i) => i + 1));
  silent.most = 31;
  const second = await silent.turn();
  expect(second.map(([number]) => number)).toEqual(Array.from({ length: 30 }, (_, i) => i + 11));
  expect(await silent.turn()).toEqual([]);
});

test("while asks are under way no more than 31 are", async () => {
  const silent = new Silent({ statusRequests: 1 }, 100);
  silent.takes = false;
  expect((await silent.turn()).length).toBe(31);
  expect(await silent.turn()).toEqual([]);
  silent.takes = true;
  await silent.turn();
  expect((await silent.turn()).length).toBe(31);
});

test("asks have half of a throttle's window", async () => {
  const silent = new Silent({ statusRequests: 1, throttle: { messages: 9, windowMs: 60_000 } }, 20);
  expect((await silent.turn()).length).toBe(4);
  // The window has not passed.
  expect(await silent.turn()).toEqual([]);
});

test("asks are counted anew with each Logon, also where the venue is back before it is looked at", async () => {
  const silent = new Silent({ statusRequests: 2, answerClientS: 0.001 });
  expect(await silent.turn()).toEqual([[1, "ask"]]);
  expect(await silent.turn()).toEqual([[1, "ask"]]);
  silent.view.lastLogonUs = 2;
  expect(await silent.turn()).toEqual([[1, "ask"]]);
  expect(await silent.turn()).toEqual([[1, "ask"]]);
  expect(await silent.turn()).toEqual([[1, "answer"]]);
});

test("of an order that has ended the venue is not asked: its client is answered", async () => {
  const silent = new Silent({ statusRequests: 2, answerClientS: 0.001 }, 1, { state: FILLED, pending: PENDING_CANCEL });
  expect(await silent.turn()).toEqual([]);
  expect(await silent.turn()).toEqual([[1, "answer"]]);
  // It ends between two asks.
  const ends = new Silent({ statusRequests: 3, answerClientS: 0.001 }, 1, { state: NEW, pending: PENDING_CANCEL });
  expect(await ends.turn()).toEqual([[1, "ask"]]);
  ends.orders[0]!.state = FILLED;
  expect(await ends.turn()).toEqual([[1, "answer"]]);
  // Where clients are not answered, it is left alone.
  const left = new Silent({ statusRequests: 3, answerClientS: 0 }, 1, { state: FILLED, pending: PENDING_CANCEL });
  for (let i = 0; i < 3; i++) expect(await left.turn()).toEqual([]);
});
