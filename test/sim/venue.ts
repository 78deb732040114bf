import type { Text } from "./fix-text.ts";
import { stamp } from "./fix-text.ts";
import { fillGroups, hasGroups, orderGroups } from "./groups.ts";
import { Peer, type Scene } from "./peer.ts";

/** The truth about one order: what the venue made of it. */
export interface VenueOrder {
  /** The gateway's number of the first request. */
  readonly number: number;
  /** The ClOrdID it goes by. */
  id: string;
  readonly account: string;
  readonly symbol: string;
  readonly side: string;
  quantity: number;
  price: string;
  cumQty: number;
  status: string;
  live: boolean;
  readonly fills: { quantity: number; price: number; busted: boolean }[];
}

interface Task {
  readonly atNs: number;
  readonly act: () => void;
}

/** An exchange that follows a script of chance: slow, moody, forgetful of its manners, but true in what it says. */
export class ScriptedVenue extends Peer {
  readonly orders = new Map<number, VenueOrder>();
  /** Number of any request → its order. */
  private readonly byNumber = new Map<number, VenueOrder>();
  /** What the gateway may not send at the time: refusals are told to the run. */
  blocked: (number: number, account: string) => string | null = () => null;
  mischief = 0;
  moodiness = 0.05;
  slowness = 0;
  pace = 0.1;
  protected override initiates = false;
  private readonly door: number;
  private tasks: Task[] = [];
  private executions = 0;
  private waitingFd = -1;

  constructor(name: string, gatewayName: string, scene: Scene, address: string) {
    super(name, gatewayName, scene);
    const [host, port] = address.split(":");
    this.door = scene.network.listenTcp(host!, Number(port), 1);
  }

  get idle(): boolean {
    return this.tasks.length === 0;
  }

  override turn(): void {
    const { scene } = this;
    if (scene.nowNs < this.asleepUntilNs) return;
    this.accept();
    this.poll();
    this.work();
    if (!scene.calm) this.act();
    else if (this.loggedOn) this.finish();
    this.poll();
  }

  /** The newest connection counts: the gateway has given up the older one. */
  private accept(): void {
    const fd = this.scene.network.acceptTcp(this.door);
    if (fd >= 0) this.waitingFd = fd;
    if (this.waitingFd < 0) return;
    if (this.fd >= 0) this.hangUp(false);
    this.attach(this.waitingFd);
    this.waitingFd = -1;
  }

  private work(): void {
    const now = this.scene.nowNs;
    if (!this.tasks.some((task) => task.atNs <= now)) return;
    const due = this.tasks.filter((task) => task.atNs <= now);
    this.tasks = this.tasks.filter((task) => task.atNs > now);
    for (const task of due) task.act();
  }

  private later(act: () => void): void {
    const { random, nowNs, calm } = this.scene;
    const delay = calm ? 0 : random.chance(this.slowness) ? random.within(1, 2000) * 1e6 : random.within(0, 900) * 1e3;
    this.tasks.push({ atNs: nowNs + delay, act });
  }

  private act(): void {
    const { random } = this.scene;
    if (random.chance(this.pace)) this.stir();
    if (random.chance(this.mischief)) this.misbehave();
  }

  private misbehave(): void {
    const { random } = this.scene;
    const kind = random.below(6);
    if (kind === 0) this.repeat(random.within(1, this.nextOut - 1));
    else if (kind === 1) this.sayAgain();
    else if (kind === 2) this.garble();
    else if (kind === 3) this.logout();
    else if (kind === 4) this.hangUp(random.chance(0.5));
    else this.asleepUntilNs = this.scene.nowNs + random.within(1, 3000) * 1e6;
  }

  /** A fill once more with a new number and no flag: its ExecID says that it is the same. */
  private sayAgain(): void {
    for (let sequence = this.nextOut - 1; sequence > Math.max(0, this.nextOut - 20); sequence--) {
      const { type, body } = this.sent[sequence]!;
      if (type !== "8" || !body.includes("|150=F|") || body.includes("|151=0|")) continue;
      this.say("8", body);
      return;
    }
  }

  /** Something happens to an order that rests. */
  private stir(): void {
    const { random } = this.scene;
    const live = [...this.orders.values()].slice(-40).filter((order) => order.live);
    if (live.length === 0) return;
    const order = random.pick(live);
    if (random.chance(0.06)) this.end(order, "4", "");
    else if (random.chance(0.04)) this.end(order, "C", "");
    else this.fill(order, random.chance(0.5) ? order.quantity - order.cumQty : random.within(1, 200));
    if (random.chance(0.05)) this.bust(order);
  }

  /** Brings what is left to an end; what the clients cancel meanwhile is theirs. */
  private finish(): void {
    for (const order of this.orders.values()) {
      if (order.live && this.scene.random.chance(0.02)) this.fill(order, order.quantity - order.cumQty);
    }
  }

  protected override application(message: Text): void {
    const type = message.get(35);
    const groups = type === "D" || type === "G" ? orderGroups(message.number(38)) : "";
    if (!hasGroups(message, groups)) this.fail(`groups of ${message}`);
    if (type === "D") this.enter(message);
    else if (type === "F" || type === "G") this.change(message, type);
    else if (type !== "3") this.fail(`nothing for a venue: ${message}`);
  }

  private numberOf(id: string): number {
    const number = Number(id.split("-")[1]);
    return number > 0 ? number : this.fail(`ClOrdID ${id}`);
  }

  private enter(message: Text): void {
    const { random, calm } = this.scene;
    const id = message.get(11);
    const number = this.numberOf(id);
    if (this.byNumber.has(number)) this.fail(`the order of ${id} came a second time: ${message}`);
    const blocked = this.blocked(number, message.get(1));
    if (blocked !== null) this.fail(`${blocked}: ${message}`);
    const order: VenueOrder = {
      number,
      id,
      account: message.get(1),
      symbol: message.get(55),
      side: message.get(54),
      quantity: message.number(38),
      price: message.get(44),
      cumQty: 0,
      status: "A",
      live: false,
      fills: [],
    };
    this.orders.set(number, order);
    this.byNumber.set(number, order);
    const sequence = message.number(34);
    if (!calm && random.chance(this.moodiness)) this.later(() => this.refuse(order, sequence));
    else this.later(() => this.acknowledge(order));
  }

  private acknowledge(order: VenueOrder): void {
    order.status = "0";
    order.live = true;
    const { random } = this.scene;
    // Some venues fill without an acknowledgement before.
    if (random.chance(0.9)) this.report(order, "0", order.id, "");
    if (random.chance(0.4)) this.fill(order, random.within(1, order.quantity));
  }

  /** In one of the ways that venues have. */
  private refuse(order: VenueOrder, sequence: number): void {
    order.status = "8";
    const how = this.scene.random.below(3);
    if (how === 0) this.report(order, "8", order.id, "103=0|58=Not today|");
    else if (how === 1) this.say("3", `45=${sequence}|58=Bad field|371=1|372=D|373=5|`);
    else this.say("j", `45=${sequence}|58=Closed|372=D|379=${order.id}|380=2|`);
  }

  private fill(order: VenueOrder, most: number): void {
    const quantity = Math.min(most, order.quantity - order.cumQty);
    if (!order.live || quantity <= 0) return;
    const price = Number((90 + ((order.number * 7 + order.fills.length) % 1000) / 100).toFixed(2));
    order.cumQty += quantity;
    order.fills.push({ quantity, price, busted: false });
    order.status = order.cumQty === order.quantity ? "2" : "1";
    order.live = order.status !== "2";
    this.report(order, "F", order.id, `31=${price}|32=${quantity}|${fillGroups(quantity)}`);
  }

  private bust(order: VenueOrder): void {
    const fill = order.fills.find((its) => !its.busted);
    if (fill === undefined) return;
    fill.busted = true;
    order.cumQty -= fill.quantity;
    if (order.live) order.status = order.cumQty === 0 ? "0" : "1";
    this.report(order, "H", order.id, `31=${fill.price}|32=${fill.quantity}|`);
  }

  private end(order: VenueOrder, status: string, answer: string): void {
    order.status = status;
    order.live = false;
    if (answer === "") this.report(order, status, order.id, "");
    else this.report(order, status, answer, `41=${order.id}|`);
  }

  private change(message: Text, type: string): void {
    const id = message.get(11);
    const number = this.numberOf(id);
    if (this.byNumber.has(number)) this.fail(`the request of ${id} came a second time: ${message}`);
    const blocked = type === "G" ? this.blocked(number, message.get(1)) : null;
    if (blocked !== null) this.fail(`${blocked}: ${message}`);
    const order = this.byNumber.get(this.numberOf(message.get(41)));
    if (order === undefined) {
      this.later(() => this.refuseChange(null, message, type, 1));
      return;
    }
    this.byNumber.set(number, order);
    this.later(() => this.answer(order, message, type));
  }

  private answer(order: VenueOrder, message: Text, type: string): void {
    const { random, calm } = this.scene;
    const id = message.get(11);
    const quantity = message.number(38);
    if (!order.live) this.refuseChange(order, message, type, 0);
    else if (!calm && random.chance(this.moodiness)) this.refuseChange(order, message, type, 2);
    else if (type === "F") {
      if (random.chance(0.1)) this.report(order, "6", id, `41=${order.id}|`);
      this.end(order, "4", id);
    } else if (quantity <= order.cumQty) this.refuseChange(order, message, type, 99);
    else {
      const orig = order.id;
      order.id = id;
      order.quantity = quantity;
      order.price = message.get(44);
      this.report(order, "5", id, `41=${orig}|`);
    }
  }

  private refuseChange(order: VenueOrder | null, message: Text, type: string, reason: number): void {
    const orderId = order === null ? "NONE" : `V${order.number}`;
    const status = order === null ? "8" : order.status;
    const response = type === "F" ? "1" : "2";
    const now = stamp(this.scene.wallUs);
    const ids = `11=${message.get(11)}|37=${orderId}|39=${status}|41=${message.get(41)}|60=${now}|`;
    this.say("9", `${ids}102=${reason}|434=${response}|`);
  }

  private report(order: VenueOrder, execType: string, id: string, more: string): void {
    const { quantity, cumQty, live, status, price, side, symbol } = order;
    const shown = execType === "6" ? "6" : status;
    const leaves = live ? quantity - cumQty : 0;
    const head = `6=0|11=${id}|14=${cumQty}|17=E${++this.executions}|37=V${order.number}|38=${quantity}|39=${shown}|`;
    const now = stamp(this.scene.wallUs);
    this.say("8", `${head}${more}44=${price}|54=${side}|55=${symbol}|60=${now}|150=${execType}|151=${leaves}|`);
  }
}
