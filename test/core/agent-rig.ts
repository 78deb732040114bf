import { expect } from "bun:test";
import { ENOSPC } from "../../ffi/errno.ts";
import { LaneTime } from "../../src/base/lane-time.ts";
import { EMPTY, FULL, MIB } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { changeCommand } from "../../src/control/setting-changes.ts";
import { CoreAgent } from "../../src/core/agent.ts";
import type { Core } from "../../src/core/core.ts";
import { EntryHeader, Unpacked } from "../../src/journal/entry.ts";
import {
  COPIES,
  ERRNO_WORD,
  FORMAT_VERSION,
  LIMIT_WORD,
  OFFSET_WORD,
  SEGMENT_HEADER_BYTES,
  STREAM_WORDS_BYTES,
} from "../../src/journal/layout.ts";
import { StreamWriter } from "../../src/journal/writer.ts";
import * as code from "../../src/record/codes.ts";
import { Control } from "../../src/record/control.ts";
import { ControlAnswer } from "../../src/record/control-answer.ts";
import { CONTROL_KILL, CONTROL_NAME_AT, CONTROL_TEXT_AT } from "../../src/record/control-codes.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../../src/record/execution-report.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../../src/record/order-request.ts";
import type { CoreChange } from "../../src/record/setting-changes.ts";
import { ManyToMany } from "../../src/ring/many-to-many.ts";
import { OneToOne } from "../../src/ring/one-to-one.ts";
import { EventReader } from "../../src/telemetry/event-reader.ts";
import { EVENT_BYTES, EVENT_UNBOOKED_REPORT, EventWriter } from "../../src/telemetry/events.ts";
import { hookedModule, withModule } from "../assembly/modules.ts";
import { coreBeside } from "./core-beside.ts";
import { CONFIG, makeReport, makeRequest, type ReportTerms, type RequestTerms, START_US } from "./driver.ts";
import { readReport, readRequest } from "./outs.ts";

export interface Entry {
  kind: number;
  session: number;
  sequence: number;
  timeUs: number;
  index: number;
  epoch: number;
  position: number;
  payloadBytes: number;
  /** Its payload, which was packed. */
  payload: Views;
  /** How many records had come out of the core when it was written. */
  outputs: number;
}

const BUFFER_BYTES = MIB;
const SEGMENT_BYTES = 2 * MIB;
const hooked = await hookedModule();

/** The agent between private rings, and the stream that it journals to: tests read its buffer, and nobody writes it out. */
export class Rig {
  readonly orders: OneToOne;
  readonly reports: OneToOne;
  readonly control: OneToOne;
  readonly answers: OneToOne;
  wakeups = 0;
  readonly toClients: OneToOne;
  readonly toVenues: OneToOne;
  readonly counters: Float64Array;
  readonly time = new LaneTime();
  readonly events = new ManyToMany(
    new Views(new SharedArrayBuffer(ManyToMany.bytesFor(64, EVENT_BYTES))),
    0,
    64,
    EVENT_BYTES,
  );
  readonly agent: CoreAgent;
  readonly core: Core;
  /** The stream's buffer. */
  private readonly ring: Views;
  private readonly writer: StreamWriter;
  private readonly words: Int32Array;
  private readonly read: Entry[] = [];
  private readAt = SEGMENT_HEADER_BYTES;
  /** By entry: how many records had come out of the core before. */
  private readonly outputs: number[] = [];

  constructor(recover: ((core: Core) => void) | null = null, clientSlots = 512, venueSlots = 512, config = CONFIG) {
    const slots = { toClients: clientSlots, toVenues: venueSlots, inputs: 512, control: 8, groups: 8 };
    const more = STREAM_WORDS_BYTES + COPIES * BUFFER_BYTES;
    const atEntry = (): void => void this.outputs.push(this.toClients.size() + this.toVenues.size());
    const { core, memory, moreAt } = withModule(hooked, { atEntry }, () => coreBeside(config, slots, more));
    this.core = core;
    this.words = new Int32Array(memory.buffer, moreAt, STREAM_WORDS_BYTES >> 2);
    this.words[OFFSET_WORD] = SEGMENT_HEADER_BYTES;
    const bufferAt = moreAt + STREAM_WORDS_BYTES;
    const place = { memory, wordsAt: moreAt, bufferAt, bufferBytes: BUFFER_BYTES };
    this.writer = new StreamWriter("core", place, SEGMENT_BYTES);
    this.ring = this.writer.views;
    this.room = BUFFER_BYTES / 2;
    const { rings } = this.core;
    this.toVenues = rings.toVenues[0]!.ring;
    this.toClients = rings.toClients[0]!.ring;
    this.orders = rings.orders[0]!.ring;
    this.reports = rings.reports[0]!.ring;
    this.control = rings.control!;
    this.answers = rings.answers!;
    this.counters = this.core.counters;
    this.time.wallUs = START_US;
    this.agent = new CoreAgent({
      core: this.core,
      wakeup: { wake: () => void this.wakeups++ },
      journal: this.writer,
      time: this.time,
      events: new EventWriter(this.events, 0, this.time),
      recover,
    });
    this.agent.open(0);
  }

  /** Bytes that the journal still takes. */
  get room(): number {
    return 8 * this.words[LIMIT_WORD]! - this.writer.position;
  }

  set room(bytes: number) {
    this.words[LIMIT_WORD] = (this.writer.position + bytes) >> 3;
  }

  /** The disk is full. */
  set starved(is: boolean) {
    this.words[ERRNO_WORD] = is ? ENOSPC : 0;
  }

  /** What is in the journal, without what the test has taken out of here. */
  get entries(): Entry[] {
    const header = new EntryHeader();
    while (this.readAt < this.writer.position) {
      const { kind, session, sequence, timeUs, index, epoch } = header.aim(this.ring, this.readAt, FORMAT_VERSION);
      const unpacked = new Unpacked();
      // An earlier payload may be there.
      unpacked.views.bytes.fill(0xee);
      const payloadBytes = unpacked.take(this.ring, header);
      const head = { kind, session, sequence, timeUs, index, epoch, position: this.readAt };
      this.read.push({ ...head, payloadBytes, payload: unpacked.views, outputs: this.outputs.shift()! });
      this.readAt += this.ring.ints[this.readAt >> 2]! & ~7;
    }
    return this.read;
  }

  put(terms: RequestTerms, sequence = 5): void {
    const at = this.orders.claim();
    const from = makeRequest(terms);
    this.orders.views.ints.set(from.views.ints.subarray(0, ORDER_REQUEST_BYTES / 4), at >> 2);
    const request = new OrderRequest(this.orders.views).aim(at);
    request.msgSeqNum = sequence;
    request.epoch = 2;
    this.orders.publish();
  }

  /** `change` may set what the terms lack. */
  say(terms: ReportTerms, change: (report: ExecutionReport) => void = () => {}): void {
    const at = this.reports.claim();
    expect(at).not.toBe(FULL);
    this.reports.views.ints.set(makeReport(terms).views.ints.subarray(0, EXECUTION_REPORT_BYTES / 4), at >> 2);
    const report = new ExecutionReport(this.reports.views).aim(at);
    report.msgSeqNum = 9;
    change(report);
    this.reports.publish();
  }

  kill(on: boolean): void {
    this.command(CONTROL_KILL, on ? 1 : 0);
  }

  change(changes: readonly CoreChange[], number: number): void {
    const { kind, value = 0, name, text } = changeCommand(changes, "alice")!;
    this.command(kind, value, 0, name, number, text);
  }

  command(kind: number, value: number, amount = 0, name = "", number = 1, text: Uint8Array = new Uint8Array()): void {
    const at = this.control.claim();
    const control = new Control(this.control.views).aim(at);
    control.kind = kind;
    control.value = value;
    control.amount = amount;
    control.number = number;
    control.textLength = text.length;
    this.control.views.bytes.set(text, at + CONTROL_TEXT_AT);
    for (let i = 0; i < 32; i++) this.control.views.bytes[at + CONTROL_NAME_AT + i] = name.charCodeAt(i) || 0;
    this.control.publish();
  }

  /** The answers that have come: [number, kind, result, value, position]. */
  answered(): number[][] {
    const answer = new ControlAnswer(this.answers.views);
    return drain(this.answers, (at) => {
      const { number, kind, result, value, position } = answer.aim(at);
      return [number, kind, result, value, position];
    });
  }

  up(): this {
    this.say({ kind: code.REPORT_VENUE_UP, venue: 0 });
    this.agent.poll(0);
    this.entries.length = 0;
    return this;
  }

  sent(): ReturnType<typeof readRequest>[] {
    const view = new OrderRequest(this.toVenues.views);
    return drain(this.toVenues, (at) => readRequest(view.aim(at)));
  }

  told(): ReturnType<typeof readReport>[] {
    const view = new ExecutionReport(this.toClients.views);
    return drain(this.toClients, (at) => readReport(view.aim(at)));
  }

  /** Tag and text of each alarm; of another event its kind. */
  alarms(): string[] {
    const reader = new EventReader(this.events);
    const alarms: string[] = [];
    reader.drain(({ kind, b, text }) => alarms.push(kind === EVENT_UNBOOKED_REPORT ? `${b}${text}` : String(kind)));
    return alarms;
  }
}

/** Where the oldest record of a ring is that the agent has not taken, or EMPTY. */
export function oldest({ views, at, slots, slotBytes }: OneToOne): number {
  return new OneToOne(views, at, slots, slotBytes).peek();
}

function drain<T>(from: OneToOne, read: (at: number) => T): T[] {
  const out: T[] = [];
  for (let at = from.peek(); at !== EMPTY; at = from.peek()) {
    out.push(read(at));
    from.release();
  }
  return out;
}
