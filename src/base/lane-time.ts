/** The time of this turn; the lane's loop sets it once a turn for all agents of the lane. */
export class LaneTime {
  /** Monotonic nanoseconds. */
  nowNs = 0;
  /** Wall clock, microseconds since 1970. */
  wallUs = 0;
}
