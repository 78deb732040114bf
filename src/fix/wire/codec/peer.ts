/*  What the messages of one type to one peer say: by its version, its dictionary and the configuration. fix/orders/peer-table.ts fills
 *  the tables, the writers read them.
 *
 *  0       4       8         12      16        20        24       28        32          40
 *  ┌───────┬───────┬─────────┬───────┬─────────┬─────────┬────────┬─────────┬─────────┬──────────────────────────────┐
 *  │writes │ flags │ changed │ rules │ accepts │ cxlType │ lastPx │ lastQty │ reason  │ of ExecutionReports only …   │
 *  └───────┴───────┴─────────┴───────┴─────────┴─────────┴────────┴─────────┴─────────┴──────────────────────────────┘
 *  writes    bits of the record's fields that the messages may have
 *  changed   bits of those that the configuration drops, renames or fixes
 *  rules     of fields that go beside the record, 0 for none; accepts: bits ACCEPT_…
 *  cxlType   CxlType of a cancel, 0 where it has none
 *  last…     bits in `writes` of LastPx, LastQty and OrdRejReason
 */
export const PEER_WRITES = 0;
export const PEER_FLAGS = 4;
export const PEER_CHANGED = 8;
export const PEER_RULES = 12;
export const PEER_ACCEPTS = 16;
export const PEER_CXL_TYPE = 20;
export const PEER_LAST_PX = 24;
export const PEER_LAST_QTY = 28;
export const PEER_ORD_REJ_REASON = 32;
export const PEER_BYTES = 40;

/** Flags: the messages must have HandlInst, TransactTime; fields are renamed or fixed. */
export const NEEDS_HANDL_INST = 1;
export const NEEDS_TRANSACT_TIME = 2;
export const IS_CONFIGURED = 4;
/** LastPx and LastQty are in every report; times have whole seconds only. */
export const NEEDS_LAST = 8;
export const WHOLE_SECONDS = 16;
/** Reports must have OrderQty. */
export const NEEDS_ORDER_QTY = 32;

/*  Tables of bytes of ExecutionReports, 256 each, by the record's code; 0 leaves the field out.
 *
 *  trans      by ExecType: ExecTransType
 *  types      four, by how much is executed: by ExecType: ExecType, or AS_STATUS
 *  statuses   four, by whether something is, and whether the order is replaced: by OrdStatus: OrdStatus
 *  said       by `words`: the ExecType that the venue said, where the peer is told that; and not 0 where OrdStatus was 5
 *  reasons    by OrdRejReason: OrdRejReason, or NO_REASON
 *  restates   by our own reason: ExecRestatementReason of the cancel that the client has not asked for
 */
export const PEER_TRANS = PEER_BYTES;
export const PEER_TYPES = PEER_TRANS + 256;
export const PEER_STATUSES = PEER_TYPES + 1024;
export const PEER_SAID_TYPES = PEER_STATUSES + 1024;
export const PEER_SAID_REPLACED = PEER_SAID_TYPES + 256;
export const PEER_REASONS = PEER_SAID_REPLACED + 256;
export const PEER_RESTATEMENTS = PEER_REASONS + 256;
export const PEER_REPORT_BYTES = PEER_RESTATEMENTS + 256;
/** The same code as OrdStatus. */
export const AS_STATUS = 1;
/** Places of the tables that are four: nothing is executed; all of it is; ExecType is that of a replace. */
export const NOTHING_DONE = 1;
export const ALL_DONE = 2;
export const OF_REPLACE = 2;
export const NO_REASON = 255;
