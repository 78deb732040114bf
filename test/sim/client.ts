import type { Text } from "./fix-text.ts";
import { stamp } from "./fix-text.ts";
import { fillGroups, hasGroups, orderGroups } from "./groups.ts";
import { Peer, type Scene } from "./peer.ts";

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
  /** What was said when it was rejected. */
  text: string;
  cumQty: number;
  readonly fills: string[];
  readonly busts: string[];
}

interface Asked {
  readonly order: ClientOrder;
  readonly kind: "cancel" | "replace";
}

const FINAL = "2348C";
const OPEN = "A01E6";

/** A trading client: sends orders, cancels and replaces by chance, and checks each report against all it knows. */
export class Client extends Peer {
  readonly orders: ClientOrder[] = [];
  /** Accounts it names, and symbols; one of each may be blocked. */
  accounts: readonly string[] = [];
  symbols: readonly string[] = [];
  /** Orders it may still send. */
  budget = 0;
  rate = 0.1;
  burst = 1;
  mischief = 0;
  protected override initiates = true;
  private readonly byId = new Map<string, ClientOrder>();
  private readonly asked = new Map<string, Asked>();
  private readonly executions = new Set<string>();
  /** ClOrdIDs that were deliberately used twice, and how often that is still to be refused. */
  private readonly doubled = new Map<string, number>();
  private statusAsked = 0;
  private connectAtNs = 0;
  private count = 0;

  constructor(
    name: string,
    gatewayName: string,
    scene: Scene,
    private readonly address: string,
  ) {
    super(name, gatewayName, scene);
    this.heartBtIntS = scene.random.within(1, 5);
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

  override turn(): void {
    const { scene } = this;
    if (scene.nowNs < this.asleepUntilNs) return;
    if (this.fd < 0) this.connect();
    this.poll();
    if (this.loggedOn) {
      if (!scene.calm) this.act();
      else this.cancelRest();
    }
  }

  protected override gone(why: string): void {
    super.gone(why);
    const { random, calm, nowNs } = this.scene;
    this.connectAtNs = nowNs + (calm ? 20e6 : random.within(1, 300) * 1e6);
  }

  private connect(): void {
    const { network, nowNs } = this.scene;
    if (nowNs < this.connectAtNs) return;
    const fd = network.connect(this.address);
    if (network.connectResult(fd) === 0) {
      this.attach(fd);
      return;
    }
    network.closeSocket(fd);
    this.connectAtNs = nowNs + 20e6;
  }

  private act(): void {
    const { random } = this.scene;
    if (random.chance(this.rate / this.burst)) for (let i = 0; i < this.burst && this.budget > 0; i++) this.newOrder();
    if (random.chance(this.rate * 0.4)) this.change();
    if (random.chance(this.mischief)) this.misbehave();
  }

  private newOrder(): void {
    const { random } = this.scene;
    this.budget--;
    const id = `${this.name}-${++this.count}`;
    const order: ClientOrder = {
      first: id,
      id,
      account: random.pick(this.accounts),
      symbol: random.pick(this.symbols),
      side: random.pick(["1", "2", "5"]),
      quantity: random.chance(0.03) ? 5_000 : random.within(1, 400),
      price: random.chance(0.03) ? 999 : random.within(96, 104),
      orderId: "",
      status: "",
      acked: false,
      text: "",
      cumQty: 0,
      fills: [],
      busts: [],
    };
    this.orders.push(order);
    this.byId.set(id, order);
    this.say("D", this.terms(order, id, ""));
  }

  private terms(order: ClientOrder, id: string, orig: string): string {
    const now = stamp(this.scene.wallUs);
    const { account, symbol, side, quantity, price } = order;
    const fields = `1=${account}|11=${id}|21=1|38=${quantity}|40=2|${orig}44=${price}|54=${side}|55=${symbol}|60=${now}|`;
    return fields + orderGroups(quantity);
  }

  /** Cancels, replaces, or asks about one of the newest orders. */
  private change(): void {
    const { random } = this.scene;
    const recent = this.orders.slice(-30).filter((order) => order.status !== "");
    const open = recent.filter((order) => OPEN.includes(order.status));
    const order = random.pick(random.chance(0.9) ? open : recent);
    if (order === undefined || [...this.asked.values()].some((asked) => asked.order === order)) return;
    if (random.chance(0.15)) this.askStatus(order);
    else if (random.chance(0.5)) this.cancel(order);
    else this.replace(order);
  }

  private askStatus(order: ClientOrder): void {
    this.statusAsked++;
    this.say("H", `11=${order.id}|54=${order.side}|55=${order.symbol}|`);
  }

  private cancel(order: ClientOrder): void {
    const id = `${this.name}-${++this.count}`;
    this.asked.set(id, { order, kind: "cancel" });
    this.byId.set(id, order);
    const now = stamp(this.scene.wallUs);
    this.say("F", `11=${id}|41=${order.id}|54=${order.side}|55=${order.symbol}|60=${now}|`);
  }

  private replace(order: ClientOrder): void {
    const { random } = this.scene;
    const id = `${this.name}-${++this.count}`;
    this.asked.set(id, { order, kind: "replace" });
    this.byId.set(id, order);
    const wanted = { ...order, quantity: order.cumQty + random.within(0, 200), price: random.within(96, 104) };
    this.say("G", this.terms(wanted, id, `41=${order.id}|`));
  }

  /** Once all is calm every order is brought to an end. */
  private cancelRest(): void {
    for (const order of this.orders) {
      if (!OPEN.includes(order.status) || order.status === "") continue;
      if (![...this.asked.values()].some((asked) => asked.order === order)) this.cancel(order);
    }
  }

  private misbehave(): void {
    const { random } = this.scene;
    const last = this.orders.at(-1);
    const kind = random.below(7);
    if (kind === 0) this.repeat(random.within(1, this.nextOut - 1));
    else if (kind === 1 && last !== undefined) this.twice(last, "97=Y|");
    else if (kind === 2 && last !== undefined) this.twice(last, "");
    else if (kind === 3) this.garble();
    else if (kind === 4) this.logout();
    else if (kind === 5 && last !== undefined) this.flood(last);
    else this.asleepUntilNs = this.scene.nowNs + random.within(1, 3000) * 1e6;
  }

  /** Asks more than it is willing to read the answers of. */
  private flood(order: ClientOrder): void {
    if (order.status === "") return;
    for (let i = 0; i < 150; i++) this.askStatus(order);
    this.deafUntilNs = this.scene.nowNs + 300e6;
  }

  /** The last order's ClOrdID again, in a new message: with PossResend it changes nothing, without it is refused. */
  private twice(order: ClientOrder, flag: string): void {
    if (order.status === "") return;
    if (flag === "") this.doubled.set(order.first, (this.doubled.get(order.first) ?? 0) + 1);
    this.say("D", flag + this.terms(order, order.first, ""));
  }

  protected override application(message: Text): void {
    const type = message.get(35);
    if (type === "8") this.execution(message);
    else if (type === "9") this.cancelReject(message);
    else this.fail(`a ${type} that nothing here asked for: ${message}`);
  }

  private orderOf(message: Text): ClientOrder {
    return this.byId.get(message.get(11)) ?? this.fail(`a report about no order of this client: ${message}`);
  }

  private execution(message: Text): void {
    const execType = message.get(150);
    const order = this.orderOf(message);
    if (this.executions.has(message.get(17))) this.fail(`ExecID ${message.get(17)} for the second time: ${message}`);
    this.executions.add(message.get(17));
    if (execType === "8" && this.refusesDouble(message)) return;
    if (execType !== "I" && order.orderId !== "" && order.orderId !== message.get(37))
      this.fail(`OrderID of ${message}`);
    if (execType !== "I") order.orderId = message.get(37);
    const was = order.status;
    this.event(execType, order, message);
    const status = message.get(39);
    if (FINAL.includes(was) && was !== "" && status !== was) this.fail(`the order was ${was} for good: ${message}`);
    order.status = status;
    this.arithmetic(order, message);
  }

  private event(execType: string, order: ClientOrder, message: Text): void {
    const was = order.status;
    const open = was === "" || OPEN.includes(was);
    const asked = this.asked.get(message.get(11));
    switch (execType) {
      case "0":
        if (order.acked || was !== "") this.fail(`accepted for the second time: ${message}`);
        order.acked = true;
        return;
      case "F":
        if (was === "2" || was === "8") this.fail(`a fill of an order that is ${was}: ${message}`);
        if (!hasGroups(message, fillGroups(message.number(32)))) this.fail(`groups of a fill: ${message}`);
        order.cumQty += message.number(32);
        order.fills.push(`${message.number(32)}@${message.number(31)}`);
        return;
      case "H":
        order.cumQty -= message.number(32);
        order.busts.push(`${message.number(32)}@${message.number(31)}`);
        return;
      case "5":
        if (asked?.kind !== "replace") this.fail(`replaced, and nobody asked: ${message}`);
        order.quantity = message.number(38);
        order.price = message.number(44);
        order.id = message.get(11);
        this.asked.delete(message.get(11));
        return;
      case "8":
        if (was !== "" && !(order.acked && was === "0")) this.fail(`rejected after it was ${was}: ${message}`);
        order.text = message.get(58);
        return;
      case "4":
      case "C":
      case "3":
        if (!open) this.fail(`ended though it was ${was}: ${message}`);
        this.asked.delete(message.get(11));
        return;
      case "I":
        this.statusAsked--;
        return;
      case "6":
      case "E":
        if (asked === undefined) this.fail(`pending, and nobody asked: ${message}`);
        return;
      default:
        this.fail(`ExecType of ${message}`);
    }
  }

  private refusesDouble(message: Text): boolean {
    const id = message.get(11);
    const left = this.doubled.get(id) ?? 0;
    if (left === 0 || message.get(103) !== "6") return false;
    this.doubled.set(id, left - 1);
    return true;
  }

  private arithmetic(order: ClientOrder, message: Text): void {
    const quantity = message.number(38);
    const cum = message.number(14);
    const leaves = message.number(151);
    if (cum !== order.cumQty) this.fail(`CumQty is not the ${order.cumQty} of its fills: ${message}`);
    const expected = FINAL.includes(order.status) ? 0 : quantity - cum;
    if (leaves !== expected) this.fail(`LeavesQty is not ${expected}: ${message}`);
    if (quantity !== order.quantity) this.fail(`OrderQty is not ${order.quantity}: ${message}`);
    if (order.status === "2" && cum !== quantity && order.busts.length === 0)
      this.fail(`filled in part only: ${message}`);
  }

  private cancelReject(message: Text): void {
    const id = message.get(11);
    if (!this.asked.delete(id)) this.fail(`refuses what nobody asked: ${message}`);
    const order = this.orderOf(message);
    if (message.get(39) !== order.status && order.status !== "6" && order.status !== "E") {
      this.fail(`OrdStatus is not ${order.status}: ${message}`);
    }
    if (FINAL.includes(message.get(39)) !== FINAL.includes(order.status)) this.fail(`OrdStatus of ${message}`);
    order.status = message.get(39);
  }
}
