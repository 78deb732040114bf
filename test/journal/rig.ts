import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressOf, unmap, viewAt } from "../../ffi/memory.ts";
import { KIB } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { Keeper } from "../../src/journal/keeper.ts";
import { ENTRY_MESSAGE, STREAM_WORDS_BYTES, WINDOWS } from "../../src/journal/layout.ts";
import { closeDirectory, type OpenJournal, openDirectory, openStream } from "../../src/journal/store/open.ts";
import { type EntryView, readStream, type StreamEnd } from "../../src/journal/store/reader.ts";
import { StreamWriter } from "../../src/journal/writer.ts";
import type { MainWakeup } from "../../src/ring/main-wakeup.ts";

export const SEGMENT_BYTES = 256 * KIB;

/** A directory that is gone when the test is over; `using` it. */
export function scratchDirectory(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "sallyport-journal-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** One stream that is being written, with its keeper in the same thread. */
export class Rig {
  readonly shared = new Views(new SharedArrayBuffer(4096));
  readonly journal: OpenJournal;
  readonly writer: StreamWriter;
  readonly keeper: Keeper;
  readonly source = Views.allocate(64 * KIB);
  readonly sourceAddress = addressOf(this.source);
  private nowNs = 0;

  constructor(
    readonly dir: string,
    readonly stream = "core",
    segmentBytes = SEGMENT_BYTES,
    sameLane = true,
    usedBytes = 0,
    spares = 0,
    mainWakeup: MainWakeup | null = null,
  ) {
    this.journal = openDirectory(dir, ["FIRM1", "FIRM2"], ["ARCA"], segmentBytes);
    const { address } = openStream(this.journal, stream, usedBytes, this.shared, STREAM_WORDS_BYTES);
    const views = new Views(viewAt(address, WINDOWS * segmentBytes));
    this.writer = new StreamWriter(stream, this.shared, STREAM_WORDS_BYTES, views, address, segmentBytes);
    const kept = [{ name: stream, wordsAt: STREAM_WORDS_BYTES, address, sameLane }];
    const { birth } = this.journal.names;
    this.keeper = new Keeper(this.shared, kept, dir, segmentBytes, birth, spares, null, null, null, mainWakeup);
    this.keeper.open(0);
  }

  /** Lets the keeper do all it wants to. Returns how many turns that took. */
  settle(): number {
    // The turn that notices a movement leaves what can wait to a quiet one.
    this.keeper.poll(this.nowNs);
    for (let turns = 0; turns < 10_000; turns++) {
      this.nowNs += 1_000_000_000;
      if (this.keeper.poll(this.nowNs) === 0) return turns;
    }
    throw new Error("the keeper does not come to rest");
  }

  /** Appends a message of `bytes`, each a function of `sequence`. Returns its position. */
  message(session: number, sequence: number, bytes: number, index = sequence, epoch = 0): number {
    for (let i = 0; i < bytes; i++) this.source.bytes[i] = pattern(sequence, i);
    const timeUs = 1_700_000_000_000_000 + sequence;
    return this.writer.append(ENTRY_MESSAGE, session, sequence, timeUs, index, epoch, this.sourceAddress, bytes);
  }

  /** As a process that dies leaves it: nothing is cut. */
  abandon(): void {
    closeDirectory(this.journal, [], this.shared);
    unmap(this.writer.address, WINDOWS * this.writer.segmentBytes);
  }

  /** As a clean stop leaves it. */
  close(): void {
    this.keeper.close();
    closeDirectory(this.journal, [{ name: this.stream, wordsAt: STREAM_WORDS_BYTES }], this.shared);
    unmap(this.writer.address, WINDOWS * this.writer.segmentBytes);
  }
}

export function pattern(sequence: number, i: number): number {
  return (Math.imul(sequence, 31) + Math.imul(i, 7)) & 0xff;
}

/** What a stream holds: sequences in order, each payload checked against its pattern. */
export function readBack(dir: string, stream = "core"): { sequences: number[]; positions: number[]; end: StreamEnd } {
  const sequences: number[] = [];
  const positions: number[] = [];
  const end = readStream(dir, stream, (entry) => {
    sequences.push(entry.sequence);
    positions.push(entry.position);
    checkPattern(entry);
  });
  return { sequences, positions, end };
}

function checkPattern(entry: EntryView): void {
  for (let i = 0; i < entry.payloadLength; i++) {
    const got = entry.views.bytes[entry.payloadAt + i];
    if (got !== pattern(entry.sequence, i)) throw new Error(`entry ${entry.sequence}: byte ${i} is ${got}`);
  }
}

/** `[1, …, count]`. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
