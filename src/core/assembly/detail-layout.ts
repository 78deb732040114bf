// What refusals say of orders and venues (detail.ts), beside layout.ts.

/** Levels, as LEVEL_NONE and the like: the order itself; the venue that it goes to. */
export const LEVEL_ORDER = 7;
export const LEVEL_VENUE = 8;
/** By venue id: the length of its name, one byte, and the name. */
export const VENUE_NAMES_AT = 0xf80;
export const VENUE_NAME_BYTES = 80;
