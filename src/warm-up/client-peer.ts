// A client on the stage. Cold.

import { connectTcp } from "../../ffi/socket.ts";
import { get, Peer } from "./peer.ts";

/** Fields of a request by tag; null leaves one out. */
export type Fields = Readonly<Record<number, string | number | null>>;

export class Trader extends Peer {
  /** Neither answers TestRequests nor Logouts nor fills gaps. */
  sulking = false;
  private requests = 0;

  connect(port: number): void {
    this.drop(true);
    this.attach(connectTcp("127.0.0.1", port));
  }

  logon(reset = false): void {
    if (reset) this.nextOut = 1;
    this.send("A", `98=0|108=30|${reset ? "141=Y|" : ""}`);
  }

  /** A NewOrderSingle; returns its ClOrdID. */
  order(change: Fields = {}): string {
    const id = String(change[11] ?? `${this.compId}${++this.requests}`);
    this.send("D", fieldsOf({ ...ORDER, 11: id, 60: this.time, ...change }));
    return id;
  }

  /** One with repeating groups behind its fields. */
  grouped(quantity: number, groups: string): void {
    const id = `${this.compId}${++this.requests}`;
    this.send("D", fieldsOf({ ...ORDER, 11: id, 60: this.time, 38: quantity }) + groups);
  }

  /** The plain one, which is what there is most of. */
  plain(quantity: number, side: number, price: string): void {
    this.send(
      "D",
      `11=${this.compId}${++this.requests}|1=MAIN|55=AAPL|54=${side}|60=${this.time}|38=${quantity}|40=2|44=${price}|59=0|`,
    );
  }

  cancel(orig: string, change: Fields = {}): string {
    const id = `${this.compId}${++this.requests}`;
    this.send("F", fieldsOf({ 41: orig, 11: id, 55: "AAPL", 54: 1, 60: this.time, ...change }));
    return id;
  }

  replace(orig: string, change: Fields = {}): string {
    const id = `${this.compId}${++this.requests}`;
    this.send("G", fieldsOf({ 41: orig, ...ORDER, 11: id, 60: this.time, ...change }));
    return id;
  }

  status(id: string): void {
    this.send("H", fieldsOf({ 11: id, 55: "AAPL", 54: 1 }));
  }

  protected override take(type: string, message: string): void {
    this.count(`${get(message, 43) === "Y" ? "again " : ""}${kindOf(type, message)}`);
    if (this.sulking) return;
    if (type === "1") this.send("0", `112=${get(message, 112)}|`);
    else if (type === "2") this.fillGap(Number(get(message, 7)));
    else if (type === "5") this.send("5");
  }

  fillGap(begin: number): void {
    const header = `43=Y|122=${this.time}|`;
    this.write(this.text({ type: "4", sequence: begin, header, body: `123=Y|36=${this.nextOut}|` }));
  }
}

const ORDER: Fields = { 1: "MAIN", 55: "AAPL", 54: 1, 38: 100, 40: 2, 44: "150.25", 59: 0 };

/** The type with what tells its kind: what happened to an order, or the reason why not. */
function kindOf(type: string, message: string): string {
  const text = get(message, 58);
  const reason = text === "" ? "" : (/^(RISK|CORE|VENUE)-\d+/.exec(text)?.[0] ?? "");
  if (type === "8") return reason === "" ? `8 ${get(message, 150)}` : `8 ${reason}`;
  if (type === "9") return reason === "" ? "9" : `9 ${reason}`;
  return type === "3" ? `3 ${get(message, 373)}` : type;
}

function fieldsOf(fields: Fields): string {
  let body = "";
  for (const [tag, value] of Object.entries(fields)) if (value !== null) body += `${tag}=${value}|`;
  return body;
}
