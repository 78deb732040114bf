import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PAGE_BYTES } from "../../ffi/abi.ts";
import { closeFd } from "../../ffi/file.ts";
import { addressOf, mapZerosAt } from "../../ffi/memory.ts";
import { sharedMemory } from "../../src/assembly/module.ts";
import { KIB } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { Keeper, type KeeperParts } from "../../src/journal/keeper.ts";
import { COPIES, ENTRY_MESSAGE, STREAM_WORDS_BYTES } from "../../src/journal/layout.ts";
import {
  type BufferPlace,
  IN_DATA_DIRECTORY,
  type OpenBuffers,
  writeOutBuffers,
} from "../../src/journal/store/buffers.ts";
import { closeDirectory, type OpenJournal, openDirectory, openStreams } from "../../src/journal/store/open.ts";
import { type EntryView, readStream, type StreamEnd } from "../../src/journal/store/reader.ts";
import { StreamWriter } from "../../src/journal/writer.ts";

export const SEGMENT_BYTES = 256 * KIB;

/** A directory that is gone when the test is over; `using` it. */
export function scratchDirectory(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "sallyport-journal-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface RigSizes {
  readonly segmentBytes?: number;
  readonly bufferBytes?: number;
  /** Used length of the stream's last segment. */
  readonly usedBytes?: number;
  readonly place?: BufferPlace;
}

/** One stream that is being written, with its keeper in the same thread. */
export class Rig {
  readonly memory: WebAssembly.Memory;
  readonly shared: Views;
  readonly journal: OpenJournal;
  readonly buffers: OpenBuffers;
  readonly writer: StreamWriter;
  readonly keeper: Keeper;
  readonly source = Views.allocate(64 * KIB);
  readonly sourceAddress = addressOf(this.source);
  nowNs = 0;

  constructor(
    readonly dir: string,
    stream = "core",
    {
      segmentBytes = SEGMENT_BYTES,
      bufferBytes = segmentBytes,
      usedBytes = 0,
      place = IN_DATA_DIRECTORY,
    }: RigSizes = {},
    parts: Partial<KeeperParts> = {},
  ) {
    const memory = sharedMemory(PAGE_BYTES + COPIES * bufferBytes);
    this.memory = memory;
    const shared = new Views(memory.buffer, 0, PAGE_BYTES);
    this.shared = shared;
    this.journal = openDirectory(dir, ["FIRM1", "FIRM2"], ["ARCA"], segmentBytes);
    const streams = [{ name: stream, wordsAt: STREAM_WORDS_BYTES, address: addressOf(memory.buffer) + PAGE_BYTES }];
    this.buffers = openStreams(this.journal, streams, new Map([[stream, usedBytes]]), shared, bufferBytes, place);
    const wordsAt = STREAM_WORDS_BYTES;
    this.writer = new StreamWriter(stream, { memory, wordsAt, bufferAt: PAGE_BYTES, bufferBytes }, segmentBytes);
    const { birth } = this.journal.names;
    const buffersFd = this.buffers.fd;
    this.keeper = new Keeper({ shared, streams, dir, segmentBytes, birth, buffersFd, bufferBytes, ...parts });
    this.keeper.open(0);
  }

  /** Lets the keeper do all it wants to. Returns how many turns that took. */
  settle(): number {
    // The turn that notices a movement leaves what is little for later.
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

  /** As a process that dies leaves it, and the next start finds it: nothing is cut. */
  abandon(): void {
    this.die();
    writeOutBuffers(this.dir, this.journal.names.birth);
  }

  /** As a process that dies leaves it: entries may be in the buffers only. */
  die(): void {
    this.keeper.close();
    this.journal.lock.close();
    closeFd(this.buffers.fd);
    mapZerosAt(this.writer.address, this.writer.views.bytes.length);
  }

  /** As a clean stop leaves it. */
  close(): void {
    this.keeper.close();
    closeDirectory(this.journal, [{ name: this.writer.name, wordsAt: STREAM_WORDS_BYTES }], this.shared, this.buffers);
    mapZerosAt(this.writer.address, this.writer.views.bytes.length);
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
