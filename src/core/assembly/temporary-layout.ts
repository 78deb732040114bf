/*  Values of settings that operators have set until a time: TEMPORARY_BYTES each, in no order.
 *
 *  byte 0         4       8         12     16        24              64                        128
 *       ┌─────────┬───────┬─────────┬──────┬─────────┬───────────────┬─────────────────────────┐   untilUs  its end
 *       │ subject │ index │ setting │      │ untilUs │               │ beneath (settings.ts)   │   beneath  a setting: what holds
 *       └─────────┴───────┴─────────┴──────┴─────────┴───────────────┴─────────────────────────┘            after the end
 */
export const TEMPORARIES_AT = 0xf10;
/** How many there are, and the end of the first one to end, microseconds. Changed by inputs. */
export const TEMPORARY_COUNT = 0xf14;
export const TEMPORARY_END_US = 0xf18;
/** Sequence lock of the table (locks.ts). */
export const TEMPORARY_LOCK = 0xf20;
export const MOST_TEMPORARIES = 256;
export const TEMPORARY_BYTES = 128;
export const TEMPORARY_UNTIL_AT = 16;
export const TEMPORARY_BENEATH_AT = 64;
