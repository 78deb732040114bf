/*  Overrides: orders that a check refuses and that two persons let through once. OVERRIDE_BYTES each.
 *
 *  byte 0       4        8         16          24       32            64                        OVERRIDE_BYTES
 *       ┌───────┬────────┬─────────┬───────────┬────────┬─────────────┬─────────────────────────┐   state   OVERRIDE_…
 *       │ state │ reason │ untilUs │ grantedUs │ doneUs │ orderNumber │ text of its command     │   reason  the check (reason-codes.ts)
 *       └───────┴────────┴─────────┴───────────┴────────┴─────────────┴─────────────────────────┘   doneUs  used, expired or withdrawn
 *
 *  The text is that of its CONTROL_OVERRIDE, OVERRIDE_TEXT_BYTES:
 *
 *  byte 0    8          16      24        28     29        30  31  32       40        104      168       232   328
 *       ┌────┬──────────┬───────┬─────────┬──────┬─────────┬───┬───┬────────┬─────────┬────────┬─────────┬─────┬─────────────┐
 *       │ id │ quantity │ price │ session │ side │ ordType │ lengths   │        │ account │ symbol │ ClOrdID │ by  │ confirmedBy │
 *       └────┴──────────┴───────┴─────────┴──────┴─────────┴───┴───┴───┴────────┴─────────┴────────┴─────────┴─────┴─────────────┘
 *  lengths  of account, symbol and ClOrdID at 30, 31 and 32; a ClOrdID of length 0: any
 *  by       who has asked, zero padded, 96 bytes; who has confirmed it, 96 bytes; then why, 200 bytes
 *
 *  The text of a CONTROL_OVERRIDE_END of one that is used: the order's number, a double, and behind it what the order has passed, zero padded:
 *  `limit=100 value=500 level=ACCOUNT:FUND`. Until then that is in the override's row of a second table: byte 0 its length, byte 8 the text.
 */
export const OVERRIDES_AT = 0xf28;
/** How many are granted, and the end of the first one to end, microseconds. Changed by inputs. */
export const OVERRIDE_OPEN_COUNT = 0xf2c;
export const OVERRIDE_END_US = 0xf30;
/** Sequence lock of the table (locks.ts). */
export const OVERRIDE_LOCK = 0xf38;
/** What the order that is decided has passed, PASSED_BYTES for each override. */
export const OVERRIDES_PASSED_AT = 0xf3c;
export const PASSED_BYTES = 200;
export const PASSED_TEXT_AT = 8;
export const MOST_OVERRIDES = 64;
export const OVERRIDE_BYTES = 704;
export const OVERRIDE_TEXT_AT = 64;
export const OVERRIDE_TEXT_BYTES = 624;
export const OVERRIDE_QUANTITY_AT = 8;
export const OVERRIDE_PRICE_AT = 16;
export const OVERRIDE_SESSION_AT = 24;
export const OVERRIDE_SIDE_AT = 28;
export const OVERRIDE_TYPE_AT = 29;
export const OVERRIDE_LENGTHS_AT = 30;
export const OVERRIDE_ACCOUNT_AT = 40;
export const OVERRIDE_SYMBOL_AT = 104;
export const OVERRIDE_CL_ORD_ID_AT = 168;
export const OVERRIDE_BY_AT = 232;
export const OVERRIDE_CONFIRMED_AT = 328;
export const OVERRIDE_WHY_AT = 424;

export const OVERRIDE_FREE = 0;
export const OVERRIDE_GRANTED = 1;
export const OVERRIDE_USED = 2;
export const OVERRIDE_EXPIRED = 3;
export const OVERRIDE_WITHDRAWN = 4;
