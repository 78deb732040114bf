import { expect } from "bun:test";
import type { Socket, TCPSocketListener } from "bun";
import { type Field, type Message, now } from "./fix-message.ts";
import { Client, FixPeer, LOGON } from "./fix-peer.ts";

/*  The versions of FIX as their specifications have them, written apart from the gateway's own tables. What happens to an
 *  order is told in one vocabulary here, and said in each version's words.
 */
export const DIALECTS = [
  "FIX.4.0",
  "FIX.4.1",
  "FIX.4.2",
  "FIX.4.3",
  "FIX.4.4",
  "FIX.5.0",
  "FIX.5.0SP1",
  "FIX.5.0SP2",
] as const;
export type Dialect = (typeof DIALECTS)[number];
export type Event = "new" | "fill" | "replaced" | "canceled" | "rejected" | "bust" | "correct";

/** True when `one` is the version `other` or a later one. */
export const from = (one: Dialect, other: Dialect): boolean => DIALECTS.indexOf(one) >= DIALECTS.indexOf(other);
/** As it can stand in names. */
export const nameOf = (dialect: Dialect): string => dialect.replace("FIX.", "").replaceAll(".", "");
const overFixt = (dialect: Dialect): boolean => from(dialect, "FIX.5.0");

export function speak(peer: FixPeer, dialect: Dialect): void {
  peer.beginString = overFixt(dialect) ? "FIXT.1.1" : dialect;
  if (overFixt(dialect)) peer.logonMore = [[1137, DIALECTS.indexOf(dialect) + 2]];
}

/** How far an order is: what a report says of it beside the event. */
export interface Progress {
  quantity: number;
  filled: number;
  open: boolean;
}

/** 20, 39, 150 and 151 of a report, by version. */
export function words(dialect: Dialect, event: Event, order: Progress): Record<number, string | undefined> {
  const all = order.filled >= order.quantity;
  const working = order.filled === 0 ? "0" : all ? "2" : "1";
  const status = event === "rejected" ? "8" : order.open || all ? working : "4";
  const modern = from(dialect, "FIX.4.3");
  const execType = { new: "0", fill: "F", replaced: "5", canceled: "4", rejected: "8", bust: "H", correct: "G" }[event];
  const old =
    event === "fill" || event === "correct" ? (all ? "2" : "1") : event === "bust" ? (all ? "2" : working) : execType;
  const isReplaced = event === "replaced" && (order.filled === 0 || dialect === "FIX.4.0");
  const hasType = from(dialect, "FIX.4.1");
  return {
    20: modern ? undefined : event === "bust" ? "1" : event === "correct" ? "2" : "0",
    39: isReplaced && !modern ? "5" : status,
    150: hasType ? (modern ? execType : old) : undefined,
    151: hasType ? String(order.open ? order.quantity - order.filled : 0) : undefined,
  };
}

/** A trading client of one version. */
export class DialectClient extends Client {
  constructor(
    readonly dialect: Dialect,
    compId: string,
    port: number,
  ) {
    super(compId, port);
    speak(this, dialect);
  }

  /** Without the fields that came with later versions. */
  override send(type: string, body: readonly Field[] = []): number {
    if (from(this.dialect, "FIX.4.2")) return super.send(type, body);
    const later = type === "F" ? [1, 60] : type === "D" || type === "G" ? [60] : [];
    return super.send(
      type,
      body.filter(([tag]) => !later.includes(tag)),
    );
  }

  /** The next ExecutionReport for a ClOrdID, whatever it says. */
  next(clOrdId: string): Promise<Message> {
    return this.wait(`report for ${clOrdId}`, (message) => message.type === "8" && message.get(11) === clOrdId);
  }

  /** Cancels as the version asks for it. */
  cancelAll(orig: string, symbol: string, quantity: number): string {
    const type: Record<number, string> = this.dialect === "FIX.4.0" ? { 125: "F" } : {};
    return this.cancel(orig, { 55: symbol, 38: quantity, ...type });
  }
}

/** A report says an event in the words of the client's version. */
export function expectSaid(client: DialectClient, message: Message, event: Event, order: Progress): void {
  for (const [tag, value] of Object.entries(words(client.dialect, event, order)))
    expect([`${event} ${tag}`, message.get(Number(tag))]).toEqual([`${event} ${tag}`, value]);
  expect(message.get(8)).toBe(client.beginString);
  expect(message.get(14)).toBe(String(order.filled));
  expect(message.get(52)).toHaveLength(from(client.dialect, "FIX.4.2") ? 21 : 17);
  if (!from(client.dialect, "FIX.4.2")) expect([message.get(31), message.get(32)]).not.toContain(undefined);
}

/** An order as the venue has it. */
export interface Order extends Progress {
  clOrdId: string;
  symbol: string;
  side: string;
}

/** A venue of one version, which says only what the test tells it to. */
export class DialectVenue extends FixPeer {
  private listener: TCPSocketListener<undefined> | null = null;
  private executions = 0;

  constructor(
    readonly dialect: Dialect,
    compId: string,
    readonly port: number,
  ) {
    super(compId, "GATEWAY");
    speak(this, dialect);
  }

  listen(): void {
    this.listener = Bun.listen<undefined>({
      hostname: "127.0.0.1",
      port: this.port,
      socket: { ...this.handlers(), open: (socket: Socket<undefined>) => this.attach(socket) },
    });
  }

  stop(): void {
    this.listener?.stop(true);
    this.drop();
  }

  /** The next request of a type. */
  async request(type: "D" | "F" | "G"): Promise<Message> {
    return this.waitType(type);
  }

  async order(): Promise<Order> {
    const message = await this.request("D");
    const quantity = Number(message.get(38));
    return {
      clOrdId: message.get(11)!,
      symbol: message.get(55)!,
      side: message.get(54)!,
      quantity,
      filled: 0,
      open: true,
    };
  }

  /** Reports an event under the order's ClOrdID; returns the report's ExecID. */
  report(event: Event, order: Order, more: readonly Field[] = []): string {
    const execId = `E${++this.executions}`;
    const said = Object.entries(words(this.dialect, event, order))
      .filter(([, value]) => value !== undefined)
      .map(([tag, value]): Field => [Number(tag), value!]);
    const last: Field[] =
      from(this.dialect, "FIX.4.2") || more.some(([tag]) => tag === 32)
        ? []
        : [
            [31, 0],
            [32, 0],
          ];
    this.send("8", [
      [37, `V-${order.symbol}`],
      [11, order.clOrdId],
      [17, execId],
      [55, order.symbol],
      [54, order.side],
      [38, order.quantity],
      [14, order.filled],
      [6, 0],
      [60, now()],
      ...said,
      ...last,
      ...more,
    ]);
    return execId;
  }

  fill(order: Order, quantity: number, price: string): string {
    order.filled += quantity;
    order.open = order.filled < order.quantity;
    return this.report("fill", order, [
      [31, price],
      [32, quantity],
    ]);
  }

  /** Refuses a cancel or replace. */
  refuseChange(request: Message, reason: number): void {
    const more: Field[] = from(this.dialect, "FIX.4.1")
      ? [
          [41, request.get(41)!],
          [39, "0"],
        ]
      : [];
    if (from(this.dialect, "FIX.4.2")) more.push([434, request.type === "F" ? 1 : 2]);
    this.send("9", [[37, "V"], [11, request.get(11)!], [102, reason], ...more]);
  }

  protected override logonCame(message: Message): void {
    this.send(LOGON, [[98, 0], [108, message.get(108) ?? "30"], ...this.logonMore]);
    super.logonCame(message);
  }
}
