/*  Unmatched reports: what venues reported of orders that are not known here (unmatched.ts). UNMATCHED_BYTES each.
 *
 *  byte 0       4       8           16       24       32                UNMATCHED_BYTES
 *       ┌───────┬───────┬───────────┬────────┬────────┬─────────────────┐   state   UNMATCHED_…
 *       │ state │       │ receivedUs│ doneUs │        │ text            │   doneUs  assigned, dismissed or busted; 0 before
 *       └───────┴───────┴───────────┴────────┴────────┴─────────────────┘
 *
 *  The text is that of the command that assigns or dismisses it, UNMATCHED_TEXT_BYTES; until then it is 0 behind the report:
 *
 *  byte 0        8         16       24         32      40       48          56           64      68     69         70          71
 *       ┌────────┬─────────┬────────┬──────────┬───────┬────────┬───────────┬────────────┬───────┬──────┬──────────┬───────────┬──────┐
 *       │ number │ lastQty │ lastPx │ orderQty │ price │ cumQty │ leavesQty │ transactUs │ venue │ kind │ execType │ ordStatus │ side │
 *       ├────────┴─┬───────┴──────┬─┴────────┬─┴───────┴┬───────┴─┬─────────┴──┬─────────┴───────┴──────┴──────────┴───────────┴──────┘
 *    72 │ lengths  │ 80 orderId   │ execId   │ execRefId│ symbol  │ account    │   64 bytes each, zero padded; lengths in this order
 *       ├──────────┼──────────────┼──────────┼──────────┼─────────┴────────────┘
 *   400 │ by       │ confirmedBy  │ why      │ to      │ factor     │ toLength   to      the account that it is assigned to
 *       └──────────┴──────────────┴──────────┴─────────┴────────────┘            factor  of the symbol, as it was then (conversion.ts)
 */
export const UNMATCHED_AT = 0xf40;
/** How many are open, and the number of the newest one: when it came, microseconds since 1970, or one above the one before. Changed by inputs. */
export const UNMATCHED_OPEN = 0xf44;
export const UNMATCHED_NUMBER = 0xf48;
/** Sequence lock of the table (locks.ts). */
export const UNMATCHED_LOCK = 0xf50;
/** What became of the last report that is of no order here: 1 where it is kept, 0 where the table had no room, -1 where it was there already. */
export const UNMATCHED_LAST = 0xf58;
export const MOST_UNMATCHED = 512;
export const UNMATCHED_RECEIVED_AT = 8;
export const UNMATCHED_DONE_AT = 16;
export const UNMATCHED_TEXT_AT = 32;
export const UNMATCHED_LAST_QTY_AT = 8;
export const UNMATCHED_LAST_PX_AT = 16;
export const UNMATCHED_ORDER_QTY_AT = 24;
export const UNMATCHED_PRICE_AT = 32;
export const UNMATCHED_CUM_QTY_AT = 40;
export const UNMATCHED_LEAVES_QTY_AT = 48;
export const UNMATCHED_TRANSACT_AT = 56;
export const UNMATCHED_VENUE_AT = 64;
export const UNMATCHED_KIND_AT = 68;
export const UNMATCHED_EXEC_TYPE_AT = 69;
export const UNMATCHED_ORD_STATUS_AT = 70;
export const UNMATCHED_SIDE_AT = 71;
export const UNMATCHED_LENGTHS_AT = 72;
export const UNMATCHED_ORDER_ID_AT = 80;
export const UNMATCHED_EXEC_ID_AT = 144;
export const UNMATCHED_EXEC_REF_ID_AT = 208;
export const UNMATCHED_SYMBOL_AT = 272;
export const UNMATCHED_ACCOUNT_AT = 336;
export const UNMATCHED_REPORT_BYTES = 400;
export const UNMATCHED_BY_AT = 400;
export const UNMATCHED_CONFIRMED_AT = 496;
export const UNMATCHED_WHY_AT = 592;
export const UNMATCHED_TO_AT = 792;
export const UNMATCHED_FACTOR_AT = 856;
export const UNMATCHED_TO_LENGTH_AT = 872;
export const UNMATCHED_TEXT_BYTES = 880;
export const UNMATCHED_BYTES = 960;

export const UNMATCHED_FREE = 0;
export const UNMATCHED_IS_OPEN = 1;
export const UNMATCHED_ASSIGNED = 2;
export const UNMATCHED_DISMISSED = 3;
/** It was assigned, and a bust or correction that was assigned later has taken it back. */
export const UNMATCHED_TAKEN_BACK = 4;
