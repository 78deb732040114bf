// Made from src/record/layout/order-request.ts by `npm run generate`.

export const KIND = 0;
export const SESSION = 4;
export const MSG_SEQ_NUM = 8;
export const EPOCH = 12;
export const SLOT = 20;
export const RECEIVED_US = 40;
export const NUMBER = 48;
export const ORIG_NUMBER = 56;
export const GROUPS_LENGTH = 68;
export const CL_ORD_ID = 72;
export const CL_ORD_ID_LONG = 256;
export const CL_ORD_ID_LENGTH = 64;
export const ORIG_CL_ORD_ID = 168;
export const ORIG_CL_ORD_ID_LONG = 320;
export const ORIG_CL_ORD_ID_LENGTH = 67;
export const FACTOR = 168;
export const FACTOR_LONG = 320;
export const FACTOR_LENGTH = 67;
export const TRADER = 200;
export const TRADER_LONG = 512;
export const TRADER_LENGTH = 68;
export const ORDER_ID = 200;
export const ORDER_ID_LONG = 512;
export const ORDER_ID_LENGTH = 68;
export const ACCOUNT = 104;
export const ACCOUNT_LONG = 384;
export const ACCOUNT_LENGTH = 65;
export const SYMBOL = 136;
export const SYMBOL_LONG = 448;
export const SYMBOL_LENGTH = 66;
export const SIDE = 16;
export const QUANTITY = 24;
export const ORD_TYPE = 17;
export const PRICE = 32;
export const TIME_IN_FORCE = 18;
export const POSS_RESEND = 19;
export const TRANSACT_US = 232;
export const TRANSACT_DIGITS = 240;
export const HANDL_INST = 241;
export const UNHELD_TAG = 244;
export const RECEIVED_NS = 248;
/** The numbers and the lengths, which are zeroed first. */
export const HEAD_BYTES: usize = 72;

export const REQUEST_NEW: u32 = 1;
export const REQUEST_CANCEL: u32 = 2;
export const REQUEST_REPLACE: u32 = 3;

/** Bits of the fields that a message may have, by the peer's dictionary. */
export const WRITES_ACCOUNT: u32 = 1;
export const WRITES_HANDL_INST: u32 = 2;
export const WRITES_ORDER_ID: u32 = 4;
export const WRITES_QUANTITY: u32 = 8;
export const WRITES_ORD_TYPE: u32 = 16;
export const WRITES_PRICE: u32 = 32;
export const WRITES_SIDE: u32 = 64;
export const WRITES_SYMBOL: u32 = 128;
export const WRITES_TIME_IN_FORCE: u32 = 256;
export const WRITES_TRANSACT_US: u32 = 512;
