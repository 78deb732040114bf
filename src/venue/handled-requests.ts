import { broken } from "../base/broken.ts";
import type { FixSession } from "../fix/session/session.ts";
import type { Link } from "../session/link.ts";

/** What the journal knows of a venue's requests before the start (journal/store/recover.ts). */
export interface EarlierRequests {
  readonly lastIndex: number;
  /** Those up to that one that were held, and neither sent nor refused. */
  readonly held: readonly number[];
}

/**
 * Which of the core's requests to a venue are handled: sent, or refused with the core's knowledge. A start gives all later ones to the
 * venue agent again, which refuses them. The journal of the venue says it so: a message with an index, or a passed index, stands for all
 * requests up to it but those that it has as held; each of these ends by itself.
 */
export class HandledRequests {
  /** Index of the last request that was refused here, and of the last refusal in the journal. */
  refusedIndex = 0;
  private recordedIndex = 0;
  private readonly earlier: Int32Array;
  private readonly earlierLast: number;
  /** Held requests that were refused, which the journal still has as held. */
  private readonly refusedHeld: Int32Array;
  private refusedHeldCount = 0;

  /** `held`: most requests that are held at a time. */
  constructor(earlier: EarlierRequests | null, held: number) {
    const of = earlier === null ? [] : earlier.held;
    this.earlier = Int32Array.from(of);
    this.earlierLast = earlier === null ? 0 : earlier.lastIndex;
    this.refusedHeld = new Int32Array(new ArrayBuffer(4 * (of.length + held)));
  }

  /** Repeats in this agent's stream what another one's may have as held. */
  open(link: Link<FixSession>): void {
    for (let i = 0; i < this.earlier.length; i++) link.recorder.held(this.earlier[i]!);
  }

  /** True for a request of before the start that was sent, or refused, then. */
  isOver(index: number): boolean {
    return ((index - this.earlierLast) | 0) <= 0 && this.earlier.indexOf(index) < 0;
  }

  /** A request was refused that was not held. It may be one that an earlier run held. */
  refused(index: number): void {
    if (this.earlier.length > 0 && this.earlier.indexOf(index) >= 0) this.heldRefused(index);
    else this.refusedIndex = index;
  }

  /** True when there is room for one more refused request that was held; those that an earlier run held have room of their own. */
  get hasRoom(): boolean {
    return this.refusedHeldCount < this.refusedHeld.length - this.earlier.length;
  }

  heldRefused(index: number): void {
    if (this.refusedHeldCount === this.refusedHeld.length) return broken("refused requests have no room", index);
    this.refusedHeld[this.refusedHeldCount++] = index;
  }

  /** Journals what was refused, once the core has journalled it, as far as the journal has room. Returns  true when that is all. */
  record(link: Link<FixSession>): boolean {
    if (!link.recorder.hasRoom) return false;
    if (((this.refusedIndex - this.recordedIndex) | 0) > 0) link.recorder.passed(this.refusedIndex);
    this.recordedIndex = this.refusedIndex;
    while (this.refusedHeldCount > 0 && link.recorder.hasRoom)
      link.recorder.released(this.refusedHeld[--this.refusedHeldCount]!);
    return this.refusedHeldCount === 0;
  }
}
