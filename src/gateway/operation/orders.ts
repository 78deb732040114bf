import type { CommandOutcome, Commands } from "../../control/commands.ts";
import { isOpen } from "../../core/orders/order.ts";
import type { OrderState } from "../../core/state-reader.ts";
import {
  type CancelManyOutcome,
  DEFAULT_PAGE,
  MOST_OF_PAGE,
  type OrderFilter,
  type OrderPage,
  type OrderQuery,
  type Orders,
  type OrderView,
} from "../../operation/orders.ts";
import type { Outcome } from "../../operation/outcome.ts";
import { CONTROL_CANCEL_ORDER, CONTROL_CLOSE_ORDER, CONTROL_RELEASE_ORDER } from "../../record/control-codes.ts";
import type { CoreState } from "./core-state.ts";
import { OrderSearch } from "./order-search.ts";
import { orderView } from "./order-view.ts";
import { answered } from "./outcome.ts";

/** Commands of a cancel of many that are under way at a time: a quarter of the control ring. */
/** Places of the control ring that cancels of many leave to kill switches, limits and records of actions. */
const KEPT_FREE = 16;
const AT_ONCE = 16;
/** Orders that were not asked, by name; the rest are counted. */
const MOST_NAMED = 100;

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

function cursorOf(after: string): number {
  if (!/^[1-9]\d{0,15}$/.test(after)) throw new RangeError(`after: expected \`next\` of a page before, got ${after}`);
  return Number(after);
}
