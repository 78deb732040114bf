import { NONE } from "../../base/units.ts";
import type { Views } from "../../base/views.ts";
import type { CancelOnDisconnectView, Sessions, SessionView } from "../../operation/sessions.ts";
import type { Plan } from "../../plan/plan.ts";
import type { ClientMember, ClientRoster } from "../roster.ts";
import { type LinkRow, LinkViews } from "./link-views.ts";

/** Client sessions, read from the rows that their agents write and from the core's counts of open orders. */
export class SessionViews implements Sessions {
  /** What becomes of a session's open orders; set before the first look. */
  protection: (name: string) => CancelOnDisconnectView | null = () => null;
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

  /** Open orders of a session that has a place; 0 for others. */
  openOrders(name: string): number {
    const session = this.roster.find(name);
    return session === undefined ? 0 : this.openOrdersOf(session);
  }

  /** What a session's last Logon says about its open orders; NONE where it says nothing. */
  logonTerms(name: string): { readonly type: number; readonly windowMs: number } {
    const session = this.roster.find(name);
    if (session === undefined) return { type: NONE, windowMs: NONE };
    const { cancelType: type, cancelWindowMs: windowMs } = this.links.of(session);
    return { type, windowMs };
  }

  /** What a session's lane has written of its connection: since when it is logged on, or null; why the last one ended, or NONE. */
  connection(name: string): { readonly loggedOnUs: number | null; readonly ended: number } | null {
    const session = this.roster.find(name);
    if (session === undefined) return null;
    const { view, ended } = this.links.of(session);
    const isOn = view.state === "logged on" || view.state === "logging out";
    return { loggedOnUs: isOn ? view.lastLogonUs : null, ended };
  }

  private openOrdersOf({ row }: ClientMember): number {
    return Atomics.load(this.views.ints, (this.plan.openOrdersAt >> 2) + row);
  }

  /** The same object as before while nothing of it has changed. */
  private viewOf(session: ClientMember): SessionView {
    const row = this.links.of(session);
    const openOrders = this.openOrdersOf(session);
    const protection = this.protection(session.name) ?? UNPROTECTED;
    const before = this.made[session.row];
    if (before?.row === row && before.view.openOrders === openOrders && isSame(before.view, protection))
      return before.view;
    const view = this.make(session, row, openOrders, protection);
    this.made[session.row] = { row, view };
    return view;
  }

  private make(
    { settings }: ClientMember,
    row: LinkRow,
    openOrders: number,
    cancelOnDisconnect: CancelOnDisconnectView,
  ): SessionView {
    const { view, recordsIn, recordsOut, refused, compId, dontKnows, throttled, floods } = row;
    return {
      ...view,
      requests: recordsIn,
      reports: recordsOut,
      requestsRefused: refused,
      openOrders,
      compId,
      dontKnowTrades: dontKnows,
      messagesThrottled: throttled,
      floodLogouts: floods,
      isDynamic: settings.dynamicSessions > 0,
      cancelOnDisconnect,
    };
  }
}

/** Of a session about which nobody says anything. */
export const UNPROTECTED: CancelOnDisconnectView = {
  mode: "none",
  windowMs: 0,
  orders: "all",
  saidBy: "configuration",
  state: "off",
  dueUs: null,
  asked: 0,
};

function isSame({ cancelOnDisconnect: before }: SessionView, now: CancelOnDisconnectView): boolean {
  return (
    before.state === now.state &&
    before.mode === now.mode &&
    before.windowMs === now.windowMs &&
    before.orders === now.orders &&
    before.saidBy === now.saidBy &&
    before.asked === now.asked &&
    before.dueUs === now.dueUs
  );
}
