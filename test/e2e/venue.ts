import type { Socket, TCPSocketListener } from "bun";
import { until } from "../eventually.ts";
import type { Field, Message } from "./fix-message.ts";
import { now } from "./fix-message.ts";
import { type Client, FixPeer, LOGON } from "./fix-peer.ts";

/** An order as the venue has it. */
export interface VenueOrder {
  /** ClOrdID of the last request that was taken. */
  clOrdId: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: string;
  quantity: number;
  price: string;
  filled: number;
  open: boolean;
}

/** A venue that does what the test says: it acknowledges by itself unless told not to, and fills when asked. */
export class Venue extends FixPeer {
  readonly orders: VenueOrder[] = [];
  /** Orders are acknowledged, cancels and replaces accepted, at once. */
  acknowledges = true;
  private listener: TCPSocketListener<undefined> | null = null;
  private reports = 0;

  constructor(
    readonly port: number,
    compId = "VENUE",
    peerCompId = "GATEWAY",
  ) {
    super(compId, peerCompId);
    this.onApplication = (message) => this.request(message);
  }

  listen(): void {
    this.listener = Bun.listen<undefined>({
      hostname: "127.0.0.1",
      port: this.port,
      socket: { ...this.handlers(), open: (socket: Socket<undefined>) => this.attach(socket) },
    });
  }

  /** Stops listening and drops the connection. */
  stop(): void {
    this.listener?.stop(true);
    this.listener = null;
    this.drop();
  }

  /** The order of this quantity, which tests keep unique, once it has come. */
  async orderOf(quantity: number): Promise<VenueOrder> {
    await this.wait(`order of ${quantity}`, (message) => message.type === "D" && message.get(38) === String(quantity));
    return this.orders.find((order) => order.quantity === quantity)!;
  }

  fill(order: VenueOrder, quantity: number, price = order.price): void {
    order.filled += quantity;
    order.open = order.filled < order.quantity;
    this.execution(order, order.clOrdId, "F", [
      [31, price],
      [32, quantity],
    ]);
  }

  acknowledge(order: VenueOrder): void {
    this.execution(order, order.clOrdId, "0");
  }

  refuse(order: VenueOrder, text: string): void {
    order.open = false;
    this.execution(
      order,
      order.clOrdId,
      "8",
      [
        [58, text],
        [103, 99],
      ],
      "8",
    );
  }

  protected override logonCame(message: Message): void {
    if (message.get(141) === "Y") this.forget();
    const answer: Field[] = [
      [98, 0],
      [108, message.get(108) ?? "30"],
    ];
    if (message.get(141) === "Y") answer.push([141, "Y"]);
    this.send(LOGON, answer);
    super.logonCame(message);
  }

  private request(message: Message): void {
    if (message.type === "D") this.newOrder(message);
    else if (message.type === "F" || message.type === "G") this.change(message);
  }

  private newOrder(message: Message): void {
    const order: VenueOrder = {
      clOrdId: message.get(11)!,
      orderId: `V${this.orders.length + 1}`,
      symbol: message.get(55)!,
      side: message.get(54)!,
      quantity: Number(message.get(38)),
      price: message.get(44) ?? "150",
      filled: 0,
      open: true,
    };
    this.orders.push(order);
    if (this.acknowledges) this.acknowledge(order);
  }

  private change(message: Message): void {
    const orig = message.get(41)!;
    const clOrdId = message.get(11)!;
    const order = this.orders.find((one) => one.clOrdId === orig);
    if (order === undefined || !order.open) {
      this.send("9", [
        [37, order?.orderId ?? "NONE"],
        [11, clOrdId],
        [41, orig],
        [39, order === undefined ? "8" : order.filled === order.quantity ? "2" : "4"],
        [434, message.type === "F" ? 1 : 2],
        [102, order === undefined ? 1 : 0],
      ]);
      return;
    }
    if (!this.acknowledges) return;
    order.clOrdId = clOrdId;
    if (message.type === "F") {
      order.open = false;
      this.execution(order, clOrdId, "4", [[41, orig]], "4");
      return;
    }
    order.quantity = Number(message.get(38));
    order.price = message.get(44) ?? order.price;
    this.execution(order, clOrdId, "5", [[41, orig]]);
  }

  private execution(
    order: VenueOrder,
    clOrdId: string,
    execType: string,
    more: readonly Field[] = [],
    status = order.filled === 0 ? "0" : order.filled < order.quantity ? "1" : "2",
  ): void {
    this.send("8", [
      [37, order.orderId],
      [11, clOrdId],
      [17, `E${++this.reports}`],
      [150, execType],
      [39, status],
      [55, order.symbol],
      [54, order.side],
      [38, order.quantity],
      [44, order.price],
      [151, order.open ? order.quantity - order.filled : 0],
      [14, order.filled],
      [6, order.filled > 0 ? order.price : 0],
      [60, now()],
      ...more,
    ]);
  }
}

/** Resolves once a client's orders reach the venue: its Logon has to be taken before, which nobody outside sees. */
export async function venueUp(client: Client): Promise<void> {
  await until(`a venue that takes orders of ${client.compId}`, async () => {
    const clOrdId = client.order({ 38: 1 });
    const report = await client.report(clOrdId);
    if (report.get(150) === "8") return false;
    await client.report(client.cancel(clOrdId), "4");
    return true;
  });
}
