import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import type { Latest } from "../ring/latest.ts";

/*  Hours: when the sessions of one calendar are open, and when their numbers are reset. A Latest in shared memory, written
 *  by the main thread, which works out the calendar and goes over it again every minute; lanes only compare numbers.
 *
 *  double 0              16                32
 *         ┌──────────────┬─────────────────┐   open, close  eight pairs in order, the first that has not ended; unused: +∞
 *         │ open, close  │ resets          │   resets       the newest that is past, or −∞; then those to come; unused: +∞
 *         └──────────────┴─────────────────┘   all in microseconds since 1970. A day or a week of them: far more than a minute.
 */
export const SCHEDULE_WINDOWS = 8;
export const SCHEDULE_RESETS = 16;
export const SCHEDULE_RESETS_DOUBLE = 2 * SCHEDULE_WINDOWS;
export const SCHEDULE_BYTES = 8 * (SCHEDULE_RESETS_DOUBLE + SCHEDULE_RESETS);

/** One lane's view of a calendar, for all its sessions that keep it. */
export class SessionSchedule {
  /** True while sessions may be logged on. Closed until `look` has been called, and when the calendar has run out. */
  open = false;
  /** The newest moment, up to now, at which the numbers began again. */
  resetUs = Number.NEGATIVE_INFINITY;
  /** When `open` or `resetUs` changes next. */
  nextUs = Number.POSITIVE_INFINITY;
  private readonly copy = Views.allocate(SCHEDULE_BYTES);
  private version = NONE;
  private lookedUs = Number.NaN;

  constructor(private readonly latest: Latest) {}

  /** Brings the fields up to this time. Cheap when nothing has changed since the last call. */
  look(wallUs: number): this {
    const version = this.latest.version();
    if (version === this.version && wallUs >= this.lookedUs && wallUs < this.nextUs) {
      this.lookedUs = wallUs;
      return this;
    }
    if (version !== this.version && this.latest.read(this.copy, 0)) this.version = version;
    this.lookedUs = wallUs;
    this.judge(wallUs);
    return this;
  }

  private judge(wallUs: number): void {
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
