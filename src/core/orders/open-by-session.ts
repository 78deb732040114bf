import { broken } from "../../base/broken.ts";
import { NONE } from "../../base/units.ts";

/**
 * Counts the open orders of each client session. Client agents read `shown`; a count that falls is shown with the next change
 * of another session or by `show`, so that the reports of the order that closed are in their ring before.
 */
export class OpenBySession {
  readonly counts: Int32Array;
  /** Session whose count has fallen and is not shown yet. */
  private fallen = NONE;

  constructor(
    sessionIds: number,
    /** Written by the core. By place of a configured session: its open orders. */
    private readonly shown: Int32Array,
    /** By session id: its place, or NONE. */
    private readonly places: Int32Array,
  ) {
    this.counts = new Int32Array(new ArrayBuffer(4 * sessionIds));
  }

  opened(session: number): void {
    this.counts[session]!++;
    this.put(session);
  }

  closed(session: number): void {
    if (this.counts[session]! === 0) broken("open orders of a session", session);
    this.counts[session]!--;
    if (this.fallen !== session) this.show();
    this.fallen = session;
  }

  /** Shows what has fallen. */
  show(): void {
    if (this.fallen === NONE) return;
    this.put(this.fallen);
    this.fallen = NONE;
  }

  private put(session: number): void {
    const place = this.places[session]!;
    if (place !== NONE) Atomics.store(this.shown, place, this.counts[session]!);
  }
}
