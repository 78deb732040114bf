import { type Body, type Field, fields, LOGON, type Message } from "./message.ts";
import { type PeerOptions, PeerSession } from "./session.ts";
import { atLeast } from "./version.ts";

/** Values by tag; null leaves a field out. */
export type Values = Readonly<Record<number, string | number | null>>;

/** Returns values by tag as fields, ascending by tag. */
export function fieldsOf(values: Values): Field[] {
  const list: Field[] = [];
  for (const [tag, value] of Object.entries(values)) if (value !== null) list.push([Number(tag), value]);
  return list;
}

/** Fields of requests that FIX 4.2 added. */
const LATER_FIELDS: Readonly<Record<string, readonly number[]>> = { D: [60], F: [1, 60], G: [60] };

/** A trading client: sends requests, by default to buy 100 AAPL at 150 for ACC1. */
export class ClientPeer extends PeerSession {
  /** Default values of an order. */
  terms: Values = { 1: "ACC1", 21: 1, 38: 100, 40: 2, 44: "150", 54: 1, 55: "AAPL", 59: 0 };
  protected override readonly initiates = true;
  protected override readonly expectsRepeats = true;
  private readonly isOld: boolean;
  private requests = 0;

  constructor(compId: string, options: PeerOptions = {}) {
    super(compId, options);
    this.isOld = !atLeast(this.version, "FIX.4.2");
  }

  /** Sends a message without the fields of later versions. */
  override send(type: string, body: Body = ""): number {
    const later = this.isOld && typeof body !== "string" ? LATER_FIELDS[type] : undefined;
    return super.send(type, later === undefined ? body : (body as Field[]).filter(([tag]) => !later.includes(tag)));
  }

  /** Sends the Logon; `reset` resets both sides' numbers. */
  sendLogon(reset = false): void {
    if (reset) this.resetOut();
    this.send(LOGON, [[98, 0], [108, this.heartBtInt], ...(reset ? ([[141, "Y"]] as const) : []), ...this.logonMore]);
  }

  nextId(): string {
    return `${this.compId}-${++this.requests}`;
  }

  /** Sends a NewOrderSingle with changed fields, followed by groups. Returns its ClOrdID. */
  order(change: Values = {}, groups: Body = ""): string {
    return this.request("D", this.orderValues(change), groups);
  }

  cancel(orig: string, change: Values = {}, groups: Body = ""): string {
    const { 1: account = null, 54: side = null, 55: symbol = null } = this.terms;
    const quantity: Values = this.version === "FIX.4.0" ? { 125: "F" } : {};
    const values = { 1: account, 41: orig, 54: side, 55: symbol, 60: this.now(), ...quantity, ...change };
    return this.request("F", values, groups);
  }

  replace(orig: string, change: Values = {}, groups: Body = ""): string {
    return this.request("G", this.orderValues({ 41: orig, ...change }), groups);
  }

  /** Sends an OrderStatusRequest. */
  status(clOrdId: string, change: Values = {}): void {
    const { 1: account = null, 54: side = null, 55: symbol = null } = this.terms;
    this.send("H", fieldsOf({ 1: account, 11: clOrdId, 54: side, 55: symbol, ...change }));
  }

  /** Returns the body of an order. */
  orderBody(change: Values): Field[] {
    return fieldsOf(this.orderValues(change));
  }

  /** Waits for the next ExecutionReport of a ClOrdID, and of an ExecType if given. */
  report(clOrdId: string, execType?: string): Promise<Message> {
    return this.wait(
      `report${execType === undefined ? "" : ` with ExecType ${execType}`} for ${clOrdId}`,
      (message) =>
        message.type === "8" &&
        message.get(11) === clOrdId &&
        (execType === undefined || message.get(150) === execType),
    );
  }

  cancelReject(clOrdId: string): Promise<Message> {
    return this.wait(`cancel reject for ${clOrdId}`, (message) => message.type === "9" && message.get(11) === clOrdId);
  }

  private orderValues(change: Values): Values {
    return { ...this.terms, 60: this.now(), ...change };
  }

  private request(type: string, values: Values, groups: Body): string {
    const clOrdId = String(values[11] ?? this.nextId());
    const body = fieldsOf({ ...values, 11: clOrdId });
    this.send(type, groups === "" ? body : [...body, ...(typeof groups === "string" ? fields(groups) : groups)]);
    return clOrdId;
  }
}
