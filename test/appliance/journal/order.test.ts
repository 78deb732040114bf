import { describe, expect, test } from "bun:test";
import { type Format, journalPrint, type PrintOptions } from "../../../appliance/journal/print.ts";
import { Day, dayConfig } from "../../../bench/day.ts";
import { ascii } from "../../../src/base/ascii.ts";
import { idText, putId } from "../../../src/base/id.ts";
import { timeOf } from "../../../src/base/time-text.ts";
import { KIB, NO_PRICE } from "../../../src/base/units.ts";
import { ENTRY_MESSAGE, ENTRY_ORDER, ENTRY_RECEIVED, ENTRY_REPORT, ENTRY_RESENT } from "../../../src/journal/layout.ts";
import { StreamReader } from "../../../src/journal/store/reader.ts";
import { REPORT_EXECUTION, REQUEST_CANCEL, REQUEST_NEW, REQUEST_REPLACE } from "../../../src/record/codes.ts";
import { ExecutionReport } from "../../../src/record/execution-report.ts";
import { OrderRequest } from "../../../src/record/order-request.ts";
import { PATIENCE_MS, until } from "../../eventually.ts";
import { Rig, SEGMENT_BYTES, scratchDirectory } from "../../journal/rig.ts";

async function printed(dir: string, options: PrintOptions): Promise<string> {
  let all = "";
  const code = await journalPrint(dir, options, (text) => {
    all += text;
    return true;
  });
  expect(code).toBe(0);
  return all;
}

interface Asked {
  kind: number;
  id: string;
  orig: string;
  number: number;
  slot: number;
}

/** Every request of a day that the core took. */
function requestsOf(dir: string): Asked[] {
  const asked: Asked[] = [];
  const reader = new StreamReader(dir, "core");
  for (let entry = reader.next(); entry !== null; entry = reader.next()) {
    if (entry.kind !== ENTRY_ORDER) continue;
    const request = new OrderRequest(entry.views).aim(entry.payloadAt);
    const id = idText(request.bytes, request.clOrdIdAt, request.clOrdIdLength);
    const orig =
      request.origClOrdIdLength > 0 ? idText(request.bytes, request.origClOrdIdAt, request.origClOrdIdLength) : "";
    asked.push({ kind: request.kind, id, orig, number: request.number, slot: request.slot });
  }
  return asked;
}

describe("what happened to an order", () => {
  test("is one command, by any of its names, through replaces and cancels", async () => {
    using dir = scratchDirectory();
    const day = new Day(dir.path, dayConfig(4096), 1024 * KIB, 21);
    day.trade(4_000);
    day.abandon();
    const asked = requestsOf(dir.path);
    const change = asked.find(({ kind, number }) => kind === REQUEST_REPLACE && number > 0)!;
    const first = asked.find(({ id }) => id === change.orig)!;
    const same = asked.filter(({ slot }) => slot === first.slot);
    const byFirst = await printed(dir.path, { order: first.id });
    for (const { id } of same) expect(await printed(dir.path, { order: id })).toBe(byFirst);
    expect(await printed(dir.path, { order: String(first.number) })).toBe(byFirst);
    const venueId = `${day.journal.names.birth.toString(36).toUpperCase()}-${change.number}-${change.slot}`;
    expect(await printed(dir.path, { order: venueId })).toBe(byFirst);
    const lines = byFirst.trim().split("\n");
    for (const { id } of same) expect(byFirst).toContain(`11=${id}|`);
    expect(lines.filter((line) => line.includes(" == client CLIENT "))).toHaveLength(same.length);
    expect(lines.some((line) => line.includes(" == venue XCH ") && line.includes("150=5"))).toBe(true);
    // Nothing of anybody else's.
    const others = asked.filter(({ slot }) => slot !== first.slot);
    for (const { id } of others) expect(byFirst.includes(`11=${id}|`)).toBe(false);
    const cancel = asked.find(({ kind, number }) => kind === REQUEST_CANCEL && number > 0)!;
    expect(await printed(dir.path, { order: cancel.orig })).toContain(`11=${cancel.id}|41=${cancel.orig}|`);
  });

  test("has its stages behind it, a line for each request", async () => {
    using dir = scratchDirectory();
    const day = new Day(dir.path, dayConfig(4096), 1024 * KIB, 21);
    day.trade(4_000);
    day.abandon();
    const asked = requestsOf(dir.path);
    const change = asked.find(({ kind, number }) => kind === REQUEST_REPLACE && number > 0)!;
    const first = asked.find(({ id }) => id === change.orig)!;
    const plain = await printed(dir.path, { order: first.id });
    const text = await printed(dir.path, { order: first.id, stages: true });
    expect(text.startsWith(plain)).toBe(true);
    const lines = text.slice(plain.length).trim().split("\n");
    const same = asked.filter(({ slot }) => slot === first.slot);
    expect(lines).toHaveLength(same.length);
    const words = { [REQUEST_NEW]: "new", [REQUEST_CANCEL]: "cancel", [REQUEST_REPLACE]: "replace" };
    for (const [i, { kind, id }] of same.entries())
      expect(lines[i]).toMatch(
        new RegExp(`^${words[kind as keyof typeof words]} ${id}( \\(.+\\))?: (decide|no stage is complete)`),
      );
  });

  test("that never was is told in one line", async () => {
    using dir = scratchDirectory();
    const day = new Day(dir.path, dayConfig(1024), 256 * KIB, 21);
    day.trade(50);
    day.abandon();
    expect(await journalPrint(dir.path, { order: "NOBODY" }, () => true)).toBe(1);
  });
});

describe("the messages of an order, as they came and were sent", () => {
  const slot = 9;

  interface Sent {
    kind: number;
    session?: number;
    sequence: number;
    epoch?: number;
    index?: number;
    text: string;
  }

  function write(dir: string, stream: string, all: readonly Sent[]): void {
    const rig = new Rig(dir, stream);
    for (const [i, { kind, session = 0, sequence, epoch = 0, index = 0, text }] of all.entries()) {
      const bytes = Buffer.from(`8=FIX.4.4|${text}|10=001|`.replaceAll("|", "\x01"), "latin1");
      rig.source.bytes.set(bytes);
      rig.writer.append(kind, session, sequence, 1e15 + i, index, epoch, rig.sourceAddress, bytes.length);
    }
    rig.close();
  }

  /** Two orders with the same ClOrdID, of epochs 0 and 1, and a report of the first. */
  function writeCore(dir: string): string {
    const rig = new Rig(dir, "core");
    const order = new OrderRequest(rig.source).aim(0);
    for (const epoch of [0, 1]) {
      order.clear();
      order.kind = REQUEST_NEW;
      order.number = 5 + epoch;
      order.slot = slot + epoch;
      order.priceE8 = NO_PRICE;
      order.clOrdIdLength = 2;
      putId(rig.source, order.clOrdIdAt, ascii("O1"), 0, 2);
      rig.writer.append(ENTRY_ORDER, 0, 2, 1e15 + epoch, 0, epoch, rig.sourceAddress, order.length);
    }
    const report = new ExecutionReport(rig.source).aim(0);
    report.clear();
    report.kind = REPORT_EXECUTION;
    report.number = 5;
    report.slot = slot;
    report.orderIdLength = 2;
    putId(rig.source, report.orderIdAt, ascii("V7"), 0, 2);
    report.execIdLength = 2;
    putId(rig.source, report.execIdAt, ascii("X1"), 0, 2);
    rig.writer.append(ENTRY_REPORT, 0, 2, 1e15 + 5, 0, 0, rig.sourceAddress, report.inboundLength);
    // Of the same order, by its OrderID.
    report.number = 0;
    report.slot = -1;
    report.execIdLength = 2;
    putId(rig.source, report.execIdAt, Buffer.from("é"), 0, 2);
    rig.writer.append(ENTRY_REPORT, 0, 2, 1e15 + 6, 0, 0, rig.sourceAddress, report.inboundLength);
    const { birth } = rig.journal.names;
    rig.close();
    return `${birth.toString(36).toUpperCase()}-5-${slot}`;
  }

  test("are found by its ids, by the core's records of them, and by what rejects them", async () => {
    using dir = scratchDirectory();
    const venueId = writeCore(dir.path);
    const IN = ENTRY_RECEIVED;
    const OUT = ENTRY_MESSAGE;
    write(dir.path, "client0", [
      { kind: IN, sequence: 2, text: "35=D|11=O1|58=yes, taken" },
      { kind: OUT, sequence: 2, index: 1, text: "35=8|37=5|11=O1|58=yes, report" },
      { kind: IN, sequence: 3, text: "35=3|45=2|58=yes, rejects our report" },
      { kind: IN, sequence: 4, text: "35=3|45=77|58=no, rejects another" },
      { kind: IN, sequence: 5, text: "35=F|41=O1|58=yes, refused before the core" },
      { kind: OUT, sequence: 5, text: "35=3|45=5|58=yes, the refusal" },
      { kind: ENTRY_RESENT, sequence: 2, text: "35=8|37=5|11=O1|43=Y|58=yes, again" },
      { kind: IN, sequence: 6, session: 1, text: "35=F|41=O1|58=no, another session" },
      { kind: IN, sequence: 2, epoch: 1, text: "35=D|11=O1|58=no, another order of this name" },
      { kind: OUT, sequence: 2, epoch: 1, index: 2, text: "35=8|37=6|11=O1|58=no, its report" },
      { kind: IN, sequence: 9, text: "35=0|58=no, a heartbeat" },
    ]);
    write(dir.path, "venue0", [
      { kind: OUT, sequence: 2, index: 1, text: `35=D|11=${venueId}|58=yes, sent` },
      { kind: IN, sequence: 2, text: "35=8|37=V7|58=yes, by its OrderID" },
      { kind: IN, sequence: 3, text: `35=8|11=${venueId}|58=yes, by our id` },
      { kind: IN, sequence: 4, text: "35=j|45=2|58=yes, rejects the order" },
      { kind: IN, sequence: 5, text: "35=8|37=V8|58=no, another OrderID" },
      { kind: IN, sequence: 6, text: "35=8|11=O1|58=no, no id of ours" },
    ]);
    const lines = (await printed(dir.path, { order: "5" })).trim().split("\n");
    const said = lines.map((line) => /58=([^|]+)/.exec(line)?.[1]).filter((text) => text !== undefined);
    expect(said.toSorted()).toEqual(
      [
        "taken",
        "report",
        "rejects our report",
        "refused before the core",
        "the refusal",
        "again",
        "sent",
        "by its OrderID",
        "by our id",
        "rejects the order",
      ]
        .map((text) => `yes, ${text}`)
        .toSorted(),
    );
    expect(lines.filter((line) => line.includes(" == ")).length).toBe(3);
    for (const order of ["V7", "X1", "é"])
      expect((await printed(dir.path, { order })).trim().split("\n")).toEqual(lines);
  });
});

describe("what is printed", () => {
  test("lies between two times", async () => {
    using dir = scratchDirectory();
    const day = new Day(dir.path, dayConfig(1024), 256 * KIB, 22);
    day.trade(500);
    day.abandon();
    const all = await printed(dir.path, { format: "json" });
    const times = all
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { timeUs: number }).timeUs);
    const [fromUs, toUs] = [times[100]!, times[300]!];
    const some = await printed(dir.path, { format: "json", fromUs, toUs });
    expect(some.trim().split("\n")).toHaveLength(times.filter((time) => time >= fromUs && time <= toUs).length);
  });

  test.each([
    ["json", /^\{"time":".*"fix":"35=D\|/m],
    ["fix", /^35=D\x01.*11=.*\x01$/m],
    ["lines", /== client CLIENT 35=D\|/],
  ] as [Format, RegExp][])("comes as %s", async (format, expected) => {
    using dir = scratchDirectory();
    const day = new Day(dir.path, dayConfig(1024), 256 * KIB, 23);
    day.trade(100);
    day.abandon();
    const text = await printed(dir.path, { format });
    expect(text).toMatch(expected);
    if (format === "json") for (const line of text.trim().split("\n")) expect(typeof JSON.parse(line)).toBe("object");
  });

  test("goes on with what is written, through segments and a restart of the writer", async () => {
    using dir = scratchDirectory();
    let rig = new Rig(dir.path, "client0");
    let sequence = 0;
    const write = (count: number): void => {
      for (let i = 0; i < count; i++) {
        rig.message(0, ++sequence, 200);
        if (sequence % 50 === 0) rig.settle();
      }
      rig.settle();
    };
    write(10);
    const seen: number[] = [];
    let enough = Number.POSITIVE_INFINITY;
    const following = journalPrint(dir.path, { follow: true, format: "json" }, (text) => {
      for (const line of text.trim().split("\n")) seen.push((JSON.parse(line) as { msgSeqNum: number }).msgSeqNum);
      return seen.length < enough;
    });
    const untilSeen = async (count: number): Promise<void> => {
      await until(
        `entry ${count}`,
        () => seen.length >= count,
        PATIENCE_MS,
        () => seen.length,
      );
      expect(seen).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    };
    await untilSeen(10);
    write(Math.ceil((2.5 * SEGMENT_BYTES) / 240));
    await untilSeen(sequence);
    rig.close();
    rig = new Rig(dir.path, "client0", { usedBytes: used(dir.path) });
    write(5);
    await untilSeen(sequence);
    enough = sequence + 1;
    write(1);
    expect(await following).toBe(0);
    rig.abandon();
  });
});

function used(dir: string): number {
  const reader = new StreamReader(dir, "client0");
  while (reader.next() !== null);
  return reader.end.usedBytes;
}

test.each([
  ["20261124-09:30:00.5", Date.UTC(2026, 10, 24, 9, 30) * 1000 + 500_000],
  ["20261124", Date.UTC(2026, 10, 24) * 1000],
  ["2026-11-24T09:30:01Z", Date.UTC(2026, 10, 24, 9, 30, 1) * 1000],
  ["2026-11-24 09:30", Date.UTC(2026, 10, 24, 9, 30) * 1000],
  ["09:30", Date.UTC(2026, 0, 2, 9, 30) * 1000],
  ["now", Date.UTC(2026, 0, 2, 3) * 1000],
])("the time %s", (text, expected) => expect(timeOf(text, Date.UTC(2026, 0, 2, 3))).toBe(expected));

test("what is no time is refused", () => {
  for (const text of ["", "yesterday", "25:61", "20261324-09:30:00", "9:30"])
    expect(() => timeOf(text, 0)).toThrow("not a time; expected");
});
