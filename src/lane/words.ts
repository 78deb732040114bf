/*  Words that a lane and the main thread share, 256 bytes per lane:
 *
 *  int 0 state      written by the lane: LANE_…            32 stopAsked   written by the main thread
 *      1 parked     by the lane: 1 while it blocks          33 released    by the main thread: 1 lets the lane begin to turn
 *      2 wakeup     by the lane: descriptor that wakes it       34 profile     by the main thread: number of the profile that
 *                                                                              the lane takes part in, 0: none
 *      3 heartbeat  by the lane: turns, wrapping; stands still while the lane hangs
 *      4 threadId   by the lane                       double 20 steal ns of the lane's CPU , by the main thread
 *      5 scheduler  by the lane: 0, or -errno with which its real-time policy was refused
 *      6 slack      by the lane: its timer slack, ns
 *      7 mainWakeup by the lane: how often it has woken the main thread, which waits for a change
 *  double 8 turns · 9 worked turns · 10 longest turn ns · 11 collections seen · 12 compilations since it runs   by the lane
 *         13 bytes of the lane's heap after the last collection                                                   by the lane
 */
export const LANE_WORDS_BYTES = 256;
export const STATE_WORD = 0;
export const PARKED_WORD = 1;
export const WAKEUP_WORD = 2;
export const HEARTBEAT_WORD = 3;
export const THREAD_WORD = 4;
export const SCHEDULER_WORD = 5;
export const SLACK_WORD = 6;
export const MAIN_WAKEUP_WORD = 7;
export const STOP_WORD = 32;
export const RELEASED_WORD = 33;
export const PROFILE_WORD = 34;
export const TURNS_DOUBLE = 8;
export const WORKED_DOUBLE = 9;
export const LONGEST_DOUBLE = 10;
export const COLLECTIONS_DOUBLE = 11;
export const COMPILATIONS_DOUBLE = 12;
export const HEAP_DOUBLE = 13;
export const STEAL_DOUBLE = 20;

/** State of a lane; 0 while it starts. Agents are open; the lane waits to be released. */
export const LANE_OPEN = 1;
export const LANE_RUNNING = 2;
/** Its agents have stopped; it still turns, because other lanes may send it something. */
export const LANE_DRAINED = 3;
export const LANE_STOPPED = 4;
export const LANE_FAILED = 5;

/** Values of stopAsked, by the main thread: first the agents stop, then, once every lane is drained, the lane. */
export const STOP_AGENTS = 1;
export const STOP_LANE = 2;
