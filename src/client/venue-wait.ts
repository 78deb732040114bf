import { NONE, NS_PER_MS } from "../base/units.ts";
import { NO_SESSION } from "../journal/layout.ts";
import type { Stream } from "../net/stream.ts";
import { VENUE_AWAITED } from "../session/venue-states.ts";
import { EVENT_LOGONS_ANSWERED, EVENT_LOGONS_HELD, type EventWriter } from "../telemetry/events.ts";

export interface VenueWaitParts {
  readonly ints: Int32Array;
  /** The first word of the venues' states, and the count of those that are waited for. */
  readonly statesWord: number;
  readonly venues: number;
  /** Longest wait after the start. */
  readonly mostMs: number;
  readonly maxConnections: number;
  /** Most sessions that there will be. */
  readonly places: number;
}

/** Holds Logons after a start until all venues are up: orders that a client sends before that are refused. */
export class VenueWait {
  /** Logons are held. */
  holding: boolean;
  private sinceNs = 0;
  /** By stream index: when its Logon was held, 0: it is not held; and the place of its session, or NONE. */
  private readonly heldNs: Float64Array;
  private readonly placeOf: Int32Array;
  /** By place: index of the stream whose Logon is held, or NONE. */
  private readonly streamOf: Int32Array;
  private count = 0;

  constructor(
    private readonly parts: VenueWaitParts,
    private readonly events: EventWriter,
  ) {
    this.holding = parts.mostMs > 0;
    this.heldNs = new Float64Array(new ArrayBuffer(8 * parts.maxConnections));
    this.placeOf = new Int32Array(new ArrayBuffer(4 * parts.maxConnections));
    this.streamOf = new Int32Array(new ArrayBuffer(4 * parts.places)).fill(NONE);
  }

  /** Returns  true when Logons are no longer held, once. */
  ends(nowNs: number): boolean {
    if (!this.holding) return false;
    if (this.sinceNs === 0) this.sinceNs = nowNs;
    const isLate = nowNs - this.sinceNs >= this.parts.mostMs * NS_PER_MS;
    const missing = this.missing();
    if (missing > 0 && !isLate) return false;
    this.holding = false;
    const waitedMs = Math.floor((nowNs - this.sinceNs) / NS_PER_MS);
    if (this.count > 0) this.events.emit(EVENT_LOGONS_ANSWERED, NO_SESSION, missing, waitedMs);
    return true;
  }

  private missing(): number {
    const parts = this.parts;
    let count = 0;
    for (let i = 0; i < parts.venues; i++)
      if (Atomics.load(parts.ints, parts.statesWord + i) === VENUE_AWAITED) count++;
    return count;
  }

  isHeld(stream: Stream): boolean {
    return this.heldNs[stream.index] !== 0;
  }

  /**
   * Holds the Logon of a connection for the session at `place`; NONE: it has no session yet.
   * Returns  the index of the stream whose Logon was held for that session before, or NONE.
   */
  hold(stream: Stream, place: number, nowNs: number): number {
    if (this.count++ === 0) this.events.emit(EVENT_LOGONS_HELD, NO_SESSION, this.missing(), this.parts.mostMs);
    this.heldNs[stream.index] = nowNs;
    this.placeOf[stream.index] = place;
    // The reactor says when more comes.
    stream.readable = false;
    if (place === NONE) return NONE;
    const former = this.streamOf[place]!;
    this.streamOf[place] = stream.index;
    return former;
  }

  /** The Logon is answered, or its connection is closed. Returns  how long it was held, ns. */
  end(stream: Stream, nowNs: number): number {
    const sinceNs = this.heldNs[stream.index]!;
    if (sinceNs === 0) return 0;
    this.heldNs[stream.index] = 0;
    const place = this.placeOf[stream.index]!;
    if (place !== NONE && this.streamOf[place] === stream.index) this.streamOf[place] = NONE;
    return nowNs - sinceNs;
  }
}
