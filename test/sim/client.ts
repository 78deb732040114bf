import { ClientPeer, type Values } from "../../src/counterparty/client.ts";
import { fields, type Message } from "../../src/counterparty/message.ts";
import type { Transport } from "../../src/counterparty/transport.ts";
import { mixed } from "../mixed-ids.ts";
import { fillGroups, hasGroups, orderGroups } from "./groups.ts";
import { type Peer, SimConnection, type Simulation } from "./peer.ts";
import { STATUS_TEXT } from "./venue.ts";

/** What a client knows of one of its orders, from what it was told. */
export interface ClientOrder {
  readonly first: string;
  /** The ClOrdID it goes by. */
  id: string;
  readonly account: string;
  readonly symbol: string;
  readonly side: string;
  quantity: number;
  price: number;
  /** OrderID (37) of the gateway, once told. */
  orderId: string;
  status: string;
  acked: boolean;
  /** Its client was told of it unasked: by the gateway, or by a status that it has asked the venue for. */
  isTold: boolean;
  /** Its cancels and replaces that the gateway has refused because the venue had not answered. */
  answeredFor: number;
  /** What was said when it was rejected. */
  text: string;
  cumQty: number;
  readonly fills: string[];
  readonly busts: string[];
}

/** Terms of a new order. */
export type OrderTerms = Pick<ClientOrder, "account" | "symbol" | "side" | "quantity" | "price">;

interface Asked {
  readonly order: ClientOrder;
  readonly kind: "cancel" | "replace";
}

/** Text of what nobody has asked for. */
const UNASKED = new RegExp(`^(?:CORE-228|${STATUS_TEXT})`);
const FINAL = "2348C";
const OPEN = "A01E6";

/** A trading client: sends orders, cancels and replaces by chance, and checks each report against all it knows. */
export class Client extends ClientPeer implements Peer {
  readonly connection: SimConnection;
  readonly orders: ClientOrder[] = [];
  /** Accounts it names, and symbols; one of each may be blocked. */
  accounts: readonly string[] = [];
  symbols: readonly string[] = [];
  /** Orders it may still send. */
  budget = 0;
  rate = 0.1;
  burst = 1;
  mischief = 0;
  /** Requests that the gateway has refused because the venue had not answered. */
  answeredFor = 0;
  private readonly byId = new Map<string, ClientOrder>();
  private readonly asked = new Map<string, Asked>();
  /** What the gateway has refused for the venue: it may have been accepted. */
  private readonly late = new Map<string, Asked>();
  private readonly executions = new Set<string>();
  /** ClOrdIDs that were deliberately used twice, and how often that is still to be refused. */
  private readonly doubled = new Map<string, number>();
  private statusAsked = 0;
  private connectAtNs = 0;

  constructor(
    name: string,
    private readonly simulation: Simulation,
    private readonly address: string,
  ) {
    super(name, { clock: simulation, keeps: "session" });
    this.connection = new SimConnection(this, simulation);
    this.terms = { 21: 1, 40: 2 };
    this.heartBtInt = simulation.random.within(1, 5);
  }

  override attach(transport: Transport): void {
    super.attach(transport);
    this.connection.log("connected");
    this.sendLogon();
  }

  override fault(text: string): never {
    return this.connection.fail(text);
  }

  override write(text: string): void {
    this.connection.log(`> ${text.replaceAll("\x01", "|")}`);
    super.write(text);
  }

  protected override onMessage(message: Message): void {
    this.connection.onMessage(message);
  }

  protected override refused(message: Message): void {
    this.connection.refused(message);
  }

  protected override rejected(message: Message): void {
    this.application(message);
  }

  /** Everything it asked for has come to an end. */
  get idle(): boolean {
    return (
      this.asked.size === 0 && this.statusAsked === 0 && this.orders.every((order) => FINAL.includes(order.status))
    );
  }

  get unresolved(): string {
    const open = this.orders.filter((order) => !FINAL.includes(order.status));
    const list = open.map((order) => `${order.id} (order ${order.orderId || "?"}, status ${order.status || "none"})`);
    return [...list, ...[...this.asked.keys()].map((id) => `${id} unanswered`)].join(", ");
  }

  turn(): void {
    const { simulation } = this;
    if (simulation.nowNs < this.connection.idleUntilNs) return;
    if (!this.connected) this.connect();
    this.connection.poll();
    if (this.loggedOn) {
      if (!simulation.calm) this.act();
      else this.cancelRest();
    }
  }

  protected override ended(): void {
    this.connection.ended();
    const { random, calm, nowNs } = this.simulation;
    this.connectAtNs = nowNs + (calm ? 20e6 : random.within(1, 300) * 1e6);
  }

  private connect(): void {
    const { network, nowNs } = this.simulation;
    if (nowNs < this.connectAtNs) return;
    const fd = network.connect(this.address);
    if (network.connectResult(fd) === 0) {
      this.connection.transport.open(fd);
      return;
    }
    network.closeSocket(fd);
    this.connectAtNs = nowNs + 20e6;
  }

  private act(): void {
    const { random } = this.simulation;
    if (random.chance(this.rate / this.burst)) for (let i = 0; i < this.burst && this.budget > 0; i++) this.newOrder();
    if (random.chance(this.rate * 0.4)) this.change();
    if (random.chance(this.mischief)) this.misbehave();
  }

  /** Every third id has 64 characters. */
  override nextId(): string {
    return mixed(super.nextId());
  }

  private newOrder(): void {
    const { random } = this.simulation;
    this.budget--;
    this.enter({
      account: random.pick(this.accounts),
      symbol: random.pick(this.symbols),
      side: random.pick(["1", "2", "5"]),
      quantity: random.chance(0.03) ? 5_000 : random.within(1, 400),
      price: random.chance(0.03) ? 999 : random.within(96, 104),
    });
  }

  enter(terms: OrderTerms): void {
    const id = this.nextId();
    const order: ClientOrder = {
      ...terms,
      first: id,
      id,
      orderId: "",
      status: "",
      acked: false,
      isTold: false,
      answeredFor: 0,
      text: "",
      cumQty: 0,
      fills: [],
      busts: [],
    };
    this.orders.push(order);
    this.byId.set(id, order);
    this.order(this.values(order, id), orderGroups(order.quantity));
  }

  private values({ account, symbol, side, quantity, price }: ClientOrder, id: string): Values {
    return { 1: account, 11: id, 38: quantity, 44: price, 54: side, 55: symbol };
  }

  /** Cancels, replaces, or asks about one of the newest orders. */
  private change(): void {
    const { random } = this.simulation;
    const recent = this.orders.slice(-30).filter((order) => order.status !== "");
    const open = recent.filter((order) => OPEN.includes(order.status));
    const order = random.pick(random.chance(0.9) ? open : recent);
    if (order === undefined || [...this.asked.values()].some((asked) => asked.order === order)) return;
    if (random.chance(0.15)) this.askStatus(order);
    else if (random.chance(0.5)) this.askCancel(order);
    else this.askReplace(order);
  }

  private askStatus(order: ClientOrder): void {
    this.statusAsked++;
    this.status(order.id, { 54: order.side, 55: order.symbol });
  }

  private askCancel(order: ClientOrder): void {
    const id = this.nextId();
    this.asked.set(id, { order, kind: "cancel" });
    this.byId.set(id, order);
    this.cancel(order.id, { 11: id, 54: order.side, 55: order.symbol });
  }

  private askReplace(order: ClientOrder): void {
    const { random } = this.simulation;
    const id = this.nextId();
    this.asked.set(id, { order, kind: "replace" });
    this.byId.set(id, order);
    const wanted = { ...order, quantity: order.cumQty + random.within(0, 200), price: random.within(96, 104) };
    this.replace(order.id, this.values(wanted, id), orderGroups(wanted.quantity));
  }

  /** Once all is calm every order is brought to an end. */
  private cancelRest(): void {
    for (const order of this.orders) {
      // What the venue has not decided about it refuses to cancel: asking at once again would go on without an end.
      if (!OPEN.includes(order.status) || order.status === "" || order.status === "A") continue;
      if (![...this.asked.values()].some((asked) => asked.order === order)) this.askCancel(order);
    }
  }

  private misbehave(): void {
    const { random } = this.simulation;
    const last = this.orders.at(-1);
    const kind = random.below(7);
    if (kind === 0) this.repeat(random.within(1, this.nextOut - 1));
    else if (kind === 1 && last !== undefined) this.twice(last, "97=Y|");
    else if (kind === 2 && last !== undefined) this.twice(last, "");
    else if (kind === 3) this.connection.garble();
    else if (kind === 4) this.sendLogout();
    else if (kind === 5 && last !== undefined) this.flood(last);
    else this.connection.idleUntilNs = this.simulation.nowNs + random.within(1, 3000) * 1e6;
  }

  /** Asks more than it is willing to read the answers of. */
  private flood(order: ClientOrder): void {
    if (order.status === "") return;
    for (let i = 0; i < 150; i++) this.askStatus(order);
    this.connection.notReadingUntilNs = this.simulation.nowNs + 300e6;
  }

  /** The last order's ClOrdID again, in a new message: with PossResend it changes nothing, without it is refused. */
  private twice(order: ClientOrder, flag: string): void {
    if (order.status === "") return;
    if (flag === "") this.doubled.set(order.first, (this.doubled.get(order.first) ?? 0) + 1);
    const body = this.orderBody(this.values(order, order.first));
    this.send("D", [...fields(flag), ...body, ...fields(orderGroups(order.quantity))]);
  }

  protected override application(message: Message): void {
    const type = message.text(35);
    if (type === "8") this.execution(message);
    else if (type === "9") this.changeRefused(message);
    else this.fault(`a ${type} that nothing here asked for: ${message}`);
  }

  private orderOf(message: Message): ClientOrder {
    return this.byId.get(message.text(11)) ?? this.fault(`a report about no order of this client: ${message}`);
  }

  private execution(message: Message): void {
    const execType = message.text(150);
    const order = this.orderOf(message);
    if (this.executions.has(message.text(17))) this.fault(`ExecID ${message.text(17)} for the second time: ${message}`);
    this.executions.add(message.text(17));
    if (execType === "8" && this.refusesDouble(message)) return;
    if (execType !== "I" && order.orderId !== "" && order.orderId !== message.text(37))
      this.fault(`OrderID of ${message}`);
    if (execType !== "I") order.orderId = message.text(37);
    const was = order.status;
    this.event(execType, order, message);
    const status = message.text(39);
    if (FINAL.includes(was) && was !== "" && status !== was) this.fault(`the order was ${was} for good: ${message}`);
    order.status = status;
    this.arithmetic(order, message);
  }

  private event(execType: string, order: ClientOrder, message: Message): void {
    const was = order.status;
    const open = was === "" || OPEN.includes(was);
    const asked = this.asked.get(message.text(11));
    switch (execType) {
      case "0":
        if (order.acked || (was !== "" && !order.isTold)) this.fault(`accepted for the second time: ${message}`);
        order.acked = true;
        return;
      case "F":
        if (was === "2" || was === "8") this.fault(`a fill of an order that is ${was}: ${message}`);
        if (!hasGroups(message, fillGroups(message.number(32)))) this.fault(`groups of a fill: ${message}`);
        order.cumQty += message.number(32);
        order.fills.push(`${message.number(32)}@${message.number(31)}`);
        return;
      case "H":
        order.cumQty -= message.number(32);
        order.busts.push(`${message.number(32)}@${message.number(31)}`);
        return;
      case "5":
        if (asked?.kind !== "replace" && !this.isLate(order, message))
          this.fault(`replaced, and nobody asked: ${message}`);
        order.quantity = message.number(38);
        order.price = message.number(44);
        order.id = message.text(11);
        this.asked.delete(message.text(11));
        return;
      case "8":
        if (was !== "" && !(order.acked && was === "0") && !order.isTold)
          this.fault(`rejected after it was ${was}: ${message}`);
        order.text = message.text(58);
        return;
      case "4":
      case "C":
      case "3":
        if (!open) this.fault(`ended though it was ${was}: ${message}`);
        this.asked.delete(message.text(11));
        return;
      case "I":
        if (UNASKED.test(message.get(58) ?? "")) order.isTold = true;
        else this.statusAsked--;
        return;
      case "6":
      case "E":
        if (asked === undefined && order.answeredFor === 0) this.fault(`pending, and nobody asked: ${message}`);
        return;
      default:
        this.fault(`ExecType of ${message}`);
    }
  }

  /** A replace that the gateway has refused for the venue: under its own ClOrdID, or after another request under that of the order. */
  private isLate(order: ClientOrder, message: Message): boolean {
    const id = message.text(11);
    return this.late.delete(id) || (order.answeredFor > 0 && id === order.id);
  }

  private refusesDouble(message: Message): boolean {
    const id = message.text(11);
    const left = this.doubled.get(id) ?? 0;
    if (left === 0 || message.text(103) !== "6") return false;
    this.doubled.set(id, left - 1);
    return true;
  }

  private arithmetic(order: ClientOrder, message: Message): void {
    const quantity = message.number(38);
    const cum = message.number(14);
    const leaves = message.number(151);
    if (cum !== order.cumQty) this.fault(`CumQty is not the ${order.cumQty} of its fills: ${message}`);
    const expected = FINAL.includes(order.status) ? 0 : quantity - cum;
    if (leaves !== expected) this.fault(`LeavesQty is not ${expected}: ${message}`);
    if (quantity !== order.quantity) this.fault(`OrderQty is not ${order.quantity}: ${message}`);
    if (order.status === "2" && cum !== quantity && order.busts.length === 0)
      this.fault(`filled in part only: ${message}`);
  }

  private changeRefused(message: Message): void {
    const id = message.text(11);
    const order = this.orderOf(message);
    const asked = this.asked.get(id);
    // The venue's own refusal of what the gateway has refused for it comes after another request.
    if (asked === undefined && order.answeredFor === 0) this.fault(`refuses what nobody asked: ${message}`);
    this.asked.delete(id);
    if (asked !== undefined && (message.get(58) ?? "").startsWith("CORE-227")) {
      order.answeredFor++;
      this.answeredFor++;
      if (asked.kind === "replace") this.late.set(id, asked);
    }
    // Of one that the venue has opened without a word it was only told that nothing is known.
    const isUnknown = order.status === "A" && order.isTold;
    if (message.text(39) !== order.status && order.status !== "6" && order.status !== "E" && !isUnknown) {
      this.fault(`OrdStatus is not ${order.status}: ${message}`);
    }
    if (FINAL.includes(message.text(39)) !== FINAL.includes(order.status)) this.fault(`OrdStatus of ${message}`);
    order.status = message.text(39);
  }
}
