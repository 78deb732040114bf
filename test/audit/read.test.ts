import { describe, expect, test } from "bun:test";
import { journalPrint } from "../../appliance/journal/print.ts";
import { Day, dayConfig } from "../../bench/day.ts";
import { BadQuestion, followEntries, readPage } from "../../src/audit/read.ts";
import { readTimeline } from "../../src/audit/timeline.ts";
import { timeOf } from "../../src/base/time-text.ts";
import { KIB } from "../../src/base/units.ts";
import { JOURNAL_KINDS, type JournalEntry } from "../../src/operation/journal.ts";
import { scratchDirectory } from "../journal/rig.ts";

interface Printed {
  time: string;
  timeUs: number;
  stream: string;
  position: number;
  kind: string;
  fix?: string;
  decision?: string;
}

/** What `journal print --json` says, which is another way through the same journal. */
async function printed(dir: string, order?: string): Promise<Printed[]> {
  let all = "";
  const code = await journalPrint(dir, { format: "json", order }, (text) => {
    all += text;
    return true;
  });
  expect(code).toBe(0);
  return all
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Printed);
}

function tradedDay(dir: string, messages: number): void {
  const day = new Day(dir, dayConfig(4096), 256 * KIB, 33);
  day.trade(messages);
  day.abandon();
}

const nameOf = ({ stream, position }: { stream: string; position: number }): string => `${stream}:${position}`;

describe("pages of a journal", () => {
  test("have each entry once, whatever their size", async () => {
    using dir = scratchDirectory();
    tradedDay(dir.path, 3_000);
    const wanted = await printed(dir.path);
    for (const limit of [1_000, 77, 5_000_000]) {
      const found: JournalEntry[] = [];
      for (let after: string | null | undefined; after !== null; ) {
        const page: { entries: readonly JournalEntry[]; next: string | null } = readPage(dir.path, { limit, after });
        expect(page.entries.length).toBeLessThanOrEqual(limit);
        found.push(...page.entries);
        after = page.next;
      }
      expect(found.map(nameOf).sort()).toEqual(wanted.map(nameOf).sort());
    }
  });

  test("begin and end at a time, and have one kind or one session", async () => {
    using dir = scratchDirectory();
    tradedDay(dir.path, 6_000);
    const wanted = await printed(dir.path);
    const fromUs = wanted[Math.floor(wanted.length / 2)]!.timeUs;
    const toUs = wanted[Math.floor(wanted.length * 0.75)]!.timeUs;
    const { entries, next } = readPage(dir.path, { fromUs, toUs, limit: 1e9 });
    const within = wanted.filter(({ timeUs }) => timeUs >= fromUs && timeUs <= toUs);
    expect(within.length).toBeLessThan(wanted.length);
    expect(entries.map(nameOf).sort()).toEqual(within.map(nameOf).sort());
    expect(next).toBeNull();
    for (const entry of entries) expect(timeOf(entry.time)).toBeGreaterThanOrEqual(fromUs);
    const reports = readPage(dir.path, { type: "report", session: "XCH", limit: 1e9 }).entries;
    expect(reports.map(nameOf)).toEqual(wanted.filter(({ kind }) => kind === "report").map(nameOf));
    const ofKinds = JOURNAL_KINDS.flatMap((type) => readPage(dir.path, { type, limit: 1e9 }).entries);
    expect(ofKinds.map(nameOf).sort()).toEqual(wanted.map(nameOf).sort());
  });

  test("are refused where the question is wrong, in words that say what was expected", () => {
    using dir = scratchDirectory();
    tradedDay(dir.path, 50);
    expect(() => readPage(dir.path, { session: "NOBODY", limit: 5 })).toThrow(
      new BadQuestion("session: expected one of CLIENT, XCH, got NOBODY"),
    );
    for (const after of [
      "elsewhere:8",
      "core",
      "core:8",
      "core:266341",
      "core:266256",
      "core:9999999999999999",
      "client0:0,core:1e3",
    ])
      expect(() => readPage(dir.path, { after, limit: 5 }), after).toThrow(BadQuestion);
    expect(readPage(dir.path, { order: "NOBODY", limit: 5 }).entries).toEqual([]);
  });

  test("of what comes have what is written behind a position", async () => {
    using dir = scratchDirectory();
    tradedDay(dir.path, 500);
    const wanted = await printed(dir.path);
    const from: Record<string, number> = {};
    const first = readPage(dir.path, { limit: 100 });
    for (const part of first.next!.split(",")) from[part.split(":")[0]!] = Number(part.split(":")[1]);
    const found: JournalEntry[] = [];
    await followEntries(dir.path, {}, from, (entries) => {
      found.push(...entries);
      return entries.length > 0 && found.length < wanted.length - 100;
    });
    expect([...first.entries, ...found].map(nameOf).sort()).toEqual(wanted.map(nameOf).sort());
  });
});

describe("the timeline of an order", () => {
  test("has the entries that the command line prints, and the stages between them", async () => {
    using dir = scratchDirectory();
    tradedDay(dir.path, 2_000);
    const orders = (await printed(dir.path)).filter(({ kind }) => kind === "order");
    const id = /\|11=([^|]+)\|/.exec(orders[40]!.fix!)![1]!;
    const wanted = await printed(dir.path, id);
    const timeline = readTimeline(dir.path, id)!;
    expect(timeline.cut).toBe(false);
    expect(timeline.entries.map(nameOf)).toEqual(wanted.map(nameOf));
    expect(timeline.entries.map(({ fix }) => fix)).toEqual(wanted.map(({ fix }) => fix));
    for (const [i, { sinceUs }] of timeline.entries.entries())
      expect(sinceUs).toBe(wanted[i]!.timeUs - wanted[0]!.timeUs);
    expect(timeline.requests.map(({ clOrdId }) => clOrdId)).toContain(id);
    expect(timeline.requests.length).toBe(wanted.filter(({ kind }) => kind === "order").length);
    expect(timeline.requests[0]!.decision).toBe("accepted for XCH");
    expect(readTimeline(dir.path, timeline.orderId)!.entries.map(nameOf)).toEqual(wanted.map(nameOf));
    expect(readTimeline(dir.path, "NOBODY")).toBeNull();
  });
});
