import { idText } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import { agentKind } from "../config/agents.ts";
import { reasonOf } from "../core/decision.ts";
import { ACCEPTED } from "../core/risk/reason-codes.ts";
import { VenueId } from "../fix/orders/venue-id.ts";
import {
  ENTRY_CONTROL,
  ENTRY_MESSAGE,
  ENTRY_ORDER,
  ENTRY_OUTCOME,
  ENTRY_RECEIVED,
  ENTRY_REPORT,
  ENTRY_RESENT,
} from "../journal/layout.ts";
import { type EntryView, StreamReader } from "../journal/store/reader.ts";
import { REQUEST_NEW } from "../record/codes.ts";
import { Control } from "../record/control.ts";
import { CONTROL_VENUE_SILENCE } from "../record/control-codes.ts";
import { ExecutionReport } from "../record/execution-report.ts";
import { OrderRequest } from "../record/order-request.ts";
import { messageFields } from "./entry-text.ts";

/** One order from its first request through its replaces, with all its ids. */
interface Life {
  /** Time of its first request. */
  readonly sinceUs: number;
  readonly session: number;
  readonly slot: number;
  readonly clOrdIds: Set<string>;
  /** Numbers that the core gave its requests; the first is the OrderID (37) that the client sees. */
  readonly numbers: Set<number>;
  wanted: boolean;
}

/** Reject and BusinessMessageReject: they name a message by its number only. */
const REJECTS = ["3", "j"];
const REJECT_MARKS = ["\x0135=3\x01", "\x0135=j\x01"].map((mark) => Buffer.from(mark, "latin1"));
/** With more, messages are read instead. */
const MOST_MARKS = 64;

/** Selects the entries of one order. */
export class OrderTrace {
  private readonly ids: VenueId;
  /** Messages that became records of the order, and of others with the same ClOrdIDs: `client 0 1 17`, of session, epoch and number. */
  private readonly taken = new Set<string>();
  private readonly foreign = new Set<string>();
  /** The order's OrderIDs at venues: `0 V77`. */
  private readonly orderIds = new Set<string>();
  /** Messages of the order met so far, by direction, as in `taken`. */
  private readonly met = new Set<string>();

  private marks: Readonly<Record<Side, readonly Buffer[]>> = { client: [], venue: [] };

  private constructor(
    birth: number,
    private readonly lives: readonly Life[],
  ) {
    this.ids = new VenueId(birth);
  }

  get found(): boolean {
    return this.lives.length > 0;
  }

  /** Time of the first request of what was found. */
  get fromUs(): number {
    return Math.min(...this.lives.map(({ sinceUs }) => sinceUs));
  }

  /**
   * Finds an order by a ClOrdID of its client, by our OrderID, or by our ClOrdID at a venue; else by an OrderID or ExecID of a
   * venue. The same id in several sessions, at several venues or on several days finds all of them. Reads the core's stream several
   * times.
   */
  static find(dir: string, birth: number, id: string): OrderTrace {
    const ids = new VenueId(birth);
    const bytes = new TextEncoder().encode(id);
    const number = ids.read(bytes, 0, bytes.length) ? ids.number : /^\d{1,15}$/.test(id) ? Number(id) : NONE;
    // As the journal's ids are read: a character for each byte.
    const text = Buffer.from(bytes).toString("latin1");
    const named = livesOf(dir, text, new Set(number > 0 ? [number] : []));
    const trace = new OrderTrace(birth, named.length > 0 ? named : livesOf(dir, "", numbersAtVenues(dir, text)));
    if (trace.found) eachEntry(dir, (entry) => trace.note(entry));
    trace.marks = trace.marksOf();
    return trace;
  }

  /** Notes which messages became the core's records of the order, and which of other orders. */
  private note(entry: EntryView): void {
    if (entry.kind === ENTRY_ORDER) {
      const request = new OrderRequest(entry.views).aim(entry.payloadAt);
      if (this.hasRequest(entry)) this.taken.add(keyOf("client", entry));
      else if (this.isNamed(entry.session, namesOf(request))) this.foreign.add(keyOf("client", entry));
    } else if (entry.kind === ENTRY_REPORT && this.hasReport(entry)) {
      this.taken.add(keyOf("venue", entry));
      const report = new ExecutionReport(entry.views).aim(entry.payloadAt);
      if (report.orderIdLength > 0) this.orderIds.add(venueOrderId(entry, report));
    }
  }

  /** Whether an entry of a stream is about the order. */
  has(stream: string, entry: EntryView): boolean {
    if (entry.kind === ENTRY_ORDER) return this.hasRequest(entry);
    if (entry.kind === ENTRY_REPORT || entry.kind === ENTRY_OUTCOME) return this.hasReport(entry);
    if (entry.kind === ENTRY_CONTROL) return this.hasSilence(entry);
    if (entry.kind !== ENTRY_RECEIVED && entry.kind !== ENTRY_MESSAGE && entry.kind !== ENTRY_RESENT) return false;
    const side = agentKind(stream) === "venue" ? "venue" : "client";
    const key = keyOf(side, entry);
    const isIn = entry.kind === ENTRY_RECEIVED;
    if (isIn && this.foreign.has(key)) return false;
    const isOurs = (isIn && this.taken.has(key)) || this.namesIt(side, entry, isIn);
    if (isOurs) this.met.add(`${isIn} ${key}`);
    return isOurs;
  }

  /** Whether a message is about the order by its ids; a reject, by the message that it rejects. */
  private namesIt(side: Side, entry: EntryView, isIn: boolean): boolean {
    if (!this.mayName(side, entry)) return false;
    const fields = messageFields(entry);
    if (REJECTS.includes(fields.get("35") ?? "")) {
      const rejected = { session: entry.session, epoch: entry.epoch, sequence: Number(fields.get("45")) };
      return this.met.has(`${!isIn} ${keyOf(side, rejected)}`);
    }
    const names = [fields.get("11"), fields.get("41")].filter((name) => name !== undefined);
    if (side === "venue") {
      if (names.some((name) => this.hasVenueId(name))) return true;
      return names.length === 0 && this.orderIds.has(`${entry.session} ${fields.get("37")}`);
    }
    const orderId = Number(fields.get("37") ?? Number.NaN);
    if (Number.isNaN(orderId) || orderId === 0) return this.isNamed(entry.session, names);
    return this.lives.some((life) => life.session === entry.session && life.numbers.has(orderId));
  }

  /** False for most messages of other orders, without reading their fields. */
  private mayName(side: Side, { views, payloadAt, payloadLength }: EntryView): boolean {
    const marks = this.marks[side];
    if (marks.length > MOST_MARKS) return true;
    const bytes = Buffer.from(views.bytes.buffer, views.bytes.byteOffset + payloadAt, payloadLength);
    return REJECT_MARKS.some((mark) => bytes.includes(mark)) || marks.some((mark) => bytes.includes(mark));
  }

  /** What a message of each side has somewhere if it names the order. */
  private marksOf(): Record<Side, Buffer[]> {
    const mark = (text: string): Buffer => Buffer.from(text, "latin1");
    const numbers = [...new Set(this.lives.flatMap(({ numbers }) => [...numbers]))];
    const clOrdIds = this.lives.flatMap(({ clOrdIds }) => [...clOrdIds]);
    const orderIds = [...this.orderIds].map((one) => one.slice(one.indexOf(" ") + 1));
    return {
      client: [...clOrdIds.map((id) => mark(`=${id}\x01`)), ...numbers.map((number) => mark(`=${number}\x01`))],
      venue: [...numbers.map((number) => mark(`-${number}-`)), ...orderIds.map((id) => mark(`=${id}\x01`))],
    };
  }

  private isNamed(session: number, names: readonly string[]): boolean {
    return this.lives.some((life) => life.session === session && names.some((name) => life.clOrdIds.has(name)));
  }

  private hasRequest(entry: EntryView): boolean {
    const request = new OrderRequest(entry.views).aim(entry.payloadAt);
    const names = namesOf(request);
    return this.lives.some((life) =>
      request.number > 0
        ? life.numbers.has(request.number)
        : life.session === request.session && names.some((name) => life.clOrdIds.has(name)),
    );
  }

  private hasReport(entry: EntryView): boolean {
    const report = new ExecutionReport(entry.views).aim(entry.payloadAt);
    const numbers = numbersOf(report);
    if (numbers.length === 0) return entry.kind === ENTRY_REPORT && this.orderIds.has(venueOrderId(entry, report));
    return numbers.some((number) => this.lives.some((life) => life.numbers.has(number)));
  }

  /** The venue of the order does not answer, and that is acted on. */
  private hasSilence({ views, payloadAt }: EntryView): boolean {
    const control = new Control(views).aim(payloadAt);
    return control.kind === CONTROL_VENUE_SILENCE && this.lives.some(({ numbers }) => numbers.has(control.amount));
  }

  private hasVenueId(text: string): boolean {
    const bytes = new TextEncoder().encode(text);
    return this.ids.read(bytes, 0, bytes.length) && this.lives.some((life) => life.numbers.has(this.ids.number));
  }
}

type Side = "client" | "venue";

function keyOf(side: Side, { session, epoch, sequence }: Pick<EntryView, "session" | "epoch" | "sequence">): string {
  return `${side} ${session} ${epoch} ${sequence}`;
}

function eachRequest(dir: string, visit: (request: OrderRequest, entry: EntryView) => void): void {
  eachEntry(dir, (entry) => {
    if (entry.kind === ENTRY_ORDER) visit(new OrderRequest(entry.views).aim(entry.payloadAt), entry);
  });
}

/** Orders with a request of this ClOrdID, or of one of these numbers. */
function livesOf(dir: string, id: string, numbers: ReadonlySet<number>): Life[] {
  const isWanted = (request: OrderRequest): boolean =>
    numbers.has(request.number) || (id !== "" && hasLength(request, id.length) && namesOf(request).includes(id));
  const slots = new Set<number>();
  eachRequest(dir, (request, entry) => {
    if (isWanted(request)) slots.add(slotOf(request, entry));
  });
  const lives: Life[] = [];
  const current = new Map<number, Life>();
  eachRequest(dir, (request, entry) => {
    const slot = slotOf(request, entry);
    if (!slots.has(slot)) return;
    const names = namesOf(request);
    let life = current.get(slot);
    const goesOn = request.kind !== REQUEST_NEW && names.some((name) => life?.clOrdIds.has(name) === true);
    if (!goesOn || life?.session !== request.session) {
      life = {
        sinceUs: entry.timeUs,
        session: request.session,
        slot,
        clOrdIds: new Set(),
        numbers: new Set(),
        wanted: false,
      };
      lives.push(life);
      current.set(slot, life);
    }
    if (request.number > 0) life!.numbers.add(request.number);
    // A ClOrdID refused as a duplicate is not an id of this order.
    for (const name of names) life!.clOrdIds.add(name);
    life!.wanted ||= isWanted(request);
  });
  return lives.filter((life) => life.wanted);
}

/** Numbers of the requests that venues' reports with this OrderID or ExecID are about. */
function numbersAtVenues(dir: string, id: string): Set<number> {
  const found = new Set<number>();
  const byOrderId = new Map<string, number>();
  eachEntry(dir, (entry) => {
    if (entry.kind !== ENTRY_REPORT) return;
    const report = new ExecutionReport(entry.views).aim(entry.payloadAt);
    const orderId = venueOrderId(entry, report);
    const number = numbersOf(report)[0] ?? byOrderId.get(orderId);
    if (number === undefined) return;
    if (report.orderIdLength > 0) byOrderId.set(orderId, number);
    if (orderId === `${entry.session} ${id}` || idText(report.bytes, report.execIdAt, report.execIdLength) === id)
      found.add(number);
  });
  return found;
}

/** Numbers of the requests that a report names by our ClOrdIDs. */
function numbersOf(report: ExecutionReport): number[] {
  return [report.number, report.requestNumber].filter((number) => number > 0);
}

function venueOrderId(entry: EntryView, report: ExecutionReport): string {
  return `${entry.session} ${idText(report.bytes, report.orderIdAt, report.orderIdLength)}`;
}

function eachEntry(dir: string, visit: (entry: EntryView) => void): void {
  const reader = new StreamReader(dir, "core", { partial: true });
  try {
    for (let entry = reader.next(); entry !== null; entry = reader.next()) visit(entry);
  } finally {
    reader.close();
  }
}

/** Slot of a request's order; a request without a slot gets a unique number. */
function slotOf(request: OrderRequest, entry: EntryView): number {
  const accepted = reasonOf(entry.index) === ACCEPTED;
  return request.slot !== NONE && (accepted || request.kind !== REQUEST_NEW) ? request.slot : -2 - entry.position;
}

/** Whether one of a request's ids is so long. */
function hasLength({ kind, clOrdIdLength, origClOrdIdLength }: OrderRequest, length: number): boolean {
  return clOrdIdLength === length || (kind !== REQUEST_NEW && origClOrdIdLength === length);
}

function namesOf(request: OrderRequest): string[] {
  const names: string[] = [];
  if (request.clOrdIdLength > 0) names.push(idText(request.bytes, request.clOrdIdAt, request.clOrdIdLength));
  if (request.kind !== REQUEST_NEW && request.origClOrdIdLength > 0)
    names.push(idText(request.bytes, request.origClOrdIdAt, request.origClOrdIdLength));
  return names;
}
