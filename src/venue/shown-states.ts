import type { OneToOne } from "../ring/one-to-one.ts";
import { VENUE_AWAITED, VENUE_CLOSED, VENUE_UP } from "../session/venue-states.ts";
import type { Venue } from "./venue.ts";

/** Shows the client agents which venues are up. */
export class ShownStates {
  /** By place: the tail of the ring of reports behind its last REPORT_VENUE_UP. */
  private readonly upTails: Int32Array;
  /** A venue is up, and that is not shown yet. */
  pending = false;

  constructor(
    private readonly venues: readonly Venue[],
    private readonly reports: OneToOne,
    private readonly ints: Int32Array,
    /** By place: the word of its state. */
    private readonly words: readonly number[],
    /** Most venues that there will be. */
    places: number,
  ) {
    this.upTails = new Int32Array(new ArrayBuffer(4 * places));
  }

  /** REPORT_VENUE_UP of this venue is in the ring of reports. */
  loggedOn(venue: Venue): void {
    this.upTails[this.venues.indexOf(venue)] = this.reports.tail;
    this.pending = true;
  }

  tick(): void {
    const taken = (this.reports.tail - this.reports.size()) | 0;
    this.pending = false;
    for (let i = 0; i < this.venues.length; i++) {
      const state = this.stateOf(i, taken);
      const word = this.words[i]!;
      if (this.ints[word] !== state) Atomics.store(this.ints, word, state);
    }
  }

  private stateOf(place: number, taken: number): number {
    const link = this.venues[place]!.link;
    if (link.shut) return VENUE_CLOSED;
    if (!link.active) return VENUE_AWAITED;
    // The core applies a report before it releases its slot.
    if (((taken - this.upTails[place]!) | 0) >= 0) return VENUE_UP;
    this.pending = true;
    return VENUE_AWAITED;
  }
}
