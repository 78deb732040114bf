// Cost of an append to the journal for an agent, cost of the keeper's copies to the files, and cost of reading the journal at
// the next start. One thread; files in the directory for temporary files.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PAGE_BYTES } from "../ffi/abi.ts";
import { addressOf } from "../ffi/memory.ts";
import { sharedMemory } from "../src/assembly/module.ts";
import { MIB, NS_PER_S } from "../src/base/units.ts";
import { Views } from "../src/base/views.ts";
import { Keeper } from "../src/journal/keeper.ts";
import { COPIES, ENTRY_HEADER_BYTES, ENTRY_MESSAGE } from "../src/journal/layout.ts";
import { IN_DATA_DIRECTORY } from "../src/journal/store/buffers.ts";
import { closeDirectory, openDirectory, openStreams } from "../src/journal/store/open.ts";
import { readStream } from "../src/journal/store/reader.ts";
import { StreamWriter } from "../src/journal/writer.ts";
import { bench, check, report, scaled, TINY } from "./measure.ts";

const PAYLOAD_BYTES = 200;
const ENTRY_BYTES = ENTRY_HEADER_BYTES + PAYLOAD_BYTES;
const SOURCE_AT = 1024;
/** Entries that fit into the buffer, so that only the append is measured. */
const BURST = 4_000;
/** Time that the sustained run gives the keeper for an append. */
const APPEND_NS = 250;
const COUNT = scaled(1_000_000);
const segmentBytes = 32 * MIB;
const bufferBytes = 16 * MIB;
const dir = mkdtempSync(join(tmpdir(), "sallyport-bench-"));

try {
  // A page of words and of what is appended, then the buffer.
  const memory = sharedMemory(PAGE_BYTES + COPIES * bufferBytes);
  const shared = new Views(memory.buffer, 0, PAGE_BYTES);
  const journal = openDirectory(dir, [], [], segmentBytes);
  const address = addressOf(memory.buffer) + PAGE_BYTES;
  const streams = [{ name: "core", wordsAt: 0, address }];
  const buffers = openStreams(journal, streams, new Map(), shared, bufferBytes, IN_DATA_DIRECTORY);
  const writer = new StreamWriter("core", { memory, wordsAt: 0, bufferAt: PAGE_BYTES, bufferBytes }, segmentBytes);
  const { birth } = journal.names;
  const keeper = new Keeper({ shared, streams, dir, segmentBytes, birth, buffersFd: buffers.fd, bufferBytes });
  keeper.open(0);
  for (let i = 0; i < PAYLOAD_BYTES; i++) shared.bytes[SOURCE_AT + i] = i;
  const from = addressOf(memory.buffer) + SOURCE_AT;
  let appended = 0;

  const append = (count: number): number => {
    const before = writer.position;
    for (let i = 0; i < count; i++) {
      appended++;
      writer.append(ENTRY_MESSAGE, 1, appended, 1.7e15, appended, 0, from, PAYLOAD_BYTES);
    }
    return (writer.position - before) / ENTRY_BYTES;
  };
  let nowNs = 0;
  /** Lets the keeper see the new entries, then gives it time until it has no work left. */
  const settle = (): void => {
    keeper.poll(nowNs);
    nowNs += NS_PER_S;
    while (keeper.poll(nowNs) > 0);
  };

  const bursts: number[] = [];
  for (let i = 0; i < (TINY ? 10 : 100); i++) {
    settle();
    const began = Bun.nanoseconds();
    append(BURST);
    bursts.push((Bun.nanoseconds() - began) / BURST);
  }
  // The fastest burst: others include a change of segment or another program.
  report(`journal append of ${PAYLOAD_BYTES} bytes, buffer free`, Math.min(...bursts), "ns");

  bench(
    "journal keeper's turn, nothing due",
    scaled(10_000_000),
    (turns) => {
      settle();
      let work = 0;
      for (let i = 0; i < turns; i++) work += keeper.poll(++nowNs);
      return work;
    },
    0,
  );

  settle();
  const began = Bun.nanoseconds();
  for (let done = 0; done < COUNT; done += 25) {
    append(25);
    nowNs += 25 * APPEND_NS;
    keeper.poll(nowNs);
  }
  report("journal append with its keeper, sustained", (Bun.nanoseconds() - began) / COUNT, "ns");

  closeDirectory(journal, streams, shared, buffers);
  const times: number[] = [];
  for (let repeat = 0; repeat < (TINY ? 1 : 5); repeat++) {
    let sum = 0;
    const start = Bun.nanoseconds();
    const end = readStream(dir, "core", (entry) => {
      sum += entry.sequence;
    });
    times.push((Bun.nanoseconds() - start) / end.entries);
    check("entries read back", end.entries, appended);
    check("sum of their numbers", sum, (appended * (appended + 1)) / 2);
  }
  report("journal read back, an entry", Math.min(...times), "ns");
} finally {
  rmSync(dir, { recursive: true, force: true });
}
