/** A bit of a symbol's flags beside those of layout.ts: its collar binds buys above it and sells below it alone. */
export const SYMBOL_COLLAR_AGGRESSIVE = 256;
/** Settings of a symbol that the code knows by their numbers (core/risk/settings.ts). */
export const AVERAGE_VOLUME_SETTING = 20;
export const ADV_PERCENT_SETTING = 21;
/** Its market has phases: what it takes depends on which of two it is in, the present one or the next (schedule/market-phases.ts). */
export const SYMBOL_HAS_PHASES = 512;
export const SYMBOL_PHASE_ENDS_AT = 256;
/** Bits of OrdType and TimeInForce that it takes. */
export const SYMBOL_PHASE_TYPES_AT = 264;
export const SYMBOL_PHASE_TIMES_AT = 266;
export const SYMBOL_NEXT_TYPES_AT = 268;
export const SYMBOL_NEXT_TIMES_AT = 270;
