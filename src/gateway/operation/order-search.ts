import { ACCOUNTS, SYMBOLS } from "../../core/assembly/layout.ts";
import { rowOf } from "../../core/level-rows.ts";
import { ANY, type ScanTerms } from "../../core/order-scan.ts";
import { isOpen } from "../../core/orders/order.ts";
import { STATE_COUNT } from "../../core/orders/states.ts";
import type { OrderState } from "../../core/state-reader.ts";
import { ORDER_STATES, type OrderFilter } from "../../operation/orders.ts";
import type { CoreState } from "./core-state.ts";

/** Slots of the order table that are looked at before the time is asked, and how long a search goes on without a pause. */
const SLICE = 1_024;
const HELD_MS = 1;
/** Searches at a time, with those that wait. */
const MOST_SEARCHES = 32;

/** An order that was found: where it was, and its first number. */
export interface Found {
  readonly slot: number;
  readonly number: number;
}

/** It can't be done now: ask again. */
export class Busy extends Error {
  override readonly name = "Busy";
}

/** Looks through the order table in slices of bounded work, one search after the other. */
export class OrderSearch {
  private turn: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(private readonly core: CoreState) {}

  /** The newest orders below a number that may match, at most `most`, newest first. The caller reads each again and checks it. */
  newest(filter: OrderFilter, below: number, most: number): Promise<Found[]> {
    const newest = new Newest(below, most);
    const has = this.idCheck(filter);
    const take = (slot: number, number: number): void => {
      if (newest.wants(number) && has(slot)) newest.add({ slot, number });
    };
    return this.queued(() => this.scan(filter, take)).then(() => newest.found());
  }

  /** All orders that may match, in any order. */
  async all(filter: OrderFilter): Promise<Found[]> {
    const found: Found[] = [];
    const has = this.idCheck(filter);
    const take = (slot: number, number: number): void => {
      if (has(slot)) found.push({ slot, number });
    };
    await this.queued(() => this.scan(filter, take));
    return found;
  }

  /** The same in this turn, before all searches that wait; without the rows' ids. */
  now(filter: OrderFilter): Found[] {
    const terms = this.terms(filter);
    const found: Found[] = [];
    const { scan } = this.core;
    if (terms !== null) scan.each(0, scan.slots, terms, (slot, number) => found.push({ slot, number }));
    return found;
  }

  private async scan(filter: OrderFilter, take: (slot: number, number: number) => void): Promise<void> {
    const terms = this.terms(filter);
    if (terms === null) return;
    const { scan } = this.core;
    const { slots } = scan;
    let sinceMs = performance.now();
    for (let from = 0; from < slots; from += SLICE) {
      scan.each(from, from + SLICE, terms, take);
      if (performance.now() - sinceMs < HELD_MS) continue;
      await pause();
      sinceMs = performance.now();
    }
  }

  /** The order as it is now, if it is still the one that was found and matches; else null. */
  read({ slot, number }: Found, filter: OrderFilter): OrderState | null {
    const order = this.core.reader.order(slot);
    return order !== null && order.row.number === number && this.matches(order, filter) ? order : null;
  }

  private matches(order: OrderState, filter: OrderFilter): boolean {
    const { row } = order;
    const { id, orderId, clOrdId, venueOrderId, account, client, symbol, session, trader, venue, state } = filter;
    const { needsAttention } = filter;
    const { core } = this;
    const isOf = (wanted: string | undefined, got: string | null): boolean => wanted === undefined || wanted === got;
    const isKnownBy = (wanted: string): boolean =>
      wanted === String(row.number) || wanted === order.venueOrderId || order.clOrdIds.includes(wanted);
    return (
      (id === undefined || isKnownBy(id)) &&
      isOf(orderId, String(row.number)) &&
      (clOrdId === undefined || order.clOrdIds.includes(clOrdId)) &&
      isOf(venueOrderId, order.venueOrderId) &&
      isOf(account, order.account) &&
      isOf(client === undefined ? undefined : rowOf("client", client), order.client) &&
      isOf(trader === undefined ? undefined : rowOf("trader", trader), order.trader) &&
      isOf(symbol, order.symbol) &&
      isOf(session, core.sessionName(row.session)) &&
      isOf(venue, core.venueName(row.venue)) &&
      ((statesOf(state) >> row.state) & 1) === 1 &&
      (needsAttention === undefined || needsAttention === (row.attention !== 0))
    );
  }

  /** What rows are searched for; null where a name is none that the core knows. */
  private terms(filter: OrderFilter): ScanTerms | null {
    const { reader, sessionIds, venueIds } = this.core;
    const index = (name: string | undefined, of: (name: string) => number | undefined): number =>
      name === undefined ? ANY : (of(name) ?? UNKNOWN);
    const terms = {
      states: statesOf(filter.state),
      number: index(filter.orderId, (text) => (/^[1-9]\d{0,15}$/.test(text) ? Number(text) : UNKNOWN)),
      session: index(filter.session, (name) => sessionIds[name]),
      venue: index(filter.venue, (name) => venueIds[name]),
      account: index(filter.account, (name) => known(reader.indexOfName(ACCOUNTS, name))),
      client: index(filter.client, (name) => known(reader.indexOfName(ACCOUNTS, rowOf("client", name)))),
      trader: index(filter.trader, (name) => known(reader.indexOfName(ACCOUNTS, rowOf("trader", name)))),
      symbol: index(filter.symbol, (name) => known(reader.indexOfName(SYMBOLS, name))),
      needsAttention: filter.needsAttention === true,
    };
    return Object.values(terms).includes(UNKNOWN) ? null : terms;
  }

  private idCheck({ id, clOrdId, venueOrderId }: OrderFilter): (slot: number) => boolean {
    const { scan } = this.core;
    const checks = [
      ...(id === undefined ? [] : [scan.knownBy(id)]),
      ...(clOrdId === undefined ? [] : [scan.knownByClOrdId(clOrdId)]),
      ...(venueOrderId === undefined ? [] : [scan.knownByVenueId(venueOrderId)]),
    ];
    return (slot) => checks.every((check) => check(slot));
  }

  private queued<T>(search: () => Promise<T>): Promise<T> {
    if (this.waiting >= MOST_SEARCHES)
      return Promise.reject(new Busy(`expected at most ${MOST_SEARCHES} searches for orders at a time, got one more`));
    this.waiting++;
    const result = this.turn.then(search).finally(() => this.waiting--);
    this.turn = result.catch(() => {});
    return result;
  }
}

const UNKNOWN = -3;

function known(index: number): number {
  return index < 0 ? UNKNOWN : index;
}

/** A bit for each state; every slot that holds an order where none is given. */
function statesOf(state: OrderFilter["state"]): number {
  let states = 0;
  for (let i = 1; i < STATE_COUNT; i++) {
    const wanted =
      state === undefined ||
      (state === "open" ? isOpen(i) : state === "done" ? !isOpen(i) : ORDER_STATES[i - 1] === state);
    if (wanted) states |= 1 << i;
  }
  return states;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Keeps the largest numbers below a bound, up to a given count. */
class Newest {
  /** Ascending. */
  private readonly kept: Found[] = [];

  constructor(
    private readonly below: number,
    private readonly most: number,
  ) {}

  wants(number: number): boolean {
    return number < this.below && (this.kept.length < this.most || number > this.kept[0]!.number);
  }

  add(found: Found): void {
    let low = 0;
    let high = this.kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.kept[middle]!.number < found.number) low = middle + 1;
      else high = middle;
    }
    this.kept.splice(low, 0, found);
    if (this.kept.length > this.most) this.kept.shift();
  }

  found(): Found[] {
    return this.kept.reverse();
  }
}
