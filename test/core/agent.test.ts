import { describe, expect, test } from "bun:test";
import { LaneTime } from "../../src/base/lane-time.ts";
import { EMPTY, FULL } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { CoreAgent } from "../../src/core/agent.ts";
import { Core } from "../../src/core/core.ts";
import { CORE_COUNTERS, COUNT_ILLEGAL, COUNT_ORDERS, COUNT_ORPHANS } from "../../src/core/counters.ts";
import { ENTRY_CONTROL, ENTRY_ORDER, ENTRY_REPORT } from "../../src/core/input-journal.ts";
import { Outbox } from "../../src/core/outbox.ts";
import * as reason from "../../src/core/risk/reasons.ts";
import * as layout from "../../src/journal/layout.ts";
import * as code from "../../src/record/codes.ts";
import {
  CONTROL_BYTES,
  CONTROL_KILL,
  CONTROL_NAME_AT,
  CONTROL_REFERENCE_PRICE,
  Control,
} from "../../src/record/control.ts";
import {
  CONTROL_ANSWER_BYTES,
  CONTROL_APPLIED,
  CONTROL_BAD_VALUE,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_KIND,
  CONTROL_UNKNOWN_NAME,
  ControlAnswer,
} from "../../src/record/control-answer.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../../src/record/execution-report.ts";
import {
  NEW_ORDER_LENGTH,
  ORDER_REQUEST_BYTES,
  OrderRequest,
  OTHER_REQUEST_LENGTH,
} from "../../src/record/order-request.ts";
import { ManyToMany } from "../../src/ring/many-to-many.ts";
import type { OneToOne } from "../../src/ring/one-to-one.ts";
import { EVENT_BYTES, EVENT_NOTICE, EVENT_ORPHAN_REPORT, EventWriter } from "../../src/telemetry/events.ts";
import {
  CONFIG,
  makeReport,
  makeRequest,
  ONE,
  type ReportTerms,
  type RequestTerms,
  readReport,
  readRequest,
  ring,
  START_US,
} from "./driver.ts";

const ADDRESS = 10_000_000;

interface Entry {
  kind: number;
  session: number;
  sequence: number;
  timeUs: number;
  index: number;
  epoch: number;
  fromAddress: number;
  payloadBytes: number;
  /** Of its groups, where it has any. */
  moreAddress?: number;
  moreBytes?: number;
  /** How many records had come out of the core when it was written. */
  outputs: number;
}

/** The agent between rings of its own and a journal that takes notes. */
class Rig {
  readonly orders = ring(512, ORDER_REQUEST_BYTES);
  readonly reports = ring(512, EXECUTION_REPORT_BYTES);
  readonly control = ring(8, CONTROL_BYTES);
  readonly answers = ring(8, CONTROL_ANSWER_BYTES);
  wakeups = 0;
  readonly toClients: OneToOne;
  readonly toVenues: OneToOne;
  readonly counters = new Float64Array(CORE_COUNTERS);
  readonly entries: Entry[] = [];
  readonly time = new LaneTime();
  readonly events = new ManyToMany(
    new Views(new SharedArrayBuffer(ManyToMany.bytesFor(64, EVENT_BYTES))),
    0,
    64,
    EVENT_BYTES,
  );
  readonly agent: CoreAgent;
  readonly core: Core;
  hasRoom = true;
  starved = false;

  constructor(recover: ((core: Core) => void) | null = null, clientSlots = 512, venueSlots = 512) {
    this.toVenues = ring(venueSlots, ORDER_REQUEST_BYTES);
    this.toClients = ring(clientSlots, EXECUTION_REPORT_BYTES);
    const outbox = new Outbox([this.toClients], [this.toVenues], new Int32Array(3), new Int32Array(2));
    this.core = new Core(CONFIG, outbox, this.counters);
    const rig = this;
    this.time.wallUs = START_US;
    this.agent = new CoreAgent({
      core: this.core,
      outbox,
      orders: [{ ring: this.orders, ringAddress: ADDRESS }],
      reports: [{ ring: this.reports, ringAddress: 2 * ADDRESS }],
      control: { ring: this.control, ringAddress: 3 * ADDRESS },
      answers: { ring: this.answers, wakeup: { ring: () => void rig.wakeups++ } },
      journal: {
        room: (bytes) => rig.hasRoom && bytes <= 8192,
        get starved() {
          return rig.starved;
        },
        append(kind, session, sequence, timeUs, index, epoch, fromAddress, payloadBytes) {
          const outputs = rig.toClients.size() + rig.toVenues.size();
          rig.entries.push({ kind, session, sequence, timeUs, index, epoch, fromAddress, payloadBytes, outputs });
          return rig.entries.length;
        },
        appendBoth(kind, session, sequence, timeUs, index, epoch, fromAddress, bytes, moreAddress, moreBytes) {
          const outputs = rig.toClients.size() + rig.toVenues.size();
          const entry = { kind, session, sequence, timeUs, index, epoch, fromAddress, payloadBytes: bytes, outputs };
          rig.entries.push({ ...entry, moreAddress, moreBytes });
          return rig.entries.length;
        },
      },
      time: this.time,
      events: new EventWriter(this.events, 0, this.time),
      recover,
    });
    this.agent.open(0);
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

  say(terms: ReportTerms): void {
    const at = this.reports.claim();
    expect(at).not.toBe(FULL);
    this.reports.views.ints.set(makeReport(terms).views.ints.subarray(0, EXECUTION_REPORT_BYTES / 4), at >> 2);
    new ExecutionReport(this.reports.views).aim(at).msgSeqNum = 9;
    this.reports.publish();
  }

  kill(on: boolean): void {
    this.command(CONTROL_KILL, on ? 1 : 0);
  }

  command(kind: number, value: number, amount = 0, name = "", number = 1): void {
    const at = this.control.claim();
    const control = new Control(this.control.views).aim(at);
    control.kind = kind;
    control.value = value;
    control.amount = amount;
    control.number = number;
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

  eventKinds(): number[] {
    const kinds: number[] = [];
    for (let at = this.events.poll(); at !== EMPTY; at = this.events.poll()) {
      kinds.push(this.events.views.ints[at >> 2]!);
      this.events.release(at);
    }
    return kinds;
  }
}

function drain<T>(from: OneToOne, read: (at: number) => T): T[] {
  const out: T[] = [];
  for (let at = from.peek(); at !== EMPTY; at = from.peek()) {
    out.push(read(at));
    from.release();
  }
  return out;
}

describe("an input", () => {
  test("is in the journal with its decision before anything comes of it", () => {
    const rig = new Rig().up();
    rig.put({ id: "A" }, 41);
    rig.put({ id: "B", qty: 0 }, 42);
    const first = rig.orders.peek();
    expect(rig.agent.poll(0)).toBe(2);
    const common = { kind: ENTRY_ORDER, session: 1, timeUs: START_US, epoch: 2, payloadBytes: NEW_ORDER_LENGTH };
    expect(rig.entries).toEqual([
      { ...common, sequence: 41, index: 0, fromAddress: ADDRESS + first, outputs: 0 },
      {
        ...common,
        sequence: 42,
        index: reason.BAD_QUANTITY,
        fromAddress: ADDRESS + first + ORDER_REQUEST_BYTES,
        outputs: 1,
      },
    ]);
    // What the journal copies from there holds slot and number.
    const journalled = new OrderRequest(rig.orders.views);
    expect([journalled.aim(first).slot, journalled.number]).toEqual([0, 1]);
    expect([journalled.aim(first + ORDER_REQUEST_BYTES).slot, journalled.number]).toEqual([1, 2]);
    expect(rig.sent()).toMatchObject([{ id: "A" }]);
    expect(rig.told()).toMatchObject([{ id: "B" }]);
    expect(rig.orders.peek()).toBe(EMPTY);
  });

  test("of a venue is kept as long as it matters", () => {
    const rig = new Rig().up();
    rig.put({ id: "A" });
    rig.agent.poll(0);
    rig.entries.length = 0;
    rig.say({ execType: code.EXEC_NEW, number: 1 });
    rig.say({ execType: code.EXEC_CANCELED, number: 1, text: "why" });
    const first = rig.reports.peek();
    expect(rig.agent.poll(0)).toBe(2);
    expect(rig.entries).toMatchObject([
      {
        kind: ENTRY_REPORT,
        session: 0,
        sequence: 9,
        index: 0,
        fromAddress: 2 * ADDRESS + first,
        payloadBytes: 200,
        outputs: 1,
      },
      { kind: ENTRY_REPORT, payloadBytes: 256, outputs: 2 },
    ]);
    expect(rig.told()).toMatchObject([{ execType: "0" }, { execType: "4", text: "why" }]);
  });

  test("of the operator comes before orders that wait", () => {
    const rig = new Rig().up();
    rig.put({ id: "A" });
    rig.kill(true);
    rig.agent.poll(0);
    expect(rig.entries.map(({ kind, payloadBytes }) => [kind, payloadBytes])).toEqual([
      [ENTRY_CONTROL, CONTROL_BYTES],
      [ENTRY_ORDER, NEW_ORDER_LENGTH],
    ]);
    expect(rig.told()).toMatchObject([{ reason: reason.KILL_SWITCH }]);
  });

  test("of the operator is answered once it is journalled and applied", () => {
    const rig = new Rig().up();
    rig.command(CONTROL_KILL, 1, 0, "", 7);
    rig.command(CONTROL_KILL, 1, 0, "", 8);
    rig.command(CONTROL_KILL, 0, 0, "", 9);
    expect(rig.answered()).toEqual([]);
    rig.agent.poll(0);
    expect(rig.wakeups).toBe(1);
    expect(rig.entries.map(({ kind }) => kind)).toEqual([ENTRY_CONTROL, ENTRY_CONTROL, ENTRY_CONTROL]);
    expect(rig.answered()).toEqual([
      [7, CONTROL_KILL, CONTROL_APPLIED, 1, 1],
      [8, CONTROL_KILL, CONTROL_UNCHANGED, 1, 2],
      [9, CONTROL_KILL, CONTROL_APPLIED, 0, 3],
    ]);
    rig.agent.poll(0);
    expect(rig.wakeups).toBe(1);
  });

  test.each<[string, number, number, number, string, number]>([
    ["a kind that the core does not have", 77, 1, 0, "", CONTROL_UNKNOWN_KIND],
    ["a negative kind", -1, 1, 0, "", CONTROL_UNKNOWN_KIND],
    ["a kill switch that is neither on nor off", CONTROL_KILL, 2, 0, "", CONTROL_BAD_VALUE],
    ["a symbol that is not configured", CONTROL_REFERENCE_PRICE, 0, ONE, "NONE", CONTROL_UNKNOWN_NAME],
    ["a price below zero", CONTROL_REFERENCE_PRICE, 0, -1, "AAPL", CONTROL_BAD_VALUE],
    ["a price that is no number", CONTROL_REFERENCE_PRICE, 0, Number.NaN, "AAPL", CONTROL_BAD_VALUE],
  ])("of the operator is refused by its answer: %s", (_, kind, value, amount, name, result) => {
    const rig = new Rig().up();
    const before = rig.core.digest();
    rig.command(kind, value, amount, name);
    rig.agent.poll(0);
    expect(rig.answered()).toEqual([[1, kind, result, 0, 1]]);
    expect(rig.core.digest()).toBe(before);
  });

  test("of the operator sets a reference price; the same again changes nothing", () => {
    const rig = new Rig().up();
    for (const price of [200 * ONE, 200 * ONE, 201 * ONE]) rig.command(CONTROL_REFERENCE_PRICE, 0, price, "AAPL");
    rig.agent.poll(0);
    expect(rig.answered().map(([, , result]) => result)).toEqual([CONTROL_APPLIED, CONTROL_UNCHANGED, CONTROL_APPLIED]);
  });

  test("of the operator waits for the journal, not for clients or venues that are behind", () => {
    const rig = new Rig(null, 4, 4).up();
    for (let i = 0; i < 8; i++) rig.put({ id: `A${i}` });
    rig.agent.poll(0);
    rig.kill(true);
    rig.hasRoom = false;
    rig.agent.poll(0);
    expect(rig.answered()).toEqual([]);
    rig.hasRoom = true;
    rig.agent.poll(0);
    expect(rig.answered()).toEqual([[1, CONTROL_KILL, CONTROL_APPLIED, 1, rig.entries.length]]);
  });

  test("of the operator that finds no room for its answer stops the line", () => {
    const rig = new Rig().up();
    for (let i = 0; i < 8; i++) rig.kill(true);
    rig.agent.poll(0);
    rig.kill(true);
    expect(() => rig.agent.poll(0)).toThrow("CONTROL_ANSWERS_FULL");
  });

  test("waits while the journal has no room", () => {
    const rig = new Rig().up();
    rig.put({ id: "A" });
    rig.hasRoom = false;
    expect(rig.agent.poll(0)).toBe(0);
    expect([rig.entries.length, rig.sent().length]).toEqual([0, 0]);
    rig.hasRoom = true;
    expect(rig.agent.poll(0)).toBe(1);
    expect(rig.sent().length).toBe(1);
  });

  test("waits while a client's or venue's ring is full, and none is lost", () => {
    const rig = new Rig(null, 8).up();
    for (let i = 0; i < 40; i++) rig.put({ id: `O${i}`, qty: 0 });
    const ids: unknown[] = [];
    for (let turn = 0; turn < 40 && ids.length < 40; turn++) {
      rig.agent.poll(0);
      ids.push(...rig.told().map((out) => out.id));
    }
    expect(ids).toEqual(Array.from({ length: 40 }, (_, i) => `O${i}`));
    expect(rig.counters[COUNT_ORDERS]).toBe(40);
  });

  test("of a venue is taken though that venue's requests wait: else each could wait for the other", () => {
    const rig = new Rig(null, 512, 8).up();
    for (let i = 0; i < 20; i++) rig.put({ id: `O${i}` });
    rig.agent.poll(0);
    const waiting = rig.orders.size();
    expect(waiting).toBeGreaterThan(10);
    rig.say({ execType: code.EXEC_NEW, number: 1 });
    expect(rig.agent.poll(0)).toBe(1);
    expect(rig.told()).toMatchObject([{ execType: "0" }]);
    expect(rig.orders.size()).toBe(waiting);
  });

  test("that is an order is refused while the disk is full; cancels and reports go on", () => {
    const rig = new Rig().up();
    rig.put({ id: "A" });
    rig.agent.poll(0);
    rig.starved = true;
    rig.put({ id: "B" });
    rig.put({ kind: code.REQUEST_CANCEL, id: "X", orig: "A" });
    rig.say({ execType: code.EXEC_NEW, number: 1 });
    rig.agent.poll(0);
    expect(rig.told()).toMatchObject([{ execType: "0" }, { id: "B", reason: reason.JOURNAL_FULL }]);
    expect(rig.sent()).toMatchObject([{ id: "A" }, { id: "X" }]);
    expect(rig.entries.at(-1)).toMatchObject({ index: 0, payloadBytes: OTHER_REQUEST_LENGTH });
    expect(rig.entries.at(-2)).toMatchObject({ index: reason.JOURNAL_FULL });
  });
});

test("its entries have the kinds that the journal knows them by", () => {
  expect([ENTRY_ORDER, ENTRY_REPORT, ENTRY_CONTROL]).toEqual([
    layout.ENTRY_ORDER,
    layout.ENTRY_REPORT,
    layout.ENTRY_CONTROL,
  ]);
});

test("one turn takes a bounded number of each ring's inputs", () => {
  const rig = new Rig().up();
  for (let i = 0; i < 300; i++) rig.put({ id: `O${i}` });
  expect(rig.agent.poll(0)).toBe(256);
  expect(rig.agent.poll(0)).toBe(44);
  expect(rig.agent.poll(0)).toBe(0);
});

test("a burst leads to what its inputs lead to one by one", () => {
  const rigs = [new Rig().up(), new Rig().up()];
  const [burst, single] = rigs as [Rig, Rig];
  const next = (): void => void single.agent.poll(0);
  for (let i = 0; i < 200; i++) {
    for (const rig of rigs) rig.put({ id: `O${i}` });
    next();
  }
  burst.agent.poll(0);
  for (let i = 0; i < 200; i++) {
    for (const rig of rigs) {
      if (i % 50 === 7) rig.say({ kind: code.REPORT_VENUE_UP, venue: 0 });
      else if (i % 50 === 8) rig.say({ execType: code.EXEC_NEW, number: 1e15, slot: -1 });
      else if (i % 50 === 9) rig.say({ execType: code.EXEC_CANCELED, number: i + 1, slot: i });
      else
        rig.say({ execType: code.EXEC_TRADE, number: i + 1, slot: i, lastQty: 1, lastPx: ONE, execId: `E${i % 90}` });
    }
    next();
  }
  burst.agent.poll(0);
  expect(burst.core.digest()).toBe(single.core.digest());
  expect(burst.counters).toEqual(single.counters);
  expect(burst.entries.map(({ outputs: _, ...entry }) => entry)).toEqual(
    single.entries.map(({ outputs: _, ...entry }) => entry),
  );
  expect(burst.sent()).toEqual(single.sent());
  const told = burst.told();
  expect(told.length).toBeGreaterThan(180);
  expect(told).toEqual(single.told());
});

test("reports that did nothing are events", () => {
  const rig = new Rig().up();
  rig.put({ id: "A" });
  rig.agent.poll(0);
  rig.say({ execType: code.EXEC_NEW, number: 77, slot: 3 });
  rig.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 1, lastPx: ONE, cumQty: 9, execId: "E" });
  rig.say({ execType: code.EXEC_NEW, number: 1 });
  rig.agent.poll(0);
  expect(rig.eventKinds()).toEqual([EVENT_ORPHAN_REPORT, EVENT_NOTICE, EVENT_NOTICE]);
  expect([rig.counters[COUNT_ORPHANS], rig.counters[COUNT_ILLEGAL]]).toEqual([1, 1]);
});

test("recovers before its first turn, and sends what was not sent before it takes anything new", () => {
  const rig = new Rig((core) => {
    core.beginReplay([], []);
    for (let i = 0; i < 20; i++) core.order(makeRequest({ id: `O${i}`, qty: 0 }), START_US, reason.BAD_QUANTITY);
    core.endReplay();
  }, 8);
  rig.put({ id: "LIVE", qty: 0 });
  const ids: unknown[] = [];
  for (let turn = 0; turn < 40 && ids.length < 21; turn++) {
    rig.agent.poll(0);
    ids.push(...rig.told().map((out) => out.id));
  }
  expect(ids).toEqual([...Array.from({ length: 20 }, (_, i) => `O${i}`), "LIVE"]);
  expect(rig.entries.length).toBe(1);
});

test("takes reports while requests of the replay wait, and sends what they lead to behind those", () => {
  const rig = new Rig(
    (core) => {
      core.beginReplay([], []);
      for (let i = 0; i < 20; i++) {
        const request = makeRequest({ id: `O${i}` });
        request.slot = i;
        request.number = i + 1;
        core.order(request, START_US, reason.ACCEPTED);
      }
      core.endReplay();
    },
    256,
    8,
  );
  rig.put({ id: "LIVE", qty: 0 });
  // As the venue's agent says of requests while its session is down; it takes no more before somebody hears it.
  rig.say({ kind: code.REPORT_NOT_TAKEN, number: 1, slot: 0 });
  rig.agent.poll(0);
  expect([rig.reports.size(), rig.orders.size(), rig.told().length]).toEqual([0, 1, 0]);
  const ids: unknown[] = [];
  for (let turn = 0; turn < 40; turn++) {
    ids.push(...rig.sent().map((out) => out.id));
    rig.agent.poll(0);
  }
  expect(ids).toEqual(Array.from({ length: 20 }, (_, i) => `O${i}`));
  expect(rig.told().map((out) => out.id)).toEqual(["O0", "LIVE"]);
});

test("ends once a whole turn after the stop has brought nothing", () => {
  const rig = new Rig().up();
  rig.agent.poll(0);
  expect(rig.agent.stopped()).toBe(false);
  rig.agent.stop(0);
  expect(rig.agent.stopped()).toBe(false);
  rig.put({ id: "A" });
  rig.agent.poll(0);
  expect(rig.agent.stopped()).toBe(false);
  rig.agent.poll(0);
  expect(rig.agent.stopped()).toBe(true);
  expect(rig.sent().length).toBe(1);
  expect(rig.agent.deadlineNs()).toBe(Number.POSITIVE_INFINITY);
  rig.agent.close();
});
