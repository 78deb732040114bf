/** As base/units.ts and base/id.ts have them. */
export const NO_PRICE: f64 = -9007199254740991;
export const ID_BYTES: u32 = 32;
