const NEW_LINE = 10;
/** Longest line: a symbol of 64 characters, three prices and a time. */
const MOST_LINE = 256;

/** All of it; the begin of one that is too long; what has come of one without an end. */
export type Wholeness = "whole" | "too long" | "cut off";
/** Takes one line, `bytes[from, to)`. */
export type TakeLine = (bytes: Uint8Array, from: number, to: number, is: Wholeness) => void;

/** Cuts a stream of bytes into lines. What has no end of line yet waits for it. */
export class LineSplitter {
  private readonly rest = new Uint8Array(MOST_LINE);
  private length = 0;
  /** The line under way was too long: what comes up to its end is passed over. */
  private skips = false;

  constructor(private readonly take: TakeLine) {}

  push(bytes: Uint8Array): void {
    let from = 0;
    for (let end = bytes.indexOf(NEW_LINE); end >= 0; end = bytes.indexOf(NEW_LINE, from)) {
      if (this.length === 0 && !this.skips) this.line(bytes, from, end);
      else {
        this.keep(bytes, from, end);
        if (!this.skips) this.line(this.rest, 0, this.length);
        this.length = 0;
        this.skips = false;
      }
      from = end + 1;
    }
    this.keep(bytes, from, bytes.length);
  }

  /** The stream has ended: a last line without its end may be the begin of a longer one. */
  end(): void {
    if (this.length > 0 && !this.skips) this.take(this.rest, 0, this.length, "cut off");
    this.length = 0;
    this.skips = false;
  }

  private line(bytes: Uint8Array, from: number, to: number): void {
    const isWhole = to - from <= MOST_LINE;
    if (to > from) this.take(bytes, from, isWhole ? to : from + MOST_LINE, isWhole ? "whole" : "too long");
  }

  private keep(bytes: Uint8Array, from: number, to: number): void {
    if (this.skips || to <= from) return;
    if (this.length + to - from > MOST_LINE) {
      this.rest.set(bytes.subarray(from, from + MOST_LINE - this.length), this.length);
      this.take(this.rest, 0, MOST_LINE, "too long");
      this.skips = true;
      return;
    }
    this.rest.set(bytes.subarray(from, to), this.length);
    this.length += to - from;
  }
}
