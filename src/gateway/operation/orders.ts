import type { Command } from "../../control/command-ring.ts";
import type { CommandOutcome, Commands } from "../../control/commands.ts";
import { ACCOUNTS, SYMBOLS } from "../../core/assembly/layout.ts";
import { rowOf } from "../../core/level-rows.ts";
import { isOpen } from "../../core/orders/order.ts";
import { NOT_PENDING, PENDING_CANCEL, PENDING_NEW, PENDING_REPLACE } from "../../core/orders/states.ts";
import type { OrderState } from "../../core/state-reader.ts";
import {
  type CancelManyOutcome,
  DEFAULT_PAGE,
  MOST_OF_PAGE,
  ORDER_STATES,
  type OrderFilter,
  type OrderPage,
  type OrderQuery,
  type Orders,
  type OrderView,
} from "../../operation/orders.ts";
import type { Outcome } from "../../operation/outcome.ts";
import {
  CANCEL_ACCOUNT_AT,
  CANCEL_ALL,
  CANCEL_BEFORE_AT,
  CANCEL_VENUE_AT,
  CAUSE_KILL,
  CAUSE_OPERATOR,
  CONTROL_CANCEL_KILLED,
  CONTROL_CANCEL_ORDER,
  CONTROL_CANCEL_ORDERS,
  CONTROL_CLOSE_ORDER,
  CONTROL_RELEASE_ORDER,
} from "../../record/control-codes.ts";
import { cancelAll } from "../session-cancel.ts";
import type { CoreState } from "./core-state.ts";
import { Busy, OrderSearch } from "./order-search.ts";
import { orderView } from "./order-view.ts";
import { answered } from "./outcome.ts";

/** Places of the control ring that cancels of many leave to kill switches, limits and records of actions. */
const KEPT_FREE = 16;
/** Commands of a cancel of some orders by name that are under way at a time. */
const AT_ONCE = 16;
/** After this long without room the answer says how far a cancel of many has come. */
const CANCEL_WITHIN_MS = 20_000;
/** In the place of an id: any. */
const ANY_ID = -1;
/** Orders that were not asked, by name; the rest are counted. */
const MOST_NAMED = 100;

const UNDER_REPLACE = "a replace is under way at its venue";
const UNKNOWN_ORDER = "unknown-order";
const UNKNOWN: Outcome = {
  result: "refused",
  code: UNKNOWN_ORDER,
  reason: "expected an order that the core knows, got none",
};
const NOT_OPEN: Outcome = {
  result: "refused",
  code: "not-open",
  reason: "expected an open order, got one that is done",
};

/** Where an open order is. */
export interface OpenOrder {
  readonly slot: number;
}

/** The orders of this gateway: found in shared memory, steered by commands to the core. */
export class GatewayOrders implements Orders {
  private readonly search: OrderSearch;

  constructor(
    private readonly core: CoreState,
    private readonly commands: Commands,
  ) {
    this.search = new OrderSearch(core);
  }

  async find({ limit = DEFAULT_PAGE, after, ...filter }: OrderQuery): Promise<OrderPage> {
    if (!(limit >= 1 && limit <= MOST_OF_PAGE))
      throw new RangeError(`limit: expected 1 to ${MOST_OF_PAGE}, got ${limit}`);
    const below = after === undefined ? Number.POSITIVE_INFINITY : cursorOf(after);
    const found = await this.search.newest(filter, below, limit + 1);
    const page = found.slice(0, limit);
    const orders = page.flatMap((one) => {
      const order = this.search.read(one, filter);
      return order === null ? [] : [orderView(this.core, order)];
    });
    return { orders, next: found.length > limit ? String(page.at(-1)!.number) : null };
  }

  async byOrderId(orderId: string): Promise<OrderView | null> {
    const order = await this.order(orderId);
    return order === null ? null : orderView(this.core, order);
  }

  async cancel(orderId: string): Promise<Outcome> {
    const order = await this.order(orderId);
    if (order === null) return UNKNOWN;
    if (!isOpen(order.row.state)) return NOT_OPEN;
    const problem = this.notAskable(order);
    if (problem !== "") return { result: "refused", code: "venue-down", reason: problem };
    const outcome = await this.send(CONTROL_CANCEL_ORDER, order);
    return outcome.applied && !outcome.changed && outcome.value === 0 ? NOT_OPEN : answered(outcome, UNKNOWN_ORDER);
  }

  async cancelMatching(filter: OrderFilter): Promise<CancelManyOutcome> {
    const command = this.commandFor(filter);
    return command === null ? this.cancelFound(filter) : this.cancelAll(filter, command);
  }

  /** Asks for all open orders of a kill switch; clients are told why, and nothing of a cancel that a venue refuses. */
  async cancelKilled(filter: OrderFilter): Promise<CancelManyOutcome> {
    const command = this.commandFor(filter);
    if (command === null) return { matched: 0, asked: 0, pending: 0, notAskedCount: 0, notAsked: [] };
    command.text![0] = CAUSE_KILL;
    return this.cancelAll(filter, { ...command, kind: CONTROL_CANCEL_KILLED });
  }

  /** The same as `openOf`, at once: it looks at all rows in this turn. */
  openNow(filter: OrderFilter): ReadonlyMap<number, OpenOrder> {
    return new Map(this.search.now({ state: "open", ...filter }).map(({ slot, number }) => [number, { slot }]));
  }

  /** Open orders that match, by number. */
  async openOf(filter: OrderFilter): Promise<ReadonlyMap<number, OpenOrder>> {
    const found = await this.search.all({ state: "open", ...filter });
    return new Map(found.map(({ slot, number }) => [number, { slot }]));
  }

  /** State of an order that was open; "unknown" where it is not remembered any more. */
  endOf(slot: number, number: number): string {
    const order = this.search.read({ slot, number }, {});
    return order === null ? "unknown" : ORDER_STATES[order.row.state - 1]!;
  }

  /** Why orders are open that a kill switch cancels: of the first of them. */
  whyOpen(open: ReadonlyMap<number, OpenOrder>): CancelManyOutcome["notAsked"] {
    const left: { orderId: string; reason: string }[] = [];
    for (const [number, { slot }] of open) {
      const order = this.search.read({ slot, number }, { state: "open" });
      if (order !== null) left.push({ orderId: String(number), reason: this.whyNotCanceled(order) });
      if (left.length === MOST_NAMED) break;
    }
    return left;
  }

  private whyNotCanceled(order: OrderState): string {
    const problem = this.notAskable(order);
    if (problem !== "") return problem;
    const { pending, state } = order.row;
    if (pending === PENDING_CANCEL) return "its venue has not answered the cancel";
    if (pending === PENDING_REPLACE) return UNDER_REPLACE;
    return pending === NOT_PENDING && state === PENDING_NEW
      ? "its venue has not acknowledged it, and no cancel is under way"
      : "no cancel is under way: its venue has refused one, or is asked next";
  }

  /** The core goes through the orders itself. */
  private async cancelAll(filter: OrderFilter, command: Command): Promise<CancelManyOutcome> {
    const endMs = performance.now() + CANCEL_WITHIN_MS;
    const done = await cancelAll(this.commands, command, () => performance.now() < endMs);
    const { asked, stuck, pending, problem, isWhole } = done;
    if (problem !== "" || !isWhole)
      throw new Busy(`${asked} orders were canceled, ${stuck} can't be: ${problem || "no room for more in time"}`);
    const notAsked = stuck === 0 ? [] : await this.leftOpen({ state: "open", ...filter });
    return { matched: asked + stuck + pending, asked, pending, notAskedCount: stuck, notAsked };
  }

  /** Orders that match, and that no cancel was sent for. */
  private async leftOpen(filter: OrderFilter): Promise<CancelManyOutcome["notAsked"]> {
    const left: { orderId: string; reason: string }[] = [];
    for (const one of await this.search.all(filter)) {
      const order = this.search.read(one, filter);
      if (order === null || order.row.pending === PENDING_CANCEL) continue;
      const isPending = order.row.pending === PENDING_REPLACE;
      const reason = isPending ? UNDER_REPLACE : this.notAskable(order);
      left.push({ orderId: String(one.number), reason: reason || "it came meanwhile" });
      if (left.length === MOST_NAMED) break;
    }
    return left;
  }

  /** The command for the open orders of a client session, venue, account (or client, or trader) and symbol; null for another choice. */
  private commandFor({ session, venue, account, client, trader, symbol, ...others }: OrderFilter): Command | null {
    const rows = rowsOf({ account, client, trader });
    const isOther = Object.entries(others).some(
      ([key, value]) => value !== undefined && !(key === "state" && value === "open"),
    );
    const { reader, sessionIds, venueIds } = this.core;
    const sessionId = session === undefined ? ANY_ID : sessionIds[session];
    const venueId = venue === undefined ? ANY_ID : venueIds[venue];
    const isKnown = (table: number, name: string | undefined): boolean =>
      name === undefined || reader.indexOfName(table, name) >= 0;
    const areKnown = isKnown(ACCOUNTS, rows[0]) && isKnown(SYMBOLS, symbol);
    // One command names one of them.
    if (isOther || rows.length > 1 || sessionId === undefined || venueId === undefined || !areKnown) return null;
    const name = new TextEncoder().encode(rows[0] ?? "");
    const text = new Uint8Array(CANCEL_ACCOUNT_AT + name.length);
    const view = new DataView(text.buffer);
    text[0] = CAUSE_OPERATOR;
    text[1] = CANCEL_ALL;
    view.setFloat64(CANCEL_BEFORE_AT, Number.POSITIVE_INFINITY, true);
    view.setInt32(CANCEL_VENUE_AT, venueId, true);
    text.set(name, CANCEL_ACCOUNT_AT);
    return { kind: CONTROL_CANCEL_ORDERS, amount: sessionId, name: symbol ?? "", text };
  }

  /** Of another choice: each order by a command of its own. */
  private async cancelFound(filter: OrderFilter): Promise<CancelManyOutcome> {
    const open: OrderFilter = { state: "open", ...filter };
    const found = await this.search.all(open);
    const notAsked: { orderId: string; reason: string }[] = [];
    const counts = { matched: 0, asked: 0, pending: 0, notAskedCount: 0 };
    for (let i = 0; i < found.length; i += AT_ONCE) {
      await Promise.all(
        found.slice(i, i + AT_ONCE).map(async (one) => {
          const order = this.search.read(one, open);
          if (order === null || !isOpen(order.row.state)) return;
          counts.matched++;
          const reason = await this.cancelOne(order, counts);
          if (reason === "") return;
          counts.notAskedCount++;
          if (notAsked.length < MOST_NAMED) notAsked.push({ orderId: String(one.number), reason });
        }),
      );
    }
    return { ...counts, notAsked };
  }

  async markDead(orderId: string, why: string): Promise<Outcome> {
    const order = await this.order(orderId);
    if (order === null) return UNKNOWN;
    // Text (58) of a report without MessageEncoding is ASCII.
    const text = new TextEncoder().encode(why.replaceAll(/[^\x20-\x7e]/g, "?"));
    const outcome = await this.send(CONTROL_CLOSE_ORDER, order, text);
    return outcome.applied && !outcome.changed ? NOT_OPEN : answered(outcome, UNKNOWN_ORDER);
  }

  async release(orderId: string): Promise<Outcome> {
    const order = await this.order(orderId);
    return order === null ? UNKNOWN : answered(await this.send(CONTROL_RELEASE_ORDER, order), UNKNOWN_ORDER);
  }

  private async order(orderId: string): Promise<OrderState | null> {
    const [found] = await this.search.newest({ orderId }, Number.POSITIVE_INFINITY, 1);
    return found === undefined ? null : this.search.read(found, { orderId });
  }

  /** Resolves with why its venue was not asked, or "". */
  private async cancelOne(order: OrderState, counts: { asked: number; pending: number }): Promise<string> {
    const problem = this.notAskable(order);
    if (problem !== "") return problem;
    if (this.commands.free <= KEPT_FREE) return "the core is busy with other cancels; ask again";
    const { applied, changed, value, reason } = await this.send(CONTROL_CANCEL_ORDER, order);
    if (!applied) return reason;
    if (!changed && value === 0) return "it was done before";
    if (changed) counts.asked++;
    else counts.pending++;
    return "";
  }

  private notAskable({ row }: OrderState): string {
    const venue = this.core.venueName(row.venue);
    return venue !== null && this.core.reader.isVenueUp(row.venue) ? "" : `expected venue ${venue} to be up, got down`;
  }

  private send(kind: number, { slot, row }: OrderState, text?: Uint8Array): Promise<CommandOutcome> {
    return this.commands.send({ kind, value: slot, amount: row.number, text });
  }
}

/** Rows of the core that a filter names: of an account, a client, a trader. */
function rowsOf({ account, client, trader }: Pick<OrderFilter, "account" | "client" | "trader">): string[] {
  return [
    ...(account === undefined ? [] : [account]),
    ...(client === undefined ? [] : [rowOf("client", client)]),
    ...(trader === undefined ? [] : [rowOf("trader", trader)]),
  ];
}

function cursorOf(after: string): number {
  if (!/^[1-9]\d{0,15}$/.test(after)) throw new RangeError(`after: expected \`next\` of a page before, got ${after}`);
  return Number(after);
}
