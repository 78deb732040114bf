import type { Views } from "../../base/views.ts";
import type { Sessions, SessionView } from "../../operation/sessions.ts";
import type { Plan } from "../../plan/plan.ts";
import type { ClientMember, ClientRoster } from "../roster.ts";
import { type LinkRow, LinkViews } from "./link-views.ts";

/** Client sessions, read from the rows that their agents write and from the core's counts of open orders. */
export class SessionViews implements Sessions {
  private readonly links: LinkViews;
  /** By row: what was made of it last. */
  private readonly made: { readonly row: LinkRow; readonly view: SessionView }[] = [];

  constructor(
    private readonly roster: ClientRoster,
    private readonly plan: Plan,
    private readonly views: Views,
    nowMs: number,
  ) {
    this.links = new LinkViews(views, { at: plan.sessionRowsAt, roster, tradingAt: plan.sessionTradingAt }, nowMs);
  }

  sample(nowMs: number): void {
    this.links.sample(nowMs);
  }

  list(): SessionView[] {
    return this.roster.active.map((session) => this.viewOf(session));
  }

  get(name: string): SessionView | null {
    const session = this.roster.get(name);
    return session === undefined ? null : this.viewOf(session);
  }

  /** The same object as before while nothing of it has changed. */
  private viewOf(session: ClientMember): SessionView {
    const row = this.links.of(session);
    const openOrders = Atomics.load(this.views.ints, (this.plan.openOrdersAt >> 2) + session.row);
    const before = this.made[session.row];
    if (before?.row === row && before.view.openOrders === openOrders) return before.view;
    const view = this.make(session, row, openOrders);
    this.made[session.row] = { row, view };
    return view;
  }

  private make({ settings }: ClientMember, row: LinkRow, openOrders: number): SessionView {
    const { view, recordsIn, recordsOut, refused, compId } = row;
    return {
      ...view,
      requests: recordsIn,
      reports: recordsOut,
      requestsRefused: refused,
      openOrders,
      compId,
      isDynamic: settings.dynamicSessions > 0,
    };
  }
}
