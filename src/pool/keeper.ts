// What the main thread does for the pool: pages before they are needed, and memory back to the system afterwards. Cold.

import { dontDump, dontNeed, mapSparse, populateWrite, unmap } from "../../ffi/memory.ts";
import { EMPTY } from "../base/units.ts";
import type { Central } from "./central.ts";
import { CHANGING, CLASSES, FREE, perSpan, READY, SERVING, SPAN_BYTES } from "./layout.ts";

/** Addresses for a pool of so many spans; no memory yet, and never in a core dump: what lies there is clients'. */
export function mapRegion(spans: number): number {
  const address = mapSparse(spans * SPAN_BYTES);
  dontDump(address, spans * SPAN_BYTES);
  return address;
}

export function unmapRegion(address: number, spans: number): void {
  unmap(address, spans * SPAN_BYTES);
}

/** Keeps some spans ready, and takes out of service what has not been needed for a while. Thread: the main thread. */
export class PoolKeeper {
  /** Spans given back to the system, since the start. */
  returned = 0;
  /** Fewest free buffers of each class at any look since the last return. */
  private readonly least = new Array<number>(CLASSES).fill(Number.POSITIVE_INFINITY);
  /** What a list had no place for. */
  private readonly strays: number[] = [];
  private sinceMs: number;

  constructor(
    private readonly central: Central,
    private readonly address: number,
    /** Spans whose pages are there before anyone asks. */
    private readonly readySpans: number,
    /** What nobody needed for so long goes back. */
    private readonly idleMs: number,
    nowMs: number,
  ) {
    this.sinceMs = nowMs;
  }

  /** One look; twice a second or more. */
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

  /** How many spans are in a state, SERVING standing for every class. */
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
   * Takes up to `most` whole spans of a class out of service. They are found by turning the list over once, a buffer at
   * a time, and taken by doing so again: lanes find all but these meanwhile, and these they have not needed for long.
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

  /** The span is out of service if all its buffers are in our hands, and they go back to the list if not. */
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
