import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  renameSync,
  writeSync,
} from "node:fs";
import { syncDirectory } from "../../../ffi/file.ts";
import { headerBytesOf, lostHeader } from "../entry.ts";
import { FORMAT_VERSION, SEGMENT_HEADER_BYTES, segmentFile } from "../layout.ts";
import { headerBytes } from "../segment.ts";
import { listArchived, removedOf } from "./archive.ts";
import { type Findings, inspect, type LostRange } from "./damage.ts";
import { type JournalNames, readNames } from "./names.ts";

// The steps of `sallyport journal repair`, which lists them before it applies them. Every intact entry keeps its position
// and order. Unreadable ranges are marked as lost. Every changed or removed file is kept under another name.

/** One step: a finding and its repair. */
export interface RepairStep {
  readonly file: string;
  readonly found: string;
  /** The action of `apply`, or of the operator. */
  readonly will: string;
  /** Null: only the operator can repair this. */
  readonly apply: (() => void) | null;
}

interface Segment {
  readonly number: number;
  readonly found: Findings;
}

const SEGMENT_NAME = /^(.+)-(\d{8})\.journal$/;

/** Plans the repair of a data directory that no gateway uses. Throws an error of one line when it has no names. */
export function planRepair(dir: string): RepairStep[] {
  const names = readNames(dir);
  if (names === null)
    throw new Error(`${dir}: holds no journal (names.json is missing); give a gateway's data directory`);
  return new Planner(dir, names).plan();
}

class Planner {
  private readonly steps: RepairStep[] = [];
  private readonly streams = new Map<string, Segment[]>();

  constructor(
    private readonly dir: string,
    private readonly names: JournalNames,
  ) {}

  plan(): RepairStep[] {
    for (const file of readdirSync(this.dir).sort()) if (file.endsWith(".journal")) this.file(file);
    for (const [stream, segments] of this.streams) this.stream(stream, segments);
    return this.steps;
  }

  /** Plans the steps for one file, and adds it to its stream if it is a segment. */
  private file(file: string): void {
    const path = `${this.dir}/${file}`;
    const match = SEGMENT_NAME.exec(file);
    if (match === null) {
      this.moveAside(path, "not a segment of a stream");
      return;
    }
    const stream = match[1]!;
    const number = Number(match[2]);
    const found = inspect(path, { segment: number, segmentBytes: this.names.segmentBytes });
    if (found.unreadable !== null) {
      this.steps.push({ file: path, found: found.unreadable, will: "make it readable to this user", apply: null });
    } else if (found.header === "version") {
      const will = "use the binary that wrote it, or give another --data directory";
      this.steps.push({ file: path, found: "written by another version of Sallyport", will, apply: null });
    } else if (found.header === "whole" && found.birth !== this.names.birth) {
      this.moveAside(path, "belongs to another data directory");
      return;
    } else if (found.header === "whole" && found.segment !== number) {
      this.renamed(path, stream, found);
      return;
    } else if (found.header !== "whole") {
      if (found.entries === 0) {
        this.moveAside(
          path,
          found.header === "foreign" ? "not a Sallyport journal file" : "its header is damaged, and it has no entry",
        );
        return;
      }
      this.rewriteHeader(path, stream, number, found);
    }
    const segments = this.streams.get(stream) ?? [];
    this.streams.set(stream, segments);
    segments.push({ number, found });
  }

  private stream(stream: string, segments: readonly Segment[]): void {
    const last = segments.findLast(({ found }) => found.entries > 0)?.number ?? 0;
    // Segments in the archive, or deleted there, are not missing.
    let expected = Math.max(removedOf(this.dir)[stream] ?? 0, ...(listArchived(this.dir).get(stream) ?? [])) + 1;
    for (const { number, found } of segments) {
      for (; expected < number; expected++) this.missing(stream, expected);
      expected = number + 1;
      const lost =
        number < last && found.tail.to - found.tail.from >= headerBytesOf(found.version)
          ? [...found.lost, found.tail]
          : found.lost;
      const path = `${this.dir}/${segmentFile(stream, number)}`;
      if (lost.length > 0) this.markLost(path, lost, number < last ? " or in later files" : "", number, found.version);
    }
  }

  private moveAside(path: string, found: string): void {
    const to = asideName(path, "foreign");
    this.steps.push({ file: path, found, will: `renames it to ${to}`, apply: () => renameSync(path, to) });
  }

  private renamed(path: string, stream: string, found: Findings): void {
    const right = `${this.dir}/${segmentFile(stream, found.segment)}`;
    if (existsSync(right)) {
      this.moveAside(path, `its header has segment ${found.segment}, which exists already`);
      return;
    }
    const apply = (): void => renameSync(path, right);
    this.steps.push({
      file: path,
      found: `its header has segment ${found.segment}`,
      will: `renames it to ${right}`,
      apply,
    });
    const segments = this.streams.get(stream) ?? [];
    this.streams.set(stream, segments);
    segments.push({ number: found.segment, found });
    segments.sort((a, b) => a.number - b.number);
  }

  private rewriteHeader(path: string, stream: string, number: number, found: Findings): void {
    const kept = asideName(path, "damaged");
    const apply = (): void => {
      keepCopy(path, kept);
      patch(path, 0, headerBytes(stream, number, this.names.segmentBytes, this.names.birth, found.version));
    };
    const entries = found.entries.toLocaleString("en");
    const will = `rewrites the header from the file's name (a copy is kept as ${kept})`;
    this.steps.push({
      file: path,
      found: `its header is damaged; ${entries} intact entries follow`,
      will,
      apply,
    });
  }

  private missing(stream: string, number: number): void {
    const path = `${this.dir}/${segmentFile(stream, number)}`;
    const { segmentBytes, birth } = this.names;
    const apply = (): void => {
      const fd = openSync(path, "wx", 0o640);
      ftruncateSync(fd, segmentBytes);
      closeSync(fd);
      patch(path, 0, headerBytes(stream, number, segmentBytes, birth, FORMAT_VERSION));
      const position = number * segmentBytes + SEGMENT_HEADER_BYTES;
      patch(path, SEGMENT_HEADER_BYTES, lostHeader(segmentBytes - SEGMENT_HEADER_BYTES, FORMAT_VERSION, position));
    };
    const will =
      "makes an empty file in its place, marked as lost; to keep its entries, restore it from a copy instead";
    this.steps.push({ file: path, found: "missing, though later ones are there", will, apply });
  }

  private markLost(path: string, lost: readonly LostRange[], where: string, segment: number, version: number): void {
    const kept = asideName(path, "damaged");
    const begin = segment * this.names.segmentBytes;
    const apply = (): void => {
      keepCopy(path, kept);
      for (const { from, to } of lost) patch(path, from, lostHeader(to - from, version, begin + from));
    };
    const places = lost.map(({ from, to, entry }) => `entry ${entry} at offset ${from} (${to - from} bytes)`);
    const found = `no entry can be read at ${places.join(", ")}; intact ones follow in it${where}`;
    this.steps.push({
      file: path,
      found,
      will: `marks them as lost and keeps all others (a copy is kept as ${kept})`,
      apply,
    });
  }
}

/** Applies the steps in order, except those for the operator. */
export function applyRepair(dir: string, steps: readonly RepairStep[]): void {
  for (const step of steps) step.apply?.();
  syncDirectory(dir);
}

/** The next free name: a second repair keeps the copies of the first. */
function asideName(path: string, why: string): string {
  for (let i = 1; ; i++) if (!existsSync(`${path}.${why}-${i}`)) return `${path}.${why}-${i}`;
}

/** Two steps may copy the same file: the first copy is the original. */
function keepCopy(path: string, kept: string): void {
  if (!existsSync(kept)) copyFileSync(path, kept, constants.COPYFILE_EXCL);
}

function patch(path: string, at: number, bytes: Uint8Array): void {
  const fd = openSync(path, "r+");
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
