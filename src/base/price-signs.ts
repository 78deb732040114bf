/** Prices that a symbol has, by their number in the core's code (core/assembly/symbols.ts). */
export const PRICE_SIGNS = ["above-zero", "zero-or-above", "any"] as const;
export type PriceSigns = (typeof PRICE_SIGNS)[number];
