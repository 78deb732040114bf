import * as codes from "../codes.ts";
import type { RecordTable } from "./row.ts";

/*  ExecutionReport: what became of an order, on its way venue → core → client. 832 bytes; of a report from a venue the
 *  first 200 (256 with a text) matter, more where it names a symbol or account or has a long id; of one to a client all.
 *
 *  byte 0     4        8         12     16                                        24      32       40      48        56         64
 *       ┌─────┬────────┬─────────┬──────┬─────────────────────────────────────────┬───────┬────────┬───────┬─────────┬──────────┐
 *       │kind │session │MsgSeqNum│epoch │execType status side type tif 434 102 103│LastQty│lastPxE8│CumQty │LeavesQty│OrderQty  │  hot
 *       ├─────┴──┬─────┴──┬──────┴──────┼────────────────┬────────────────┬───────┴───────┼────────┴───────┴─────────┴──────────┤
 *    64 │priceE8 │avgPxE8 │number       │88 requestNumber│96 transactUs   │104 slot index │112 reason │116 groupsLength │120 … │
 *       ├────────┴────────┴─────────────┼────────────────┼────────────────┼───────────────┴─────────────────────────────────────┘
 *   128 │ lengths (8 × u8)              │136 OrderID     │168 ExecID      │200 Text (56)          │ 256 end of a venue's report
 *       ├───────────────────────────────┼────────────────┼────────────────┼───────────────────────┘
 *   256 │ ClOrdID                       │288 OrigClOrdID │320 Symbol      │352 Account            │ 384
 *       ├───────────────────────────────┼────────────────┴────────────────┼───────────────────────┴──────────┐
 *   384 │ long OrderID                  │ 448 long ExecID                 │ 512 long ExecRefID               │ 576
 *       ├───────────────────────────────┼─────────────────────────────────┼──────────────────────────────────┤
 *   576 │ long Symbol                   │ 640 long Account                │ 704 long ClOrdID, OrigClOrdID    │ 832
 *       └───────────────────────────────┴─────────────────────────────────┴──────────────────────────────────┘
 *  long …            rooms of 64 bytes, for ids of more than 32. Those of OrderID, ExecID and ExecRefID are together that of a long Text,
 *                    which only a report of ours has: its ids are counters
 *  number, slot      the core's order and request number, read back from the ClOrdID a venue echoes
 *  requestNumber     the cancel's or replace's number (OrigClOrdID side), 0 when there is none
 *  ExecRefID         of a bust or correction: in the last 32 bytes of Text, which is then shorter
 *  reason            our own reason code (core/risk/reasons.ts), 0 when the venue decided
 *  groupsLength      of the repeating groups that come with it (record/groups.ts), 0 without any
 *  index             towards a client: counts all reports of one session, so that none is sent twice
 *  120 transactDigits, 121 stated, 122 rules, 123 words, 124 unheldTag
 *  stated            of a venue's report: which numbers it had (STATED_…); the others are 0 or NO_PRICE
 *  side … account    of a venue's report: as the venue said them; 0 or empty: it did not
 */
export const EXECUTION_REPORT: RecordTable = {
  name: "ExecutionReport",
  file: "execution-report",
  prefix: "REPORT",
  bytes: ["EXECUTION_REPORT_BYTES", 832],
  kinds: { "8": "REPORT_EXECUTION", "9": "REPORT_CANCEL_REJECT" },
  faulty: "passedOn",
  journalled: {
    name: "inboundLength",
    doc: "Bytes of a venue's report that the journal keeps; its groups follow them there.",
    upTo: "execId",
  },
  rows: [
    { name: "kind", type: "i32", at: 0, doc: "One of REPORT_…." },
    { name: "session", type: "i32", at: 4 },
    { name: "msgSeqNum", type: "i32", at: 8 },
    { name: "epoch", type: "i32", at: 12 },
    { name: "number", type: "f64", at: 80 },
    { name: "requestNumber", type: "f64", at: 88 },
    {
      name: "transactUs",
      type: "time",
      at: 96,
      tag: 60,
      of: "89",
      write: "8",
      doc: "TransactTime (60) as the venue said it; towards a client without digits: when the gateway made the report.",
    },
    { name: "transactDigits", type: "code", at: 120 },
    { name: "slot", type: "i32", at: 104 },
    { name: "index", type: "i32", at: 108, toClient: true },
    { name: "reason", type: "i32", at: 112 },
    { name: "groupsLength", type: "i32", at: 116 },
    { name: "stated", type: "code", at: 121, doc: "Bits STATED_…: the numbers that the venue said, held exactly." },
    {
      name: "rules",
      type: "code",
      at: 122,
      doc: "Of a venue's report: by which rules the core takes it. Of a status (ExecType I) and some Replaced REPORT_RULES, and of any bits MARK_…; 0: as versions before did.",
    },
    {
      name: "words",
      type: "code",
      at: 123,
      doc: "ExecType and OrdStatus as the venue said them, where the record has others (fix/orders/exec-type.ts); 0: as they are.",
    },
    {
      name: "unheldTag",
      type: "i32",
      at: 124,
      doc: "Tag of the first number that the record can't hold exactly; it stands beside the record. 0: none.",
    },
    { name: "orderId", type: "id", at: 136, longAt: 384, lengthAt: 128, tag: 37, of: "89", read: true, write: "8" },
    {
      name: "execId",
      type: "id",
      at: 168,
      longAt: 448,
      lengthAt: 129,
      tag: 17,
      of: "8",
      read: true,
      required: "8",
      write: "8",
    },
    {
      name: "execRefId",
      type: "id",
      at: 224,
      longAt: 512,
      lengthAt: 135,
      within: "text",
      tag: 19,
      of: "8",
      write: "8",
      doc: "Above 0 in a bust or correction: which execution it is about.",
    },
    { name: "execType", type: "char", at: 16, tag: 150, of: "8" },
    { name: "ordStatus", type: "char", at: 17, tag: 39, of: "89" },
    { name: "side", type: "char", at: 18, tag: 54, of: "8", read: true, write: "8", always: true },
    { name: "ordType", type: "char", at: 19, tag: 40, of: "8", read: true, write: "8" },
    {
      name: "quantity",
      type: "quantity",
      at: 56,
      tag: 38,
      of: "8",
      read: true,
      write: "8",
      always: true,
      stated: codes.STATED_ORDER_QTY,
    },
    { name: "priceE8", type: "price", at: 64, tag: 44, of: "8", read: true, write: "8", stated: codes.STATED_PRICE },
    { name: "timeInForce", type: "char", at: 20, tag: 59, of: "8", read: true, write: "8" },
    { name: "lastQty", type: "quantity", at: 24, tag: 32, of: "8", read: true, stated: codes.STATED_LAST_QTY },
    { name: "lastPxE8", type: "price", at: 32, tag: 31, of: "8", read: true, stated: codes.STATED_LAST_PX },
    {
      name: "leavesQty",
      type: "quantity",
      at: 48,
      tag: 151,
      of: "8",
      stated: codes.STATED_LEAVES_QTY,
      read: true,
      write: "8",
      zero: true,
    },
    {
      name: "cumQty",
      type: "quantity",
      at: 40,
      tag: 14,
      of: "8",
      read: true,
      write: "8",
      zero: true,
      stated: codes.STATED_CUM_QTY,
    },
    {
      name: "avgPxE8",
      type: "price",
      at: 72,
      tag: 6,
      of: "8",
      read: true,
      write: "8",
      always: true,
      zeroPrice: true,
      stated: codes.STATED_AVG_PX,
    },
    { name: "cxlRejResponseTo", type: "char", at: 21, tag: 434, of: "9", doc: "CxlRejResponseTo (434), ASCII." },
    { name: "cxlRejReason", type: "code", at: 22, tag: 102, of: "9", zero: true, doc: "CxlRejReason (102), a number." },
    { name: "ordRejReason", type: "code", at: 23, tag: 103, of: "8", zero: true, doc: "OrdRejReason (103), a number." },
    {
      name: "text",
      type: "text",
      at: 200,
      bytes: 56,
      longAt: 384,
      longBytes: 192,
      lengthAt: 130,
      tag: 58,
      of: "89",
      write: "8",
    },
    { name: "clOrdId", type: "id", at: 256, longAt: 704, lengthAt: 131, tag: 11, of: "89", write: "8", toClient: true },
    {
      name: "origClOrdId",
      type: "id",
      at: 288,
      longAt: 768,
      lengthAt: 132,
      tag: 41,
      of: "89",
      write: "8",
      toClient: true,
    },
    {
      name: "symbol",
      type: "id",
      at: 320,
      longAt: 576,
      lengthAt: 133,
      tag: 55,
      of: "8",
      read: true,
      write: "8",
      rare: true,
    },
    {
      name: "account",
      type: "id",
      at: 352,
      longAt: 640,
      lengthAt: 134,
      tag: 1,
      of: "89",
      read: true,
      write: "8",
      rare: true,
    },
  ],
};
