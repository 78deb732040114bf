import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { build } from "hdr-histogram-js";
import { codeOver, sharedMemory } from "../../src/assembly/module.ts";
import { Views } from "../../src/base/views.ts";
import { EXEC_STATUS, EXEC_TRADE, REPORT_EXECUTION } from "../../src/record/codes.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../../src/record/execution-report.ts";
import { OrderRequest } from "../../src/record/order-request.ts";
import { AnswerStages, ReportedStages, SentStages } from "../../src/session/link-stages.ts";
import {
  BUCKETS,
  BUCKETS_AT,
  HISTOGRAM_BYTES,
  LEFT_OUT_AT,
  RUNS,
  RUNS_AT,
  SENT_BYTES,
  SENT_SLOTS,
  SET_BYTES,
  STAGE_ANSWER,
  STAGE_DECIDE,
  STAGE_SEND,
  STAGE_TOTAL,
  STAGE_VENUE,
  STAGES_BYTES,
  TIMES_HEADER_BYTES,
  TIMES_ROW_BYTES,
} from "../../src/telemetry/assembly/layout.ts";
import { StageHistograms, stageBucketNs } from "../../src/telemetry/stage-histograms.ts";
import { drawn } from "../property.ts";

const SLOTS = 2048;
const VENUES = 2;
const TIMES = 64;
const VENUES_AT = TIMES + TIMES_HEADER_BYTES + SLOTS * TIMES_ROW_BYTES;
const SET_AT = VENUES_AT + VENUES * STAGES_BYTES;
const SENT_AT_BYTE = SET_AT + SET_BYTES;
const RECORD_AT = SENT_AT_BYTE + SENT_BYTES;
const BYTES = RECORD_AT + EXECUTION_REPORT_BYTES;

interface Code {
  noteDecided(times: number, slot: number, number: number, venue: number, receivedNs: number, decidedNs: number): void;
  stampSent(sent: number, times: number, nowNs: number): void;
  countReported(set: number, venues: number, nowNs: number): void;
}

/** The memory of one client session, two venues and some order slots; the test is the core and has the clock. */
class Rig {
  readonly memory = sharedMemory(BYTES);
  readonly views = new Views(this.memory.buffer, 0, BYTES);
  readonly sent: SentStages;
  readonly answers: AnswerStages;
  readonly reported: ReportedStages;
  private readonly code = codeOver(this.memory) as unknown as Code;
  private readonly request: OrderRequest;
  private readonly report: ExecutionReport;

  constructor() {
    const shared = { memory: this.memory, sharedAt: 0, timesAt: TIMES };
    this.sent = new SentStages(shared, SENT_AT_BYTE);
    this.answers = new AnswerStages(shared);
    this.reported = new ReportedStages(shared, SET_AT, VENUES_AT);
    this.request = new OrderRequest(this.views).aim(RECORD_AT);
    this.report = new ExecutionReport(this.views).aim(RECORD_AT);
    this.views.ints[TIMES / 4] = SLOTS;
  }

  /** As the core does with an accepted request. */
  accept(slot: number, number: number, receivedNs: number, decidedNs: number, venue = 0): void {
    this.code.noteDecided(TIMES, slot, number, venue, receivedNs, decidedNs);
  }

  send(...slots: number[]): void {
    for (const slot of slots) {
      this.request.clear();
      this.request.slot = slot;
      this.sent.note(RECORD_AT);
    }
  }

  written(nowNs: number): void {
    this.code.stampSent(SENT_AT_BYTE, TIMES, nowNs);
  }

  answer(slot: number, number: number, nowNs: number): void {
    this.fill(slot, number, EXEC_TRADE, 0);
    this.answers.note(RECORD_AT, nowNs);
  }

  tell(slot: number, number: number, execType = EXEC_TRADE, reason = 0): void {
    this.fill(slot, number, execType, reason);
    this.reported.note(RECORD_AT);
  }

  told(nowNs: number): void {
    this.code.countReported(SET_AT, VENUES_AT, nowNs);
  }

  private fill(slot: number, number: number, execType: number, reason: number): void {
    const { report } = this;
    report.clear();
    report.kind = REPORT_EXECUTION;
    report.slot = slot;
    report.number = number;
    report.execType = execType;
    report.reason = reason;
  }

  figures(at = SET_AT) {
    const histograms = new StageHistograms(this.views, [at]);
    const of = (stage: number): [number, number] => {
      const { count, max } = histograms.total(stage);
      return [count, max];
    };
    return {
      decide: of(STAGE_DECIDE),
      send: of(STAGE_SEND),
      venue: of(STAGE_VENUE),
      answer: of(STAGE_ANSWER),
      total: of(STAGE_TOTAL),
    };
  }
}

const NOW = 5_000_000_000_000;

describe("the stages of an order", () => {
  test("add up to its way through the gateway, for its session and its venue, and for no other", () => {
    const rig = new Rig();
    rig.accept(7, 42, NOW, NOW + 6_400, 1);
    rig.send(7);
    rig.written(NOW + 19_200);
    rig.answer(7, 42, NOW + 119_200);
    rig.tell(7, 42);
    expect(rig.figures().answer).toEqual([0, 0]);
    rig.told(NOW + 131_200);
    const expected = {
      decide: [1, 6.4],
      send: [1, 12.8],
      venue: [1, 100],
      answer: [1, 12],
      total: [1, 131.2],
    } as const;
    expect(rig.figures()).toEqual(structuredClone(expected) as never);
    expect(rig.figures(VENUES_AT + STAGES_BYTES)).toEqual(structuredClone(expected) as never);
    expect(rig.figures(VENUES_AT).answer).toEqual([0, 0]);
  });

  test("add up, too, when the answer was read in the turn that has sent the request: it counts as answered at once", () => {
    const rig = new Rig();
    rig.accept(7, 42, NOW, NOW + 6_400);
    rig.send(7);
    rig.written(NOW + 19_200);
    rig.answer(7, 42, NOW + 12_800);
    rig.tell(7, 42);
    rig.told(NOW + 25_600);
    expect(rig.figures()).toEqual({
      decide: [1, 6.4],
      send: [1, 12.8],
      venue: [1, 0],
      answer: [1, 6.4],
      total: [1, 25.6],
    });
  });

  test("are counted once a request: later reports have only the way back", () => {
    const rig = new Rig();
    rig.accept(7, 42, NOW, NOW + 640);
    rig.send(7);
    rig.written(NOW + 1_280);
    for (const at of [10_000, 20_000, 30_000]) {
      rig.answer(7, 42, NOW + at);
      rig.tell(7, 42);
      rig.told(NOW + at + 5_000);
    }
    expect(rig.figures()).toMatchObject({ venue: [1, 8.72], answer: [3, 5], total: [1, 15] });
  });

  test("that are measured are those of the time since, each in its bucket", () => {
    const rig = new Rig();
    const histograms = new StageHistograms(rig.views, [SET_AT]);
    const go = (number: number, totalNs: number): void => {
      rig.accept(7, number, NOW + number * 1e6, NOW + number * 1e6 + 640);
      rig.send(7);
      rig.written(NOW + number * 1e6 + 1_280);
      rig.answer(7, number, NOW + number * 1e6 + 2_560);
      rig.tell(7, number);
      rig.told(NOW + number * 1e6 + totalNs);
    };
    go(1, 900_000);
    const end = histograms.measure();
    expect(end()[STAGE_TOTAL]).toMatchObject({ count: 0, max: 0, buckets: [] });
    for (const number of [2, 3, 4]) go(number, 10_000);
    go(5, 20_000);
    const total = end()[STAGE_TOTAL]!;
    expect(total.count).toBe(4);
    expect(total.buckets.map(({ count }) => count)).toEqual([3, 1]);
    for (const [i, us] of [10, 20].entries()) {
      const from = total.buckets[i]!.fromUs;
      expect(from).toBeLessThanOrEqual(us);
      expect(from).toBeGreaterThan(us * 0.93);
    }
    // The longest time ever was before.
    expect(total.max).toBeLessThan(22);
    expect(total.mean).toBeCloseTo(12.5, 3);
  });

  test("of a cancel are those of its answer, and not of a fill that comes before it", () => {
    const rig = new Rig();
    rig.accept(7, 42, NOW, NOW + 640);
    rig.send(7);
    rig.written(NOW + 1_280);
    rig.answer(7, 42, NOW + 2_000);
    rig.tell(7, 42);
    rig.told(NOW + 3_000);
    rig.accept(7, 43, NOW + 100_000, NOW + 100_640);
    rig.send(7);
    rig.written(NOW + 101_280);
    rig.answer(7, 42, NOW + 110_000);
    rig.tell(7, 42);
    rig.told(NOW + 111_000);
    expect(rig.figures().total[0]).toBe(1);
    rig.answer(7, 43, NOW + 201_280);
    rig.tell(7, 43);
    rig.told(NOW + 202_000);
    expect(rig.figures()).toMatchObject({ venue: [2, 100], total: [2, 102], answer: [3, 1] });
  });

  test("of a burst are counted for each of its orders, in few runs", () => {
    const rig = new Rig();
    const slots = Array.from({ length: 1000 }, (_, slot) => slot);
    for (const slot of slots) rig.accept(slot, slot + 1, NOW, NOW + 640 * (1 + Math.floor(slot / 32)));
    rig.send(...slots);
    rig.written(NOW + 64_000);
    for (const slot of slots) rig.answer(slot, slot + 1, NOW + 100_000);
    for (const slot of slots) rig.tell(slot, slot + 1);
    expect(rig.views.ints[(SET_AT + RUNS_AT) / 4]).toBe(32);
    rig.told(NOW + 200_000);
    expect(rig.figures()).toMatchObject({
      decide: [1000, 20.48],
      venue: [1000, 36],
      answer: [1000, 100],
      total: [1000, 200],
    });
  });

  test("are not counted of what was refused here, of status requests, and of orders of an earlier run", () => {
    const rig = new Rig();
    // Received 0: the core has read it in the journal.
    rig.accept(1, 1, 0, 0);
    rig.answer(1, 1, NOW);
    rig.tell(1, 1);
    rig.accept(2, 2, NOW, NOW + 640);
    rig.tell(2, 2, EXEC_TRADE, 17);
    rig.tell(2, 2, EXEC_STATUS);
    // Not answered by a venue.
    rig.tell(2, 2);
    rig.tell(-1, 0);
    rig.tell(SLOTS, 2);
    rig.told(NOW + 1000);
    expect(rig.figures().answer).toEqual([0, 0]);
  });

  test("have nothing of the order that had the slot before, nor of a request that no socket has taken", () => {
    const rig = new Rig();
    rig.accept(7, 42, NOW, NOW + 640);
    rig.send(7);
    rig.written(NOW + 1_280);
    rig.answer(7, 42, NOW + 2_000);
    rig.accept(7, 50, NOW + 10_000, NOW + 10_640);
    rig.tell(7, 50);
    rig.told(NOW + 20_000);
    expect(rig.figures().answer).toEqual([0, 0]);
    rig.answer(7, 50, NOW + 30_000);
    rig.tell(7, 50);
    rig.told(NOW + 31_000);
    expect(rig.figures()).toMatchObject({ answer: [1, 1], venue: [0, 0], total: [0, 0] });
  });

  test("are counted again when the slot's next order has a number that differs by 65,536", () => {
    const rig = new Rig();
    for (const [i, number] of [5, 5 + 65_536, 5 + 4 * 65_536].entries()) {
      const at = NOW + i * 1_000_000;
      rig.accept(7, number, at, at + 640);
      rig.send(7);
      rig.written(at + 1_280);
      rig.answer(7, number, at + 2_000);
      rig.tell(7, number);
      rig.told(at + 3_000);
    }
    expect(rig.figures()).toMatchObject({ answer: [3, 1], total: [3, 3] });
  });

  test("of a venue's report that names a slot beyond the table change nothing", () => {
    const rig = new Rig();
    const before = Buffer.from(rig.views.bytes.slice(0, RECORD_AT));
    rig.answer(SLOTS, 1, NOW);
    rig.answer(-1, 1, NOW);
    expect(Buffer.from(rig.views.bytes.slice(0, RECORD_AT)).equals(before)).toBeTrue();
  });

  test("of more runs or requests than there is room for are left out and counted", () => {
    const rig = new Rig();
    rig.send(...new Array(SENT_SLOTS + 3).fill(0));
    expect(rig.views.ints[(SENT_AT_BYTE + LEFT_OUT_AT) / 4]).toBe(3);
    rig.written(NOW);
    for (let i = 0; i < RUNS + 5; i++) {
      rig.accept(i, i + 1, NOW + i, NOW + 640);
      rig.answer(i, i + 1, NOW + 1_000);
      rig.tell(i, i + 1);
    }
    rig.told(NOW + 2_000);
    expect(rig.figures().answer[0]).toBe(RUNS);
    expect(rig.views.ints[(SET_AT + RUNS_AT + LEFT_OUT_AT) / 4]).toBe(5);
  });

  test("a new connection forgets what the last one has not sent", () => {
    const rig = new Rig();
    rig.accept(7, 42, NOW, NOW + 640);
    rig.answer(7, 42, NOW + 2_000);
    rig.tell(7, 42);
    rig.reported.begin();
    rig.told(NOW + 3_000);
    expect(rig.figures().answer).toEqual([0, 0]);
  });
});

describe("a stage's histogram", () => {
  const told = (rig: Rig, ns: number): void => {
    rig.accept(7, 1, NOW, NOW);
    rig.answer(7, 1, NOW);
    rig.tell(7, 1);
    rig.told(NOW + ns);
  };
  const counted = (values: readonly number[]): Rig => {
    const rig = new Rig();
    for (const ns of values) told(rig, ns);
    return rig;
  };

  test("has the buckets of an HdrHistogram of one digit", () => {
    const hdr = build({
      lowestDiscernibleValue: 32,
      highestTrackableValue: 2 ** 36,
      numberOfSignificantValueDigits: 1,
      autoResize: false,
    }) as unknown as { countsArrayIndex(value: number): number };
    const first = (SET_AT + STAGE_ANSWER * HISTOGRAM_BYTES + BUCKETS_AT) / 8;
    const rig = counted([]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 36 }), fc.double({ min: 0, max: 1, noNaN: true }), (power, part) => {
        const ns = Math.floor(2 ** power * part);
        rig.views.doubles.fill(0, first, first + BUCKETS);
        told(rig, ns);
        const bucket = Array.from(rig.views.doubles.slice(first, first + BUCKETS)).indexOf(1);
        expect(bucket).toBe(Math.min(BUCKETS - 1, hdr.countsArrayIndex(ns)));
        expect(stageBucketNs(bucket)).toBeLessThanOrEqual(ns);
        expect(stageBucketNs(bucket + 1)).toBeGreaterThanOrEqual(ns);
      }),
      drawn(),
    );
  });

  test("counts negative times as zero, and those beyond its end in its last bucket, with their maximum", () => {
    const rig = counted([-500, 2 ** 40]);
    const first = (SET_AT + STAGE_ANSWER * HISTOGRAM_BYTES + BUCKETS_AT) / 8;
    expect(rig.views.doubles[first]).toBe(1);
    expect(rig.views.doubles[first + BUCKETS - 1]).toBe(1);
    expect(rig.figures().answer).toEqual([2, 2 ** 40 / 1000]);
  });

  test("gives percentiles within 3.2 % of the values, and the exact mean and maximum", () => {
    const values = Array.from({ length: 1000 }, (_, i) => 10_000 + 100 * i);
    const rig = counted(values);
    const figures = new StageHistograms(rig.views, [SET_AT]).total(STAGE_ANSWER);
    expect(figures.count).toBe(1000);
    expect(figures.max).toBe(109.9);
    expect(figures.mean).toBeCloseTo(59.95, 6);
    for (const [name, rank] of [
      ["p50", 500],
      ["p90", 900],
      ["p99", 990],
      ["p999", 999],
    ] as const) {
      const exact = values[rank - 1]! / 1000;
      expect(Math.abs(figures[name] - exact) / exact).toBeLessThan(0.032);
    }
  });

  test("has an interval between two samples, which is empty when nothing came", () => {
    const rig = new Rig();
    const histograms = new StageHistograms(rig.views, [SET_AT]);
    told(rig, 1_000_000);
    expect(histograms.interval(STAGE_ANSWER).count).toBe(0);
    histograms.sample();
    expect(histograms.interval(STAGE_ANSWER)).toMatchObject({ count: 1, mean: 1000, max: 1000 });
    told(rig, 5_000);
    told(rig, 7_000);
    histograms.sample();
    expect(histograms.interval(STAGE_ANSWER)).toMatchObject({ count: 2, mean: 6 });
    expect(histograms.interval(STAGE_ANSWER).max).toBeLessThan(7.3);
    histograms.sample();
    expect(histograms.interval(STAGE_ANSWER).count).toBe(0);
    expect(histograms.total(STAGE_ANSWER)).toMatchObject({ count: 3, max: 1000 });
  });

  test("has cumulative counts at the begins of buckets, of several places as one", () => {
    const rig = counted([500, 1_500, 1_500, 3_000, 70_000_000_000]);
    const histograms = new StageHistograms(rig.views, [SET_AT, VENUES_AT]);
    const { counts, count, sumNs } = histograms.cumulative(STAGE_ANSWER, [1024, 2048, 4096]);
    expect(counts).toEqual([2, 6, 8]);
    expect(count).toBe(10);
    expect(sumNs).toBe(2 * (500 + 1_500 + 1_500 + 3_000 + 70_000_000_000));
  });
});
