// A week of trading under a simulated clock: the real core, journal, keeper, snapshots and retention, one thread, no sockets.
// Orders come in eight hours of each day; once an hour the journal gets a snapshot and is cleared, as the gateway does it.
// A hundredth of 12 million orders a day, in segments that are 32 times smaller. What files and memory grow to is checked.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KIB, MIB } from "../src/base/units.ts";
import { segmentFile } from "../src/journal/layout.ts";
import { archiveOf } from "../src/journal/store/archive.ts";
import { listStreams } from "../src/journal/store/reader.ts";
import { retain } from "../src/journal/store/retention.ts";
import { takeSnapshot } from "../src/recovery/snapshot.ts";
import { Day, dayConfig, restart } from "./day.ts";
import { check, report, scaled, TINY } from "./measure.ts";

const DAYS = 7;
const HOURS = 8;
const ORDERS_A_DAY = scaled(120_000, 4_000);
const SEGMENT_BYTES = TINY ? 64 * KIB : MIB;
const TERMS = { resendHours: 24, archiveDays: 3, archiveGiB: 0 };
const OPEN_ORDERS = 1_000;
const HOUR_US = 3_600_000_000;
const CONFIG = dayConfig(16_384);

const data = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "sallyport-week-"));

/** Times of the last entries, as file times: these come from the machine's clock. */
const writtenUs = new Map<string, number>();

function bytesIn(dir: string, isWanted: (name: string) => boolean): number {
  if (!existsSync(dir)) return 0;
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isWanted(entry.name))
    .reduce((sum, { name }) => sum + statSync(join(dir, name)).blocks * 512, 0);
}

function segmentsNow(day: Day): Record<string, number> {
  return Object.fromEntries(
    Object.entries(day.positions()).map(([name, position]) => [name, Math.floor(position / SEGMENT_BYTES)]),
  );
}

async function hourEnds(day: Day, since: Record<string, number>): Promise<number> {
  const now = segmentsNow(day);
  for (const [stream, last] of Object.entries(now))
    for (let segment = since[stream]!; segment <= last; segment++)
      writtenUs.set(segmentFile(stream, segment), day.wallUs);
  for (const [stream, segments] of listStreams(data))
    for (const segment of segments) {
      const file = segmentFile(stream, segment);
      const atS = (writtenUs.get(file) ?? day.wallUs) / 1e6;
      utimesSync(join(data, file), atS, atS);
    }
  takeSnapshot({ dir: data, birth: day.journal.names.birth, core: CONFIG, positions: day.positions(), keep: 2 });
  return (await retain(data, SEGMENT_BYTES, now, TERMS, day.wallUs / 1000)).moved;
}

/** Names and sizes of a day's end. */
interface Sizes {
  readonly journal: number;
  readonly other: number;
  readonly archive: number;
  readonly rss: number;
  readonly heap: number;
}

try {
  const day = new Day(data, CONFIG, SEGMENT_BYTES, 2027);
  day.mostOpen = OPEN_ORDERS;
  const beginUs = day.wallUs;
  const sizes: Sizes[] = [];
  let moved = 0;
  let written = 0;
  for (let number = 0; number < DAYS; number++) {
    const before = Object.values(day.positions()).reduce((sum, position) => sum + position, 0);
    for (let hour = 0; hour < 24; hour++) {
      const since = segmentsNow(day);
      if (hour < HOURS) {
        const orders = day.entered + ORDERS_A_DAY / HOURS;
        while (day.entered < orders) day.trade(100);
      }
      day.waitUntil(beginUs + (24 * number + hour + 1) * HOUR_US);
      moved += await hourEnds(day, since);
    }
    written = Object.values(day.positions()).reduce((sum, position) => sum + position, 0) - before;
    Bun.gc(true);
    const { rss, heapUsed } = process.memoryUsage();
    const journal = bytesIn(data, (name) => name.endsWith(".journal"));
    const other = bytesIn(data, (name) => !name.endsWith(".journal"));
    const archive = bytesIn(archiveOf(data), () => true);
    sizes.push({ journal, other, archive, rss, heap: heapUsed });
    console.log(
      `day ${number + 1}: journal written ${mib(written)}, in the data directory ${mib(journal)} and ${mib(other)} of snapshots, archive ${mib(archive)}, resident ${mib(rss)}, heap ${mib(heapUsed)}`,
    );
  }
  report("orders", day.entered, "orders");
  report("journal, a million orders", (written * 1e6) / ORDERS_A_DAY / MIB, "MiB");
  report("segments archived", moved, "segments");
  const end = sizes.at(-1)!;
  const steady = sizes[4]!;
  check("the data directory holds two days at most", end.journal < 2.1 * written + 12 * SEGMENT_BYTES, true);
  check(
    "and has stopped growing",
    end.journal + end.other <= 1.1 * (steady.journal + steady.other) + 4 * SEGMENT_BYTES,
    true,
  );
  check("the archive was used, and has stopped growing", end.archive > 0 && end.archive <= 1.1 * steady.archive, true);
  // The core that makes a snapshot is collected at any later time, so of some days the least counts.
  const least = (days: readonly Sizes[]): number => Math.min(...days.map(({ rss }) => rss));
  const before = least(sizes.slice(1, 4));
  if (!TINY) check("resident memory has stopped growing", least(sizes.slice(4)) <= 1.05 * before + 8 * MIB, true);
  check("so has the heap", end.heap <= 1.1 * steady.heap + MIB, true);
  const digest = day.core.digest();
  const { birth } = day.journal.names;
  day.abandon();
  const began = performance.now();
  check("a start finds the core that ended", restart(data, birth, CONFIG).digest, digest);
  report("start after the week", performance.now() - began, "ms");
} finally {
  rmSync(data, { recursive: true, force: true });
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
