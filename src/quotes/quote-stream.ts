import { LineSplitter, type Wholeness } from "./line-splitter.ts";
import { type QuoteBook, UNKNOWN_SYMBOL } from "./quote-book.ts";
import type { QuoteCounts } from "./quote-counts.ts";
import { CROSSED, LINE_PROBLEMS, QUOTE_READ, QuoteLine, TOO_MANY_FIELDS } from "./quote-line.ts";

/** What all streams of quotes have in common. */
export interface StreamParts {
  readonly book: QuoteBook;
  readonly counts: QuoteCounts;
  /** Called once for each stream and kind of what is wrong, with one line about it. */
  readonly problem: (what: string) => void;
  /** Called with each quote that was taken. */
  readonly taken: (nowMs: number) => void;
  readonly nowMs: () => number;
}

const MOST_SHOWN = 80;
const WRONG_SIGN_TEXT = "expected prices of the signs that the symbol has";
const UNKNOWN_TEXT = "expected a symbol of the configuration";
const UNREAD_TEXTS = {
  "too long": "expected a line of up to 256 bytes",
  "cut off": "expected the line's end",
} as const;

/** One stream of lines: a connection, or a file. */
export class QuoteStream {
  private readonly line = new QuoteLine();
  private readonly splitter = new LineSplitter((bytes, from, to, is) => this.take(bytes, from, to, is));
  private readonly reported = new Set<string>();
  private number = 0;
  private receivedMs = 0;

  /** `name`: as the log calls it. */
  constructor(
    readonly name: string,
    private readonly parts: StreamParts,
  ) {}

  /** Takes bytes that have come at this time. */
  push(bytes: Uint8Array, receivedMs: number): void {
    this.receivedMs = receivedMs;
    this.splitter.push(bytes);
  }

  end(): void {
    this.splitter.end();
  }

  /** So many bytes are gone unread. */
  lost(bytes: number): void {
    this.parts.counts.bad++;
    this.parts.problem(
      `${this.name}: expected to read ${bytes} more bytes, they were gone: the quotes in them are lost`,
    );
  }

  private take(bytes: Uint8Array, from: number, to: number, is: Wholeness): void {
    const { book, counts } = this.parts;
    this.number++;
    counts.lines++;
    const nowMs = this.parts.nowMs();
    const read = is === "whole" ? this.line.read(bytes, from, to, nowMs) : TOO_MANY_FIELDS;
    if (read === CROSSED) counts.crossed++;
    else if (read !== QUOTE_READ) counts.bad++;
    if (read !== QUOTE_READ)
      return this.report(is === "whole" ? LINE_PROBLEMS[read]! : UNREAD_TEXTS[is], bytes, from, to);
    const taken = book.take(this.line, this.receivedMs, nowMs);
    if (taken === QUOTE_READ) {
      counts.taken++;
      this.parts.taken(nowMs);
    } else if (taken === UNKNOWN_SYMBOL) {
      counts.unknown++;
      this.report(UNKNOWN_TEXT, bytes, from, to);
    } else {
      counts.wrongSign++;
      this.report(WRONG_SIGN_TEXT, bytes, from, to);
    }
  }

  private report(expected: string, bytes: Uint8Array, from: number, to: number): void {
    if (this.reported.has(expected)) return;
    this.reported.add(expected);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.min(to - from, MOST_SHOWN)).toString("latin1");
    const shown = JSON.stringify(text);
    this.parts.problem(`${this.name}, line ${this.number}: ${expected}, got ${shown}; more of these are counted alone`);
  }
}
