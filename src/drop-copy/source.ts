import { SEGMENT_HEADER_BYTES } from "../journal/layout.ts";
import { positionAt, syncedAt, UNKNOWN, writtenAt } from "../journal/positions.ts";
import { removedOf } from "../journal/store/archive.ts";
import { endOfFiles, nextIntact } from "../journal/store/next-intact.ts";
import { type EntryView, StreamReader } from "../journal/store/reader.ts";

/** A client agent's journal stream. */
export interface SourcePlace {
  readonly stream: string;
  /** Number of the client agent: 0 of `client0`. */
  readonly agent: number;
  /** First of the stream's words; null: no agent writes it in this run. */
  readonly word: number | null;
  /** Where a session without a position begins. */
  readonly begin: number;
}

/** Part of a stream that is passed over. */
export interface Skipped {
  readonly from: number;
  readonly to: number;
}

/** Follows a client agent's stream in its files, entry by entry. A stream that nobody writes is read to its end, once. */
export class Source {
  readonly stream: string;
  readonly agent: number;
  /** Null: it is opened at `at` by the next call of `next`. */
  private reader: StreamReader | null = null;
  private at: number;
  /** An entry that is not on the disk yet, or that is not copied for all sessions. */
  private held: EntryView | null = null;
  /** A position where the writer was: once the files have all before it, there is an entry at each place before it. */
  private mark = 0;
  private hasEnded = false;

  constructor(
    private readonly dir: string,
    private readonly place: SourcePlace,
    /** Where it begins to read. */
    from: number,
    private readonly ints: Int32Array,
    private readonly segmentBytes: number,
    /** Entries count once they are on the disk: a copy must not outlive its report. */
    private readonly onDisk: boolean,
  ) {
    this.stream = place.stream;
    this.agent = place.agent;
    this.at = from;
  }

  /** The next entry, valid until the next call; null: there is none yet. Throws Damaged, and tries the same place again when it is called again. */
  next(): EntryView | null {
    if (this.hasEnded) return null;
    try {
      const entry = this.held ?? this.read();
      this.held = null;
      if (entry === null || this.isOnDisk()) return entry;
      this.held = entry;
      return null;
    } catch (error) {
      this.restart(this.position);
      throw error;
    }
  }

  /** The entry that `next` has given is to be given again. */
  hold(entry: EntryView): void {
    this.held = entry;
  }

  /** Position behind the entry that `next` has given. */
  get position(): number {
    const { reader, at } = this;
    return reader === null || reader.position === 0 ? at : reader.position;
  }

  /** Up to here all entries are given and copied: `position`, but for an entry that is held. */
  get done(): number {
    return this.held?.position ?? this.position;
  }

  /** True when all entries before a position of `written` are copied; of a stream that nobody writes: all it has. */
  hasDone(written: number): boolean {
    return this.place.word === null ? this.hasEnded : this.done >= written;
  }

  /** Bytes that are not copied, as far as it is known: of a stream that nobody writes, those of a held entry alone. */
  get behindBytes(): number {
    return Math.max(this.written, this.position) - this.done;
  }

  /** Bytes that were passed since the last call, and that a repair of the journal has marked as lost. */
  takeLost(): number {
    const { reader } = this;
    if (reader === null || reader.lostBytes === 0) return 0;
    const { lostBytes } = reader;
    reader.lostBytes = 0;
    return lostBytes;
  }

  /** Position of the stream's writer; 0: nobody writes it, or the writer is between two segments. */
  get written(): number {
    if (this.place.word === null) return 0;
    const written = positionAt(this.ints, this.place.word, this.segmentBytes);
    return written === UNKNOWN ? 0 : written;
  }

  /** Passes over what retention has deleted. Returns  the part, or null: its next segment is not deleted. */
  skipDeleted(): Skipped | null {
    const from = this.position;
    const removed = removedOf(this.dir)[this.stream] ?? 0;
    if (Math.floor(from / this.segmentBytes) > removed) return null;
    const to = (removed + 1) * this.segmentBytes;
    this.restart(to);
    return { from, to };
  }

  /** Passes over what can't be read or copied: up to the next intact entry. Returns  the part, or null: nothing is behind it. */
  skip(): Skipped | null {
    const { dir, stream, segmentBytes } = this;
    const from = this.done;
    const to = this.held === null ? (nextIntact(dir, stream, from + 8, segmentBytes) ?? this.end()) : this.position;
    if (to <= from) return null;
    this.restart(to);
    return { from, to };
  }

  close(): void {
    this.reader?.close();
    this.reader = null;
  }

  private read(): EntryView | null {
    const { written } = this;
    // A look into the files costs more than this, and mostly nothing is new.
    if (written > 0 && written <= this.position) return null;
    const reader = this.opened();
    const entry = reader?.next() ?? null;
    if (entry !== null) return entry;
    if (this.place.word === null) {
      // Nobody adds anything to it.
      this.at = this.position;
      this.hasEnded = true;
      this.close();
      return null;
    }
    return reader === null ? null : this.readAgain(reader);
  }

  /** Null: it is at the end of a stream that nobody writes. */
  private opened(): StreamReader | null {
    if (this.reader !== null) return this.reader;
    const { dir, stream, segmentBytes } = this;
    const segment = Math.floor(this.at / segmentBytes);
    // An entry may end exactly where its segment does.
    const from = Math.max(this.at, segment * segmentBytes + SEGMENT_HEADER_BYTES);
    const isAfterAll = this.at === segment * segmentBytes && endOfFiles(dir, stream, segmentBytes) <= this.at;
    if (isAfterAll && this.place.word === null) return null;
    this.reader = new StreamReader(dir, stream, { from, follow: this.place.word !== null });
    return this.reader;
  }

  /** Where no entry is yet: there must be one if the files have more than what is read. */
  private readAgain(reader: StreamReader): EntryView | null {
    const { word } = this.place;
    if (this.mark <= this.position) this.mark = this.written;
    if (this.mark <= this.position || writtenAt(this.ints, word!, this.segmentBytes) < this.mark) return null;
    const entry = reader.next();
    if (entry === null && this.position < this.mark) throw reader.faultHere();
    return entry;
  }

  /** Where entries that are not written yet begin, as far as it is known. */
  private end(): number {
    return this.place.word === null ? endOfFiles(this.dir, this.stream, this.segmentBytes) : this.mark;
  }

  private restart(at: number): void {
    this.close();
    this.held = null;
    this.at = at;
  }

  private isOnDisk(): boolean {
    if (!this.onDisk || this.place.word === null) return true;
    return this.position <= syncedAt(this.ints, this.place.word, this.segmentBytes);
  }
}
