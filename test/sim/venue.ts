import { bodyText, fields, type Message, SOH } from "../../src/counterparty/message.ts";
import type { Transport } from "../../src/counterparty/transport.ts";
import { BROKER_OPTION, type PeerOrder, TOO_LATE, UNKNOWN_ORDER, VenuePeer } from "../../src/counterparty/venue.ts";
import { mixed } from "../mixed-ids.ts";
import { fillGroups, hasGroups, orderGroups } from "./groups.ts";
import { type Peer, SimConnection, type Simulation } from "./peer.ts";

/** CxlRejReason (102): other. */
const OTHER_REASON = 99;

/** Text (58) of a status that the gateway has asked for. */
export const STATUS_TEXT = "as the gateway has asked";

/** The truth about one order: what the venue made of it. */
export interface VenueOrder extends PeerOrder {
  /** The gateway's number of the first request. */
  readonly number: number;
}

interface Task {
  readonly atNs: number;
  readonly act: () => void;
}

/** An exchange that follows a script of chance: slow, moody, forgetful of its manners, but true in what it says. */
export class ScriptedVenue extends VenuePeer<VenueOrder> implements Peer {
  readonly connection: SimConnection;
  /** Number of any request → its order. */
  private readonly byNumber = new Map<number, VenueOrder>();
  /** What the gateway may not send at the time: refusals are told to the run. */
  blocked: (number: number, account: string) => string | null = () => null;
  /** The same of the quantity of a new order. */
  tooLarge: (quantity: number) => string | null = () => null;
  mischief = 0;
  moodiness = 0.05;
  slowness = 0;
  pace = 0.1;
  /** OrderStatusRequests of the gateway. */
  asked = 0;
  private readonly door: number;
  private tasks: Task[] = [];

  constructor(
    name: string,
    private readonly simulation: Simulation,
    address: string,
  ) {
    super(name, { clock: simulation, keeps: "session" });
    this.connection = new SimConnection(this, simulation);
    this.heartBtInt = 2;
    const [host, port] = address.split(":");
    this.door = simulation.network.listenTcp(host!, Number(port), 1);
  }

  get idle(): boolean {
    return this.tasks.length === 0;
  }

  override attach(transport: Transport): void {
    super.attach(transport);
    this.connection.log("connected");
  }

  override fault(text: string): never {
    return this.connection.fail(text);
  }

  override write(text: string): void {
    this.connection.log(`> ${text.replaceAll(SOH, "|")}`);
    super.write(text);
  }

  protected override onMessage(message: Message): void {
    this.connection.onMessage(message);
  }

  protected override refused(message: Message): void {
    this.connection.refused(message);
  }

  protected override ended(): void {
    this.connection.ended();
  }

  turn(): void {
    const { simulation } = this;
    if (simulation.nowNs < this.connection.idleUntilNs) return;
    this.accept();
    this.connection.poll();
    this.work();
    if (!simulation.calm) this.act();
    else if (this.loggedOn) this.finish();
    this.connection.poll();
  }

  /** The newest connection counts: the gateway has given up the older one. */
  private accept(): void {
    const fd = this.simulation.network.acceptTcp(this.door);
    if (fd < 0) return;
    this.connection.transport.close();
    this.connection.transport.open(fd);
  }

  private work(): void {
    const now = this.simulation.nowNs;
    if (!this.tasks.some((task) => task.atNs <= now)) return;
    const due = this.tasks.filter((task) => task.atNs <= now);
    this.tasks = this.tasks.filter((task) => task.atNs > now);
    for (const task of due) task.act();
  }

  private later(act: () => void): void {
    const { random, nowNs, calm } = this.simulation;
    const delay = calm ? 0 : random.chance(this.slowness) ? random.within(1, 2000) * 1e6 : random.within(0, 900) * 1e3;
    this.tasks.push({ atNs: nowNs + delay, act });
  }

  private act(): void {
    const { random } = this.simulation;
    if (random.chance(this.pace)) this.stir();
    if (random.chance(this.mischief)) this.misbehave();
  }

  private misbehave(): void {
    const { random } = this.simulation;
    const kind = random.below(6);
    if (kind === 0) this.repeat(random.within(1, this.nextOut - 1));
    else if (kind === 1) this.sayAgain();
    else if (kind === 2) this.connection.garble();
    else if (kind === 3) this.sendLogout();
    else if (kind === 4) random.chance(0.5) ? this.drop() : this.connection.transport.close();
    else this.connection.idleUntilNs = this.simulation.nowNs + random.within(1, 3000) * 1e6;
  }

  /** A fill once more with a new number and no flag: its ExecID says that it is the same. */
  private sayAgain(): void {
    for (let sequence = this.nextOut - 1; sequence > Math.max(0, this.nextOut - 20); sequence--) {
      const { type, body } = this.sent.get(sequence) ?? { type: "", body: "" };
      const text = bodyText(body);
      if (type !== "8" || !text.includes(`${SOH}150=F${SOH}`) || text.includes(`${SOH}151=0${SOH}`)) continue;
      this.send("8", body);
      return;
    }
  }

  /** Something happens to an order that rests. */
  private stir(): void {
    const { random } = this.simulation;
    const live = this.orders.slice(-40).filter((order) => order.open);
    if (live.length === 0) return;
    const order = random.pick(live);
    if (random.chance(0.06)) this.end(order, "canceled");
    else if (random.chance(0.04)) this.end(order, "expired");
    else this.fillUpTo(order, random.chance(0.5) ? order.quantity - order.filled : random.within(1, 200));
    if (random.chance(0.05)) this.bustOne(order);
  }

  /** Brings what is left to an end; what the clients cancel meanwhile is theirs. */
  private finish(): void {
    for (const order of this.orders) {
      if (order.open && this.simulation.random.chance(0.02)) this.fillUpTo(order, order.quantity - order.filled);
    }
  }

  protected override application(message: Message): void {
    const { type } = message;
    const groups = type === "D" || type === "G" ? orderGroups(message.number(38)) : "";
    if (!hasGroups(message, groups)) this.fault(`groups of ${message}`);
    if (!"DFGH".includes(type)) this.fault(`nothing for a venue: ${message}`);
    if (type === "H") this.say(message);
    else super.application(message);
  }

  /** Answers an OrderStatusRequest with how the order is by then, or not at all. */
  private say(message: Message): void {
    const order = this.byNumber.get(this.numberOf(message.text(11)));
    this.asked++;
    if (order === undefined || this.simulation.random.chance(0.5)) return;
    this.later(() => {
      // One that it has not decided about is not in its books.
      if (order.status !== "A") this.report("status", order, [[58, STATUS_TEXT]]);
    });
  }

  override nextExecId(): string {
    return mixed(super.nextExecId());
  }

  private numberOf(id: string): number {
    const number = Number(id.split("-")[1]);
    return number > 0 ? number : this.fault(`ClOrdID ${id}`);
  }

  protected override newOrder(message: Message): VenueOrder {
    const number = this.numberOf(message.text(11));
    return { ...super.newOrder(message), number, orderId: mixed(`V${number}`), status: "A", open: false };
  }

  protected override enter(message: Message): void {
    const { random, calm } = this.simulation;
    const order = this.add(message);
    const { number, account } = order;
    if (this.byNumber.has(number)) this.fault(`the order of ${order.clOrdId} came a second time: ${message}`);
    const blocked = this.blocked(number, account) ?? this.tooLarge(order.quantity);
    if (blocked !== null) this.fault(`${blocked}: ${message}`);
    this.byNumber.set(number, order);
    if (!calm && random.chance(this.moodiness)) this.later(() => this.refuseSomehow(order, message.sequence));
    else this.later(() => this.acknowledge(order));
  }

  override acknowledge(order: VenueOrder): void {
    delete order.status;
    order.open = true;
    const { random } = this.simulation;
    // Some venues fill without an acknowledgement before.
    if (random.chance(0.9)) super.acknowledge(order);
    if (random.chance(0.4)) this.fillUpTo(order, random.within(1, order.quantity));
  }

  /** In one of the ways that venues have. */
  private refuseSomehow(order: VenueOrder, sequence: number): void {
    const how = this.simulation.random.below(3);
    if (how === 0) return this.refuse(order, "Not today", 0);
    order.status = "8";
    if (how === 1) this.send("3", `45=${sequence}|58=Bad field|371=1|372=D|373=5|`);
    else this.send("j", `45=${sequence}|58=Closed|372=D|379=${order.clOrdId}|380=2|`);
  }

  private fillUpTo(order: VenueOrder, most: number): void {
    const quantity = Math.min(most, order.quantity - order.filled);
    if (!order.open || quantity <= 0) return;
    const price = Number((90 + ((order.number * 7 + order.trades.length) % 1000) / 100).toFixed(2));
    this.fill(order, quantity, String(price), fields(fillGroups(quantity)));
  }

  private bustOne(order: VenueOrder): void {
    const trade = order.trades.find((its) => !its.busted);
    if (trade !== undefined) this.bust(order, trade);
  }

  protected override change(message: Message): void {
    const id = message.text(11);
    const number = this.numberOf(id);
    if (this.byNumber.has(number)) this.fault(`the request of ${id} came a second time: ${message}`);
    const blocked = message.type === "G" ? this.blocked(number, message.text(1)) : null;
    if (blocked !== null) this.fault(`${blocked}: ${message}`);
    const order = this.byNumber.get(this.numberOf(message.text(41)));
    if (order === undefined) return this.later(() => this.refuseChange(order, message, UNKNOWN_ORDER));
    this.byNumber.set(number, order);
    this.later(() => this.answer(order, message));
  }

  private answer(order: VenueOrder, message: Message): void {
    const { random, calm } = this.simulation;
    if (!order.open) this.refuseChange(order, message, TOO_LATE);
    else if (!calm && random.chance(this.moodiness)) this.refuseChange(order, message, BROKER_OPTION);
    else if (message.type === "F") {
      if (random.chance(0.1)) this.report("pendingCancel", order, [[41, order.clOrdId]], message.text(11));
      this.acceptCancel(order, message);
    } else if (message.number(38) <= order.filled) this.refuseChange(order, message, OTHER_REASON);
    else this.acceptReplace(order, message);
  }
}
