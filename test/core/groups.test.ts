import { expect, test } from "bun:test";
import { EMPTY } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { Core } from "../../src/core/core.ts";
import type { EntryView } from "../../src/journal/store/reader.ts";
import { EXEC_NEW, EXEC_TRADE, REPORT_VENUE_UP } from "../../src/record/codes.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../../src/record/execution-report.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../../src/record/order-request.ts";
import { Replay } from "../../src/recovery/recovery.ts";
import { loadUnsent, saveUnsent, type Unsent } from "../../src/recovery/snapshot-parts.ts";
import type { OneToOne } from "../../src/ring/one-to-one.ts";
import { CONFIG, makeReport, makeRequest, START_US } from "./driver.ts";
import { Kept } from "./kept.ts";

const ORDER = 1;
const REPORT = 2;

/** A core between rings, with those of groups beside them. */
class Rig {
  readonly reports: OneToOne;
  readonly requests: OneToOne;
  readonly reportGroups: OneToOne;
  readonly requestGroups: OneToOne;
  readonly replay: Replay;
  readonly core: Core;

  constructor(groupSlots = 64, recordSlots = 64) {
    const slots = { toClients: recordSlots, toVenues: 64, inputs: 2, control: 2, groups: groupSlots };
    this.core = Core.alone(CONFIG, slots);
    const { toClients, toVenues } = this.core.rings;
    this.reports = toClients[0]!.ring;
    this.requests = toVenues[0]!.ring;
    this.reportGroups = toClients[0]!.groups;
    this.requestGroups = toVenues[0]!.groups;
    this.replay = new Replay(this.core);
  }
}

function blob(text: string): Int32Array {
  const bytes = Buffer.from(text.padEnd((text.length + 3) & ~3, "."));
  return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** A journal entry as the core's agent writes it: the record, then its groups. */
function entry(kind: number, record: OrderRequest | ExecutionReport, length: number, groups: Int32Array): EntryView {
  record.groupsLength = groups.byteLength;
  const views = Views.allocate(8192);
  views.ints.set(record.views.ints.subarray(record.at >> 2, (record.at + length) >> 2));
  views.ints.set(groups, length >> 2);
  return {
    kind,
    session: record.session,
    index: 0,
    timeUs: START_US,
    views,
    payloadAt: 0,
    payloadLength: length + groups.byteLength,
  } as EntryView;
}

const up = makeReport({ kind: REPORT_VENUE_UP, venue: 0 });
const NOTHING = new Int32Array(0);
const request = (clOrdId: string, groups: string, number: number): EntryView => {
  const record = makeRequest({ id: clOrdId });
  record.number = number;
  record.slot = number - 1;
  return entry(ORDER, record, record.length, blob(groups));
};
const report = (number: number, execType: number, groups: string, more = {}): EntryView => {
  const record = makeReport({ number, slot: number - 1, execType, ...more });
  return entry(REPORT, record, record.inboundLength, blob(groups));
};

/** Ids and groups of all that is in a ring. */
function taken(records: OneToOne, groups: OneToOne, view: OrderRequest | ExecutionReport): string[] {
  const out: string[] = [];
  for (let at = records.peek(); at !== EMPTY; at = records.peek()) {
    const record = view.aim(at);
    if (record.groupsLength === 0) out.push("");
    else {
      const from = groups.peek();
      out.push(Buffer.from(groups.views.bytes.slice(from, from + record.groupsLength)).toString());
      groups.release();
    }
    records.release();
  }
  expect(groups.peek()).toBe(EMPTY);
  return out;
}

const requestsOf = (rig: Rig): string[] => taken(rig.requests, rig.requestGroups, new OrderRequest(rig.requests.views));
const reportsOf = (rig: Rig): string[] => taken(rig.reports, rig.reportGroups, new ExecutionReport(rig.reports.views));

function replayed(rig: Rig, sentReports: number[], sentRequests: number[]): void {
  rig.core.beginReplay(sentReports, sentRequests);
  rig.replay.take(entry(REPORT, up, up.inboundLength, NOTHING));
  rig.replay.take(request("A", "groups of A", 1));
  rig.replay.take(request("B", "", 2));
  rig.replay.take(request("C", "groups of C, longer ones", 3));
  rig.replay.take(request("D", "groups of D", 4));
  rig.replay.take(report(1, EXEC_NEW, "parties"));
  rig.replay.take(report(1, EXEC_TRADE, "contra brokers", { lastQty: 10, lastPx: 100e8, cumQty: 10, execId: "X" }));
  rig.core.endReplay();
}

test("what a replay sends again has its groups: with requests those of orders, with reports those of venues", () => {
  const rig = new Rig();
  replayed(rig, [], []);
  expect(requestsOf(rig)).toEqual(["groups of A.", "", "groups of C, longer ones", "groups of D."]);
  expect(reportsOf(rig)).toEqual(["parties.", "contra brokers.."]);
});

test("what was sent before is not sent again, and its groups are not left behind in the ring", () => {
  const rig = new Rig();
  replayed(rig, [0, 1], [1]);
  expect(requestsOf(rig)).toEqual(["", "groups of C, longer ones", "groups of D."]);
  expect(reportsOf(rig)).toEqual(["contra brokers.."]);
});

test.each([
  ["records", 64, 4],
  ["groups", 2, 64],
])(
  "a replay that finds the ring of %s full keeps the rest, groups with it, until there is room",
  (_, groups, records) => {
    const rig = new Rig(groups, records);
    replayed(rig, [], []);
    const requests: string[] = [];
    const reports: string[] = [];
    expect(rig.core.late.areWaiting).toBe(true);
    for (let i = 0; i < 10; i++) {
      requests.push(...requestsOf(rig));
      reports.push(...reportsOf(rig));
      rig.core.late.drain();
    }
    expect(rig.core.late.areWaiting).toBe(false);
    expect(requests).toEqual(["groups of A.", "", "groups of C, longer ones", "groups of D."]);
    expect(reports).toEqual(["parties.", "contra brokers.."]);
  },
);

test("a snapshot keeps the groups of what was not sent; a start from it sends them", () => {
  const core = Core.alone(CONFIG);
  const unsent: Unsent[] = [];
  core.readBy({
    output(record, isRequest) {
      const bytes = isRequest ? ORDER_REQUEST_BYTES : EXECUTION_REPORT_BYTES;
      const view = isRequest ? new OrderRequest(record).aim(0) : new ExecutionReport(record).aim(0);
      const index = isRequest ? (view as OrderRequest).msgSeqNum : (view as ExecutionReport).index;
      const words = record.ints.slice(0, (bytes + view.groupsLength) >> 2);
      unsent.push({ isRequest, id: view.session, index, words });
    },
  });
  const first = { core, replay: new Replay(core) };
  replayed(first as Rig, [], []);
  const kept = new Kept();
  saveUnsent(unsent, kept);
  const rig = new Rig();
  rig.core.beginReplay([], [1]);
  for (const { isRequest, id, index, words } of loadUnsent(kept)) rig.core.late.takeUp(isRequest, id, index, words);
  rig.core.endReplay();
  rig.core.late.drain();
  expect(requestsOf(rig)).toEqual(["", "groups of C, longer ones", "groups of D."]);
  expect(reportsOf(rig)).toEqual(["parties.", "contra brokers.."]);
});
