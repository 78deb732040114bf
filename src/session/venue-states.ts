/** State of a venue, a word for each in the order of the configuration. Written by its venue agent, read by the client agents. */
export const VENUE_AWAITED = 0;
/** It is logged on, and the core knows it. */
export const VENUE_UP = 1;
/** Its schedule is closed: nobody waits for it. */
export const VENUE_CLOSED = 2;
