import { describe, expect, test } from "bun:test";
import { sharedMemory } from "../../src/assembly/module.ts";
import { EMPTY } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { type CoreRings, coreBytes, type RingPair, sizesOf } from "../../src/core/area.ts";
import { Core } from "../../src/core/core.ts";
import { CORE_COUNTERS } from "../../src/core/counters.ts";
import { noRings } from "../../src/core/own-rings.ts";
import { OF_THE_PAST } from "../../src/record/codes.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../../src/record/execution-report.ts";
import { GROUP_SLOT_BYTES } from "../../src/record/groups.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../../src/record/order-request.ts";
import { OneToOne } from "../../src/ring/one-to-one.ts";
import { CONFIG } from "./driver.ts";
import { type Inner, withInner } from "./inner.ts";

const CORE_CONFIG = { ...CONFIG, maxOrders: 8, sessionIds: 4 };
/** Room for the rings. */
const CORE_AT = 262_144;

/** The way out of a core: sessions 0 and 2 on the first report ring, 1 on the second, 3 on none; venue 0 on a ring, 1 on none. */
class Outputs {
  readonly reports: OneToOne[];
  readonly requests: OneToOne[];
  readonly core: Core;
  private readonly inner: Inner;
  private readonly views: Views;
  private at = 0;

  constructor(slots = 8) {
    const bytes = coreBytes(sizesOf(CORE_CONFIG, 2, 2));
    const memory = sharedMemory(CORE_AT + bytes + 8 * CORE_COUNTERS);
    this.views = new Views(memory.buffer, 0, CORE_AT);
    const toClients = [1, 2].map(() => this.pair(slots, EXECUTION_REPORT_BYTES));
    const toVenues = [1, 2].map(() => this.pair(slots, ORDER_REQUEST_BYTES));
    const sessionRing = new Int32Array([0, 1, 0, -1]);
    const venueRing = new Int32Array([0, -1]);
    const rings: CoreRings = { ...noRings(CORE_CONFIG), toClients, toVenues, sessionRing, venueRing };
    const place = { memory, at: CORE_AT, bytes, countersAt: CORE_AT + bytes };
    this.core = withInner(() => new Core(CORE_CONFIG, place, rings));
    this.inner = this.core.code as Inner;
    this.reports = toClients.map(({ ring }) => ring);
    this.requests = toVenues.map(({ ring }) => ring);
  }

  private pair(slots: number, slotBytes: number): RingPair {
    return { ring: this.ring(slots, slotBytes), groups: this.ring(2, GROUP_SLOT_BYTES) };
  }

  private ring(slots: number, slotBytes: number): OneToOne {
    const ring = new OneToOne(this.views, this.at, slots, slotBytes);
    this.at += OneToOne.bytesFor(slots, slotBytes);
    return ring;
  }

  get hasRoom(): boolean {
    return this.inner.hasRoom() === 1;
  }

  claim(session: number): ExecutionReport {
    return new ExecutionReport(this.views).aim(this.inner.claimReport(session));
  }

  publish(): void {
    this.inner.publishReport();
  }

  report(session: number): void {
    this.inner.claimReport(session);
    this.publish();
  }

  request(venue: number): void {
    this.inner.claimRequest(venue);
    this.inner.publishRequest();
  }

  /** [venue, MsgSeqNum, epoch] of the requests that have come out. */
  sent(): number[][] {
    const [ring] = this.requests;
    const view = new OrderRequest(this.views);
    const seen: number[][] = [];
    for (let at = ring!.peek(); at !== EMPTY; at = ring!.peek()) {
      view.aim(at);
      seen.push([view.session, view.msgSeqNum, view.epoch]);
      ring!.release();
    }
    return seen;
  }
}

/** `session:index` of the reports that have come out of a ring. */
function taken(from: OneToOne): string[] {
  const view = new ExecutionReport(from.views);
  const out: string[] = [];
  for (let at = from.peek(); at !== EMPTY; at = from.peek()) {
    view.aim(at);
    out.push(`${view.session}:${view.index}`);
    from.release();
  }
  return out;
}

describe("outputs", () => {
  test("go to their session's ring and count up for each session", () => {
    const outputs = new Outputs();
    for (const session of [0, 1, 2, 0, 3]) outputs.report(session);
    expect(taken(outputs.reports[0]!)).toEqual(["0:1", "2:1", "0:2"]);
    expect(taken(outputs.reports[1]!)).toEqual(["1:1"]);
  });

  test("to venues count up in MsgSeqNum", () => {
    const outputs = new Outputs();
    for (const venue of [0, 1, 0]) {
      outputs.request(venue);
    }
    expect(outputs.sent()).toEqual([
      [0, 1, 0],
      [0, 2, 0],
    ]);
  });

  test("come cleared of what stood in the slot", () => {
    const outputs = new Outputs(2);
    for (let i = 0; i < 3; i++) {
      const claimed = outputs.claim(0);
      expect([claimed.reason, claimed.lastQty, claimed.textLength, claimed.cxlRejReason, claimed.index]).toEqual([
        0,
        0n,
        0,
        0,
        i + 1,
      ]);
      claimed.reason = claimed.textLength = claimed.cxlRejReason = 9;
      claimed.lastQty = 9n;
      outputs.publish();
      outputs.reports[0]!.peek();
      outputs.reports[0]!.release();
    }
  });

  test("have room only while every ring has", () => {
    const outputs = new Outputs(8);
    for (let i = 0; i < 4; i++) outputs.report(1);
    expect(outputs.hasRoom).toBe(true);
    outputs.report(1);
    expect(outputs.hasRoom).toBe(false);
    taken(outputs.reports[1]!);
    expect(outputs.hasRoom).toBe(true);
  });

  test("into a full ring are our own fault", () => {
    const outputs = new Outputs(2);
    outputs.report(0);
    outputs.report(0);
    expect(() => outputs.claim(0)).toThrow("outbox room");
  });
});

describe("in a replay", () => {
  test("what was sent is not sent again, and what was not is", () => {
    const outputs = new Outputs();
    outputs.core.beginReplay([2, 0], []);
    for (const session of [0, 0, 1, 0, 2]) outputs.report(session);
    outputs.core.endReplay();
    outputs.report(0);
    expect(taken(outputs.reports[0]!)).toEqual(["0:3", "2:1", "0:4"]);
    expect(taken(outputs.reports[1]!)).toEqual(["1:1"]);
  });

  test("requests that did not leave are marked as of the past, those that follow are not", () => {
    const outputs = new Outputs();
    outputs.core.beginReplay([], [1]);
    for (let i = 0; i < 3; i++) outputs.request(0);
    outputs.core.endReplay();
    outputs.request(0);
    expect(outputs.sent()).toEqual([
      [0, 2, OF_THE_PAST],
      [0, 3, OF_THE_PAST],
      [0, 4, 0],
    ]);
  });

  test("what a full ring cannot take waits, in order", () => {
    const outputs = new Outputs(8);
    outputs.core.beginReplay([], []);
    for (let i = 0; i < 30; i++) outputs.report(i % 3);
    outputs.core.endReplay();
    const first: string[] = [];
    const second: string[] = [];
    for (let turn = 0; outputs.core.late.areWaiting; turn++) {
      expect(turn).toBeLessThan(30);
      outputs.core.late.drain();
      first.push(...taken(outputs.reports[0]!));
      second.push(...taken(outputs.reports[1]!));
    }
    first.push(...taken(outputs.reports[0]!));
    second.push(...taken(outputs.reports[1]!));
    expect(second).toEqual(Array.from({ length: 10 }, (_, i) => `1:${i + 1}`));
    expect(first).toEqual(Array.from({ length: 20 }, (_, i) => `${(i % 2) * 2}:${(i >> 1) + 1}`));
  });

  test("what comes after something that waits, waits too", () => {
    const outputs = new Outputs(8);
    outputs.core.beginReplay([], []);
    for (let i = 0; i < 10; i++) outputs.report(0);
    const seen = taken(outputs.reports[0]!);
    for (let i = 0; i < 3; i++) outputs.report(0);
    outputs.core.endReplay();
    expect(taken(outputs.reports[0]!)).toEqual([]);
    while (outputs.core.late.areWaiting) {
      outputs.core.late.drain();
      seen.push(...taken(outputs.reports[0]!));
    }
    expect(seen).toEqual(Array.from({ length: 13 }, (_, i) => `0:${i + 1}`));
  });
});
