import type { Field, Message } from "../../src/counterparty/message.ts";
import { listenFor } from "../../src/counterparty/tcp.ts";
import { type PeerOrder, type Trade, UNKNOWN_ORDER, VenuePeer } from "../../src/counterparty/venue.ts";
import { mixed } from "../mixed-ids.ts";
import { groupsFault, orderGroups, reportGroups } from "./groups.ts";
import type { Random } from "./random.ts";
import { priceE8Of } from "./trader.ts";

/** An order in the venue's table. */
export interface CrashOrder extends PeerOrder {
  /** Current price and all its prices, in 1e-8. */
  priceE8: number;
  readonly prices: number[];
}

export interface Execution {
  readonly order: CrashOrder;
  readonly trade: Trade;
}

/** Final or current state of an order. */
export function stateOf(order: CrashOrder): "open" | "done" | "refused" {
  if (order.open) return "open";
  return order.status === "8" ? "refused" : "done";
}

/** A venue that answers, fills, refuses, and keeps all messages, with and without a connection to the gateway. */
export class CrashVenue extends VenuePeer<CrashOrder> {
  /** By ExecID, which is also in Text. */
  readonly executions = new Map<string, Execution>();
  readonly busts = new Map<string, Execution>();
  private readonly byPrice = new Map<number, CrashOrder>();
  private readonly resting: CrashOrder[] = [];
  /** Delayed answers. */
  private readonly later: (() => void)[] = [];
  private readonly ids = new Set<string>();
  private listener: ReturnType<typeof listenFor> | null = null;

  constructor(
    private readonly port: number,
    private readonly random: Random,
  ) {
    super("VENUE");
  }

  listen(): void {
    this.listener = listenFor(this, this.port);
  }

  stop(): void {
    this.listener?.stop(true);
    this.drop();
  }

  /** Some fills, some answers, sometimes an end that nobody asked for. */
  act(): void {
    for (let count = this.random.int(0, 8); count > 0; count--) this.trade();
    for (let count = this.random.int(0, 12); count > 0; count--) this.later.shift()?.();
    if (this.random.chance(0.01)) this.endUnasked();
    if (this.random.chance(0.01)) this.bustOne();
  }

  /** Says all that it has still to say. */
  sayAll(): void {
    for (let say = this.later.shift(); say !== undefined; say = this.later.shift()) say();
  }

  override end(order: CrashOrder, event: "canceled" | "expired"): void {
    this.takeOut(order);
    super.end(order, event);
  }

  protected override application(message: Message): void {
    const clOrdId = message.text(11);
    if (this.ids.has(clOrdId)) this.fault(`a request came twice: ${message}`);
    this.ids.add(clOrdId);
    const isPriced = message.type === "D" || message.type === "G";
    const groups = isPriced ? orderGroups(priceE8Of(message.text(44))) : [];
    const wrong = groupsFault(message, [453, 78], groups);
    if (wrong !== "") this.fault(wrong);
    if (!"DFG".includes(message.type)) this.fault(`not expected: ${message}`);
    super.application(message);
  }

  protected override rejected(message: Message): void {
    this.fault(`rejected: ${message}`);
  }

  protected override newOrder(message: Message): CrashOrder {
    const priceE8 = priceE8Of(message.text(44));
    const order = super.newOrder(message);
    return { ...order, orderId: mixed(order.orderId), priceE8, prices: [priceE8] };
  }

  protected override enter(message: Message): void {
    const order = this.add(message);
    if (this.byPrice.has(order.priceE8)) this.fault(`an order came twice: ${message}`);
    this.byPrice.set(order.priceE8, order);
    this.soon(() => {
      if (this.random.chance(0.05)) return this.refuse(order, "not today");
      this.acknowledge(order);
      this.resting.push(order);
    });
  }

  /**
   * One about an order that never came is refused: the gateway had no connection when its turn was, and a cancel was behind
   * it, or it was left out of a resend. That its client was told so the audit sees.
   */
  protected override change(message: Message): void {
    const orig = message.text(41);
    const order = this.byClOrdId.get(orig);
    if (order === undefined) return this.refuseChange(order, message, UNKNOWN_ORDER);
    this.soon(() => {
      const isTooLate = !order.open || order.clOrdId !== orig;
      const isTooSmall = message.type === "G" && message.number(38) <= order.filled;
      if (isTooLate || this.random.chance(0.08) || isTooSmall) this.refuseChange(order, message, order.open ? 2 : 0);
      else if (message.type === "F") this.acceptCancel(order, message);
      else this.acceptReplace(order, message);
    });
  }

  override acceptCancel(order: CrashOrder, request: Message): void {
    this.takeOut(order);
    super.acceptCancel(order, request);
  }

  override acceptReplace(order: CrashOrder, request: Message): void {
    order.priceE8 = priceE8Of(request.text(44));
    order.prices.push(order.priceE8);
    if (this.byPrice.has(order.priceE8)) this.fault(`a replace came twice: ${request}`);
    this.byPrice.set(order.priceE8, order);
    super.acceptReplace(order, request);
  }

  private trade(): void {
    const order = this.random.pick(this.resting);
    if (order === undefined) return;
    const leaves = order.quantity - order.filled;
    const quantity = this.random.chance(0.3) ? leaves : this.random.int(1, leaves);
    if (quantity === leaves) this.takeOut(order);
    const execId = this.nextExecId();
    this.fill(order, quantity, order.price, marks(execId), execId);
    this.executions.set(execId, { order, trade: order.trades.at(-1)! });
  }

  /** Takes a trade of an order back that still works. */
  private bustOne(): void {
    const of = [...this.executions.values()].slice(-200).filter(({ order, trade }) => order.open && !trade.busted);
    const execution = this.random.pick(of);
    if (execution === undefined) return;
    const execId = this.nextExecId();
    this.busts.set(execId, execution);
    this.bust(execution.order, execution.trade, marks(execId), execId);
  }

  private endUnasked(): void {
    const order = this.random.pick(this.resting);
    if (order !== undefined) this.end(order, this.random.chance(0.5) ? "canceled" : "expired");
  }

  /** It rests no more. */
  private takeOut(order: CrashOrder): void {
    const at = this.resting.indexOf(order);
    if (at >= 0) this.resting.splice(at, 1);
  }

  /** At once or a little later; in the order in which it was asked either way. */
  private soon(say: () => void): void {
    this.later.push(say);
    if (this.random.chance(0.7)) this.sayAll();
  }
}

/** Text and groups that follow from the ExecID. */
function marks(execId: string): Field[] {
  return [[58, execId], ...reportGroups(execId)];
}
