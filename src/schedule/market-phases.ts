import { type Calendar, dateAt, instantOf } from "./calendar.ts";

/** A part of each day in which a market takes other orders than else; `toS` on the next day where it is not after `fromS`. */
export interface MarketPhase {
  readonly name: string;
  /** Seconds of the day in the calendar's zone. */
  readonly fromS: number;
  readonly toS: number;
  /** What it takes then; none: no new order and no replace. */
  readonly orderTypes: readonly string[];
  readonly timesInForce: readonly string[];
}

/** The phase that a market is in, null between two; and up to, not including, when; microseconds since 1970. */
export interface PhaseUntil {
  readonly phase: MarketPhase | null;
  readonly endUs: number;
}

/** Around an instant: a phase that is longer than a day is refused with the configuration. */
const DAYS = [-2, -1, 0, 1, 2, 3];

/** The phase at an instant and the next one, for a market with phases, without a look at its hours. */
export function phasesFrom(
  calendar: Pick<Calendar, "zone">,
  phases: readonly MarketPhase[],
  fromUs: number,
): readonly [now: PhaseUntil, next: PhaseUntil] {
  const today = dateAt(fromUs, calendar.zone);
  const times = DAYS.flatMap((days) => {
    const date = today.add({ days });
    return phases.map((phase) => ({
      phase,
      fromUs: instantOf(date, phase.fromS, calendar.zone),
      toUs: instantOf(phase.toS > phase.fromS ? date : date.add({ days: 1 }), phase.toS, calendar.zone),
    }));
  });
  const at = (us: number): PhaseUntil => {
    const inside = times.find((one) => one.fromUs <= us && us < one.toUs);
    const later = times.map((one) => one.fromUs).filter((from) => from > us);
    return { phase: inside?.phase ?? null, endUs: inside?.toUs ?? Math.min(...later) };
  };
  const now = at(fromUs);
  return [now, at(now.endUs)];
}
