// A request about many orders stays at the front of its ring while the core works on it, a part in each turn. What a turn has done of it:

/** Nothing, for want of room or behind another one. */
export const STEP_WAITS = 0;
/** A part. */
export const STEP_GOES_ON = 1;
/** All that there is to do. */
export const STEP_DONE = 2;
