import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  linkSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { syncDirectory } from "../../../ffi/file.ts";
import { MIB } from "../../base/units.ts";
import { Views } from "../../base/views.ts";
import { checkWords } from "../check.ts";
import { headOf } from "./file-head.ts";
import type { RecoveredSession, Taken } from "./recover.ts";

/*  A snapshot is a file `<number>.snapshot` beside the segments: the state after the journal's entries up to some positions.
 *
 *  byte 0          4096
 *       ┌──────────┬──────────┬──────────┬─ ─ ─┬────────────┐   sections  words of tables, each at a multiple of 8
 *       │ header   │ section  │ section  │     │ contents   │   contents  JSON: positions, numbers, offsets of sections
 *       └──────────┴──────────┴──────────┴─ ─ ─┴────────────┘
 *  header  0        8        12        16        24           28         32 (ints but for contentsAt)
 *         ┌────────┬────────┬─────────┬─────────┬────────────┬──────────┐
 *         │ magic  │version │ birth   │contents │ contents'  │ check of │   each section's check stands in the contents
 *         │        │        │         │  At     │ bytes,check│ the rest │
 *         └────────┴────────┴─────────┴─────────┴────────────┴──────────┘
 *  It is written under a temporary name with the process id, synced, and renamed unless the name is taken: a file with its
 *  final name is complete, unless it was damaged later. A snapshot process may outlive its gateway and run beside the next.
 */
const HEADER_BYTES = 4096;
const MAGIC_0 = 0x4c4c4153;
const MAGIC_1 = 0x504e5359;
/** Version 1 had ids of up to 32 bytes only, versions 1 and 2 numbers in doubles. */
const VERSION = 3;
const OLDEST_VERSION = 1;
/** What this binary reads, oldest and newest, and writes. */
export const SNAPSHOT_FORMATS = { reads: [OLDEST_VERSION, VERSION], writes: VERSION } as const;
const CHUNK_BYTES = 4 * MIB;
const NAME = /^(\d{8})\.snapshot$/;
const UNMADE = ".making";
const LEFT = /\.snapshot(?:\.(\d+))?\.making$/;

interface Section {
  readonly name: string;
  readonly at: number;
  readonly words: number;
  readonly check: number;
}

/** Contents of a snapshot besides the core's tables. */
export interface SnapshotFacts {
  /** Time of the snapshot. */
  atUs: number;
  /** End of the entries that it covers, by stream: an absolute position. */
  positions: Record<string, number>;
  /** Inputs of the core that it covers, since the journal began. */
  inputs: number;
  /** The core's position in each session, by client session and by venue. */
  clients: [number, Taken][];
  venues: [number, Taken][];
  /** Sessions of each client or venue stream. */
  sides: Record<string, [number, RecoveredSession][]>;
}

interface Contents extends SnapshotFacts {
  sections: Section[];
  numbers: Record<string, number[]>;
}

/** Writes one snapshot; a StateSink. Throws errors of the disk, and then leaves no file. */
export class SnapshotWriter {
  readonly path: string;
  private readonly unmade: string;
  private readonly fd: number;
  private readonly sections: Section[] = [];
  private readonly values: Record<string, number[]> = {};
  private at = HEADER_BYTES;

  constructor(
    private readonly dir: string,
    number: number,
    private readonly birth: number,
  ) {
    this.path = `${dir}/${String(number).padStart(8, "0")}.snapshot`;
    this.unmade = `${this.path}.${process.pid}${UNMADE}`;
    // An earlier file of this name may still be open in another process, so a new one is made.
    rmSync(this.unmade, { force: true });
    this.fd = openSync(this.unmade, "wx", 0o640);
  }

  numbers(name: string, values: readonly number[]): void {
    this.values[name] = [...values];
  }

  words(name: string, words: Int32Array, count: number): void {
    const bytes = new Uint8Array(words.buffer, words.byteOffset, 4 * count);
    this.sections.push({ name, at: this.at, words: count, check: sum(words, count) });
    this.write(bytes, this.at);
    this.at = (this.at + bytes.length + 7) & ~7;
  }

  /** Completes the snapshot under its final name. Throws when another one has the number. */
  finish(facts: SnapshotFacts): void {
    const contents: Contents = { ...facts, sections: this.sections, numbers: this.values };
    const text = padded(new TextEncoder().encode(JSON.stringify(contents)));
    this.write(text.bytes, this.at);
    const header = Views.allocate(HEADER_BYTES);
    const { ints } = header;
    ints[0] = MAGIC_0;
    ints[1] = MAGIC_1;
    ints[2] = VERSION;
    ints[3] = this.birth;
    header.doubles[2] = this.at;
    ints[6] = text.bytes.length;
    ints[7] = sum(text.ints, text.bytes.length >> 2);
    ints[8] = checkWords(ints, 0, 8, 0);
    this.write(header.bytes, 0);
    fdatasyncSync(this.fd);
    linkSync(this.unmade, this.path);
    closeSync(this.fd);
    unlinkSync(this.unmade);
    syncDirectory(this.dir);
  }

  abandon(): void {
    closeSync(this.fd);
    rmSync(this.unmade, { force: true });
  }

  private write(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.fd, bytes, done, Math.min(CHUNK_BYTES, bytes.length - done), at + done);
    }
  }
}

/** Versions of the snapshots in a directory, also of those that this binary does not read. */
export function snapshotFormats(dir: string): number[] {
  const snapshots = readdirSync(dir).filter((file) => NAME.test(file));
  return snapshots.map((file) => headOf(`${dir}/${file}`)).flatMap(({ ints }) => (isSnapshot(ints) ? [ints[2]!] : []));
}

function isSnapshot(ints: Int32Array): boolean {
  return ints[0] === MAGIC_0 && ints[1] === MAGIC_1;
}

/** Reads an intact snapshot; a StateSource. */
export class SnapshotReader {
  readonly birth: number;
  readonly facts: SnapshotFacts;
  private readonly contents: Contents;
  private readonly fd: number;

  /** Checks all of it unless it is `checked` already. Throws an error of one line. */
  constructor(
    readonly path: string,
    checked = false,
  ) {
    this.fd = openSync(path, "r");
    try {
      const header = Views.allocate(HEADER_BYTES);
      const { ints } = header;
      this.read(header.bytes, 0);
      if (!isSnapshot(ints)) throw new Error("not a snapshot");
      if (ints[2]! < OLDEST_VERSION || ints[2]! > VERSION)
        throw new Error(`version ${ints[2]}, this binary reads ${OLDEST_VERSION} to ${VERSION}`);
      if (ints[8] !== checkWords(ints, 0, 8, 0)) throw new Error("damaged at offset 0");
      this.birth = ints[3]!;
      const at = header.doubles[2]!;
      const text = Views.allocate(ints[6]!);
      this.read(text.bytes.subarray(0, ints[6]), at);
      if (ints[7] !== sum(text.ints, ints[6]! >> 2)) throw new Error(`damaged at offset ${at}`);
      this.contents = JSON.parse(new TextDecoder().decode(text.bytes.subarray(0, ints[6]))) as Contents;
      this.facts = this.contents;
      if (!checked) for (const section of this.contents.sections) this.check(section);
    } catch (error) {
      closeSync(this.fd);
      throw error;
    }
  }

  numbers(name: string): number[] {
    return this.contents.numbers[name] ?? [];
  }

  has(name: string): boolean {
    return this.contents.sections.some((section) => section.name === name);
  }

  length(name: string): number {
    return this.section(name).words;
  }

  words(name: string, into: Int32Array): void {
    const { at, words } = this.section(name);
    if (words > into.length) throw new Error(`${name}: expected at most ${into.length} words, got ${words}`);
    this.read(new Uint8Array(into.buffer, into.byteOffset, 4 * words), at);
  }

  close(): void {
    closeSync(this.fd);
  }

  private section(name: string): Section {
    const found = this.contents.sections.find((section) => section.name === name);
    if (found === undefined) throw new Error(`${this.path}: has no ${name}`);
    return found;
  }

  private check({ at, words, check }: Section): void {
    const chunk = Views.allocate(Math.min(CHUNK_BYTES, 4 * words));
    let so = 0;
    for (let done = 0; done < words; ) {
      const count = Math.min(CHUNK_BYTES >> 2, words - done);
      this.read(chunk.bytes.subarray(0, 4 * count), at + 4 * done);
      so = checkWords(chunk.ints, 0, count, so);
      done += count;
    }
    if (so !== check) throw new Error(`damaged at offset ${at} to ${at + 4 * words}`);
  }

  private read(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(this.fd, bytes, done, Math.min(CHUNK_BYTES, bytes.length - done), at + done);
      if (count <= 0) throw new Error(`ends at offset ${fstatSync(this.fd).size}`);
      done += count;
    }
  }
}

/** Check over the same chunks in which it is read back. */
function sum(words: Int32Array, count: number): number {
  let so = 0;
  for (let at = 0; at < count; at += CHUNK_BYTES >> 2) {
    so = checkWords(words, at, Math.min(CHUNK_BYTES >> 2, count - at), so);
  }
  return so;
}

function padded(bytes: Uint8Array): { bytes: Uint8Array; ints: Int32Array } {
  const buffer = new ArrayBuffer((bytes.length + 7) & ~7);
  const all = new Uint8Array(buffer).fill(0x20);
  all.set(bytes);
  return { bytes: all, ints: new Int32Array(buffer) };
}

/** The numbers of a directory's snapshots, newest first. */
export function listSnapshots(dir: string): number[] {
  if (!existsSync(dir)) return [];
  const numbers = readdirSync(dir).map((file) => Number(NAME.exec(file)?.[1] ?? 0));
  return numbers.filter((number) => number > 0).sort((a, b) => b - a);
}

export function snapshotPath(dir: string, number: number): string {
  return `${dir}/${String(number).padStart(8, "0")}.snapshot`;
}

/**
 * Opens the newest intact snapshot of this directory; `notice` gets a line for each other one.
 * Returns  null when there is none: then the whole journal is read.
 */
export function newestSnapshot(dir: string, birth: number, notice: (text: string) => void): SnapshotReader | null {
  for (const number of listSnapshots(dir)) {
    const path = snapshotPath(dir, number);
    try {
      const snapshot = new SnapshotReader(path);
      if (snapshot.birth === birth) return snapshot;
      snapshot.close();
      notice(`${path}: belongs to another data directory; it is ignored`);
    } catch (error) {
      notice(`${path}: ${(error as Error).message}; it is ignored, and more of the journal is read`);
    }
  }
  return null;
}

/** Removes all but the newest snapshots, and temporary files of processes that have ended. */
export function pruneSnapshots(dir: string, keep: number): void {
  for (const number of listSnapshots(dir).slice(keep)) unlinkSync(snapshotPath(dir, number));
  for (const file of readdirSync(dir)) {
    const left = LEFT.exec(file);
    if (left !== null && !(left[1] !== undefined && existsSync(`/proc/${left[1]}`)))
      rmSync(`${dir}/${file}`, { force: true });
  }
}
