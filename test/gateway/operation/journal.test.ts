import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { RunningJournal } from "../../../src/gateway/operation/journal.ts";
import { ReaderProcesses } from "../../../src/gateway/operation/reader-processes.ts";
import { ENTRY_MESSAGE, STREAM_WORDS_BYTES } from "../../../src/journal/layout.ts";
import { type JournalEntry, JournalUnread } from "../../../src/operation/journal.ts";
import { until } from "../../eventually.ts";
import { Rig, SEGMENT_BYTES, scratchDirectory } from "../../journal/rig.ts";

const ENTRY = pathToFileURL(join(import.meta.dir, "../../../appliance/main.ts")).href;

/** A journal that is being written by this test, and its reading as the gateway does it. */
class Running {
  readonly rig: Rig;
  readonly readers = new ReaderProcesses(ENTRY);
  readonly journal: RunningJournal;
  private written = 0;

  constructor(dir: string) {
    this.rig = new Rig(dir, "client0");
    const streams = [{ name: "client0", wordsAt: STREAM_WORDS_BYTES }];
    this.journal = new RunningJournal(
      { dir, segmentBytes: SEGMENT_BYTES, shared: this.rig.shared, streams },
      this.readers,
    );
  }

  /** Appends a message; it is in the buffer alone until the keeper has its turn. */
  append(text: string): void {
    const bytes = Buffer.from(`8=FIX.4.4|${text}|10=001|`.replaceAll("|", "\x01"), "latin1");
    this.rig.source.bytes.set(bytes);
    this.written++;
    const { writer, sourceAddress } = this.rig;
    writer.append(ENTRY_MESSAGE, 0, this.written, 1e15 + this.written, 0, 0, sourceAddress, bytes.length);
  }

  async end(): Promise<void> {
    await this.readers.close();
    this.rig.close();
  }
}

/** Rejects with JournalUnread of this code. */
async function unread(code: string, answer: Promise<unknown>): Promise<void> {
  const error = await answer.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(JournalUnread);
  expect((error as JournalUnread).code).toBe(code as JournalUnread["code"]);
}

describe("the journal of a running gateway", () => {
  test("is read with all that was written before the question, also what is in the buffers only", async () => {
    using dir = scratchDirectory();
    const running = new Running(dir.path);
    for (let i = 0; i < 50; i++) running.append(`35=8|11=O${i}`);
    const answer = running.journal.page({ limit: 100 });
    // What comes after the question is not in its answer.
    setTimeout(() => {
      running.rig.settle();
      running.append("35=8|11=LATER");
      running.rig.settle();
    }, 20);
    const { entries } = await answer;
    expect(entries.map(({ fix }) => fix)).toEqual(
      Array.from({ length: 50 }, (_, i) => `8=FIX.4.4|35=8|11=O${i}|10=001|`),
    );
    expect(entries[0]!.time).toBe("2001-09-09T01:46:40.000001Z");
    expect(await running.journal.timeline("O1")).toBeNull();
    await running.end();
  });

  test("answers a wrong question in words, and no more questions than it has room for", async () => {
    using dir = scratchDirectory();
    const running = new Running(dir.path);
    running.append("35=0");
    running.rig.settle();
    await unread("invalid", running.journal.page({ limit: 1, session: "NOBODY" }));
    const asked = Array.from({ length: 30 }, () => running.journal.page({ limit: 1 }));
    const ends = await Promise.allSettled(asked);
    const busy = ends.filter((end) => end.status === "rejected").map((end) => (end.reason as JournalUnread).code);
    expect(busy.length).toBe(12);
    expect(new Set(busy)).toEqual(new Set(["busy"]));
    await running.end();
    await unread("busy", running.journal.page({ limit: 1 }));
  });

  test("is followed by a few listeners, each with what it asked for, until they close", async () => {
    using dir = scratchDirectory();
    const running = new Running(dir.path);
    running.append("35=8|11=BEFORE");
    running.rig.settle();
    const found: JournalEntry[][] = [[], [], [], []];
    const listeners = await Promise.all(
      found.map((entries, i) =>
        running.journal.follow(i === 3 ? { session: "FIRM2" } : {}, (entry) => entries.push(entry)),
      ),
    );
    await unread(
      "busy",
      running.journal.follow({}, () => {}),
    );
    running.append("35=8|11=AFTER");
    running.rig.settle();
    const isThere = (): boolean => found.slice(0, 3).every((entries) => entries.length === 1);
    await until("three listeners with the entry", isThere, 30_000);
    for (const entries of found.slice(0, 3)) expect(entries[0]!.fix).toContain("|11=AFTER|");
    expect(found[3]).toEqual([]);
    for (const listener of listeners) listener.close();
    expect(await Promise.all(listeners.map(({ ended }) => ended))).toEqual(["", "", "", ""]);
    const again = await running.journal.follow({}, () => {});
    await running.readers.close();
    expect(await again.ended).toContain("ended with");
    await running.end();
  });
});
