import { heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import { EMPTY, UNIT_E8 } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { COUNT_FILLS, COUNT_REJECTS } from "../../src/core/counters.ts";
import { EXEC_TRADE, REPORT_EXECUTION, REQUEST_CANCEL, REQUEST_NEW, REQUEST_STATUS } from "../../src/record/codes.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../../src/record/execution-report.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../../src/record/order-request.ts";
import { coreOf } from "./core-of.ts";
import { CONFIG, makeReport, makeRequest, ONE, START_US } from "./driver.ts";

const TURNS = 1_000_000;
/** So few that one object for each would not yet start a collection, which would hide it. */
const ROUND = 10_000;

/** Cells on this thread's heap, garbage included; `objectCount` knows only what the last collection marked. */
function cells(): number {
  let count = 0;
  for (const ofType of Object.values(heapStats().objectTypeCounts)) count += ofType;
  return count;
}

const HUNDRED = 100n * UNIT_E8;
const MILLIONS = 5_000_000n * UNIT_E8;

test("a million orders with fills, refusals, refused cancels and status requests allocate nothing", () => {
  const core = coreOf(CONFIG, 64);
  const reports = core.rings.toClients[0]!.ring;
  const requests = core.rings.toVenues[0]!.ring;
  const { counters } = core;
  const sent = new OrderRequest(requests.views);
  const request = new OrderRequest(Views.allocate(ORDER_REQUEST_BYTES));
  request.views.ints.set(makeRequest({}).views.ints.subarray(0, ORDER_REQUEST_BYTES / 4));
  const report = new ExecutionReport(Views.allocate(EXECUTION_REPORT_BYTES));
  const fill = makeReport({
    kind: REPORT_EXECUTION,
    execType: EXEC_TRADE,
    lastQty: 100,
    lastPx: 100 * ONE,
    cumQty: 100,
    execId: "E",
  });
  report.views.ints.set(fill.views.ints.subarray(0, EXECUTION_REPORT_BYTES / 4));
  core.report(makeReport({ kind: 3, venue: 0 }), START_US);
  const drain = (): void => {
    while (reports.peek() !== EMPTY) reports.release();
  };
  const turn = (i: number): void => {
    request.kind = REQUEST_NEW;
    request.quantity = HUNDRED;
    request.views.ints[request.clOrdIdAt >> 2] = i + 1;
    request.clOrdIdLength = 4;
    core.order(request, START_US + i * 100);
    sent.aim(requests.peek());
    report.number = sent.number;
    report.slot = sent.slot;
    requests.release();
    report.views.ints[report.execIdAt >> 2] = i + 1;
    core.report(report, START_US + i * 100);
    if (i % 16 === 0) {
      request.quantity = MILLIONS;
      request.views.ints[request.clOrdIdAt >> 2] = -i - 2;
      core.order(request, START_US + i * 100);
      request.kind = REQUEST_CANCEL;
      request.views.ints[request.origClOrdIdAt >> 2] = i + 1;
      request.origClOrdIdLength = 4;
      core.order(request, START_US + i * 100);
      request.kind = REQUEST_STATUS;
      core.order(request, START_US + i * 100);
    }
    drain();
  };
  const run = (from: number, to: number): void => {
    for (let i = from; i < to; i++) turn(i);
  };
  run(0, TURNS / 2);
  Bun.gc(true);
  const before = heapStats().objectCount;
  const made: number[] = [];
  let next = TURNS / 2;
  for (let round = 0; round < 5; round++, next += ROUND) {
    Bun.gc(true);
    cells();
    const first = cells();
    const second = cells();
    run(next, next + ROUND);
    made.push(cells() - second - (second - first));
  }
  run(next, TURNS);
  Bun.gc(true);
  // Compiled code and the test runner come and go; one object in forty turns would be seen.
  expect(Math.min(...made)).toBeLessThan(ROUND / 40);
  expect(heapStats().objectCount - before).toBeLessThan(1000);
  expect(counters[COUNT_FILLS]).toBe(TURNS);
  expect(counters[COUNT_REJECTS]).toBe(TURNS / 16);
}, 60_000);
