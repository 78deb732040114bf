/*  Where the fields of an OrderRequest stand (record/order-request.ts draws it), and what some of them hold. */
export const KIND = 0;
export const SIDE = 16;
export const TYPE = 17;
export const TIF = 18;
export const POSS_RESEND = 19;
export const SLOT = 20;
export const QUANTITY = 24;
export const PRICE = 32;
export const NUMBER = 48;
export const ORIG_NUMBER = 56;
export const CL_ORD_ID_LENGTH = 64;
export const ACCOUNT_LENGTH = 65;
export const SYMBOL_LENGTH = 66;
export const ORIG_CL_ORD_ID_LENGTH = 67;
export const ORDER_ID_LENGTH = 68;
export const CL_ORD_ID = 72;
export const ACCOUNT = 104;
export const SYMBOL = 136;
export const ORIG_CL_ORD_ID = 168;
export const ORDER_ID = 200;

export const REQUEST_NEW: u32 = 1;
export const REQUEST_CANCEL: u32 = 2;
