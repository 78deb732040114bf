import { describe, expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import { CONTROL_BYTES, CONTROL_NAME_AT, Control } from "../../src/record/control.ts";
import { CONTROL_ANSWER_BYTES, ControlAnswer } from "../../src/record/control-answer.ts";
import * as reports from "../../src/record/execution-report.ts";
import * as requests from "../../src/record/order-request.ts";

const BYTE = [0, 1, 255];
const INT = [0, -1, 0x7fffffff, -0x80000000];
const DOUBLE = [0, 0.5, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

const names = (text: string): string[] => text.split(" ");

const RECORDS = [
  {
    name: "OrderRequest",
    bytes: requests.ORDER_REQUEST_BYTES,
    make: (views: Views) => new requests.OrderRequest(views),
    u8: "side ordType timeInForce possResend clOrdIdLength accountLength symbolLength origClOrdIdLength orderIdLength",
    i32: "kind session msgSeqNum epoch slot",
    f64: "quantity priceE8 receivedUs number origNumber",
    ids: [
      requests.REQUEST_CL_ORD_ID_AT,
      requests.REQUEST_ACCOUNT_AT,
      requests.REQUEST_SYMBOL_AT,
      requests.REQUEST_ORIG_CL_ORD_ID_AT,
      requests.REQUEST_ORDER_ID_AT,
    ],
  },
  {
    name: "ExecutionReport",
    bytes: reports.EXECUTION_REPORT_BYTES,
    make: (views: Views) => new reports.ExecutionReport(views),
    u8:
      "execType ordStatus side ordType timeInForce cxlRejResponseTo cxlRejReason ordRejReason orderIdLength execIdLength " +
      "textLength clOrdIdLength origClOrdIdLength symbolLength accountLength",
    i32: "kind session msgSeqNum epoch slot index reason",
    f64: "lastQty lastPxE8 cumQty leavesQty quantity priceE8 avgPxE8 number requestNumber transactUs",
    ids: [
      reports.REPORT_ORDER_ID_AT,
      reports.REPORT_EXEC_ID_AT,
      reports.REPORT_CL_ORD_ID_AT,
      reports.REPORT_ORIG_CL_ORD_ID_AT,
      reports.REPORT_SYMBOL_AT,
      reports.REPORT_ACCOUNT_AT,
    ],
  },
  {
    name: "Control",
    bytes: CONTROL_BYTES,
    make: (views: Views) => new Control(views),
    u8: "",
    i32: "kind value number",
    f64: "amount atUs",
    ids: [CONTROL_NAME_AT],
  },
  {
    name: "ControlAnswer",
    bytes: CONTROL_ANSWER_BYTES,
    make: (views: Views) => new ControlAnswer(views),
    u8: "",
    i32: "number kind result value",
    f64: "position",
    ids: [],
  },
];

/** Bytes of `views` that are no longer what `before` has, as [first, last]. */
function changed(views: Views, before: Uint8Array): [number, number] {
  let first = -1;
  let last = -1;
  for (let i = 0; i < before.length; i++) {
    if (views.bytes[i] === before[i]) continue;
    if (first < 0) first = i;
    last = i;
  }
  return [first, last];
}

describe.each(RECORDS)("$name", ({ bytes, make, u8, i32, f64, ids }) => {
  const fields = [
    ...names(u8).map((name) => ({ name, width: 1, values: BYTE })),
    ...names(i32).map((name) => ({ name, width: 4, values: INT })),
    ...names(f64).map((name) => ({ name, width: 8, values: DOUBLE })),
  ].filter(({ name }) => name !== "");
  const views = Views.allocate(3 * bytes);
  // In the middle of three, so that a write beyond either end shows.
  const at = bytes;
  const record = make(views).aim(at) as unknown as Record<string, number>;

  test.each(fields)("$name is read back and touches only its own bytes", ({ name, width, values }) => {
    for (const value of values) {
      for (const background of [0, 0x5a]) {
        views.bytes.fill(background);
        const before = views.bytes.slice();
        record[name] = value;
        expect(Object.is(record[name], value)).toBe(true);
        const [first, last] = changed(views, before);
        if (first < 0) continue;
        expect(first).toBeGreaterThanOrEqual(at);
        expect(last).toBeLessThan(at + bytes);
        expect(Math.floor(first / width)).toBe(Math.floor(last / width));
      }
    }
  });

  test("no two fields and no id share a byte", () => {
    const owner = new Map<number, string>();
    const own = (first: number, width: number, name: string): void => {
      for (let i = first; i < first + width; i++) {
        expect(`byte ${i}: ${owner.get(i) ?? name}`).toBe(`byte ${i}: ${name}`);
        owner.set(i, name);
      }
    };
    for (const { name, width } of fields) {
      views.bytes.fill(0);
      const before = views.bytes.slice();
      record[name] = width === 8 ? -1.1 : -1;
      const [first, last] = changed(views, before);
      expect(last - first + 1).toBe(width);
      expect(first % width).toBe(0);
      own(first - at, width, name);
    }
    for (const id of ids) {
      expect(id % 8).toBe(0);
      own(id, 32, `id at ${id}`);
    }
    expect(Math.max(...owner.keys())).toBeLessThan(bytes);
  });
});

test("clear leaves no field of the last use, and no neighbour touched", () => {
  for (const { bytes, make, u8, i32, f64 } of RECORDS.slice(0, 2)) {
    const views = Views.allocate(3 * bytes);
    views.bytes.fill(0x77);
    const record = make(views).aim(bytes) as requests.OrderRequest | reports.ExecutionReport;
    record.clear();
    for (const name of names(`${u8} ${i32} ${f64}`)) {
      expect([name, (record as unknown as Record<string, number>)[name]]).toEqual([name, 0]);
    }
    expect([views.bytes[bytes - 1], views.bytes[2 * bytes]]).toEqual([0x77, 0x77]);
  }
});

test("a record's journalled length covers what its kind uses", () => {
  const views = Views.allocate(4096);
  const request = new requests.OrderRequest(views).aim(0);
  request.kind = 1;
  expect(request.length).toBe(requests.REQUEST_SYMBOL_AT + 32);
  request.kind = 2;
  expect(request.length).toBe(requests.REQUEST_ORDER_ID_AT + 32);
  const report = new reports.ExecutionReport(views).aim(0);
  report.clear();
  expect(report.inboundLength).toBe(reports.REPORT_EXEC_ID_AT + 32);
  report.textLength = 1;
  expect(report.inboundLength).toBe(reports.REPORT_TEXT_AT + reports.REPORT_TEXT_BYTES);
});
