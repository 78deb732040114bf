/** Largest price and quantity, and largest money, in the file's units (core/assembly/money.ts). */
export const MAX_NUMBER = 92_000_000_000;
export const MAX_MONEY = 460_000_000_000_000;
