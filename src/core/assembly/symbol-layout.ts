/** A bit of a symbol's flags beside those of layout.ts: its collar binds buys above it and sells below it alone. */
export const SYMBOL_COLLAR_AGGRESSIVE = 256;
/** Settings of a symbol that the code knows by their numbers (core/risk/settings.ts). */
export const AVERAGE_VOLUME_SETTING = 20;
export const ADV_PERCENT_SETTING = 21;
