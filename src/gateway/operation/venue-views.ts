import type { Views } from "../../base/views.ts";
import { addressText } from "../../config/address.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import { PENDING_CANCEL, PENDING_REPLACE } from "../../core/orders/states.ts";
import type { OrderState, StateReader } from "../../core/state-reader.ts";
import type { JournalNames } from "../../journal/store/names.ts";
import type { UnacknowledgedOrder, Venues, VenueView } from "../../operation/venues.ts";
import type { Plan } from "../../plan/plan.ts";
import { type LinkRow, LinkViews } from "./link-views.ts";

/** The orders of a large table are looked at no more often than this. */
const COUNT_EVERY_MS = 1000;

/** Venues, read from the rows that their agents write and from the core's orders. */
export class VenueViews implements Venues {
  private readonly links: LinkViews;
  /** By venue id. */
  private readonly unanswered: Int32Array;
  private countedMs = Number.NEGATIVE_INFINITY;
  private readonly sessionOf: ReadonlyMap<number, string>;

  constructor(
    private readonly config: GatewayConfig,
    plan: Plan,
    views: Views,
    private readonly names: JournalNames,
    /** Reads the core's state; null while the core replays its journal. */
    private readonly state: () => StateReader | null,
    nowMs: number,
  ) {
    const laneOf = new Map(plan.venues.flatMap(({ members, lane }) => members.map((name) => [name, lane] as const)));
    const trading = { tradingAt: plan.venueTradingAt, ids: names.venues };
    const place = { at: plan.venueRowsAt, names: Object.keys(config.venues), laneOf, ...trading };
    this.links = new LinkViews(views, place, nowMs);
    this.unanswered = new Int32Array(Math.max(0, ...Object.values(names.venues)) + 1);
    this.sessionOf = new Map(Object.entries(names.clients).map(([name, id]) => [id, name]));
  }

  sample(nowMs: number): void {
    this.links.sample(nowMs);
  }

  list(): VenueView[] {
    this.count();
    return this.links.names.map((_, place) => this.viewOf(this.links.at(place)));
  }

  get(name: string): VenueView | null {
    const row = this.links.row(name);
    if (row === null) return null;
    this.count();
    return this.viewOf(row);
  }

  unacknowledged(name: string, most: number): UnacknowledgedOrder[] | null {
    if (!Object.hasOwn(this.config.venues, name)) return null;
    const state = this.state();
    if (state === null) return [];
    return state.unanswered(this.names.venues[name]!, most).map((order) => this.orderOf(order));
  }

  private count(): void {
    const nowMs = performance.now();
    const state = nowMs - this.countedMs < COUNT_EVERY_MS ? null : this.state();
    if (state === null) return;
    this.countedMs = nowMs;
    state.countUnanswered(this.unanswered);
  }

  private viewOf({ view, recordsIn, recordsOut }: LinkRow): VenueView {
    return {
      ...view,
      requests: recordsOut,
      reports: recordsIn,
      unacknowledged: this.unanswered[this.names.venues[view.name]!]!,
      addresses: this.config.venues[view.name]!.address.map(addressText),
    };
  }

  private orderOf({ row, clOrdId, account, symbol }: OrderState): UnacknowledgedOrder {
    const { pending } = row;
    return {
      orderId: String(row.number),
      clOrdId,
      session: this.sessionOf.get(row.session) ?? `client session ${row.session}`,
      account,
      symbol,
      request: pending === PENDING_CANCEL ? "cancel" : pending === PENDING_REPLACE ? "replace" : "new",
    };
  }
}
