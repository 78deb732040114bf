import { closeSync, mkdirSync, openSync, readdirSync, readSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Ends } from "../audit/read.ts";
import { segmentFile } from "../journal/layout.ts";
import { archivedPath, listArchived } from "../journal/store/archive.ts";
import { readNames } from "../journal/store/names.ts";
import { listStreams } from "../journal/store/reader.ts";
import type { DayOutput } from "../operation/day.ts";
import { REPORT_KINDS } from "../operation/reports.ts";
import { makeReport } from "./job.ts";
import type { DayRange } from "./trading-day.ts";

const FORMATS = ["csv", "parquet"] as const;
const CHUNK_BYTES = 1 << 20;
const SUMS = "SHA256SUMS";
const JOURNAL_SUMS = "JOURNAL.SHA256SUMS";

/** An end of day's files to write; plain data. */
export interface CloseJob {
  readonly kind: "close";
  /** Data directory. */
  readonly dir: string;
  readonly range: DayRange;
  readonly until: Ends;
  /** Directory to write into; it is made. */
  readonly out: string;
}

/**
 * Writes every report of a day as CSV and Parquet, and two lists for `sha256sum -c`: of the reports, and of the journal's segments that
 * are complete. A file is there as a whole or not at all. Returns what was written.
 */
export function closeDay({ dir, range, until, out }: CloseJob): DayOutput[] {
  mkdirSync(out, { recursive: true, mode: 0o750 });
  const written: DayOutput[] = [];
  for (const kind of REPORT_KINDS)
    for (const format of FORMATS) {
      let rows = 0;
      const file = `${kind}.${format}`;
      const output = write(join(out, file), (add) => {
        rows = makeReport({ dir, kind, range, format, until }, add);
      });
      written.push({ ...output, file, rows });
    }
  const sums = written.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join("");
  const segments = completeSegments(dir, until).map((path) => `${sha256Of(path)}  ${path}\n`);
  for (const [file, text, rows] of [
    [SUMS, sums, written.length],
    [JOURNAL_SUMS, segments.join(""), segments.length],
  ] as const)
    written.push({ ...write(join(out, file), (add) => add(new TextEncoder().encode(text))), file, rows });
  return written;
}

/** Writes a file under a temporary name, and renames it when it is whole. */
function write(path: string, fill: (add: (bytes: Uint8Array) => void) => void): { bytes: number; sha256: string } {
  const hash = new Bun.CryptoHasher("sha256");
  let bytes = 0;
  const fd = openSync(`${path}.new`, "w", 0o640);
  try {
    fill((chunk) => {
      hash.update(chunk);
      bytes += chunk.length;
      for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
    });
  } finally {
    closeSync(fd);
  }
  renameSync(`${path}.new`, path);
  return { bytes, sha256: hash.digest("hex") };
}

/** Paths of segments that nobody writes any more: those before the ends of their streams, and those in the archive. */
function completeSegments(dir: string, until: Ends): string[] {
  const { segmentBytes } = readNames(dir)!;
  const archived = [...listArchived(dir)].flatMap(([stream, numbers]) =>
    numbers.map((number) => archivedPath(dir, stream, number)),
  );
  const files = new Set(readdirSync(dir));
  const plain = [...listStreams(dir)].flatMap(([stream, numbers]) =>
    numbers
      .filter((number) => number < Math.floor((until[stream] ?? Number.POSITIVE_INFINITY) / segmentBytes))
      .map((number) => segmentFile(stream, number)),
  );
  return [...archived, ...plain.filter((file) => files.has(file)).map((file) => join(dir, file))];
}

function sha256Of(path: string): string {
  const hash = new Bun.CryptoHasher("sha256");
  const buffer = new Uint8Array(CHUNK_BYTES);
  const fd = openSync(path, "r");
  try {
    for (let count = readSync(fd, buffer); count > 0; count = readSync(fd, buffer))
      hash.update(buffer.subarray(0, count));
  } finally {
    closeSync(fd);
  }
  return hash.digest("hex");
}
