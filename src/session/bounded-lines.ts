import type { LaneTime } from "../base/lane-time.ts";
import type { EventWriter } from "../telemetry/events.ts";
import { Allowance } from "./allowance.ts";

/** Lines that peers can cause, at once and each second. */
const BURST = 200;
const PER_SECOND = 10;

/** Logs what peers say, in a bounded number of lines; each counts those left out before it. The journal has all of it. */
export class BoundedLines {
  private readonly allowance = new Allowance(BURST, PER_SECOND);

  constructor(
    private readonly events: EventWriter,
    private readonly kind: number,
    private readonly time: LaneTime,
  ) {}

  /** Emits an event with the text `text[0, length)`; `a` is the message's number, `b` becomes the count of those left out. */
  emit(session: number, a: number, text: Uint8Array, length: number): void {
    const allowance = this.allowance;
    if (!allowance.take(1, this.time.nowNs)) {
      allowance.refuse(1);
      return;
    }
    this.events.emitText(this.kind, session, a, allowance.refused, text, 0, length);
    allowance.clear();
  }
}
