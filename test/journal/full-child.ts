import { unlinkSync, writeFileSync } from "node:fs";
import { reserve } from "../../ffi/memory.ts";
import { KIB } from "../../src/base/units.ts";
import { COPIES } from "../../src/journal/layout.ts";
import { IN_DATA_DIRECTORY } from "../../src/journal/store/buffers.ts";
import { openStreams } from "../../src/journal/store/open.ts";
import { Rig, readBack, SEGMENT_BYTES } from "./rig.ts";

/** Writes a journal on a disk of 1 MiB, started by full.test.ts; it tells what became of it. */
const [dir] = process.argv.slice(2) as [string];
const ENTRY_BYTES = 232;
const ballast = `${dir}/ballast`;
writeFileSync(ballast, new Uint8Array(250 * KIB));

const rig = new Rig(`${dir}/data`);
let sequence = 0;
const fill = (): void => {
  while (!rig.writer.starved && rig.writer.room(ENTRY_BYTES)) {
    rig.message(1, ++sequence, 200);
    if (sequence % 20 === 0) rig.settle();
  }
};
rig.settle();
fill();
const starvedAt = sequence;
// What is under way still fits; then the line stops with a reason instead of an endless wait.
let after = 0;
let stopped = "";
const stream = "client0";
let another = "";
try {
  const place = { name: stream, wordsAt: 1024, address: reserve(COPIES * SEGMENT_BYTES) };
  openStreams(rig.journal, [place], new Map(), rig.shared, SEGMENT_BYTES, IN_DATA_DIRECTORY);
} catch (error) {
  another = (error as Error).message;
}
while (after < 300) {
  rig.message(1, ++sequence, 200);
  after++;
}
unlinkSync(ballast);
rig.settle();
const recovered = !rig.writer.starved;
fill();
const recoveredEntries = sequence - starvedAt - after;
try {
  for (; ; rig.settle()) while (rig.writer.room(ENTRY_BYTES)) rig.message(1, ++sequence, 200);
} catch (error) {
  stopped = (error as Error).message;
}
const written = sequence;
rig.abandon();
const read = readBack(`${dir}/data`).sequences.length;
console.log(JSON.stringify({ starvedAt, after, recovered, recoveredEntries, stopped, another, written, read }));
