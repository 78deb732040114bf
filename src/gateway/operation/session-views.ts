import type { Views } from "../../base/views.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import type { Sessions, SessionView } from "../../operation/sessions.ts";
import type { Plan } from "../../plan/plan.ts";
import { type LinkRow, LinkViews } from "./link-views.ts";

/** Client sessions, read from the rows that their agents write and from the core's counts of open orders. */
export class SessionViews implements Sessions {
  private readonly links: LinkViews;
  /** By place: what was made of its row last. */
  private readonly made: { readonly row: LinkRow; readonly view: SessionView }[] = [];

  constructor(
    private readonly config: GatewayConfig,
    private readonly plan: Plan,
    private readonly views: Views,
    ids: Readonly<Record<string, number>>,
    nowMs: number,
  ) {
    const laneOf = new Map(plan.clients.flatMap(({ members, lane }) => members.map((name) => [name, lane] as const)));
    const names = Object.keys(config.client.sessions);
    const place = { at: plan.sessionRowsAt, names, laneOf, tradingAt: plan.sessionTradingAt, ids };
    this.links = new LinkViews(views, place, nowMs);
  }

  sample(nowMs: number): void {
    this.links.sample(nowMs);
  }

  list(): SessionView[] {
    return this.links.names.map((_, place) => this.viewOf(this.links.at(place), place));
  }

  get(name: string): SessionView | null {
    const row = this.links.row(name);
    return row === null ? null : this.viewOf(row, this.links.names.indexOf(name));
  }

  /** The same object as before while nothing of it has changed. */
  private viewOf(row: LinkRow, place: number): SessionView {
    const openOrders = Atomics.load(this.views.ints, (this.plan.openOrdersAt >> 2) + place);
    const before = this.made[place];
    if (before?.row === row && before.view.openOrders === openOrders) return before.view;
    const view = this.make(row, openOrders);
    this.made[place] = { row, view };
    return view;
  }

  private make({ view, recordsIn, recordsOut, refused, compId }: LinkRow, openOrders: number): SessionView {
    return {
      ...view,
      requests: recordsIn,
      reports: recordsOut,
      requestsRefused: refused,
      openOrders,
      compId,
      isDynamic: this.config.client.sessions[view.name]!.dynamicSessions > 0,
    };
  }
}
