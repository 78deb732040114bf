import type { TLSOptions } from "bun";
import type { PeerOptions } from "../../src/counterparty/session.ts";
import { listenFor } from "../../src/counterparty/tcp.ts";
import { type PeerOrder, VenuePeer } from "../../src/counterparty/venue.ts";
import { until } from "../eventually.ts";
import type { Client } from "./client.ts";

/** A venue over loopback TCP. */
export class Venue<Order extends PeerOrder = PeerOrder> extends VenuePeer<Order> {
  private listener: ReturnType<typeof listenFor> | null = null;

  constructor(
    readonly port: number,
    compId = "VENUE",
    options: PeerOptions = {},
  ) {
    super(compId, options);
  }

  /** With `tls` over TLS. */
  listen(tls?: TLSOptions): void {
    this.listener = listenFor(this, this.port, tls);
  }

  /** Stops listening and drops the connection. */
  stop(): void {
    this.listener?.stop(true);
    this.listener = null;
    this.drop();
  }

  /** The order of this quantity, which tests keep unique, once it has come. */
  async orderOf(quantity: number): Promise<Order> {
    await this.wait(`order of ${quantity}`, (message) => message.type === "D" && message.number(38) === quantity);
    return this.orders.find((order) => order.quantity === quantity)!;
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
