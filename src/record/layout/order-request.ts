import type { RecordTable } from "./row.ts";

/*  OrderRequest: what a client asks, on its way client → core → venue. Written by the client agent, then by the core into
 *  the venue's ring. 576 bytes; the journal keeps the first `length`.
 *
 *  byte 0     4        8         12     16                20     24        32       40          48          56        64
 *       ┌─────┬────────┬─────────┬──────┬─────────────────┬──────┬─────────┬────────┬───────────┬───────────┬─────────┐
 *       │kind │session │MsgSeqNum│epoch │side type tif cap│slot  │quantity │priceE8 │receivedUs │number     │origNum  │  hot
 *       ├─────┴────────┴─────────┴──────┼────────┬────────┴──────┴──┬──────┴────────┴───┬───────┴───────────┴─────────┤
 *    64 │ lengths (8 × u8)              │ 72 ClOrdID     │ 104 Account      │ 136 Symbol       │ 168 end of a new order
 *       ├───────────────────────────────┼────────────────┼──────────────────┼──────────────────┘
 *       │ 168 OrigClOrdID               │ 200 OrderID    │ 232 transactUs │ 240 … 244 unheldTag       │ 256
 *       ├──────────────────┬────────────┴────────┬───────┴──────────┬─────┴───────────┬───────────────┤
 *   256 │ long ClOrdID     │ 320 long OrigClOrdID│ 384 long Account │ 448 long Symbol │512 OrderID 576│
 *       └──────────────────┴─────────────────────┴──────────────────┴─────────────────┴───────────────┘
 *  session  client side: client session id; towards a venue: venue session id
 *  slot, number, origNumber  the core's own order slot and request numbers; they make up the ClOrdID a venue sees
 *  origNumber  from a client, these bytes hold StopPx (99) of a stop or stop limit order in 1e-8, an i64 (record/stop-price.ts)
 *  OrderID  of a new order, which has none: its trader, where its session has traders
 *  OrigClOrdID  of a new order, which has none: its factor, where that is not 1 (core/assembly/factor.ts); the core writes it
 *  long …   rooms of 64 bytes, for ids of more than 32
 *  240 transactDigits, handlInst   248 receivedNs
 *  unheldTag  the first field whose number the record can't hold exactly: the core refuses the request by that name
 *  the last three bytes of the lengths are one number: how long the groups are that come with it (record/groups.ts)
 */
export const ORDER_REQUEST: RecordTable = {
  name: "OrderRequest",
  file: "order-request",
  prefix: "REQUEST",
  bytes: ["ORDER_REQUEST_BYTES", 576],
  kinds: { D: "REQUEST_NEW", F: "REQUEST_CANCEL", G: "REQUEST_REPLACE", H: "REQUEST_STATUS" },
  faulty: "refused",
  journalled: {
    name: "length",
    doc: "Bytes of it that the journal keeps; its groups follow them there.",
    short: "NEW_ORDER_LENGTH",
    upTo: "symbol",
    of: "D",
    long: "OTHER_REQUEST_LENGTH",
  },
  rows: [
    { name: "kind", type: "i32", at: 0, doc: "One of REQUEST_….", carried: true },
    { name: "session", type: "i32", at: 4 },
    { name: "msgSeqNum", type: "i32", at: 8, doc: "MsgSeqNum (34) it came with." },
    {
      name: "epoch",
      type: "i32",
      at: 12,
      placed: true,
      doc: "How often the session's numbers had been reset when it came; towards a venue OF_THE_PAST, or twice the client session's id and 2.",
    },
    { name: "slot", type: "i32", at: 20 },
    { name: "receivedUs", type: "f64", at: 40, doc: "Wall clock of the read that brought it.", carried: true },
    { name: "number", type: "f64", at: 48 },
    { name: "origNumber", type: "f64", at: 56, placed: true },
    {
      name: "groupsLength",
      type: "bits24",
      at: 68,
      doc: "Bytes of the repeating groups that come with it; 0: none.",
    },
    {
      name: "clOrdId",
      type: "id",
      at: 72,
      longAt: 256,
      lengthAt: 64,
      tag: 11,
      of: "DFGH",
      read: true,
      required: "DFGH",
      carried: true,
    },
    {
      name: "origClOrdId",
      type: "id",
      at: 168,
      longAt: 320,
      lengthAt: 67,
      tag: 41,
      of: "FG",
      read: true,
      required: "FG",
    },
    {
      name: "factor",
      type: "id",
      at: 168,
      longAt: 320,
      lengthAt: 67,
      of: "D",
      sharedWith: "origClOrdId",
      doc: "Multiplier and rate of a new order that the core has accepted, where they are not 1: they stand in the place of OrigClOrdID.",
    },
    {
      name: "trader",
      type: "id",
      at: 200,
      longAt: 512,
      lengthAt: 68,
      of: "D",
      sharedWith: "orderId",
      doc: "Who enters a new order, which has no OrderID yet: it stands in its place.",
    },
    { name: "orderId", type: "id", at: 200, longAt: 512, lengthAt: 68, tag: 37, of: "FG", read: true, write: "FG" },
    {
      name: "account",
      type: "id",
      at: 104,
      longAt: 384,
      lengthAt: 65,
      tag: 1,
      of: "DFGH",
      read: true,
      write: "DFG",
    },
    {
      name: "symbol",
      type: "id",
      at: 136,
      longAt: 448,
      lengthAt: 66,
      tag: 55,
      of: "DFGH",
      read: true,
      required: "DFGH",
      write: "DFG",
      always: true,
    },
    { name: "side", type: "char", at: 16, tag: 54, of: "DFGH", write: "DFG", always: true },
    {
      name: "quantity",
      type: "quantity",
      at: 24,
      tag: 38,
      of: "DFG",
      write: "DFG",
      always: true,
      doc: "OrderQty (38) in 1e-8.",
    },
    { name: "ordType", type: "char", at: 17, tag: 40, of: "DG", write: "DG", always: true },
    { name: "priceE8", type: "price", at: 32, tag: 44, of: "DG", write: "DG", doc: "Price (44) in 1e-8, or NO_PRICE." },
    { name: "timeInForce", type: "char", at: 18, tag: 59, of: "DG", write: "DG", always: true },
    {
      name: "possResend",
      type: "flag",
      at: 19,
      tag: 97,
      of: "DFGH",
      doc: "POSS_RESEND, POSS_DUP, or 0: a request with a ClOrdID seen before is then dropped without an answer.",
    },
    {
      name: "transactUs",
      type: "time",
      at: 232,
      tag: 60,
      of: "DFG",
      write: "DFG",
      carried: true,
      unkept: true,
      doc: "TransactTime (60) as the client said it.",
    },
    { name: "transactDigits", type: "code", at: 240, carried: true, unkept: true },
    {
      name: "handlInst",
      type: "char",
      at: 241,
      tag: 21,
      of: "DG",
      write: "DG",
      carried: true,
      unkept: true,
      doc: "HandlInst (21) as the client said it.",
    },
    {
      name: "unheldTag",
      type: "i32",
      at: 244,
      rare: true,
      doc: "Tag of the first number that the record can't hold exactly; 0: none.",
    },
    {
      name: "receivedNs",
      type: "f64",
      at: 248,
      unkept: true,
      doc: "Monotonic clock at the begin of the turn that read it, nanoseconds; 0: it was not received in this run.",
    },
  ],
};
