import { positionAt, syncedAt, UNKNOWN } from "../journal/positions.ts";
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

/** Follows a client agent's stream in its files, entry by entry. */
export class Source {
  readonly stream: string;
  readonly agent: number;
  private reader: StreamReader;
  /** An entry that is not on the disk yet, or that is not copied for all sessions. */
  private held: EntryView | null = null;

  constructor(
    private readonly dir: string,
    private readonly place: SourcePlace,
    /** Where it begins to read. */
    private readonly from: number,
    private readonly ints: Int32Array,
    private readonly segmentBytes: number,
    /** Entries count once they are on the disk: a copy must not outlive its report. */
    private readonly onDisk: boolean,
  ) {
    this.stream = place.stream;
    this.agent = place.agent;
    this.reader = new StreamReader(dir, place.stream, { from, follow: true });
  }

  /** The next entry, valid until the next call; null: there is none yet. Throws Damaged. */
  next(): EntryView | null {
    const entry = this.held ?? this.reader.next();
    this.held = null;
    if (entry === null || this.isOnDisk()) return entry;
    this.held = entry;
    return null;
  }

  /** The entry that `next` has given is to be given again. */
  hold(entry: EntryView): void {
    this.held = entry;
  }

  /** Position behind the entry that `next` has given. */
  get position(): number {
    return this.hasBegun ? this.reader.position : this.from;
  }

  /** An entry was read, or the place of the first one. */
  get hasBegun(): boolean {
    return this.reader.position > 0;
  }

  /** Position of the stream's writer; 0: nobody writes it, or the writer is between two segments. */
  get written(): number {
    if (this.place.word === null) return 0;
    const written = positionAt(this.ints, this.place.word, this.segmentBytes);
    return written === UNKNOWN ? 0 : written;
  }

  /** Continues with the oldest entry that is left: those before it were deleted. */
  skipDeleted(): void {
    this.reader.close();
    this.held = null;
    this.reader = new StreamReader(this.dir, this.stream, { follow: true, partial: true });
  }

  close(): void {
    this.reader.close();
  }

  private isOnDisk(): boolean {
    if (!this.onDisk || this.place.word === null) return true;
    return this.reader.position <= syncedAt(this.ints, this.place.word, this.segmentBytes);
  }
}
