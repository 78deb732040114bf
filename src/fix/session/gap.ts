import type { Scanner } from "../wire/scan.ts";
import type { GapQueue } from "./gap-queue.ts";
import type { GapQueues } from "./gap-queues.ts";
import { ResendGuard } from "./resend-guard.ts";
import type { SessionWriter } from "./session-writer.ts";

const NO_CHUNK = 0x7fffffff;
const NOTHING = new Uint8Array(new ArrayBuffer(0));

/** The gap in the peer's messages: how far it reaches, the messages behind it, and our requests for it. */
export class Gap {
  /** Highest number seen behind the gap; 0 while there is none. */
  to = 0;
  /** When the gap began, was last asked for, or became smaller. */
  sinceNs = 0;
  /** Holds the messages behind the gap; null while none is held. */
  private queue: GapQueue | null = null;
  /** The message taken last: `bytes[from, end)`. */
  bytes: Uint8Array = NOTHING;
  from = 0;
  end = 0;
  /** Lowest number that found no room in the queue; 0 when there is none. */
  private missed = 0;
  /** Last number of our ResendRequest where that is only a part of the gap; else NO_CHUNK. */
  private chunkEnd = NO_CHUNK;
  private readonly requests: ResendGuard;

  constructor(
    private readonly out: SessionWriter,
    private readonly queues: GapQueues,
    /** EndSeqNo of a request for all that is missing. */
    private readonly infinity: number,
    /** Messages that one ResendRequest asks for; 0: all that are missing. */
    private readonly maxResendRequest: number,
    maxSameResends: number,
  ) {
    this.requests = new ResendGuard(maxSameResends);
  }

  get isOpen(): boolean {
    return this.to !== 0;
  }

  /** Nothing is missing, held or asked for. */
  get isStraight(): boolean {
    return this.to === 0 && this.queue === null && this.chunkEnd === NO_CHUNK;
  }

  /** Keeps a message that came too early; the gap reaches up to it. */
  hold(scan: Scanner, sequence: number, nowNs: number): void {
    if (this.to === 0) this.sinceNs = nowNs;
    if (sequence > this.to) this.to = sequence;
    if (this.keep(sequence, scan)) return;
    if (this.missed === 0 || sequence < this.missed) this.missed = sequence;
  }

  /** True while messages are held. */
  get holds(): boolean {
    return this.queue !== null;
  }

  /** True while a message with a lower number is held. */
  holdsBelow(number: number): boolean {
    const queue = this.queue;
    return queue === null ? false : queue.hasBelow(number);
  }

  /** Takes the held message with this number; it may be read until the next message is held. */
  take(number: number): boolean {
    const queue = this.queue;
    if (queue === null || !queue.take(number)) return false;
    this.bytes = queue.bytes;
    this.from = queue.from;
    this.end = queue.to;
    if (queue.count === 0) this.giveBack(queue);
    return true;
  }

  private keep(sequence: number, scan: Scanner): boolean {
    const queue = this.queue ?? this.queues.take();
    if (queue === null) return false;
    const isKept = queue.keep(sequence, scan.bytes, scan.from, scan.to);
    if (queue.count > 0) this.queue = queue;
    else this.giveBack(queue);
    return isKept;
  }

  private giveBack(queue: GapQueue): void {
    this.queues.give(queue);
    this.queue = null;
  }

  /** True when the messages before the first that found no room have come: it can be asked for now. */
  hasComeToMissed(nextIn: number): boolean {
    return this.missed !== 0 && nextIn >= this.missed;
  }

  /** Asks for the gap from `nextIn` on, all of it or a part. Returns  false when the same was asked for too often. */
  request(nextIn: number, nowNs: number): boolean {
    this.sinceNs = nowNs;
    this.missed = 0;
    if (!this.requests.asks(nextIn, nowNs)) return false;
    const most = this.maxResendRequest;
    if (most > 0) this.chunkEnd = Math.min(this.to, nextIn + most - 1);
    else this.chunkEnd = NO_CHUNK;
    this.out.resendRequest(nextIn, most > 0 ? this.chunkEnd : this.infinity);
    return true;
  }

  /** True when everything up to `sequence` has come and the next part of the gap is to be asked for. */
  needsNextChunk(sequence: number, nextIn: number): boolean {
    if (sequence < this.chunkEnd) return false;
    this.chunkEnd = NO_CHUNK;
    if (this.to < nextIn) return false;
    if (this.queue === null || !this.queue.has(nextIn)) return true;
    this.chunkEnd = nextIn;
    return false;
  }

  /** A message has come while the gap is open. */
  reached(sequence: number, nowNs: number): void {
    this.sinceNs = nowNs;
    if (sequence >= this.to) this.close();
  }

  /** Numbers below `nextIn` will not come any more. */
  skippedTo(nextIn: number, nowNs: number): void {
    if (this.to === 0) return;
    const queue = this.queue;
    if (queue !== null) {
      queue.dropBelow(nextIn);
      if (queue.count === 0) this.giveBack(queue);
    }
    this.reached(nextIn - 1, nowNs);
  }

  /** A new connection, or new numbers. */
  reset(): void {
    this.close();
    this.requests.clear();
  }

  close(): void {
    this.to = 0;
    this.missed = 0;
    this.chunkEnd = NO_CHUNK;
    const queue = this.queue;
    if (queue === null) return;
    queue.clear();
    this.giveBack(queue);
  }
}
