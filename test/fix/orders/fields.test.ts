import { describe, expect, test } from "bun:test";
import { messageType, recordFields } from "../../../src/audit/record-text.ts";
import { EMPTY, NO_PRICE, UNIT_E8 } from "../../../src/base/units.ts";
import { Views } from "../../../src/base/views.ts";
import { frame } from "../../../src/counterparty/message.ts";
import { REPORT_READ, ReportReader } from "../../../src/fix/orders/report-in.ts";
import { ReportWriter } from "../../../src/fix/orders/report-out.ts";
import { OrderReader, READ } from "../../../src/fix/orders/request-in.ts";
import { RequestWriter } from "../../../src/fix/orders/request-out.ts";
import { VenueId } from "../../../src/fix/orders/venue-id.ts";
import { Identity } from "../../../src/fix/session/identity.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import { FIX44, type FixVersion, VERSION_NAMES, versionOf } from "../../../src/fix/wire/version.ts";
import * as codes from "../../../src/record/codes.ts";
import { ExecutionReport } from "../../../src/record/execution-report.ts";
import { ORDER_REQUEST } from "../../../src/record/layout/order-request.ts";
import type { RecordTable, Row, RowType } from "../../../src/record/layout/row.ts";
import { OrderRequest } from "../../../src/record/order-request.ts";
import { SLOTS_AT } from "../../../src/ring/layout.ts";
import { OneToOne } from "../../../src/ring/one-to-one.ts";
import { CoreDriver, makeRequest } from "../../core/driver.ts";
import { type AnyRecord, fresh, isSized, putText, TABLES, textOf } from "../../record/tables.ts";
import { CapturedSession, codec, records } from "../wire/captured-session.ts";
import { fields } from "../wire/messages.ts";
import { fieldsOf } from "./fields-of.ts";

// Every row of the tables makes the whole trip: message, record, ring, core, journal's text, message.

const OURS = "S44WE8-12-3";
const IDS = new VenueId(1_700_000_000);
const CLIENT = new Identity(FIX44, "CLIENT", "GATEWAY", 120e6);

/** What the rows with a rule of their own need, by message. */
const WITH_RULES: Readonly<Record<string, string>> = {
  D: "54=1|38=100|40=2|44=10|60=20261124-01:02:03|",
  F: "54=1|60=20261124-01:02:03|",
  G: "54=1|38=100|40=2|44=10|60=20261124-01:02:03|",
  H: "54=1|",
  "8": `150=0|39=0|11=${OURS}|`,
  "9": `39=0|434=1|102=1|11=${OURS}|`,
};

/** A value as FIX has it, and as the record has it, that no other row has. */
const SAMPLES: Readonly<Record<RowType, (row: Row) => readonly [text: string, value: number | bigint | string]>> = {
  i32: ({ at }) => [String(at + 1), at + 1],
  f64: ({ at }) => [String(at + 1), at + 1],
  bits24: ({ at }) => [String(at + 1), at + 1],
  char: () => ["5", 53],
  flag: () => ["Y", 1],
  code: ({ at }) => [String(at), at],
  quantity: ({ at }) => [`${1000 + at}.125`, BigInt(1000 + at) * UNIT_E8 + 12_500_000n],
  price: ({ at }) => [`${1000 + at}.5`, BigInt(1000 + at) * UNIT_E8 + 50_000_000n],
  id: ({ name }) => [name, name],
  text: ({ name }) => [name, name],
  time: () => ["20261124-01:02:03.004005", 1_795_482_123_004_005],
};
const textFor = (row: Row): string => SAMPLES[row.type](row)[0];
/** Early versions know whole seconds only. */
const textIn = (version: FixVersion, row: Row): string =>
  row.type === "time" && version.timeDecimals === 0 && row.of === "89" ? textFor(row).slice(0, 17) : textFor(row);
const absent = ({ type, zeroPrice }: Row): number | bigint | string => {
  if (type === "quantity" || type === "price") return type === "price" && !zeroPrice ? NO_PRICE : 0n;
  return type === "id" ? "" : 0;
};
const valueIn = (record: AnyRecord, row: Row): unknown => (isSized(row) ? textOf(record, row) : record[row.name]);

function set(record: AnyRecord, row: Row): void {
  const value = SAMPLES[row.type](row)[1];
  if (typeof value === "string") putText(record, row, value);
  else record[row.name] = value;
  if (row.type === "time") record[row.name.replace("Us", "Digits")] = 7;
}

/** The record that a message is read into: by the codec, and byte by byte. */
function readings(table: RecordTable, type: string, body: string): AnyRecord[] {
  return [codec, null].map((by) => {
    const scanner = new Scanner(65_536, by);
    scanner.expect(CLIENT.peerTexts);
    const message = frame(`35=${type}|34=2|49=CLIENT|52=20261124-01:02:03|56=GATEWAY|${body}`);
    codec.input.set(Buffer.from(message, "latin1"));
    expect(scanner.scan(codec.input, 0, message.length)).toBe(message.length);
    expect(scanner.peer === null).toBe(by === null);
    records.bytes.fill(0x55, 0, 1024);
    if (table === ORDER_REQUEST) {
      const request = new OrderRequest(records).aim(0);
      expect(new OrderReader(by).read(scanner, request)).toBe(READ);
      return copyOf(table, request as unknown as AnyRecord);
    }
    const report = new ExecutionReport(records).aim(0);
    expect(new ReportReader(IDS, by).read(scanner, report)).toBe(REPORT_READ);
    return copyOf(table, report as unknown as AnyRecord);
  });
}

function copyOf(table: RecordTable, record: AnyRecord): AnyRecord {
  const { make } = TABLES.find((one) => one.table === table)!;
  const copy = make(Views.allocate(1024)).aim(0);
  copy.bytes.set(record.bytes.subarray(record.at, record.at + table.bytes[1]));
  return copy;
}

const MESSAGES = TABLES.flatMap(({ table, make }) =>
  Object.keys(table.kinds).map((type) => ({
    type,
    table,
    make,
    kind: (codes as unknown as Record<string, number>)[table.kinds[type]!]!,
  })),
);

describe.each(MESSAGES)("$table.name, 35=$type", ({ type, table, make, kind }) => {
  const read = table.rows.filter(({ read, of }) => read && of?.includes(type));
  const body = (rows: readonly Row[]): string =>
    WITH_RULES[type] + rows.map((row) => `${row.tag}=${textFor(row)}|`).join("");

  test("fields without a rule of their own are read, by the codec and byte by byte", () => {
    for (const record of readings(table, type, body(read)))
      for (const row of read) expect([row.name, valueIn(record, row)]).toEqual([row.name, SAMPLES[row.type](row)[1]]);
  });

  test("those that are not there are absent in the record", () => {
    const some = read.filter(({ required }) => required?.includes(type));
    for (const record of readings(table, type, body(some)))
      for (const row of read.filter((one) => !some.includes(one)))
        expect([row.name, valueIn(record, row)]).toEqual([row.name, absent(row)]);
  });

  test("the journal's text has all that came", () => {
    const record = fresh(make);
    record.kind = kind;
    // A factor is two numbers, which the decision's text has.
    const came = table.rows.filter(({ of, toClient, name }) => of?.includes(type) && !toClient && name !== "factor");
    for (const row of came) set(record, row);
    const view = record as unknown as { at: number; kind: number; bytes: Uint8Array };
    expect(messageType(table, view)).toBe(type);
    expect(recordFields(table, view, type)).toEqual(came.map((row) => `${row.tag ?? row.name}=${textFor(row)}`));
  });

  test("and no number that a report did not say", () => {
    const record = fresh(make);
    record.kind = kind;
    const view = record as unknown as { at: number; kind: number; bytes: Uint8Array };
    const text = recordFields(table, view, type);
    const unsaid = table.rows.filter(({ stated }) => stated !== undefined).map(({ tag }) => `${tag}=`);
    expect(text.filter((field) => unsaid.some((start) => field.startsWith(start)))).toEqual([]);
  });

  const written = table.rows.filter(({ write }) => write?.includes(type));
  if (written.length === 0) return;
  test("fields are written where the version has them", () => {
    for (const name of VERSION_NAMES) {
      const version = versionOf(name);
      const record = make(records).aim(1024);
      record.clear();
      record.kind = kind;
      for (const row of written) set(record, row);
      const on = new CapturedSession("A", "B", { version });
      const has = fieldsOf(name, type);
      if (table === ORDER_REQUEST)
        new RequestWriter(codec, IDS).write(on.session, record as unknown as OrderRequest, 0, has, 0, true);
      else new ReportWriter(codec).write(on.session, record as unknown as ExecutionReport, 0, has, 0, true);
      const message = fields(on.ended());
      for (const row of written) {
        const said = has.has(row.tag!) ? textIn(version, row) : undefined;
        expect([name, row.name, message.get(row.tag!)]).toEqual([name, row.name, said]);
      }
    }
  });
});

test.each(TABLES)("$table.name passes a ring whole", ({ table, make }) => {
  const [, bytes] = table.bytes;
  const views = Views.allocate(SLOTS_AT + 2 * bytes);
  const ring = new OneToOne(views, 0, 2, bytes);
  const record = make(views);
  for (let i = 0; i < 4; i++) {
    record.aim(ring.claim()).clear();
    const rows = table.rows.filter(({ within, sharedWith }) => !within && !sharedWith);
    for (const row of rows) set(record, row);
    ring.publish();
    const at = ring.peek();
    expect(at).not.toBe(EMPTY);
    record.aim(at);
    for (const row of rows) expect([row.name, valueIn(record, row)]).toEqual([row.name, SAMPLES[row.type](row)[1]]);
    ring.release();
  }
});

test("the core passes on what is carried, in a new order and in a replace", () => {
  const driver = new CoreDriver();
  for (const [kind, id, orig] of [
    [codes.REQUEST_NEW, "A", ""],
    [codes.REQUEST_REPLACE, "B", "A"],
  ] as const) {
    const request = makeRequest({ kind, id, orig });
    const record = request as unknown as AnyRecord;
    const carried = ORDER_REQUEST.rows.filter(({ name, carried }) => carried && name !== "kind" && name !== "clOrdId");
    for (const row of carried) set(record, row);
    driver.enter(request);
    const out = driver.sent() as unknown as AnyRecord;
    expect([out.kind, textOf(out, ORDER_REQUEST.rows.find(({ name }) => name === "clOrdId")!)]).toEqual([kind, id]);
    for (const row of carried) expect([row.name, valueIn(out, row)]).toEqual([row.name, SAMPLES[row.type](row)[1]]);
    driver.take();
  }
});
