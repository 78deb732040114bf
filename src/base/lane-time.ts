/** The time of this turn, told once a turn by the lane's loop to everything on the lane. */
export class LaneTime {
  /** Monotonic nanoseconds. */
  nowNs = 0;
  /** Wall clock, microseconds since 1970. */
  wallUs = 0;
}
