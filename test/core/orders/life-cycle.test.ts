import { expect, test } from "bun:test";
import { isOpen } from "../../../src/core/orders/order.ts";
import * as state from "../../../src/core/orders/states.ts";
import * as code from "../../../src/record/codes.ts";
import { InnerCore } from "../inner.ts";

const { inner: life } = new InnerCore();

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
  for (const [name, value] of Object.entries(STATES)) {
    EVENTS.forEach((event, index) => {
      const to = LEGAL[name as keyof typeof STATES][event];
      expect(`${name} ${event} ${life.next(value, index)}`).toBe(
        `${name} ${event} ${to === undefined ? 0 : STATES[to]}`,
      );
    });
  }
});

test("nothing leads out of the states that end an order but to another end", () => {
  for (let from = state.FILLED; from < state.STATE_COUNT; from++) {
    for (let event = 0; event < EVENTS.length; event++) expect(isOpen(life.next(from, event))).toBe(false);
  }
});

test("the pending status is shown before the state of an open order, and never of a done one", () => {
  for (const open of [state.PENDING_NEW, state.NEW, state.PARTIALLY_FILLED]) {
    expect(life.ordStatus(open, state.PENDING_CANCEL, 0)).toBe(code.STATUS_PENDING_CANCEL);
    expect(life.ordStatus(open, state.PENDING_REPLACE, 0)).toBe(code.STATUS_PENDING_REPLACE);
  }
  expect(life.ordStatus(state.PENDING_NEW, state.NOT_PENDING, 0)).toBe(code.STATUS_PENDING_NEW);
  expect(life.ordStatus(state.NEW, state.NOT_PENDING, 0)).toBe(code.STATUS_NEW);
  expect(life.ordStatus(state.PARTIALLY_FILLED, state.NOT_PENDING, 0)).toBe(code.STATUS_PARTIALLY_FILLED);
  const done = [
    [state.FILLED, code.STATUS_FILLED],
    [state.CANCELED, code.STATUS_CANCELED],
    [state.REJECTED, code.STATUS_REJECTED],
    [state.EXPIRED, code.STATUS_EXPIRED],
    [state.DONE_FOR_DAY, code.STATUS_DONE_FOR_DAY],
  ] as const;
  for (const [final, status] of done) {
    expect(isOpen(final)).toBe(false);
    for (const pending of [state.NOT_PENDING, state.PENDING_CANCEL, state.PENDING_REPLACE]) {
      expect(life.ordStatus(final, pending, 0)).toBe(status);
    }
  }
});

test("what only the venue says is shown before the state, and behind a pending request", () => {
  expect(life.ordStatus(state.NEW, state.NOT_PENDING, code.STATUS_SUSPENDED)).toBe(code.STATUS_SUSPENDED);
  expect(life.ordStatus(state.NEW, state.PENDING_CANCEL, code.STATUS_SUSPENDED)).toBe(code.STATUS_PENDING_CANCEL);
});

test("a venue's OrdStatus ends an order, or lets it trade, or says neither", () => {
  const said = (status: string): string => {
    const value = status.charCodeAt(0);
    if (life.endOf(value) !== state.FREE) return "ends";
    return life.canTrade(value) === 1 ? "trades" : "";
  };
  const table = { 0: "trades", 1: "trades", 2: "ends", 3: "ends", 4: "ends", 5: "trades", 6: "trades", 7: "trades" };
  const more = { 8: "ends", 9: "trades", A: "trades", B: "", C: "ends", D: "", E: "trades", Z: "" };
  for (const [status, means] of Object.entries({ ...table, ...more })) expect(said(status)).toBe(means);
});
