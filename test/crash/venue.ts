import type { Field, Message } from "../../src/counterparty/message.ts";
import { listenFor } from "../../src/counterparty/tcp.ts";
import { type PeerOrder, type Trade, UNKNOWN_ORDER, VenuePeer } from "../../src/counterparty/venue.ts";
import { mixed } from "../mixed-ids.ts";
import { fieldsFault, groupsFault, orderFields, orderGroups, reportFields, reportGroups } from "./groups.ts";
import type { Random } from "./random.ts";
import { priceE8Of } from "./trader.ts";

/** An order in the venue's table. */
export interface CrashOrder extends PeerOrder {
  /** Current price and all its prices, in 1e-8. */
  priceE8: number;
  readonly prices: number[];
}

/** One report about a trade: what it says, and the trade, which later ones change. */
export interface Execution {
  readonly order: CrashOrder;
  readonly trade: Trade;
  readonly quantity: number;
  readonly price: string;
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
  readonly corrections = new Map<string, Execution>();
  /** All that went over the wire. */
  readonly written = new Set<string>();
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
    if (this.random.chance(0.02)) this.bustOne();
    if (this.random.chance(0.02)) this.correctOne();
  }

  override write(text: string): void {
    if (this.connected) this.written.add(text);
    super.write(text);
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
    const priceE8 = priceE8Of(message.text(44));
    const groups = isPriced ? orderGroups(priceE8) : [];
    const wrong = groupsFault(message, [453, 78], groups);
    if (wrong !== "") this.fault(wrong);
    const wrongField = isPriced ? fieldsFault(message, orderFields(priceE8)) : "";
    if (wrongField !== "") this.fault(wrongField);
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
    this.executions.set(execId, { order, trade: order.trades.at(-1)!, quantity, price: order.price });
  }

  /** A late trade that is not taken back, of an order that works or is over. */
  private someTrade(): Execution | undefined {
    return this.random.pick([...this.executions.values()].slice(-200).filter(({ trade }) => !trade.busted));
  }

  /** Takes a trade back; a filled order works again. */
  private bustOne(): void {
    const execution = this.someTrade();
    if (execution === undefined) return;
    const { order, trade } = execution;
    const execId = this.nextExecId();
    this.busts.set(execId, { order, trade, quantity: trade.quantity, price: trade.price });
    this.reopen(order);
    this.bust(order, trade, marks(execId), execId);
  }

  /** Changes a trade's quantity and price; a filled order that has less now works again. */
  private correctOne(): void {
    const execution = this.someTrade();
    if (execution === undefined) return;
    const { order, trade } = execution;
    const most = trade.quantity + (order.open ? order.quantity - order.filled : 0);
    const quantity = this.random.chance(0.3) ? trade.quantity : this.random.int(1, most);
    const price = this.random.chance(0.5) ? trade.price : String(this.random.int(140, 150));
    const execId = this.nextExecId();
    this.corrections.set(execId, { order, trade, quantity, price });
    if (quantity < trade.quantity) this.reopen(order);
    if (order.filled + quantity - trade.quantity >= order.quantity) this.takeOut(order);
    this.correct(order, trade, quantity, price, marks(execId), execId);
  }

  private reopen(order: CrashOrder): void {
    if (order.status !== "2") return;
    delete order.status;
    order.open = true;
    this.resting.push(order);
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
  return [[58, execId], ...reportFields(execId), ...reportGroups(execId)];
}
