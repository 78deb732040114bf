// Made from src/record/layout/execution-report.ts by `npm run generate`.

import type { Views } from "../base/views.ts";

export const EXECUTION_REPORT_BYTES = 832;
/** Of text, where execRefId has a value. */
export const REPORT_SHORT_TEXT_BYTES = 24;
export const REPORT_TEXT_AT = 200;
export const REPORT_TEXT_BYTES = 56;
export const REPORT_LONG_TEXT_BYTES = 192;
/** Tags that the record has of each message. */
export const REPORT_TAGS = {
  8: [1, 6, 11, 14, 17, 19, 31, 32, 37, 38, 39, 40, 41, 44, 54, 55, 58, 59, 60, 103, 150, 151],
  9: [1, 11, 37, 39, 41, 58, 60, 102, 434],
} as const;

/** A view of one ExecutionReport; owns nothing, is re-aimed with `aim`. */
export class ExecutionReport {
  at = 0;
  private readonly i32: Int32Array;
  private readonly f64: Float64Array;
  private readonly i64: BigInt64Array;
  readonly bytes: Uint8Array;

  constructor(readonly views: Views) {
    this.i32 = views.ints;
    this.f64 = views.doubles;
    this.i64 = views.longs;
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
  /** TransactTime (60) as the venue said it; towards a client without digits: when the gateway made the report. */
  get transactUs(): number {
    return this.f64[(this.at >> 3) + 12]!;
  }
  set transactUs(value: number) {
    this.f64[(this.at >> 3) + 12] = value;
  }
  get transactDigits(): number {
    return this.bytes[this.at + 120]!;
  }
  set transactDigits(value: number) {
    this.bytes[this.at + 120] = value;
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
  /** Bits STATED_…: the numbers that the venue said, held exactly. */
  get stated(): number {
    return this.bytes[this.at + 121]!;
  }
  set stated(value: number) {
    this.bytes[this.at + 121] = value;
  }
  /** Of a venue's report: by which rules the core takes it. Of a status (ExecType I) and some Replaced REPORT_RULES, and of any bits MARK_…; 0: as versions before did. */
  get rules(): number {
    return this.bytes[this.at + 122]!;
  }
  set rules(value: number) {
    this.bytes[this.at + 122] = value;
  }
  /** ExecType and OrdStatus as the venue said them, where the record has others (fix/orders/exec-type.ts); 0: as they are. */
  get words(): number {
    return this.bytes[this.at + 123]!;
  }
  set words(value: number) {
    this.bytes[this.at + 123] = value;
  }
  /** Tag of the first number that the record can't hold exactly; it stands beside the record. 0: none. */
  get unheldTag(): number {
    return this.i32[(this.at >> 2) + 31]!;
  }
  set unheldTag(value: number) {
    this.i32[(this.at >> 2) + 31] = value;
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
  get quantity(): bigint {
    return this.i64[(this.at >> 3) + 7]!;
  }
  set quantity(value: bigint) {
    this.i64[(this.at >> 3) + 7] = value;
  }
  /** Index of its lower half in the ints of the views (base/long.ts): a bigint is an object. */
  get quantityIndex(): number {
    return (this.at >> 2) + 14;
  }
  get priceE8(): bigint {
    return this.i64[(this.at >> 3) + 8]!;
  }
  set priceE8(value: bigint) {
    this.i64[(this.at >> 3) + 8] = value;
  }
  /** Index of its lower half in the ints of the views (base/long.ts): a bigint is an object. */
  get priceE8Index(): number {
    return (this.at >> 2) + 16;
  }
  get timeInForce(): number {
    return this.bytes[this.at + 20]!;
  }
  set timeInForce(value: number) {
    this.bytes[this.at + 20] = value;
  }
  get lastQty(): bigint {
    return this.i64[(this.at >> 3) + 3]!;
  }
  set lastQty(value: bigint) {
    this.i64[(this.at >> 3) + 3] = value;
  }
  /** Index of its lower half in the ints of the views (base/long.ts): a bigint is an object. */
  get lastQtyIndex(): number {
    return (this.at >> 2) + 6;
  }
  get lastPxE8(): bigint {
    return this.i64[(this.at >> 3) + 4]!;
  }
  set lastPxE8(value: bigint) {
    this.i64[(this.at >> 3) + 4] = value;
  }
  /** Index of its lower half in the ints of the views (base/long.ts): a bigint is an object. */
  get lastPxE8Index(): number {
    return (this.at >> 2) + 8;
  }
  get leavesQty(): bigint {
    return this.i64[(this.at >> 3) + 6]!;
  }
  set leavesQty(value: bigint) {
    this.i64[(this.at >> 3) + 6] = value;
  }
  /** Index of its lower half in the ints of the views (base/long.ts): a bigint is an object. */
  get leavesQtyIndex(): number {
    return (this.at >> 2) + 12;
  }
  get cumQty(): bigint {
    return this.i64[(this.at >> 3) + 5]!;
  }
  set cumQty(value: bigint) {
    this.i64[(this.at >> 3) + 5] = value;
  }
  /** Index of its lower half in the ints of the views (base/long.ts): a bigint is an object. */
  get cumQtyIndex(): number {
    return (this.at >> 2) + 10;
  }
  get avgPxE8(): bigint {
    return this.i64[(this.at >> 3) + 9]!;
  }
  set avgPxE8(value: bigint) {
    this.i64[(this.at >> 3) + 9] = value;
  }
  /** Index of its lower half in the ints of the views (base/long.ts): a bigint is an object. */
  get avgPxE8Index(): number {
    return (this.at >> 2) + 18;
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
  get orderIdLength(): number {
    return this.bytes[this.at + 128]!;
  }
  set orderIdLength(value: number) {
    this.bytes[this.at + 128] = value;
  }
  /** Where it stands: set its length before. */
  get orderIdAt(): number {
    return this.at + (this.orderIdLength > 32 ? 384 : 136);
  }
  get execIdLength(): number {
    return this.bytes[this.at + 129]!;
  }
  set execIdLength(value: number) {
    this.bytes[this.at + 129] = value;
  }
  /** Where it stands: set its length before. */
  get execIdAt(): number {
    return this.at + (this.execIdLength > 32 ? 448 : 168);
  }
  /** Above 0 in a bust or correction: which execution it is about. */
  get execRefIdLength(): number {
    return this.bytes[this.at + 135]!;
  }
  set execRefIdLength(value: number) {
    this.bytes[this.at + 135] = value;
  }
  /** Where it stands: set its length before. */
  get execRefIdAt(): number {
    return this.at + (this.execRefIdLength > 32 ? 512 : 224);
  }
  get textLength(): number {
    return this.bytes[this.at + 130]!;
  }
  set textLength(value: number) {
    this.bytes[this.at + 130] = value;
  }
  /** Where it stands: set its length before. */
  get textAt(): number {
    return this.at + (this.textLength > 56 ? 384 : 200);
  }
  get clOrdIdLength(): number {
    return this.bytes[this.at + 131]!;
  }
  set clOrdIdLength(value: number) {
    this.bytes[this.at + 131] = value;
  }
  /** Where it stands: set its length before. */
  get clOrdIdAt(): number {
    return this.at + (this.clOrdIdLength > 32 ? 704 : 256);
  }
  get origClOrdIdLength(): number {
    return this.bytes[this.at + 132]!;
  }
  set origClOrdIdLength(value: number) {
    this.bytes[this.at + 132] = value;
  }
  /** Where it stands: set its length before. */
  get origClOrdIdAt(): number {
    return this.at + (this.origClOrdIdLength > 32 ? 768 : 288);
  }
  get symbolLength(): number {
    return this.bytes[this.at + 133]!;
  }
  set symbolLength(value: number) {
    this.bytes[this.at + 133] = value;
  }
  /** Where it stands: set its length before. */
  get symbolAt(): number {
    return this.at + (this.symbolLength > 32 ? 576 : 320);
  }
  get accountLength(): number {
    return this.bytes[this.at + 134]!;
  }
  set accountLength(value: number) {
    this.bytes[this.at + 134] = value;
  }
  /** Where it stands: set its length before. */
  get accountAt(): number {
    return this.at + (this.accountLength > 32 ? 640 : 352);
  }

  /** Bytes of a venue's report that the journal keeps; its groups follow them there. */
  get inboundLength(): number {
    if (this.accountLength > 32) return 704;
    if (this.symbolLength > 32) return 640;
    if (this.execRefIdLength > 32) return 576;
    if (this.execIdLength > 32) return 512;
    if (this.orderIdLength > 32) return 448;
    if (this.accountLength !== 0) return 384;
    if (this.symbolLength !== 0) return 352;
    return this.execRefIdLength === 0 && this.textLength === 0 ? 200 : 256;
  }

  /** Zeroes the numbers and the lengths; ids are written whole, so they need none. */
  clear(): void {
    const from = this.at >> 3;
    for (let i = 0; i < 17; i++) this.f64[from + i] = 0;
  }

  /** Makes it the record of which `length` bytes are at `from`, a multiple of 4; what they lack is absent. */
  take(views: Views, from: number, length: number): this {
    this.clear();
    const to = this.at >> 2;
    for (let i = 0; i < length >> 2; i++) this.i32[to + i] = views.ints[(from >> 2) + i]!;
    return this;
  }
}
