/** No entry, slot, venue, account … */
export const NONE = -1;
/** Tags of fields by which an alarm names what is wrong with a report. */
export const AVG_PX = 6;
export const CL_ORD_ID = 11;
export const CUM_QTY = 14;
export const EXEC_REF_ID = 19;
export const LAST_PX = 31;
export const LAST_QTY = 32;
export const ORDER_QTY = 38;
export const ORD_STATUS = 39;
export const PRICE = 44;
export const CXL_REJ_REASON = 102;
export const EXEC_TYPE = 150;
export const LEAVES_QTY = 151;
