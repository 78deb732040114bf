// What may follow what: the core decides by this table (core/assembly/life-cycle.ts), and the manual's is made from it.

/** What a venue's report says of an order, but for executions. */
export const ORDER_EVENT_ACK = 0;
export const ORDER_EVENT_CANCEL = 1;
export const ORDER_EVENT_REJECT = 2;
export const ORDER_EVENT_EXPIRE = 3;
export const ORDER_EVENT_DONE = 4;
export const ORDER_EVENT_REPLACE = 5;
export const ORDER_EVENT_RESTATE = 6;
export const ORDER_EVENT_COUNT = 7;

/** In the place of a state. */
export const ILLEGAL = 0;

/*  A row for each state, a digit for each event in their order: the state that follows (states.ts), or ILLEGAL. Such a report is passed on to
 *  the client and alarmed, and changes nothing else.
 *
 *  Executions (fills, busts, corrections) are legal in every state: they have happened. The venue's OrdStatus and LeavesQty then say what the
 *  order is (core/assembly/venue-word.ts): one that ends with its last fill, one whose rest is canceled, one that lives again. A cancel,
 *  replace or restatement may come without an ack before it: it says as much. Pending cancel and pending replace are a dimension of their own:
 *  they are shown before the state of an open order, while the order can still be filled.
 *
 *  Digits: ack, cancel, reject, expire, done, replace, restate.
 */
export const AFTER_PENDING_NEW = 0x2_5_6_7_8_2_2;
export const AFTER_NEW = 0x0_5_6_7_8_2_2;
export const AFTER_PARTIALLY_FILLED = 0x0_5_6_7_8_3_3;
export const AFTER_FILLED = 0x0_0_0_0_0_4_4;
export const AFTER_CANCELED = 0x0_0_0_0_0_0_5;
export const AFTER_REJECTED = 0x0_0_0_0_0_0_6;
export const AFTER_EXPIRED = 0x0_0_0_0_0_0_7;
export const AFTER_DONE_FOR_DAY = 0x0_5_0_7_0_8_8;
