import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { QuoteStream, type StreamParts } from "./quote-stream.ts";

const CHUNK = 1 << 20;
/** Most of a file that is read at once: the main thread has other things to do. */
const MOST_CHUNKS = 8;
/** Bytes before the place up to which a file is read, by which one that was written anew is known. */
const MARK = 64;

/** A file whose time is so far ahead of the clock has a wrong one. */
const AHEAD_MS = 1_000;

/**
 * Follows a file of quotes: what is added to it, and all of another one that takes its place, or that is written anew. A quote without a
 * time has the one at which the file was last changed; where that lies ahead of the clock, it is too old.
 */
export class QuoteFile {
  private fd = -1;
  private inode = 0;
  private offset = 0;
  private changedMs = 0;
  /** Its bytes at the last look. */
  private size = 0;
  private mark = Buffer.alloc(0);
  private stream: QuoteStream;
  private readonly chunk = new Uint8Array(CHUNK);

  constructor(
    private readonly path: string,
    private readonly parts: StreamParts,
  ) {
    this.stream = new QuoteStream(path, parts);
  }

  /** Reads what is new. Returns why it can't be, or "". */
  poll(): string {
    try {
      this.follow();
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** False while the last look has left some of the file unread. */
  get isAtEnd(): boolean {
    return this.offset >= this.size;
  }

  close(): void {
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
  }

  private follow(): void {
    const stat = statSync(this.path);
    // One of another kind, such as a pipe, would keep the main thread.
    if (!stat.isFile()) throw new Error(`${this.path}: expected a file, got something else`);
    const { ino } = stat;
    if (this.fd >= 0 && ino !== this.inode) {
      // What was added to the old one before, all of it: nobody reads it again.
      this.read(Number.POSITIVE_INFINITY);
      this.begin();
    }
    if (this.fd < 0) {
      this.fd = openSync(this.path, "r");
      this.inode = fstatSync(this.fd).ino;
    }
    this.read(MOST_CHUNKS);
  }

  private begin(): void {
    this.close();
    this.again();
  }

  /** From the begin of the file. */
  private again(): void {
    this.stream.end();
    const lost = this.size - this.offset;
    if (lost > 0) this.stream.lost(lost);
    this.offset = 0;
    this.size = 0;
    this.mark = Buffer.alloc(0);
    this.stream = new QuoteStream(this.path, this.parts);
  }

  private read(mostChunks: number): void {
    const { size, mtimeMs } = fstatSync(this.fd);
    if (mtimeMs !== this.changedMs && this.isAnew(size)) this.again();
    this.changedMs = mtimeMs;
    this.size = size;
    const atMs = mtimeMs > this.parts.nowMs() + AHEAD_MS ? 0 : Math.min(mtimeMs, this.parts.nowMs());
    for (let i = 0; i < mostChunks && this.offset < size; i++) {
      const length = readSync(this.fd, this.chunk, 0, CHUNK, this.offset);
      if (length === 0) {
        this.size = this.offset;
        return;
      }
      this.offset += length;
      this.mark = Buffer.from(this.chunk.subarray(Math.max(0, length - MARK), length));
      this.stream.push(this.chunk.subarray(0, length), atMs);
    }
  }

  /** True for a file that has changed before the place up to which it is read, or at no other. */
  private isAnew(size: number): boolean {
    if (this.offset === 0) return false;
    if (size <= this.offset) return true;
    const there = Buffer.alloc(this.mark.length);
    readSync(this.fd, there, 0, there.length, this.offset - there.length);
    return !there.equals(this.mark);
  }
}
