import type { Views } from "../../base/views.ts";
import { addressText } from "../../config/address.ts";
import { PENDING_CANCEL, PENDING_REPLACE } from "../../core/orders/states.ts";
import type { OrderState, StateReader } from "../../core/state-reader.ts";
import type { JournalNames } from "../../journal/store/names.ts";
import type { UnacknowledgedOrder, Venues, VenueView } from "../../operation/venues.ts";
import type { Plan } from "../../plan/plan.ts";
import type { VenueMember, VenueRoster } from "../roster.ts";
import { LinkViews } from "./link-views.ts";

/** The orders of a large table are looked at no more often than this. */
const COUNT_EVERY_MS = 1000;

/** Venues, read from the rows that their agents write and from the core's orders. */
export class VenueViews implements Venues {
  private readonly links: LinkViews;
  /** By venue id. */
  private readonly unanswered: Int32Array;
  private countedMs = Number.NEGATIVE_INFINITY;

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

  unacknowledged(name: string, most: number): UnacknowledgedOrder[] | null {
    const venue = this.roster.get(name);
    if (venue === undefined) return null;
    const state = this.state();
    if (state === null) return [];
    return state.unanswered(venue.id, most).map((order) => this.orderOf(order));
  }

  private count(): void {
    const nowMs = performance.now();
    const state = nowMs - this.countedMs < COUNT_EVERY_MS ? null : this.state();
    if (state === null) return;
    this.countedMs = nowMs;
    state.countUnanswered(this.unanswered);
  }

  private viewOf(venue: VenueMember): VenueView {
    const { view, recordsIn, recordsOut, throttle } = this.links.of(venue);
    return {
      ...view,
      requests: recordsOut,
      reports: recordsIn,
      unacknowledged: this.unanswered[venue.id]!,
      throttle,
      addresses: venue.settings.address.map(addressText),
    };
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
