import { bodyText, type Field, type Message } from "../../../src/counterparty/message.ts";
import type { PeerOptions } from "../../../src/counterparty/session.ts";
import { atLeast } from "../../../src/counterparty/version.ts";
import { Client } from "../client.ts";
import { Venue } from "../venue.ts";
import { bodyOf, type Case, escaped, reportBase, requestBase, Tables } from "./cases.ts";

/** Where nothing has come for this long, the rest does not come. */
const SILENCE_MS = 3_000;
const LOOK_MS = 2;

/** A client that keeps the first answer to each ClOrdID, and the Reject of each message. */
export class FieldClient extends Client {
  readonly answers = new Map<string, Message>();
  readonly rejects = new Map<number, Message>();
  /** Reports, cancel rejects and business rejects. */
  told = 0;

  constructor(compId: string, port: number, options: PeerOptions) {
    super(compId, port, { ...options, keeps: "session" });
  }

  protected override application(message: Message): void {
    const clOrdId = message.text(11);
    this.told++;
    if (message.type === "j") this.rejects.set(message.number(45), message);
    else if (!this.answers.has(clOrdId)) this.answers.set(clOrdId, message);
  }

  protected override rejected(message: Message): void {
    this.rejects.set(message.number(45), message);
  }
}

/** A venue that answers what the test says. */
export class FieldVenue extends Venue {
  answer: (request: Message) => void = () => {};
  /** Requests. */
  told = 0;

  constructor(port: number, compId: string, options: PeerOptions) {
    super(port, compId, { ...options, keeps: "session" });
  }

  protected override application(message: Message): void {
    this.told++;
    this.answer(message);
  }

  protected override rejected(message: Message): void {
    const body = this.sent.get(message.number(45))?.body ?? "";
    this.fault(`rejected: ${message.text(58)} (${message.get(371)}): ${escaped(bodyText(body))}`);
  }
}

/** An open order as the client and the venue know it. */
interface Open {
  readonly clOrdId: string;
  readonly venueId: string;
  readonly orderId: string;
}

/** What became of one case. */
export interface Outcome {
  /** What the client got first: a report, a Reject, or nothing. */
  readonly answer: Message | undefined;
  /** The request as the venue got it. */
  readonly atVenue: Message | undefined;
}

const PLAIN: Case = { items: [] };
/** OrderQty and Price of an order name its case: one of them is the case's own where the case does not have it. */
const FIRST_QUANTITY = 1_000;
const FIRST_PRICE = 1_200;

const quantityOf = (i: number): number => FIRST_QUANTITY + i;
const priceOf = (i: number): string => `${FIRST_PRICE}.${String(i).padStart(5, "0")}1`;

function indexOf(order: Message): number {
  const quantity = order.number(38);
  if (Number.isInteger(quantity) && quantity >= FIRST_QUANTITY) return quantity - FIRST_QUANTITY;
  return Number(order.text(44).slice(`${FIRST_PRICE}.`.length, -1));
}

/** One session of a client and one of a venue, which talk through the gateway. */
export class Pair {
  readonly mine: Tables;
  readonly theirs: Tables;
  private requestCount = 0;
  private reportCount = 0;

  constructor(
    readonly client: FieldClient,
    readonly venue: FieldVenue,
    readonly account: string,
    readonly symbol: string,
  ) {
    this.mine = new Tables(client.version);
    this.theirs = new Tables(venue.version);
  }

  /** Sends requests of one type, each with a case, and accepts those that reach the venue. */
  async requests(type: "D" | "F" | "G", cases: readonly Case[]): Promise<Outcome[]> {
    const orders = type === "D" ? [] : await this.orders(cases.length);
    return this.send(type, cases, orders, (request, i) => this.accept(request, orders[i]));
  }

  /** Sends reports, each about another order: those of even number acknowledge it, those of odd number fill 10 of it. */
  async reports(cases: readonly Case[]): Promise<Outcome[]> {
    const plain = cases.map(() => PLAIN);
    return this.send("D", plain, [], (request, i) => {
      const base = reportBase(this.theirs, i % 2 === 0 ? "new" : "fill", request);
      this.venue.send("8", [...this.ids(request, `${request.text(11)}-V`), ...bodyOf(base, cases[i]!)]);
    });
  }

  /** Refuses cancels. */
  async cancelRejects(cases: readonly Case[]): Promise<Outcome[]> {
    const orders = await this.orders(cases.length);
    const plain = cases.map(() => PLAIN);
    return this.send("F", plain, orders, (request, i) => {
      const base: Field[] = [
        [11, request.text(11)],
        [37, orders[i]!.orderId],
        [39, "0"],
        [41, request.text(41)],
        [434, "1"],
      ];
      const known = base.filter(([tag]) => this.theirs.has("9", tag));
      this.venue.send("9", bodyOf(known, cases[i]!));
    });
  }

  private async orders(count: number): Promise<Open[]> {
    const plain = Array.from({ length: count }, () => PLAIN);
    const outcomes = await this.send("D", plain, [], (request) => this.accept(request, undefined));
    return outcomes.map(({ answer, atVenue }) => {
      if (atVenue === undefined || answer?.get(39) !== "0") throw new Error(`a plain order is not taken: ${answer}`);
      const venueId = atVenue.text(11);
      return { clOrdId: answer.text(11), venueId, orderId: `${venueId}-V` };
    });
  }

  private accept(request: Message, order: Open | undefined): void {
    const { type } = request;
    const ids = this.ids(request, order?.orderId ?? `${request.text(11)}-V`);
    const base = reportBase(this.theirs, "new", request);
    if (type === "D") return void this.venue.send("8", [...ids, ...base]);
    const word = type === "F" ? "4" : "5";
    const isOld = !atLeast(this.venue.version, "FIX.4.3");
    const status = type === "G" && !isOld ? "0" : word;
    const items = [39, 150, 151]
      .filter((tag) => this.theirs.has("8", tag))
      .map((tag) => {
        const value = tag === 39 ? status : tag === 150 ? word : type === "F" ? "0" : request.text(38);
        return { tag, fields: [[tag, value] as const] };
      });
    const orig: Field[] = this.theirs.has("8", 41) ? [[41, request.text(41)]] : [];
    this.venue.send("8", [...ids, ...orig, ...bodyOf(base, { items })]);
  }

  private ids(request: Message, orderId: string): Field[] {
    return [
      [11, request.text(11)],
      [37, orderId],
      [17, `${this.venue.compId}-E${++this.reportCount}`],
    ];
  }

  /** Sends all at once, and waits for the answers. */
  private async send(
    type: "D" | "F" | "G",
    cases: readonly Case[],
    orders: readonly Open[],
    answer: (request: Message, i: number) => void,
  ): Promise<Outcome[]> {
    const { client, venue } = this;
    const came = new Map<number, Message>();
    const byVenueId = new Map(orders.map(({ venueId }, i) => [venueId, i]));
    let last = performance.now();
    venue.answer = (request) => {
      last = performance.now();
      const i = type === "D" ? indexOf(request) : (byVenueId.get(request.text(41)) ?? -1);
      if (request.type !== type || cases[i] === undefined) return venue.fault(`not expected: ${request}`);
      came.set(i, request);
      answer(request, i);
    };
    const sent = cases.map((one, i) => {
      const clOrdId = `${client.compId}-${++this.requestCount}`;
      const ids: Field[] =
        type === "D"
          ? [[11, clOrdId]]
          : [
              [11, clOrdId],
              [41, orders[i]!.clOrdId],
            ];
      const terms = { 1: this.account, 38: String(quantityOf(i)), 44: priceOf(i), 55: this.symbol };
      const number = client.send(type, [...ids, ...bodyOf(requestBase(this.mine, type, terms), one)]);
      return { clOrdId, number };
    });
    let waiting = sent;
    while (waiting.length > 0 && performance.now() - last < SILENCE_MS) {
      await Bun.sleep(LOOK_MS);
      const rest = waiting.filter(({ clOrdId, number }) => !client.answers.has(clOrdId) && !client.rejects.has(number));
      if (rest.length < waiting.length) last = performance.now();
      waiting = rest;
    }
    return sent.map(({ clOrdId, number }, i) => ({
      answer: client.answers.get(clOrdId) ?? client.rejects.get(number),
      atVenue: came.get(i),
    }));
  }
}
