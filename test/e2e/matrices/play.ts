import type { Field, Message } from "../../../src/counterparty/message.ts";
import type { PeerOptions } from "../../../src/counterparty/session.ts";
import { atLeast, type Version } from "../../../src/counterparty/version.ts";
import { PATIENCE_MS } from "../../eventually.ts";
import { Client } from "../client.ts";
import { Venue } from "../venue.ts";
import type { Matrix } from "./matrix.ts";

const LOOK_MS = 1;

/** A queue of the application messages that a peer has got. */
class Queue {
  private readonly messages: Message[] = [];

  add(message: Message): void {
    this.messages.push(message);
  }

  clear(): void {
    this.messages.length = 0;
  }

  /** The next message that `found` accepts, or undefined when none comes. */
  async next(found: (message: Message) => boolean, patienceMs = PATIENCE_MS): Promise<Message | undefined> {
    const end = performance.now() + patienceMs;
    for (;;) {
      const at = this.messages.findIndex(found);
      if (at >= 0) return this.messages.splice(at, 1)[0];
      if (performance.now() > end) return undefined;
      await Bun.sleep(LOOK_MS);
    }
  }
}

export class ScriptClient extends Client {
  readonly came = new Queue();

  protected override application(message: Message): void {
    this.came.add(message);
  }

  protected override rejected(message: Message): void {
    this.came.add(message);
  }
}

export class ScriptVenue extends Venue {
  readonly came = new Queue();

  constructor(port: number, compId: string, options: PeerOptions) {
    super(port, compId, options);
  }

  protected override application(message: Message): void {
    this.came.add(message);
  }

  protected override rejected(message: Message): void {
    this.fault(`rejected: ${message}`);
  }
}

/** An execution, as the venue has it. */
interface Execution {
  readonly id: string;
  quantity: number;
  price: number;
}

/** What the venue says in a report: its fields in the words of 4.4. */
interface Said {
  readonly execType: string;
  readonly ordStatus: string;
  /** CumQty has reached OrderQty. */
  readonly isWhole: boolean;
}

/** ExecTransType, ExecType and OrdStatus in a version (FIX 4.2 Appendix D). */
function wordsIn(version: Version, { execType, ordStatus, isWhole }: Said): Record<number, string> {
  if (atLeast(version, "FIX.4.3")) return { 39: ordStatus, 150: execType };
  const transTypes: Record<string, string> = { H: "1", G: "2", I: "3" };
  const isExecution = "FGH".includes(execType);
  const isOldest = version === "FIX.4.0";
  const isReplaced = execType === "5" && (ordStatus === "0" || isOldest);
  const status = isReplaced ? "5" : isOldest && ordStatus === "E" ? "6" : ordStatus;
  const type = isExecution ? (isWhole ? "2" : "1") : execType === "I" ? status : execType;
  const words: Record<number, string> = { 20: transTypes[execType] ?? "0", 39: status };
  if (!isOldest) words[150] = type;
  return words;
}

let plays = 0;

/** Plays one matrix between a client and a venue; `faults` says what the client was told otherwise. */
export class Play {
  readonly faults: string[] = [];
  private readonly name = `M${++plays}`;
  private readonly venueIds = new Map<string, string>();
  private readonly executions = new Map<string, Execution>();
  /** ExecIDs that the client was told. */
  private readonly toldIds = new Map<string, string>();
  private readonly execIds = new Set<string>();
  private reports = 0;
  private orderId = "";
  private current = "";
  /** What the client was told last. */
  private told: Record<number, string> = {};

  constructor(
    private readonly client: ScriptClient,
    private readonly venue: ScriptVenue,
    private readonly terms: Record<number, string>,
    private readonly afterStep: () => Promise<void> = async () => {},
  ) {}

  async play({ script }: Matrix): Promise<void> {
    this.client.came.clear();
    this.venue.came.clear();
    for (const line of script.trim().split("\n")) {
      const before = this.faults.length;
      const goesOn = await this.step(line.trim());
      for (let i = before; i < this.faults.length; i++) this.faults[i] = `${line.trim()} · ${this.faults[i]}`;
      if (!goesOn) return;
      await this.afterStep();
    }
    if (this.current !== "" && !script.includes("H X")) await this.step(`H ${this.current}`);
    await this.client.settle();
    const more = await this.client.came.next((message) => this.isMine(message), 0);
    if (more !== undefined) this.faults.push(`nobody said this: ${more}`);
  }

  private async step(line: string): Promise<boolean> {
    const words = line.split(" ");
    const byGateway = words[0] === "<";
    if (byGateway) words.shift();
    const [verb = "", ids = ""] = words;
    const fields = new Map(
      words.filter((word) => /^\w+=/.test(word)).map((word) => word.split("=") as [string, string]),
    );
    const rest = words.slice(2).filter((word) => !/^\w+=/.test(word));
    if (verb === "8") return this.report(ids, rest, fields, byGateway);
    if (verb === "9") return this.reject(ids, rest, byGateway);
    if (verb === "H") return this.status(ids, fields);
    return this.request(verb, ids, rest[0], fields);
  }

  private id(name: string): string {
    return `${this.name}${name}`;
  }

  private isMine(message: Message): boolean {
    return message.type === "3" || message.type === "j" || message.text(11).startsWith(this.name);
  }

  private async request(
    verb: string,
    ids: string,
    quantity: string | undefined,
    more: Map<string, string>,
  ): Promise<boolean> {
    const type = verb[0]!;
    const [own = "", orig] = ids.split(",");
    const values: Record<number, string | null> = { ...this.terms, 11: this.id(own) };
    if (quantity !== undefined) this.terms[38] = values[38] = quantity;
    for (const [tag, value] of more) if (tag !== "97" && tag !== "37") values[Number(tag)] = value;
    const { client, venue } = this;
    const { 38: orderQty = "10000", ...others } = values;
    const header = more.has("97") ? "97=Y|" : "";
    if (type === "D") this.send(type, client.orderBody({ ...others, 38: orderQty }), header);
    else if (type === "G") client.replace(this.id(orig!), { ...others, 38: orderQty });
    else client.cancel(this.id(orig!), { 11: this.id(own), 38: orderQty, 55: this.terms[55]! });
    if (type === "D" && this.current === "") this.current = own;
    if (more.has("37")) this.orderId = more.get("37")!;
    if (verb.endsWith("!")) return true;
    const came = await venue.came.next((message) => message.type === type, verb.endsWith("?") ? 100 : PATIENCE_MS);
    if (came !== undefined) this.venueIds.set(own, came.text(11));
    if (came !== undefined || verb.endsWith("?")) return true;
    const answer = await client.came.next((message) => this.isMine(message), 0);
    return this.fails(`did not reach the venue; the client got ${answer ?? "nothing"}`);
  }

  /** As `client.send`, with more fields in the header. */
  private send(type: string, body: readonly Field[], header: string): void {
    const { client } = this;
    const known = body.filter(([tag]) => tag !== 60 || atLeast(client.version, "FIX.4.2"));
    if (header === "") client.send(type, known);
    else client.sendAs(type, client.nextOut++, known, header);
  }

  private async report(ids: string, rest: string[], more: Map<string, string>, byGateway: boolean): Promise<boolean> {
    const [execType = "", ordStatus = "", orderQty = "", cumQty = "", leavesQty = "", last] = rest;
    const said: Said = { execType, ordStatus, isWhole: cumQty === orderQty };
    const [lastQty, lastPx] = last?.split("@") ?? [];
    const [own = "", orig] = ids.split(",");
    const execId = `${this.name}-${++this.reports}`;
    this.book(said, execId, Number(lastQty ?? 0), Number(lastPx ?? 0), more);
    const average = more.get("6") ?? String(this.average());
    const values: Record<number, string> = { 14: cumQty, 38: orderQty, 151: leavesQty };
    if (!byGateway) values[6] = average;
    if (lastQty !== undefined) values[32] = lastQty;
    if (lastPx !== undefined) values[31] = lastPx;
    for (const [tag, value] of more) if (/^\d+$/.test(tag)) values[Number(tag)] = value;
    const ref = more.get("ref");
    if (!byGateway) this.say(said, [own, orig], execId, ref, values);
    const got = await this.client.came.next((message) => this.isMine(message));
    if (got === undefined) return this.fails("the client got nothing");
    if (!byGateway && "5".includes(execType)) this.current = own;
    if (got.type !== "8") return this.fails(`the client got ${got}`);
    this.compare(got, said, [own, orig], values, ref, byGateway);
    const name = more.get("id");
    if (name !== undefined) this.toldIds.set(name, got.text(17));
    if (!byGateway) this.told = { 39: ordStatus, 38: orderQty, 14: cumQty, 151: leavesQty, 6: average };
    return true;
  }

  /** The venue's own books. */
  private book(said: Said, id: string, quantity: number, price: number, more: Map<string, string>): void {
    const { execType } = said;
    const ref = more.get("ref");
    const name = more.get("id") ?? id;
    if (ref !== undefined) this.executions.get(ref)!.quantity = 0;
    const counted = execType === "H" ? 0 : quantity;
    if ("FGH".includes(execType)) this.executions.set(name, { id, quantity: counted, price });
  }

  private average(): number {
    let quantity = 0;
    let value = 0;
    for (const one of this.executions.values()) {
      quantity += one.quantity;
      value += one.quantity * one.price;
    }
    return quantity === 0 ? 0 : Number((value / quantity).toFixed(8));
  }

  private say(
    said: Said,
    [own, orig]: readonly [string, string | undefined],
    execId: string,
    ref: string | undefined,
    values: Record<number, string>,
  ): void {
    const { venue } = this;
    const { version } = venue;
    const isOld = !atLeast(version, "FIX.4.2");
    const body: Record<number, string | undefined> = {
      11: this.venueIds.get(own),
      17: execId,
      19: ref === undefined ? undefined : this.executions.get(ref)!.id,
      31: isOld ? "0" : undefined,
      32: isOld ? "0" : undefined,
      37: `${this.name}-V`,
      41: orig === undefined ? undefined : this.venueIds.get(orig),
      54: this.terms[54],
      55: this.terms[55],
      60: version === "FIX.4.0" || version === "FIX.4.1" ? undefined : venue.now(),
      ...wordsIn(version, said),
      ...values,
    };
    if (version === "FIX.4.0") for (const tag of [41, 151]) body[tag] = undefined;
    venue.send(
      "8",
      Object.entries(body).flatMap(([tag, value]): Field[] => (value === undefined ? [] : [[Number(tag), value]])),
    );
  }

  private compare(
    got: Message,
    said: Said,
    [own, orig]: readonly [string, string | undefined],
    values: Record<number, string>,
    ref: string | undefined,
    byGateway: boolean,
  ): void {
    const { version } = this.client;
    const isSame = version === this.venue.version;
    const has = (tag: number): boolean => version !== "FIX.4.0" || ![41, 103, 151].includes(tag);
    // A bust has no separate ExecType before 4.3.
    const words = wordsIn(version, said);
    if (!isSame && said.execType === "H" && !atLeast(version, "FIX.4.3")) delete words[150];
    this.expect(got, 11, this.id(own));
    if (has(41)) this.expect(got, 41, orig === undefined ? undefined : this.id(orig));
    for (const [tag, value] of Object.entries(words)) this.expect(got, Number(tag), value);
    for (const [tag, value] of Object.entries(values)) if (has(Number(tag))) this.number(got, Number(tag), value);
    if (ref !== undefined) this.expect(got, 19, this.toldIds.get(ref));
    this.expect(got, 54, this.terms[54]);
    this.expect(got, 55, this.terms[55]);
    const execId = got.text(17);
    if (execId === "" || this.execIds.has(execId)) this.faults.push(`17=${execId} is not new`);
    this.execIds.add(execId);
    if (!byGateway) this.sameOrder(got);
  }

  private async reject(ids: string, rest: string[], byGateway: boolean): Promise<boolean> {
    const [ordStatus = "", reason = ""] = rest;
    const [own = "", orig = ""] = ids.split(",");
    const { client, venue } = this;
    const venueId = this.venueIds.get(own);
    const request = venueId === undefined ? "" : [...venue.received].reverse().find((m) => m.get(11) === venueId)!.type;
    // The venue has not got it: the gateway answers.
    if (!byGateway && venueId !== undefined) {
      const body: Record<number, string | undefined> = {
        11: venueId,
        37: `${this.name}-V`,
        39:
          venue.version === "FIX.4.0"
            ? undefined
            : wordsIn(venue.version, { execType: "", ordStatus, isWhole: false })[39],
        41: venue.version === "FIX.4.0" ? undefined : this.venueIds.get(orig),
        102: reason,
        434: atLeast(venue.version, "FIX.4.2") ? (request === "F" ? "1" : "2") : undefined,
      };
      venue.send(
        "9",
        Object.entries(body).flatMap(([tag, value]): Field[] => (value === undefined ? [] : [[Number(tag), value]])),
      );
    }
    const got = await client.came.next((message) => this.isMine(message));
    if (got === undefined) return this.fails("the client got nothing");
    if (got.type !== "9") return this.fails(`the client got ${got}`);
    const isOldest = client.version === "FIX.4.0";
    this.expect(got, 11, this.id(own));
    if (!isOldest) this.expect(got, 41, this.id(orig));
    if (!isOldest) this.expect(got, 39, wordsIn(client.version, { execType: "", ordStatus, isWhole: false })[39]!);
    const known = reason !== "3" || atLeast(client.version, "FIX.4.2");
    if (known) this.expect(got, 102, reason);
    this.sameOrder(got);
    if (!byGateway) this.told[39] = ordStatus;
    return true;
  }

  /** The gateway's answer from its own books. */
  private async status(ids: string, more: Map<string, string>): Promise<boolean> {
    const { client } = this;
    const account = atLeast(client.version, "FIX.4.2") ? this.terms[1]! : null;
    client.status(this.id(ids), { 1: account, 54: this.terms[54]!, 55: this.terms[55]! });
    const got = await client.came.next((message) => this.isMine(message));
    if (got?.type !== "8") return this.fails(`the client got ${got ?? "nothing"}`);
    const told = { ...this.told };
    for (const [tag, value] of more) told[Number(tag)] = value;
    const ordStatus = told[39] ?? "";
    const words = wordsIn(client.version, { execType: "I", ordStatus, isWhole: false });
    for (const [tag, value] of Object.entries({ ...told, ...words }))
      if (client.version !== "FIX.4.0" || Number(tag) !== 151) this.number(got, Number(tag), value);
    return true;
  }

  /** OrderID is one for the life of the order. */
  private sameOrder(got: Message): void {
    const orderId = got.text(37);
    if (this.orderId === "") this.orderId = orderId;
    if (orderId !== this.orderId || orderId === "") this.faults.push(`37=${orderId}, before it was ${this.orderId}`);
  }

  private expect(got: Message, tag: number, value: string | undefined): void {
    if (got.get(tag) !== value) this.faults.push(`${tag}: expected ${value ?? "none"}, got ${got.get(tag) ?? "none"}`);
  }

  /** Equal in value. */
  private number(got: Message, tag: number, value: string): void {
    const text = got.get(tag);
    const isEqual = text !== undefined && (text === value || Number(text) === Number(value));
    if (!isEqual) this.faults.push(`${tag}: expected ${value}, got ${text ?? "none"}`);
  }

  private fails(text: string): false {
    this.faults.push(text);
    return false;
  }
}
