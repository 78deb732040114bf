// Made from src/base/units.ts and src/base/id.ts by `npm run generate`.

export const NO_PRICE: f64 = -9007199254740991;
export const ID_BYTES: u32 = 64;
export const SHORT_ID_BYTES: u32 = 32;
