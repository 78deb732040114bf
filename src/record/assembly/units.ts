// Made from src/base/units.ts and src/base/id.ts by `npm run generate`.

export const MOST_E8: i64 = 9200000000000000000;
export const NO_PRICE: i64 = -9223372036854775808;
export const ID_BYTES: u32 = 64;
export const SHORT_ID_BYTES: u32 = 32;
