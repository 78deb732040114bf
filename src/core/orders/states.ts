/** State of an order; FREE: the slot holds none. core/assembly/life-cycle.ts says what may follow. */
export const FREE = 0;
export const PENDING_NEW = 1;
export const NEW = 2;
export const PARTIALLY_FILLED = 3;
export const FILLED = 4;
export const CANCELED = 5;
export const REJECTED = 6;
export const EXPIRED = 7;
export const DONE_FOR_DAY = 8;
export const STATE_COUNT = 9;

/** The request of an order that its venue has yet to answer. */
export const NOT_PENDING = 0;
export const PENDING_CANCEL = 1;
export const PENDING_REPLACE = 2;
