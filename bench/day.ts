// A trading day without sockets: the real core agent, rings, stream writers and keeper on one thread, between a client and
// a venue that answer at once. It makes journals of any length, and reads them again as a start does.
import { PAGE_BYTES } from "../ffi/abi.ts";
import { closeFd } from "../ffi/file.ts";
import { addressOf, mapZerosAt } from "../ffi/memory.ts";
import { putId } from "../src/base/id.ts";
import { LaneTime } from "../src/base/lane-time.ts";
import { EMPTY, MIB, NO_PRICE } from "../src/base/units.ts";
import { Views } from "../src/base/views.ts";
import { CoreAgent } from "../src/core/agent.ts";
import type { CoreConfig } from "../src/core/config.ts";
import { Core } from "../src/core/core.ts";
import { Keeper } from "../src/journal/keeper.ts";
import { COPIES, ENTRY_MESSAGE, STREAM_WORDS_BYTES } from "../src/journal/layout.ts";
import { IN_DATA_DIRECTORY, type OpenBuffers, writeOutBuffers } from "../src/journal/store/buffers.ts";
import { type OpenJournal, openDirectory, openStreams } from "../src/journal/store/open.ts";
import { newSession, type RecoveredSession } from "../src/journal/store/recover.ts";
import { StreamWriter } from "../src/journal/writer.ts";
import {
  EXEC_CANCELED,
  EXEC_NEW,
  EXEC_REJECTED,
  EXEC_REPLACED,
  EXEC_TRADE,
  REPORT_EXECUTION,
  REPORT_VENUE_UP,
  REQUEST_CANCEL,
  REQUEST_NEW,
  REQUEST_REPLACE,
  SIDE_BUY,
  SIDE_SELL,
  TIF_DAY,
  TYPE_LIMIT,
  TYPE_STOP,
} from "../src/record/codes.ts";
import { ExecutionReport } from "../src/record/execution-report.ts";
import { OrderRequest } from "../src/record/order-request.ts";
import { setStopPrice } from "../src/record/stop-price.ts";
import { recoverInto, recoverSessions, sentIndexes } from "../src/recovery/recovery.ts";
import type { OneToOne } from "../src/ring/one-to-one.ts";
import { coreBeside } from "../test/core/core-beside.ts";
import { readReport, readRequest } from "../test/core/outs.ts";

const ONE = 100_000_000n;
const UNLIMITED = 1_000_000_000_000;
const MOST = 1_000_000_000_000_000_000n;
const encoder = new TextEncoder();
const BUFFER_BYTES = 4 * MIB;
const STREAMS = ["core", "client0", "venue0"] as const;

/** One session, one venue, two accounts, two symbols. */
export function dayConfig(maxOrders: number): CoreConfig {
  const account = { enabled: true, maxOrderQtyE8: MOST, maxOrderNotionalE4: MOST, maxOpenOrders: UNLIMITED };
  const symbol = { enabled: true, referencePriceE8: 100n * ONE, collarPpm: 50_000, venue: null };
  return {
    maxOrders,
    kill: false,
    accounts: ["ACC1", "ACC2"].map((name) => ({ ...account, name, ordersPerSecond: UNLIMITED })),
    symbols: ["AAPL", "MSFT"].map((name) => ({ ...symbol, name })),
    sessions: [{ id: 0, accounts: ["ACC1", "ACC2"] }],
    sessionIds: 1,
    venues: [{ id: 0, name: "XCH" }],
    venueIds: 1,
    defaultVenue: "XCH",
  };
}

interface Working {
  id: string;
  number: number;
  slot: number;
  quantity: bigint;
  filled: number;
  price: bigint;
  side: number;
}

const SLOTS = { toClients: 512, toVenues: 512, inputs: 512, control: 64, groups: 2 };

export class Day {
  readonly journal: OpenJournal;
  readonly core: Core;
  /** Messages in and out, in both directions. */
  messages = 0;
  /** New orders. */
  entered = 0;
  /** Orders that may be open; with more, the oldest is canceled. */
  mostOpen = Number.POSITIVE_INFINITY;
  /** Each order is a stop order, which `config` must let its venue take. */
  areStops = false;
  private readonly writers: StreamWriter[] = [];
  private readonly buffers: OpenBuffers;
  private readonly keeper: Keeper;
  private readonly agent: CoreAgent;
  private readonly time = new LaneTime();
  private readonly orders: OneToOne;
  private readonly answers: OneToOne;
  private readonly reports: OneToOne;
  private readonly requests: OneToOne;
  private readonly text = Views.allocate(4096);
  private readonly textAddress = addressOf(this.text);
  private readonly client: RecoveredSession;
  private readonly venue: RecoveredSession;
  private readonly open: Working[] = [];
  private readonly random: () => number;
  private clOrdIds = 0;
  private execIds: number;
  private turn = 0;

  /** Begins or continues a day in `dir`. */
  constructor(
    readonly dir: string,
    readonly config: CoreConfig,
    readonly segmentBytes: number,
    seed: number,
  ) {
    this.random = xorshift(seed);
    this.execIds = seed * 1_000_000;
    this.journal = openDirectory(dir, ["CLIENT"], ["XCH"], segmentBytes);
    const { birth } = this.journal.names;
    const found = recoverSessions(dir, birth, () => {});
    this.client = found.clients[0] ?? newSession();
    this.venue = found.venues[0] ?? newSession();
    const { core, memory, moreAt } = coreBeside(config, SLOTS, PAGE_BYTES + STREAMS.length * COPIES * BUFFER_BYTES);
    this.core = core;
    const shared = new Views(memory.buffer, moreAt, PAGE_BYTES);
    const bufferBytes = BUFFER_BYTES;
    const streams = STREAMS.map((name, i) => {
      const bufferAt = moreAt + PAGE_BYTES + i * COPIES * bufferBytes;
      return { name, wordsAt: i * STREAM_WORDS_BYTES, bufferAt, address: addressOf(memory.buffer) + bufferAt };
    });
    this.buffers = openStreams(this.journal, streams, found.usedBytes, shared, BUFFER_BYTES, IN_DATA_DIRECTORY);
    for (const { name, wordsAt, bufferAt } of streams) {
      const place = { memory, wordsAt: moreAt + wordsAt, bufferAt, bufferBytes };
      this.writers.push(new StreamWriter(name, place, segmentBytes));
    }
    const { fd } = this.buffers;
    this.keeper = new Keeper({ shared, streams, dir, segmentBytes, birth, buffersFd: fd, bufferBytes });
    this.keeper.open(0);
    const { rings } = core;
    this.orders = rings.orders[0]!.ring;
    this.answers = rings.reports[0]!.ring;
    this.reports = rings.toClients[0]!.ring;
    this.requests = rings.toVenues[0]!.ring;
    this.time.wallUs = 1_700_000_000_000_000;
    this.agent = new CoreAgent({
      core: this.core,
      journal: this.writers[0]!,
      wakeup: null,
      time: this.time,
      events: null,
      recover: (core) => recoverInto(core, dir, found.snapshot, sentIndexes(found.clients), sentIndexes(found.venues)),
    });
    this.agent.open(0);
    this.answer((report) => {
      report.kind = REPORT_VENUE_UP;
    });
    this.settle();
  }

  get wallUs(): number {
    return this.time.wallUs;
  }

  /** Nothing happens until then. */
  waitUntil(wallUs: number): void {
    this.time.wallUs = Math.max(this.time.wallUs, wallUs);
  }

  /** Position of each stream's writer; everything before it is in the files then. */
  positions(): Record<string, number> {
    this.writeOut();
    return Object.fromEntries(this.writers.map((writer) => [writer.name, writer.position]));
  }

  /** Trades until `messages` more messages are journalled. */
  trade(messages: number): void {
    const until = this.messages + messages;
    while (this.messages < until) {
      this.enter();
      this.settle();
    }
    this.writeOut();
  }

  /** Enters requests whose outputs stay in the rings, as after a killed process. */
  leaveInFlight(count: number): void {
    for (let i = 0; i < count; i++) this.enter();
    this.agent.poll(0);
  }

  /** Stops as a killed process does. */
  abandon(): void {
    this.journal.lock.close();
    closeFd(this.buffers.fd);
    // As the next start finds it.
    writeOutBuffers(this.dir, this.journal.names.birth);
    for (const writer of this.writers) mapZerosAt(writer.address, COPIES * BUFFER_BYTES);
  }

  /** Turns until the rings are empty. */
  private settle(): void {
    do {
      this.agent.poll(0);
      this.toVenue();
      this.agent.poll(0);
      this.toClient();
    } while (this.requests.size() > 0 || this.reports.size() > 0 || this.answers.size() > 0 || this.orders.size() > 0);
    this.time.wallUs += 10;
    // Rarely enough to be cheap, often enough for small segments.
    if (++this.turn % 64 === 0) this.writeOut();
  }

  private writeOut(): void {
    this.keeper.writeAll();
    // It makes the next segments.
    this.keeper.poll(0);
  }

  private enter(): void {
    const at = this.orders.claim();
    const request = new OrderRequest(this.orders.views).aim(at);
    request.clear();
    const isFull = this.open.length > this.mostOpen;
    const choice = isFull ? 0.7 : this.random();
    const any = isFull ? this.open.shift() : this.open[Math.floor(this.random() * this.open.length)];
    const old = this.open.length === 0 ? undefined : any;
    request.kind = old === undefined || choice < 0.7 ? REQUEST_NEW : choice < 0.85 ? REQUEST_CANCEL : REQUEST_REPLACE;
    request.session = 0;
    request.msgSeqNum = this.client.nextIn++;
    request.epoch = this.client.epoch;
    request.side =
      old !== undefined && request.kind !== REQUEST_NEW ? old.side : this.random() < 0.5 ? SIDE_BUY : SIDE_SELL;
    request.ordType = this.areStops ? TYPE_STOP : TYPE_LIMIT;
    request.timeInForce = TIF_DAY;
    request.quantity = BigInt(100 + Math.floor(this.random() * 900)) * ONE;
    const price = BigInt(98 + Math.floor(this.random() * 4)) * ONE;
    request.priceE8 = this.areStops ? NO_PRICE : price;
    if (this.areStops) setStopPrice(request, price);
    request.clOrdIdLength = this.put(request.views, request.clOrdIdAt, this.nextId());
    const orig = request.kind === REQUEST_NEW ? "" : old!.id;
    request.origClOrdIdLength = this.put(request.views, request.origClOrdIdAt, orig);
    request.accountLength = this.put(request.views, request.accountAt, this.random() < 0.5 ? "ACC1" : "ACC2");
    request.symbolLength = this.put(request.views, request.symbolAt, this.random() < 0.5 ? "AAPL" : "MSFT");
    if (request.kind === REQUEST_NEW) {
      this.entered++;
      this.keep(request);
    }
    this.orders.publish();
    this.messages++;
  }

  private nextId(): string {
    return `C${this.client.nextIn}-${this.clOrdIds++}`;
  }

  private keep(request: OrderRequest): void {
    const { quantity, priceE8, side } = request;
    const id = String.fromCharCode(
      ...request.bytes.subarray(request.clOrdIdAt, request.clOrdIdAt + request.clOrdIdLength),
    );
    this.open.push({ id, number: 0, slot: 0, quantity, filled: 0, price: priceE8, side });
    if (this.open.length > 4096) this.open.shift();
  }

  /** Acts as the venue agent and the venue: journals the request as a message, and answers it. */
  private toVenue(): void {
    for (let at = this.requests.peek(); at !== EMPTY && this.answers.has(4); at = this.requests.peek()) {
      const request = new OrderRequest(this.requests.views).aim(at);
      this.message(2, this.venue, request.msgSeqNum, 180);
      const { kind, number, slot, origNumber } = request;
      if (kind === REQUEST_NEW) this.answerNew(number, slot);
      else {
        this.answerExecution(kind === REQUEST_CANCEL ? EXEC_CANCELED : EXEC_REPLACED, origNumber, slot, (report) => {
          report.requestNumber = number;
          report.quantity = request.quantity;
          report.priceE8 = request.priceE8;
        });
      }
      this.requests.release();
    }
  }

  private answerNew(number: number, slot: number): void {
    const choice = this.random();
    if (choice < 0.05) {
      this.answerExecution(EXEC_REJECTED, number, slot, () => {});
      return;
    }
    this.answerExecution(EXEC_NEW, number, slot, () => {});
    if (choice < 0.5) return;
    this.answerExecution(EXEC_TRADE, number, slot, (report) => {
      report.lastQty = (choice < 0.6 ? 50n : 100n) * ONE;
      report.cumQty = report.lastQty;
      report.lastPxE8 = 99n * ONE;
    });
  }

  private answerExecution(type: number, number: number, slot: number, more: (report: ExecutionReport) => void): void {
    this.answer((report) => {
      report.kind = REPORT_EXECUTION;
      report.execType = type;
      report.number = number;
      report.slot = slot;
      report.execIdLength = this.put(report.views, report.execIdAt, `E${this.execIds++}`);
      report.orderIdLength = this.put(report.views, report.orderIdAt, `V${number}`);
      more(report);
    });
    this.messages++;
  }

  private answer(fill: (report: ExecutionReport) => void): void {
    const report = new ExecutionReport(this.answers.views).aim(this.answers.claim());
    report.clear();
    fill(report);
    report.session = 0;
    report.msgSeqNum = report.kind === REPORT_VENUE_UP ? 0 : this.venue.nextIn++;
    report.epoch = this.venue.epoch;
    this.answers.publish();
  }

  private toClient(): void {
    for (let at = this.reports.peek(); at !== EMPTY; at = this.reports.peek()) {
      this.message(1, this.client, new ExecutionReport(this.reports.views).aim(at).index, 220);
      this.reports.release();
    }
  }

  private message(stream: number, session: RecoveredSession, index: number, bytes: number): void {
    const writer = this.writers[stream]!;
    writer.append(ENTRY_MESSAGE, 0, session.nextOut++, this.time.wallUs, index, session.epoch, this.textAddress, bytes);
    this.messages++;
  }

  private put(views: Views, at: number, text: string): number {
    const bytes = encoder.encode(text);
    putId(views, at, bytes, 0, bytes.length);
    return bytes.length;
  }
}

function xorshift(seed: number): () => number {
  let x = seed | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 4_294_967_296;
  };
}

/** Result of a start from a day's journal. */
export interface Restarted {
  readonly digest: number;
  readonly snapshot: string | null;
  readonly inputs: number;
  /** `nextIn nextOut epoch lastIndex` of the client's and the venue's session. */
  readonly numbers: string;
  /** Outputs that it still sends, one text a record. */
  readonly outputs: string[];
}

/** Reads the journal in `dir` as a start does. */
export function restart(dir: string, birth: number, config: CoreConfig): Restarted {
  const found = recoverSessions(dir, birth, () => {});
  const core = Core.alone(config, SLOTS);
  const reports = core.rings.toClients[0]!.ring;
  const requests = core.rings.toVenues[0]!.ring;
  recoverInto(core, dir, found.snapshot, sentIndexes(found.clients), sentIndexes(found.venues));
  const outputs: string[] = [];
  const take = (from: OneToOne, text: (at: number) => string): void => {
    for (let at = from.peek(); at !== EMPTY; at = from.peek()) {
      outputs.push(text(at));
      from.release();
    }
  };
  do {
    core.late.drain();
    take(reports, (at) => recordText(readReport(new ExecutionReport(reports.views).aim(at))));
    take(requests, (at) => recordText(readRequest(new OrderRequest(requests.views).aim(at))));
  } while (core.late.areWaiting);
  const numbers = [found.clients[0], found.venues[0]].map(
    (session) => `${session?.nextIn} ${session?.nextOut} ${session?.epoch} ${session?.lastIndex}`,
  );
  const { snapshot, inputs } = found;
  return { digest: core.digest(), snapshot, inputs, numbers: numbers.join(", "), outputs };
}

/** A record's values as text; amounts are BigInts, which JSON has not. */
function recordText(record: object): string {
  return JSON.stringify(record, (_, value) => (typeof value === "bigint" ? `${value}` : value));
}
