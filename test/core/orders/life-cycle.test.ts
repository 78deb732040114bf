import { expect, test } from "bun:test";
import * as life from "../../../src/core/orders/life-cycle.ts";
import * as code from "../../../src/record/codes.ts";

const STATES = { PendingNew: 1, New: 2, Partial: 3, Filled: 4, Canceled: 5, Rejected: 6, Expired: 7, DoneForDay: 8 };
const EVENTS = ["ack", "cancel", "reject", "expire", "done", "replace", "restate"];

/** What follows what, by name; what is not here is illegal. */
const LEGAL: Record<keyof typeof STATES, Partial<Record<string, keyof typeof STATES>>> = {
  PendingNew: {
    ack: "New",
    cancel: "Canceled",
    reject: "Rejected",
    expire: "Expired",
    done: "DoneForDay",
    replace: "New",
    restate: "New",
  },
  New: {
    cancel: "Canceled",
    reject: "Rejected",
    expire: "Expired",
    done: "DoneForDay",
    replace: "New",
    restate: "New",
  },
  Partial: {
    cancel: "Canceled",
    reject: "Rejected",
    expire: "Expired",
    done: "DoneForDay",
    replace: "Partial",
    restate: "Partial",
  },
  Filled: { replace: "Filled", restate: "Filled" },
  Canceled: { restate: "Canceled" },
  Rejected: { restate: "Rejected" },
  Expired: { restate: "Expired" },
  DoneForDay: { cancel: "Canceled", expire: "Expired", replace: "DoneForDay", restate: "DoneForDay" },
};

test("every state and event leads where the table says, or nowhere", () => {
  expect(EVENTS.length).toBe(life.ORDER_EVENT_COUNT);
  for (const [state, value] of Object.entries(STATES)) {
    EVENTS.forEach((event, index) => {
      const to = LEGAL[state as keyof typeof STATES][event];
      expect(`${state} ${event} ${life.next(value, index)}`).toBe(
        `${state} ${event} ${to === undefined ? 0 : STATES[to]}`,
      );
    });
  }
  for (let event = 0; event < life.ORDER_EVENT_COUNT; event++) expect(life.next(life.FREE, event)).toBe(life.ILLEGAL);
});

test("nothing leads out of the states that end an order but to another end", () => {
  for (let state = life.FILLED; state < life.STATE_COUNT; state++) {
    for (let event = 0; event < life.ORDER_EVENT_COUNT; event++)
      expect(life.isOpen(life.next(state, event))).toBe(false);
  }
});

test("the pending status is shown before the state of an open order, and never of a done one", () => {
  for (const state of [life.PENDING_NEW, life.NEW, life.PARTIALLY_FILLED]) {
    expect(life.ordStatus(state, life.PENDING_CANCEL, 0)).toBe(code.STATUS_PENDING_CANCEL);
    expect(life.ordStatus(state, life.PENDING_REPLACE, 0)).toBe(code.STATUS_PENDING_REPLACE);
  }
  expect(life.ordStatus(life.PENDING_NEW, life.NOT_PENDING, 0)).toBe(code.STATUS_PENDING_NEW);
  expect(life.ordStatus(life.NEW, life.NOT_PENDING, 0)).toBe(code.STATUS_NEW);
  expect(life.ordStatus(life.PARTIALLY_FILLED, life.NOT_PENDING, 0)).toBe(code.STATUS_PARTIALLY_FILLED);
  const done = [
    [life.FILLED, code.STATUS_FILLED],
    [life.CANCELED, code.STATUS_CANCELED],
    [life.REJECTED, code.STATUS_REJECTED],
    [life.EXPIRED, code.STATUS_EXPIRED],
    [life.DONE_FOR_DAY, code.STATUS_DONE_FOR_DAY],
  ] as const;
  for (const [state, status] of done) {
    expect(life.isOpen(state)).toBe(false);
    for (const pending of [life.NOT_PENDING, life.PENDING_CANCEL, life.PENDING_REPLACE]) {
      expect(life.ordStatus(state, pending, 0)).toBe(status);
    }
  }
});

test("what only the venue says is shown before the state, and behind a pending request", () => {
  expect(life.ordStatus(life.NEW, life.NOT_PENDING, code.STATUS_SUSPENDED)).toBe(code.STATUS_SUSPENDED);
  expect(life.ordStatus(life.NEW, life.PENDING_CANCEL, code.STATUS_SUSPENDED)).toBe(code.STATUS_PENDING_CANCEL);
});

test("a venue's OrdStatus ends an order, or lets it trade, or says neither", () => {
  const said = (status: string): string => {
    const value = status.charCodeAt(0);
    if (life.endOf(value) !== life.FREE) return "ends";
    return life.canTrade(value) ? "trades" : "";
  };
  const table = { 0: "trades", 1: "trades", 2: "ends", 3: "ends", 4: "ends", 5: "trades", 6: "trades", 7: "trades" };
  const more = { 8: "ends", 9: "trades", A: "trades", B: "", C: "ends", D: "", E: "trades", Z: "" };
  for (const [status, means] of Object.entries({ ...table, ...more })) expect(said(status)).toBe(means);
});
