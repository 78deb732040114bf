// The main thread's part of the pool: populates pages before they are needed, returns memory to the system later.

import { dontDump, dontNeed, mapSparse, populateWrite, unmap } from "../../ffi/memory.ts";
import { EMPTY } from "../base/units.ts";
import type { Central } from "./central.ts";
import { CHANGING, CLASSES, FREE, perSpan, READY, SERVING, SPAN_BYTES } from "./layout.ts";

/** Reserves addresses for a pool of `spans`, without memory yet. Kept out of core dumps: it will hold clients' messages. */
export function mapRegion(spans: number): number {
  const address = mapSparse(spans * SPAN_BYTES);
  dontDump(address, spans * SPAN_BYTES);
  return address;
}

export function unmapRegion(address: number, spans: number): void {
  unmap(address, spans * SPAN_BYTES);
}

/** Keeps some spans ready and retires spans that were not needed recently. Thread: the main thread. */
export class PoolKeeper {
  /** Spans returned to the system since the start. */
  returned = 0;
  /** Fewest free buffers of each class in any turn since spans were last retired. */
  private readonly least = new Array<number>(CLASSES).fill(Number.POSITIVE_INFINITY);
  /** Buffers that could not be put into their list yet. */
  private readonly strays: number[] = [];
  private sinceMs: number;

  constructor(
    private readonly central: Central,
    private readonly address: number,
    /** Spans to keep with populated pages. */
    private readonly readySpans: number,
    /** Spans that were not needed for this long are retired. */
    public idleMs: number,
    nowMs: number,
  ) {
    this.sinceMs = nowMs;
  }

  /** Called at least twice a second. */
  turn(nowMs: number): void {
    this.prepare();
    for (const stray of this.strays.splice(0)) this.give(stray);
    for (let i = 0; i < CLASSES; i++) this.least[i] = Math.min(this.least[i]!, this.central.listed(i));
    if (nowMs - this.sinceMs < this.idleMs) return;
    this.sinceMs = nowMs;
    for (let i = 0; i < CLASSES; i++) {
      const spans = Math.floor(this.least[i]! / perSpan(i));
      if (spans > 0) this.retire(i, spans);
      this.least[i] = this.central.listed(i);
    }
  }

  /** Number of spans in a state; SERVING counts every class. */
  count(state: number): number {
    let count = 0;
    for (let span = 0; span < this.central.spans; span++)
      if (Math.min(SERVING, this.central.state(span)) === state) count++;
    return count;
  }

  private prepare(): void {
    const { central } = this;
    let missing = this.readySpans - this.count(READY);
    for (let span = 0; span < central.spans && missing > 0; span++) {
      if (!central.move(span, FREE, CHANGING)) continue;
      const populated = populateWrite(this.address + span * SPAN_BYTES, SPAN_BYTES);
      central.move(span, CHANGING, populated === 0 ? READY : FREE);
      if (populated !== 0) return;
      missing--;
    }
  }

  /**
   * Takes up to `most` whole spans of a class out of service. A first pass over the list, buffer by buffer, finds spans whose
   * buffers are all free; a second pass takes them. Lanes find all other buffers meanwhile.
   */
  private retire(sizeClass: number, most: number): void {
    const found = new Map<number, number>();
    this.turnOver(sizeClass, (span) => {
      found.set(span, (found.get(span) ?? 0) + 1);
      return false;
    });
    const whole = [...found].filter(([, count]) => count === perSpan(sizeClass)).slice(-most);
    const kept = new Map<number, number[]>(whole.map(([span]) => [span, []]));
    this.turnOver(sizeClass, (span, at) => {
      kept.get(span)?.push(at);
      return kept.has(span);
    });
    for (const [span, buffers] of kept) this.free(sizeClass, span, buffers);
  }

  private give(at: number): void {
    if (!this.central.give(at)) this.strays.push(at);
  }

  private turnOver(sizeClass: number, keep: (span: number, at: number) => boolean): void {
    for (let left = this.central.listed(sizeClass); left > 0; left--) {
      const at = this.central.poll(sizeClass);
      if (at === EMPTY) return;
      if (!keep(Math.floor(at / SPAN_BYTES), at)) this.give(at);
    }
  }

  /** Takes the span out of service if we hold all of its buffers; otherwise returns them to the list. */
  private free(sizeClass: number, span: number, buffers: readonly number[]): void {
    const { central } = this;
    if (buffers.length < perSpan(sizeClass)) {
      for (const at of buffers) this.give(at);
      return;
    }
    central.move(span, SERVING + sizeClass, CHANGING);
    dontNeed(this.address + span * SPAN_BYTES, SPAN_BYTES);
    central.move(span, CHANGING, FREE);
    this.returned++;
  }
}
