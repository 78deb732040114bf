import { US_PER_S } from "../../base/units.ts";
import type { Views } from "../../base/views.ts";
import { walkRows } from "../../base/walk-rows.ts";
import { addressText } from "../../config/address.ts";
import { isOpen } from "../../core/orders/order.ts";
import { NOT_PENDING, PENDING_CANCEL, PENDING_NEW, PENDING_REPLACE } from "../../core/orders/states.ts";
import type { OrderState, StateReader } from "../../core/state-reader.ts";
import type { JournalNames } from "../../journal/store/names.ts";
import type { UnacknowledgedOrder, VenueStatusesView, Venues, VenueView } from "../../operation/venues.ts";
import type { Plan } from "../../plan/plan.ts";
import type { VenueMember, VenueRoster } from "../roster.ts";
import { LinkViews } from "./link-views.ts";

/** The orders are counted no more often than this. */
const COUNT_EVERY_MS = 1000;

/** Venues, read from the rows that their agents write and from the core's orders. */
export class VenueViews implements Venues {
  statuses: (name: string) => VenueStatusesView | null = () => null;
  private readonly links: LinkViews;
  /** By venue id, as counted last; and when the first of these orders last changed, Infinity where there is none. */
  private unanswered: Int32Array;
  private firstUs: Float64Array;
  private countedMs = Number.NEGATIVE_INFINITY;
  private isCounting = false;

  constructor(
    private readonly roster: VenueRoster,
    plan: Plan,
    views: Views,
    private readonly names: Pick<JournalNames, "clients">,
    /** Reads the core's state; null while the core replays its journal. */
    private readonly state: () => StateReader | null,
    nowMs: number,
  ) {
    this.links = new LinkViews(views, { at: plan.venueRowsAt, roster, tradingAt: plan.venueTradingAt }, nowMs);
    this.unanswered = new Int32Array(plan.givenIds.venues + plan.venueRows);
    this.firstUs = new Float64Array(this.unanswered.length).fill(Number.POSITIVE_INFINITY);
  }

  sample(nowMs: number): void {
    this.links.sample(nowMs);
  }

  list(): VenueView[] {
    this.count();
    return this.roster.active.map((venue) => this.viewOf(venue));
  }

  get(name: string): VenueView | null {
    const venue = this.roster.get(name);
    if (venue === undefined) return null;
    this.count();
    return this.viewOf(venue);
  }

  async unacknowledged(name: string, most: number): Promise<UnacknowledgedOrder[] | null> {
    const venue = this.roster.get(name);
    if (venue === undefined) return null;
    const state = this.state();
    if (state === null) return [];
    const scan = state.orderScan();
    // Some may be answered by the time at which their rows are read.
    const oldest = new Oldest(2 * most);
    const take = (slot: number, number: number): void => oldest.add(slot, number);
    const ended = answersClients(venue);
    await walkRows(scan.slots, (from, to) => scan.eachUnanswered(venue.id, from, to, take, undefined, ended));
    const orders: UnacknowledgedOrder[] = [];
    for (const { slot, number } of oldest.found()) {
      if (orders.length === most) break;
      const order = state.order(slot);
      if (order !== null && order.row.number === number && isUnanswered(order, venue)) orders.push(this.orderOf(order));
    }
    return orders;
  }

  /** OrderStatusRequests that the venue's agent has taken since the start; bit i of `unsent`: it has not sent the last but i. */
  asks(venue: VenueMember): { readonly taken: number; readonly unsent: number } {
    const { asks: taken, asksUnsent: unsent } = this.links.of(venue);
    return { taken, unsent };
  }

  /** Begins to count where the last count is of a while ago; a table of one turn is counted at once. */
  private count(): void {
    const nowMs = performance.now();
    if (this.isCounting || nowMs - this.countedMs < COUNT_EVERY_MS) return;
    const state = this.state();
    if (state === null) return;
    const scan = state.orderScan();
    const counts = new Int32Array(this.unanswered.length);
    const firstUs = new Float64Array(counts.length).fill(Number.POSITIVE_INFINITY);
    const ended = new Uint8Array(counts.length);
    for (const venue of this.roster.active) ended[venue.id] = Number(answersClients(venue));
    this.isCounting = true;
    void walkRows(scan.slots, (from, to, isLast) => {
      scan.countUnanswered(from, to, counts, firstUs, ended);
      if (!isLast) return;
      this.unanswered = counts;
      this.firstUs = firstUs;
      this.countedMs = nowMs;
      this.isCounting = false;
    });
  }

  private viewOf(venue: VenueMember): VenueView {
    const { view, recordsIn, recordsOut, throttle } = this.links.of(venue);
    return {
      ...view,
      requests: recordsOut,
      reports: recordsIn,
      unacknowledged: this.unanswered[venue.id]!,
      unacknowledgedS: this.silentS(venue.id),
      answerWithinS: venue.settings.answerWithinS,
      statuses: this.statuses(venue.name),
      throttle,
      addresses: venue.settings.address.map(addressText),
    };
  }

  private silentS(id: number): number {
    const firstUs = this.firstUs[id]!;
    return firstUs === Number.POSITIVE_INFINITY ? 0 : Math.max(0, Date.now() / 1_000 - firstUs / US_PER_S);
  }

  private orderOf({ row, clOrdId, account, symbol }: OrderState): UnacknowledgedOrder {
    const { pending } = row;
    return {
      orderId: String(row.number),
      clOrdId,
      session: this.sessionName(row.session),
      account,
      symbol,
      request: pending === PENDING_CANCEL ? "cancel" : pending === PENDING_REPLACE ? "replace" : "new",
    };
  }

  private sessionName(id: number): string {
    return Object.entries(this.names.clients).find(([, one]) => one === id)?.[0] ?? `client session ${id}`;
  }
}

/** Keeps orders with the lowest numbers, up to a given count. */
class Oldest {
  private readonly kept: { readonly slot: number; readonly number: number }[] = [];

  constructor(private readonly most: number) {}

  add(slot: number, number: number): void {
    this.kept.push({ slot, number });
    if (this.kept.length >= 4 * this.most) this.cut();
  }

  found(): readonly { readonly slot: number; readonly number: number }[] {
    this.cut();
    return this.kept;
  }

  private cut(): void {
    this.kept.sort((a, b) => a.number - b.number).splice(this.most);
  }
}

/** The gateway answers clients in the venue's place: also requests of orders that have ended count as unanswered, since they will be. */
export function answersClients({ settings: { answerWithinS, answerClientS } }: VenueMember): boolean {
  return answerWithinS > 0 && answerClientS > 0;
}

/** Its row is read again: it may have been answered, or be another order, since it was found. */
export function isUnanswered({ row }: OrderState, venue: VenueMember): boolean {
  if (row.venue !== venue.id || !(isOpen(row.state) || answersClients(venue))) return false;
  return row.state === PENDING_NEW || row.pending !== NOT_PENDING;
}
