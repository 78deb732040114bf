import { expect } from "bun:test";
import { ID_BYTES, SHORT_ID_BYTES } from "../../../src/base/id.ts";
import type { Views } from "../../../src/base/views.ts";
import { REPORT_READ, ReportReader } from "../../../src/fix/orders/report-in.ts";
import { FAULTY, OrderReader, READ } from "../../../src/fix/orders/request-in.ts";
import { VenueId } from "../../../src/fix/orders/venue-id.ts";
import { Identity } from "../../../src/fix/session/identity.ts";
import type { Codec } from "../../../src/fix/wire/codec.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import * as tag from "../../../src/fix/wire/tags.ts";
import { TimestampReader } from "../../../src/fix/wire/timestamp.ts";
import { FIX44, type FixVersion } from "../../../src/fix/wire/version.ts";
import * as reports from "../../../src/record/execution-report.ts";
import { EXECUTION_REPORT } from "../../../src/record/layout/execution-report.ts";
import { ORDER_REQUEST } from "../../../src/record/layout/order-request.ts";
import type { RecordTable } from "../../../src/record/layout/row.ts";
import * as requests from "../../../src/record/order-request.ts";
import { type AnyRecord, isSized } from "../../record/tables.ts";
import { codec, records } from "./captured-session.ts";

export const WALL_US = Date.UTC(2026, 10, 24, 1, 2, 3) * 1000;
/** What ClOrdIDs towards venues begin with. */
export const OURS = "S44WE8";
const BIRTH = 1_700_000_000;
const LONGEST = 400_000;
const TOLERANCE_US = 120e6;

/** A reader of messages, its session's view of them included. */
export class Way {
  readonly scanner: Scanner;
  private readonly orders: OrderReader;
  private readonly reports: ReportReader;
  private readonly request: requests.OrderRequest;
  private readonly report: reports.ExecutionReport;
  private readonly identities = new Map<FixVersion, Identity>();
  private readonly time = new TimestampReader();

  constructor(
    private readonly codec: Codec | null,
    private readonly views: Views,
    longest = LONGEST,
    private readonly peer = "CLIENT",
  ) {
    this.scanner = new Scanner(longest, codec);
    this.orders = new OrderReader(codec);
    this.reports = new ReportReader(new VenueId(BIRTH), codec);
    this.request = new requests.OrderRequest(views).aim(0);
    this.report = new reports.ExecutionReport(views).aim(512);
  }

  /** What is scanned from now on should be from the peer, in that version. */
  expect(version: FixVersion): void {
    this.scanner.expect(this.identity(version).peerTexts);
  }

  private identity(version: FixVersion): Identity {
    const known = this.identities.get(version);
    if (known !== undefined) return known;
    const made = new Identity(version, this.peer, "GATEWAY", TOLERANCE_US);
    this.identities.set(version, made);
    return made;
  }

  /** All that a scan leaves behind, tags below `tags` as they are found by number included. */
  seen(bytes: Uint8Array, from: number, to: number, tags = 1100): object {
    const { scanner } = this;
    const length = scanner.scan(bytes, from, to);
    if (length <= 0) return { length, next: scanner.next };
    const { count, msgType, repeatedTag, emptyField, badTagField, strayField, next } = scanner;
    const found: number[] = [];
    for (let tag = 0; tag < tags; tag++) if (scanner.find(tag) >= 0) found.push(tag, scanner.find(tag));
    const fields = [scanner.tags, scanner.starts, scanner.ends].map((part) => [...part.subarray(0, count)]);
    const faults = { repeatedTag, emptyField, badTagField, strayField };
    return { length, next, from: scanner.from, to: scanner.to, count, msgType, found, fields, ...faults };
  }

  /** All that is made of what was scanned. */
  made(version: FixVersion): object {
    const { scanner: scan } = this;
    const identity = this.identity(version);
    const { msgSeqNum } = scan;
    const session = [identity.rightBegin(scan), identity.rightCompIds(scan), identity.rightTime(scan, WALL_US)];
    return { session, msgSeqNum, sentUs: this.sentUs(), ...this.order(version), ...this.execution(version) };
  }

  private sentUs(): number {
    const { scanner: scan } = this;
    if (scan.peer !== null) return this.codec!.sendingTimeUs;
    const field = scan.find(tag.SendingTime);
    return field < 0 ? -1 : this.time.read(scan.bytes, scan.starts[field]!, scan.ends[field]!);
  }

  private order(version: FixVersion): object {
    const { request, orders } = this;
    this.views.bytes.fill(0x55, 0, requests.ORDER_REQUEST_BYTES);
    const order = orders.read(this.scanner, request, version);
    if (order === FAULTY) return { order, fault: [orders.refTag, orders.reason, shown(orders.text)] };
    return order === READ ? { order, request: this.parts(ORDER_REQUEST, request) } : { order };
  }

  private execution(version: FixVersion): object {
    const { report } = this;
    this.views.bytes.fill(0x55, report.at, report.at + reports.EXECUTION_REPORT_BYTES);
    const result = this.reports.read(this.scanner, report, version);
    if (result !== REPORT_READ) return { result };
    return { result, report: this.parts(EXECUTION_REPORT, report) };
  }

  /** All that anyone reads of a record: its numbers, and those ids and texts that it has, an id's padding included. */
  private parts(table: RecordTable, view: requests.OrderRequest | reports.ExecutionReport): string[] {
    const record = view as unknown as AnyRecord;
    return table.rows.map((row) => {
      if (!isSized(row)) return `${row.name} ${record[row.name]}`;
      const length = record[`${row.name}Length`] as number;
      const room = row.type === "id" ? (length > SHORT_ID_BYTES ? ID_BYTES : SHORT_ID_BYTES) : length;
      const bytes = length > 0 ? room : 0;
      const at = row.type === "id" ? (record[`${row.name}At`] as number) : record.at + row.at;
      return `${row.name} ${length} ${shown(record.bytes.subarray(at, at + bytes))}`;
    });
  }
}

function shown(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** One way with the codec, and one byte by byte, over the codec's input. */
export class Twins {
  readonly byCodec = new Way(codec, records);
  readonly byBytes = new Way(null, records);
  /** Messages that the codec took. */
  plain = 0;

  /** What stands in the codec's input is the same to both: as fields, and as what is made of them. */
  expectSame(from: number, to: number, version = FIX44): void {
    const { input } = codec;
    this.byCodec.expect(version);
    const fields = this.byCodec.seen(input, from, to);
    const isPlain = this.byCodec.scanner.peer !== null;
    if (isPlain) this.plain++;
    expect(JSON.stringify(fields)).toBe(JSON.stringify(this.byBytes.seen(input, from, to)));
    if (!("fields" in fields)) return;
    expect(JSON.stringify(this.byCodec.made(version))).toBe(JSON.stringify(this.byBytes.made(version)));
  }

  /** The same of a text, which is put there. */
  expectSameOf(text: string, from = 0, version = FIX44): void {
    const { input } = codec;
    input.set(Buffer.from(text, "latin1"), from);
    // What lies behind a message is nothing of its own, whatever it is.
    input.fill(1, from + text.length, from + text.length + 40);
    this.expectSame(from, from + text.length, version);
  }
}
