import { describe, expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import { REQUEST_NEW, REQUEST_REPLACE } from "../../src/record/codes.ts";
import { Control } from "../../src/record/control.ts";
import { ControlAnswer } from "../../src/record/control-answer.ts";
import { CONTROL_ANSWER_BYTES, CONTROL_BYTES, CONTROL_NAME_AT } from "../../src/record/control-codes.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { EXECUTION_REPORT } from "../../src/record/layout/execution-report.ts";
import { ORDER_REQUEST } from "../../src/record/layout/order-request.ts";
import type { Row } from "../../src/record/layout/row.ts";
import { OrderRequest, OTHER_REQUEST_LENGTH } from "../../src/record/order-request.ts";
import { type AnyRecord, fresh, isLong, isSized, putText, TABLES, textOf } from "./tables.ts";

const BYTE = [0, 1, 255];
const BITS24 = [0, 1, 0xffffff];
const INT = [0, -1, 0x7fffffff, -0x80000000];
const LONG = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)];
const DOUBLE = [0, 0.5, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

interface Field {
  readonly name: string;
  readonly at: number;
  readonly width: number;
  readonly values: readonly (number | bigint)[];
}

function fieldOf(row: Row): Field {
  const { name, at } = row;
  if (isSized(row)) return { name: `${name}Length`, at: row.lengthAt!, width: 1, values: BYTE };
  if (row.type === "bits24") return { name, at: at + 1, width: 3, values: BITS24 };
  if (isLong(row)) return { name, at, width: 8, values: LONG };
  if (row.type === "i32") return { name, at, width: 4, values: INT };
  const isByte = row.type === "char" || row.type === "flag" || row.type === "code";
  return { name, at, width: isByte ? 1 : 8, values: isByte ? BYTE : DOUBLE };
}

const CONTROL: readonly Field[] = [
  { name: "kind", at: 0, width: 4, values: INT },
  { name: "value", at: 4, width: 4, values: INT },
  { name: "amount", at: 8, width: 8, values: DOUBLE },
  { name: "atUs", at: 16, width: 8, values: DOUBLE },
  { name: "number", at: 24, width: 4, values: INT },
];

const CONTROL_ANSWER: readonly Field[] = [
  ...["number", "kind", "result", "value"].map((name, i) => ({ name, at: 4 * i, width: 4, values: INT })),
  { name: "position", at: 16, width: 8, values: DOUBLE },
];

const RECORDS = [
  ...TABLES.map(({ table, make }) => ({
    name: table.name,
    bytes: table.bytes[1],
    make,
    fields: table.rows.filter((row) => !row.sharedWith).map(fieldOf),
    // What lies within another's room, or in its place in other messages, shares its bytes.
    ids: table.rows
      .filter((row) => isSized(row))
      .flatMap((row) => [
        ...(row.within || row.sharedWith ? [] : [[row.at, row.bytes ?? 32] as const]),
        // The long room of a text is made of those of ids, which are short beside it.
        ...(row.longAt === undefined || row.sharedWith || row.type === "text" ? [] : [[row.longAt, 64] as const]),
      ]),
  })),
  {
    name: "Control",
    bytes: CONTROL_BYTES,
    make: (views: Views) => new Control(views) as unknown as AnyRecord,
    fields: CONTROL,
    ids: [[CONTROL_NAME_AT, 64] as const],
  },
  {
    name: "ControlAnswer",
    bytes: CONTROL_ANSWER_BYTES,
    make: (views: Views) => new ControlAnswer(views) as unknown as AnyRecord,
    fields: CONTROL_ANSWER,
    ids: [],
  },
];

describe.each(RECORDS)("$name", ({ bytes, make, fields, ids }) => {
  const views = Views.allocate(3 * bytes);
  // In the middle of three, so that a write beyond either end shows.
  const record = make(views).aim(bytes);

  test.each([...fields])("$name is read back and touches only its own bytes", ({ name, at, width, values }) => {
    for (const value of values) {
      for (const background of [0, 0x5a]) {
        views.bytes.fill(background);
        record[name] = value;
        expect(Object.is(record[name], value)).toBe(true);
        views.bytes.fill(background, bytes + at, bytes + at + width);
        expect(views.bytes.every((byte) => byte === background)).toBe(true);
      }
    }
  });

  test("no two fields and no id share a byte, and each is aligned", () => {
    const owner = new Map<number, string>();
    const own = (first: number, width: number, name: string): void => {
      for (let i = first; i < first + width; i++) {
        expect(`byte ${i}: ${owner.get(i) ?? name}`).toBe(`byte ${i}: ${name}`);
        owner.set(i, name);
      }
    };
    for (const { name, at, width } of fields) {
      if (width !== 3) expect(at % width).toBe(0);
      own(at, width, name);
    }
    for (const [at, width] of ids) {
      expect(at % 8).toBe(0);
      own(at, width, `id at ${at}`);
    }
    expect(Math.max(...owner.keys())).toBeLessThan(bytes);
  });
});

describe.each([...TABLES])("$table.name", ({ table, make }) => {
  const numbers = table.rows.map(fieldOf).map(({ name }) => name);
  const journalled = table.journalled.name;

  test("clear leaves no field of the last use, and no neighbour touched", () => {
    const [, bytes] = table.bytes;
    const views = Views.allocate(3 * bytes);
    views.bytes.fill(0x77);
    const record = make(views).aim(bytes);
    record.clear();
    for (const name of numbers) expect([name, record[name]]).toEqual([name, absentOf(table.rows, name)]);
    expect([views.bytes[bytes - 1], views.bytes[2 * bytes]]).toEqual([0x77, 0x77]);
  });

  test.each(table.rows.filter(({ toClient, unkept }) => !toClient && !unkept))(
    "$name is in the journal's part of a record that has it",
    (row) => {
      const types = Object.entries(table.kinds).filter(([type]) => row.of === undefined || row.of.includes(type));
      for (const [, kind] of types) {
        const record = fresh(make);
        record.kind = kinds[kind]!;
        const texts = row.type === "id" ? ["ABC", "L".repeat(32), `${"L".repeat(32)}1`, "M".repeat(64)] : ["ABC"];
        for (const text of isSized(row) ? texts : [""]) {
          if (isSized(row)) putText(record, row, text);
          else if (row.name !== "kind") record[row.name] = isLong(row) ? 1n : 1;
          const read = fresh(make).take(record.views as Views, 0, record[journalled] as number);
          if (isSized(row)) expect(textOf(read, row)).toBe(text);
          else expect(read[row.name]).toBe(record[row.name]);
        }
      }
    },
  );

  test("what a journal's record lacks is absent, whatever stood there before", () => {
    const record = fresh(make);
    record.bytes.fill(0x77);
    record.take(Views.allocate(1024), 0, 8);
    for (const name of numbers) expect([name, record[name]]).toEqual([name, absentOf(table.rows, name)]);
  });
});

const codes: Record<string, unknown> = await import("../../src/record/codes.ts");
const kinds = codes as Record<string, number>;

function absentOf(rows: readonly Row[], name: string): number | bigint {
  const row = rows.find((one) => one.name === name);
  return row !== undefined && isLong(row) ? 0n : 0;
}

test("the journalled length of a record is as short as what it has", () => {
  const request = new OrderRequest(Views.allocate(4096)).aim(0);
  request.clear();
  request.kind = REQUEST_NEW;
  expect(request.length).toBe(168);
  request.kind = REQUEST_REPLACE;
  expect(request.length).toBe(OTHER_REQUEST_LENGTH);
  const report = new ExecutionReport(Views.allocate(4096)).aim(0);
  report.clear();
  expect(report.inboundLength).toBe(200);
  report.textLength = 1;
  expect(report.inboundLength).toBe(256);
  report.textLength = 0;
  report.execRefIdLength = 1;
  expect(report.inboundLength).toBe(256);
  report.symbolLength = 1;
  expect(report.inboundLength).toBe(352);
  report.accountLength = 1;
  expect(report.inboundLength).toBe(384);
  request.unheldTag = 38;
  expect(request.length).toBe(248);
  request.clOrdIdLength = 32;
  expect(request.length).toBe(248);
  request.clOrdIdLength = 33;
  expect(request.length).toBe(320);
  request.symbolLength = 64;
  expect(request.length).toBe(512);
  report.orderIdLength = 36;
  expect(report.inboundLength).toBe(448);
  // Only towards a client.
  report.clOrdIdLength = 64;
  expect(report.inboundLength).toBe(448);
});

test("what is carried is copied, and nothing else", () => {
  const from = fresh((views) => new OrderRequest(views) as unknown as AnyRecord);
  const to = fresh((views) => new OrderRequest(views) as unknown as AnyRecord);
  for (const row of ORDER_REQUEST.rows) {
    if (isSized(row)) putText(from, row, row.type === "id" ? row.name.repeat(8).slice(0, 64) : "words");
    else from[row.name] = isLong(row) ? 7n : 7;
  }
  (to as unknown as OrderRequest).carry(from as unknown as OrderRequest);
  for (const row of ORDER_REQUEST.rows) {
    if (isSized(row)) expect([row.name, textOf(to, row)]).toEqual([row.name, row.carried ? textOf(from, row) : ""]);
    else expect([row.name, to[row.name]]).toEqual([row.name, row.carried ? 7 : isLong(row) ? 0n : 0]);
  }
});

// Journals of yesterday hold these bytes: an offset that changes makes them unreadable. New fields need no line here.
test.each([
  [
    ORDER_REQUEST,
    [
      "0 kind i32, 4 session i32, 8 msgSeqNum i32, 12 epoch i32, 16 side char, 17 ordType char, 18 timeInForce char",
      "19 possResend flag, 20 slot i32, 24 quantity quantity, 32 priceE8 price, 40 receivedUs f64, 48 number f64",
      "56 origNumber f64, 68 groupsLength bits24, 72 clOrdId id 64, 104 account id 65, 136 symbol id 66",
      "168 origClOrdId id 67, 200 orderId id 68",
    ],
  ],
  [
    EXECUTION_REPORT,
    [
      "0 kind i32, 4 session i32, 8 msgSeqNum i32, 12 epoch i32, 16 execType char, 17 ordStatus char, 18 side char",
      "19 ordType char, 20 timeInForce char, 21 cxlRejResponseTo char, 22 cxlRejReason code, 23 ordRejReason code",
      "24 lastQty quantity, 32 lastPxE8 price, 40 cumQty quantity, 48 leavesQty quantity, 56 quantity quantity, 64 priceE8 price",
      "72 avgPxE8 price, 80 number f64, 88 requestNumber f64, 96 transactUs time, 104 slot i32, 108 index i32",
      "112 reason i32, 116 groupsLength i32, 136 orderId id 128, 168 execId id 129, 200 text text 130",
      "224 execRefId id 135, 256 clOrdId id 131, 288 origClOrdId id 132, 320 symbol id 133, 352 account id 134",
    ],
  ],
])("the layout of $name is the one that journals have", ({ rows }, known) => {
  const layout = rows.map(({ name, type, at, lengthAt }) => [at, name, type, lengthAt].join(" ").trim());
  expect(layout).toEqual(expect.arrayContaining(known.flatMap((line) => line.split(", "))));
});
