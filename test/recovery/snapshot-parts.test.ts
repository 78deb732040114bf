import { expect, test } from "bun:test";
import { idText, putId } from "../../src/base/id.ts";
import { Views } from "../../src/base/views.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../../src/record/execution-report.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../../src/record/order-request.ts";
import { loadUnsent, saveUnsent, type Unsent } from "../../src/recovery/snapshot-parts.ts";
import { Kept } from "../core/kept.ts";

/** A report and a request with such ids, and two words beside the report. */
function outputs(id: string): Unsent[] {
  const bytes = Buffer.from(id);
  const report = new ExecutionReport(Views.allocate(EXECUTION_REPORT_BYTES));
  report.index = 7;
  report.groupsLength = 8;
  report.clOrdIdLength = id.length;
  putId(report.views, report.clOrdIdAt, bytes, 0, id.length);
  const words = new Int32Array((EXECUTION_REPORT_BYTES >> 2) + 2);
  words.set(report.views.ints.subarray(0, EXECUTION_REPORT_BYTES >> 2));
  words.set([11, 22], EXECUTION_REPORT_BYTES >> 2);
  const request = new OrderRequest(Views.allocate(ORDER_REQUEST_BYTES));
  request.msgSeqNum = 8;
  request.orderIdLength = id.length;
  putId(request.views, request.orderIdAt, bytes, 0, id.length);
  return [
    { isRequest: false, id: 1, index: 7, words },
    { isRequest: true, id: 2, index: 8, words: request.views.ints.slice(0, ORDER_REQUEST_BYTES >> 2) },
  ];
}

/** What they say. */
function said(unsent: readonly Unsent[]): unknown[] {
  return unsent.map(({ isRequest, id, index, words }) => {
    const views = new Views(words.slice().buffer);
    const record = isRequest ? new OrderRequest(views) : new ExecutionReport(views);
    const beside = words.subarray((isRequest ? ORDER_REQUEST_BYTES : EXECUTION_REPORT_BYTES) >> 2);
    const text =
      record instanceof OrderRequest
        ? idText(views.bytes, record.orderIdAt, record.orderIdLength)
        : idText(views.bytes, record.clOrdIdAt, record.clOrdIdLength);
    return [id, index, text, record.groupsLength, ...beside];
  });
}

test.each(["A1", "6f9619ff-8b86-d011-b42d-00c04fc964ff"])(
  "outputs that were not sent are kept whole, with id '%s'",
  (id) => {
    const kept = new Kept();
    saveUnsent(outputs(id), kept);
    expect(said(loadUnsent(kept))).toEqual([
      [1, 7, id, 8, 11, 22],
      [2, 8, id, 0],
    ]);
  },
);

test("those of a version with shorter records are as long as today's", () => {
  const kept = new Kept();
  // 384 bytes of a report, 256 of a request, each behind four words.
  const words = new Int32Array(200);
  for (const [i, { isRequest, id, index, words: all }] of outputs("A1").entries()) {
    const length = isRequest ? 64 : 96;
    words.set([isRequest ? 1 : 0, id, index, length, ...all.subarray(0, length)], 100 * i);
  }
  kept.words("unsent", words, words.length);
  kept.numbers("unsentGroupWords", [2, 0]);
  kept.words("unsentGroups", Int32Array.of(11, 22), 2);
  expect(said(loadUnsent(kept))).toEqual([
    [1, 7, "A1", 8, 11, 22],
    [2, 8, "A1", 0],
  ]);
});
