import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import type { Latest } from "../ring/latest.ts";

/*  Schedule: when the sessions of one calendar are open, and when their sequence numbers are reset. A Latest in shared
 *  memory, written by the main thread once a minute from the calendar; lanes only compare numbers.
 *
 *  double 0              16                32
 *         ┌──────────────┬─────────────────┐   open, close  eight pairs in order from the first that has not ended; unused: +∞
 *         │ open, close  │ resets          │   resets       the last past one, or −∞; then later ones; unused: +∞
 *         └──────────────┴─────────────────┘   all in microseconds since 1970; they cover days, and are written each minute
 */
export const SCHEDULE_WINDOWS = 8;
export const SCHEDULE_RESETS = 16;
export const SCHEDULE_RESETS_DOUBLE = 2 * SCHEDULE_WINDOWS;
export const SCHEDULE_BYTES = 8 * (SCHEDULE_RESETS_DOUBLE + SCHEDULE_RESETS);

/** A calendar's schedule on one lane, shared by the lane's sessions of that calendar. */
export class SessionSchedule {
  /** True while sessions may be logged on. False before the first `update` and after the last published close. */
  open = false;
  /** Last reset of the sequence numbers up to now. */
  resetUs = Number.NEGATIVE_INFINITY;
  /** Next change of `open` or `resetUs`. */
  nextUs = Number.POSITIVE_INFINITY;
  private readonly copy = Views.allocate(SCHEDULE_BYTES);
  private version = NONE;
  private updatedUs = Number.NaN;

  constructor(private readonly latest: Latest) {}

  /** Sets the fields for this time. Cheap when nothing has changed since the last call. */
  update(wallUs: number): this {
    const version = this.latest.version();
    if (version === this.version && wallUs >= this.updatedUs && wallUs < this.nextUs) {
      this.updatedUs = wallUs;
      return this;
    }
    if (version !== this.version && this.latest.read(this.copy, 0)) this.version = version;
    this.updatedUs = wallUs;
    this.apply(wallUs);
    return this;
  }

  private apply(wallUs: number): void {
    const doubles = this.copy.doubles;
    let next = Number.POSITIVE_INFINITY;
    this.open = false;
    for (let i = 0; i < SCHEDULE_RESETS_DOUBLE; i += 2) {
      const openUs = doubles[i]!;
      const closeUs = doubles[i + 1]!;
      if (openUs <= wallUs && wallUs < closeUs) this.open = true;
      if (openUs > wallUs && openUs < next) next = openUs;
      if (closeUs > wallUs && closeUs < next) next = closeUs;
    }
    this.resetUs = Number.NEGATIVE_INFINITY;
    for (let i = SCHEDULE_RESETS_DOUBLE; i < SCHEDULE_RESETS_DOUBLE + SCHEDULE_RESETS; i++) {
      const at = doubles[i]!;
      if (at <= wallUs) this.resetUs = at;
      else if (at < next) next = at;
    }
    this.nextUs = next;
  }
}
