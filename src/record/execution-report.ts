import type { Views } from "../base/views.ts";

/*  ExecutionReport: what became of an order, on its way venue → core → client. 384 bytes; of a report from a venue the
 *  first 200 (256 with a text) matter, of one to a client all.
 *
 *  byte 0     4        8         12     16                                        24      32       40      48        56         64
 *       ┌─────┬────────┬─────────┬──────┬─────────────────────────────────────────┬───────┬────────┬───────┬─────────┬──────────┐
 *       │kind │session │MsgSeqNum│epoch │execType status side type tif 434 102 103│LastQty│lastPxE8│CumQty │LeavesQty│OrderQty  │  hot
 *       ├─────┴──┬─────┴──┬──────┴──────┼────────────────┬────────────────┬───────┴───────┼────────┴───────┴─────────┴──────────┤
 *    64 │priceE8 │avgPxE8 │number       │88 requestNumber│96 transactUs   │104 slot index │112 reason │116 groupsLength         │
 *       ├────────┴────────┴─────────────┼────────────────┼────────────────┼───────────────┴─────────────────────────────────────┘
 *   128 │ lengths (8 × u8)              │136 OrderID     │168 ExecID      │200 Text (56)          │ 256 end of a venue's report
 *       ├───────────────────────────────┼────────────────┼────────────────┼───────────────────────┘
 *   256 │ ClOrdID                       │288 OrigClOrdID │320 Symbol      │352 Account            │ 384
 *       └───────────────────────────────┴────────────────┴────────────────┴───────────────────────┘
 *  number, slot      the core's order and request number, read back from the ClOrdID a venue echoes
 *  requestNumber     the cancel's or replace's number (OrigClOrdID side), 0 when there is none
 *  ExecRefID         of a bust or correction: in the last 32 bytes of Text, which is then shorter
 *  reason            our own reason code (core/reasons), 0 when the venue decided
 *  groupsLength      of the repeating groups that come with it (record/groups.ts), 0 without any
 *  index             towards a client: counts the reports of one session for ever, so that none is sent twice
 */
export const EXECUTION_REPORT_BYTES = 384;
export const REPORT_LENGTHS_AT = 128;
export const REPORT_ORDER_ID_AT = 136;
export const REPORT_EXEC_ID_AT = 168;
export const REPORT_TEXT_AT = 200;
export const REPORT_TEXT_BYTES = 56;
/** Of a bust or correction: the ExecRefID (19) has the end of the text's room. */
export const REPORT_EXEC_REF_ID_AT = 224;
export const REPORT_SHORT_TEXT_BYTES = 24;
export const REPORT_CL_ORD_ID_AT = 256;
export const REPORT_ORIG_CL_ORD_ID_AT = 288;
export const REPORT_SYMBOL_AT = 320;
export const REPORT_ACCOUNT_AT = 352;

/** A view of one ExecutionReport; owns nothing, is re-aimed with `aim`. */
export class ExecutionReport {
  at = 0;
  private readonly i32: Int32Array;
  private readonly f64: Float64Array;
  readonly bytes: Uint8Array;

  constructor(readonly views: Views) {
    this.i32 = views.ints;
    this.f64 = views.doubles;
    this.bytes = views.bytes;
  }

  aim(at: number): this {
    this.at = at;
    return this;
  }

  /** One of REPORT_…. */
  get kind(): number {
    return this.i32[this.at >> 2]!;
  }
  set kind(value: number) {
    this.i32[this.at >> 2] = value;
  }
  get session(): number {
    return this.i32[(this.at >> 2) + 1]!;
  }
  set session(value: number) {
    this.i32[(this.at >> 2) + 1] = value;
  }
  get msgSeqNum(): number {
    return this.i32[(this.at >> 2) + 2]!;
  }
  set msgSeqNum(value: number) {
    this.i32[(this.at >> 2) + 2] = value;
  }
  get epoch(): number {
    return this.i32[(this.at >> 2) + 3]!;
  }
  set epoch(value: number) {
    this.i32[(this.at >> 2) + 3] = value;
  }
  get execType(): number {
    return this.bytes[this.at + 16]!;
  }
  set execType(value: number) {
    this.bytes[this.at + 16] = value;
  }
  get ordStatus(): number {
    return this.bytes[this.at + 17]!;
  }
  set ordStatus(value: number) {
    this.bytes[this.at + 17] = value;
  }
  get side(): number {
    return this.bytes[this.at + 18]!;
  }
  set side(value: number) {
    this.bytes[this.at + 18] = value;
  }
  get ordType(): number {
    return this.bytes[this.at + 19]!;
  }
  set ordType(value: number) {
    this.bytes[this.at + 19] = value;
  }
  get timeInForce(): number {
    return this.bytes[this.at + 20]!;
  }
  set timeInForce(value: number) {
    this.bytes[this.at + 20] = value;
  }
  /** CxlRejResponseTo (434), ASCII. */
  get cxlRejResponseTo(): number {
    return this.bytes[this.at + 21]!;
  }
  set cxlRejResponseTo(value: number) {
    this.bytes[this.at + 21] = value;
  }
  /** CxlRejReason (102), a number. */
  get cxlRejReason(): number {
    return this.bytes[this.at + 22]!;
  }
  set cxlRejReason(value: number) {
    this.bytes[this.at + 22] = value;
  }
  /** OrdRejReason (103), a number. */
  get ordRejReason(): number {
    return this.bytes[this.at + 23]!;
  }
  set ordRejReason(value: number) {
    this.bytes[this.at + 23] = value;
  }
  get lastQty(): number {
    return this.f64[(this.at >> 3) + 3]!;
  }
  set lastQty(value: number) {
    this.f64[(this.at >> 3) + 3] = value;
  }
  get lastPxE8(): number {
    return this.f64[(this.at >> 3) + 4]!;
  }
  set lastPxE8(value: number) {
    this.f64[(this.at >> 3) + 4] = value;
  }
  get cumQty(): number {
    return this.f64[(this.at >> 3) + 5]!;
  }
  set cumQty(value: number) {
    this.f64[(this.at >> 3) + 5] = value;
  }
  get leavesQty(): number {
    return this.f64[(this.at >> 3) + 6]!;
  }
  set leavesQty(value: number) {
    this.f64[(this.at >> 3) + 6] = value;
  }
  get quantity(): number {
    return this.f64[(this.at >> 3) + 7]!;
  }
  set quantity(value: number) {
    this.f64[(this.at >> 3) + 7] = value;
  }
  get priceE8(): number {
    return this.f64[(this.at >> 3) + 8]!;
  }
  set priceE8(value: number) {
    this.f64[(this.at >> 3) + 8] = value;
  }
  get avgPxE8(): number {
    return this.f64[(this.at >> 3) + 9]!;
  }
  set avgPxE8(value: number) {
    this.f64[(this.at >> 3) + 9] = value;
  }
  get number(): number {
    return this.f64[(this.at >> 3) + 10]!;
  }
  set number(value: number) {
    this.f64[(this.at >> 3) + 10] = value;
  }
  get requestNumber(): number {
    return this.f64[(this.at >> 3) + 11]!;
  }
  set requestNumber(value: number) {
    this.f64[(this.at >> 3) + 11] = value;
  }
  get transactUs(): number {
    return this.f64[(this.at >> 3) + 12]!;
  }
  set transactUs(value: number) {
    this.f64[(this.at >> 3) + 12] = value;
  }
  get slot(): number {
    return this.i32[(this.at >> 2) + 26]!;
  }
  set slot(value: number) {
    this.i32[(this.at >> 2) + 26] = value;
  }
  get index(): number {
    return this.i32[(this.at >> 2) + 27]!;
  }
  set index(value: number) {
    this.i32[(this.at >> 2) + 27] = value;
  }
  get reason(): number {
    return this.i32[(this.at >> 2) + 28]!;
  }
  set reason(value: number) {
    this.i32[(this.at >> 2) + 28] = value;
  }
  get groupsLength(): number {
    return this.i32[(this.at >> 2) + 29]!;
  }
  set groupsLength(value: number) {
    this.i32[(this.at >> 2) + 29] = value;
  }

  get orderIdLength(): number {
    return this.bytes[this.at + 128]!;
  }
  set orderIdLength(value: number) {
    this.bytes[this.at + 128] = value;
  }
  get execIdLength(): number {
    return this.bytes[this.at + 129]!;
  }
  set execIdLength(value: number) {
    this.bytes[this.at + 129] = value;
  }
  get textLength(): number {
    return this.bytes[this.at + 130]!;
  }
  set textLength(value: number) {
    this.bytes[this.at + 130] = value;
  }
  get clOrdIdLength(): number {
    return this.bytes[this.at + 131]!;
  }
  set clOrdIdLength(value: number) {
    this.bytes[this.at + 131] = value;
  }
  get origClOrdIdLength(): number {
    return this.bytes[this.at + 132]!;
  }
  set origClOrdIdLength(value: number) {
    this.bytes[this.at + 132] = value;
  }
  get symbolLength(): number {
    return this.bytes[this.at + 133]!;
  }
  set symbolLength(value: number) {
    this.bytes[this.at + 133] = value;
  }
  get accountLength(): number {
    return this.bytes[this.at + 134]!;
  }
  set accountLength(value: number) {
    this.bytes[this.at + 134] = value;
  }

  /** Above 0 in a bust or correction: which execution it is about. */
  get execRefIdLength(): number {
    return this.bytes[this.at + 135]!;
  }
  set execRefIdLength(value: number) {
    this.bytes[this.at + 135] = value;
  }

  /** Bytes of a venue's report that matter, and that the journal keeps; its groups follow them there. */
  get inboundLength(): number {
    return this.textLength === 0 && this.execRefIdLength === 0 ? REPORT_TEXT_AT : REPORT_TEXT_AT + REPORT_TEXT_BYTES;
  }

  /** Zeroes the hot lines and the lengths; ids are written whole, so they need none. */
  clear(): void {
    const word = this.at >> 2;
    for (let i = 0; i < 34; i++) this.i32[word + i] = 0;
  }
}
