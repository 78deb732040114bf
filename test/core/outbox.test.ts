import { describe, expect, test } from "bun:test";
import { EMPTY } from "../../src/base/units.ts";
import { Outbox } from "../../src/core/outbox.ts";
import { OF_THE_PAST } from "../../src/record/codes.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../../src/record/execution-report.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../../src/record/order-request.ts";
import type { OneToOne } from "../../src/ring/one-to-one.ts";
import { ring } from "./driver.ts";

/** Sessions 0 and 2 on the first report ring, 1 on the second, 3 on none; venue 0 on the one request ring, 1 on none. */
function make(slots = 8) {
  const reports = [ring(slots, EXECUTION_REPORT_BYTES), ring(slots, EXECUTION_REPORT_BYTES)];
  const requests = [ring(slots, ORDER_REQUEST_BYTES)];
  const outbox = new Outbox(reports, requests, new Int32Array([0, 1, 0, -1]), new Int32Array([0, -1]));
  return { outbox, reports, requests };
}

function report(outbox: Outbox, session: number): void {
  outbox.claimReport(session).reason = 7;
  outbox.publishReport();
}

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
    const { outbox, reports } = make();
    for (const session of [0, 1, 2, 0, 3]) report(outbox, session);
    expect(taken(reports[0]!)).toEqual(["0:1", "2:1", "0:2"]);
    expect(taken(reports[1]!)).toEqual(["1:1"]);
  });

  test("to venues count up in MsgSeqNum", () => {
    const { outbox, requests } = make();
    for (const venue of [0, 1, 0]) {
      outbox.claimRequest(venue);
      outbox.publishRequest();
    }
    const view = new OrderRequest(requests[0]!.views);
    const seen: number[][] = [];
    for (let at = requests[0]!.peek(); at !== EMPTY; at = requests[0]!.peek()) {
      view.aim(at);
      seen.push([view.session, view.msgSeqNum]);
      requests[0]!.release();
    }
    expect(seen).toEqual([
      [0, 1],
      [0, 2],
    ]);
  });

  test("come cleared of what stood in the slot", () => {
    const { outbox, reports } = make(2);
    for (let i = 0; i < 3; i++) {
      const claimed = outbox.claimReport(0);
      expect([claimed.reason, claimed.lastQty, claimed.textLength, claimed.cxlRejReason, claimed.index]).toEqual([
        0,
        0,
        0,
        0,
        i + 1,
      ]);
      claimed.reason = claimed.lastQty = claimed.textLength = claimed.cxlRejReason = 9;
      outbox.publishReport();
      reports[0]!.peek();
      reports[0]!.release();
    }
  });

  test("have room only while every ring has", () => {
    const { outbox, reports } = make(8);
    for (let i = 0; i < 4; i++) report(outbox, 1);
    expect(outbox.hasRoom()).toBe(true);
    report(outbox, 1);
    expect(outbox.hasRoom()).toBe(false);
    taken(reports[1]!);
    expect(outbox.hasRoom()).toBe(true);
  });

  test("into a full ring are our own fault", () => {
    const { outbox } = make(2);
    report(outbox, 0);
    report(outbox, 0);
    expect(() => outbox.claimReport(0)).toThrow("outbox room");
  });
});

describe("in a replay", () => {
  test("what was sent is not sent again, and what was not is", () => {
    const { outbox, reports } = make();
    outbox.beginReplay([2, 0], []);
    for (const session of [0, 0, 1, 0, 2]) report(outbox, session);
    outbox.endReplay();
    report(outbox, 0);
    expect(taken(reports[0]!)).toEqual(["0:3", "2:1", "0:4"]);
    expect(taken(reports[1]!)).toEqual(["1:1"]);
  });

  test("requests that did not leave are marked as of the past, those that follow are not", () => {
    const { outbox, requests } = make();
    outbox.beginReplay([], [1]);
    for (let i = 0; i < 3; i++) {
      outbox.claimRequest(0);
      outbox.publishRequest();
    }
    outbox.endReplay();
    outbox.claimRequest(0);
    outbox.publishRequest();
    const view = new OrderRequest(requests[0]!.views);
    const seen: number[][] = [];
    for (let at = requests[0]!.peek(); at !== EMPTY; at = requests[0]!.peek()) {
      view.aim(at);
      seen.push([view.msgSeqNum, view.epoch]);
      requests[0]!.release();
    }
    expect(seen).toEqual([
      [2, OF_THE_PAST],
      [3, OF_THE_PAST],
      [4, 0],
    ]);
  });

  test("what a full ring cannot take waits, in order", () => {
    const { outbox, reports } = make(8);
    outbox.beginReplay([], []);
    for (let i = 0; i < 30; i++) report(outbox, i % 3);
    outbox.endReplay();
    const first: string[] = [];
    const second: string[] = [];
    for (let turn = 0; outbox.behind; turn++) {
      expect(turn).toBeLessThan(30);
      outbox.drain();
      first.push(...taken(reports[0]!));
      second.push(...taken(reports[1]!));
    }
    first.push(...taken(reports[0]!));
    second.push(...taken(reports[1]!));
    expect(second).toEqual(Array.from({ length: 10 }, (_, i) => `1:${i + 1}`));
    expect(first).toEqual(Array.from({ length: 20 }, (_, i) => `${(i % 2) * 2}:${(i >> 1) + 1}`));
  });

  test("what comes after something that waits, waits too", () => {
    const { outbox, reports } = make(8);
    outbox.beginReplay([], []);
    for (let i = 0; i < 10; i++) report(outbox, 0);
    const seen = taken(reports[0]!);
    for (let i = 0; i < 3; i++) report(outbox, 0);
    outbox.endReplay();
    expect(taken(reports[0]!)).toEqual([]);
    while (outbox.behind) {
      outbox.drain();
      seen.push(...taken(reports[0]!));
    }
    expect(seen).toEqual(Array.from({ length: 13 }, (_, i) => `0:${i + 1}`));
  });
});
