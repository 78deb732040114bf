// A client of the warm-up.

import * as sockets from "../../ffi/socket.ts";
import { ID_BYTES } from "../base/id.ts";
import { ClientPeer, type Values } from "../counterparty/client.ts";
import type { Message } from "../counterparty/message.ts";
import { PolledTransport, type Scratch } from "../counterparty/polled.ts";
import type { Clock } from "../counterparty/transport.ts";

/** Every fifth id in its long form. */
export function warmUpId(id: string): string {
  return id.endsWith("0") || id.endsWith("5") ? id.padStart(ID_BYTES, "L") : id;
}

export class WarmUpClient extends ClientPeer {
  readonly line: PolledTransport;
  /** Messages received, by MsgType and its reason or ExecType. */
  readonly seen = new Map<string, number>();

  constructor(compId: string, clock: Clock, scratch: Scratch) {
    super(compId, { clock, keeps: "nothing" });
    this.line = new PolledTransport(this, sockets, scratch);
    this.terms = { 1: "MAIN", 38: 100, 40: 2, 44: "150.25", 54: 1, 55: "AAPL", 59: 0 };
  }

  connect(port: number): void {
    const fd = sockets.connectTcp("127.0.0.1", port);
    sockets.setNoDelay(fd);
    this.line.open(fd);
  }

  /** Answers neither TestRequests nor Logouts nor ResendRequests. */
  set unresponsive(unresponsive: boolean) {
    this.automatic = !unresponsive;
    this.answersLogout = !unresponsive;
  }

  /** Sends a plain limit order, the most frequent request. */
  plainOrder(quantity: number, side: number, price: string): void {
    const terms = `1=MAIN|55=AAPL|54=${side}|60=${this.now()}|38=${quantity}|40=2|44=${price}|59=0|`;
    this.send("D", `11=${super.nextId()}|${terms}`);
  }

  /** Some ids are long. */
  override nextId(): string {
    return warmUpId(super.nextId());
  }

  override cancel(orig: string, change: Values = {}): string {
    return super.cancel(orig, { 1: null, ...change });
  }

  protected override onMessage(message: Message): void {
    const kind = `${message.possDup ? "again " : ""}${kindOf(message)}`;
    this.seen.set(kind, (this.seen.get(kind) ?? 0) + 1);
  }
}

/** MsgType with ExecType, SessionRejectReason, or the reason code of a refusal. */
function kindOf(message: Message): string {
  const { type } = message;
  const reason = /^(RISK|CORE|VENUE)-\d+/.exec(message.text(58))?.[0] ?? "";
  if (type === "8") return `8 ${reason === "" ? message.text(150) : reason}`;
  if (type === "9") return reason === "" ? "9" : `9 ${reason}`;
  return type === "3" ? `3 ${message.text(373)}` : type;
}
