// Made from src/record/layout/order-request.ts by `npm run generate`.

import { copyId } from "../base/id.ts";
import type { Views } from "../base/views.ts";
import { REQUEST_NEW } from "./codes.ts";

export const ORDER_REQUEST_BYTES = 576;
export const REQUEST_EPOCH_AT = 12;
export const REQUEST_ORIG_NUMBER_AT = 56;
/** What the journal keeps without the fields behind. */
export const NEW_ORDER_LENGTH = 168;
/** What the journal keeps with all fields. */
export const OTHER_REQUEST_LENGTH = 232;
/** Tags that the record has of each message. */
export const REQUEST_TAGS = {
  D: [1, 11, 21, 38, 40, 44, 54, 55, 59, 60, 97],
  F: [1, 11, 37, 38, 41, 54, 55, 60, 97],
  G: [1, 11, 21, 37, 38, 40, 41, 44, 54, 55, 59, 60, 97],
  H: [1, 11, 54, 55, 97],
} as const;

/** A view of one OrderRequest; owns nothing, is re-aimed with `aim`. */
export class OrderRequest {
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

  /** One of REQUEST_…. */
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
  /** MsgSeqNum (34) it came with. */
  get msgSeqNum(): number {
    return this.i32[(this.at >> 2) + 2]!;
  }
  set msgSeqNum(value: number) {
    this.i32[(this.at >> 2) + 2] = value;
  }
  /** How often the session's numbers had been reset when it came; towards a venue OF_THE_PAST, or twice the client session's id and 2. */
  get epoch(): number {
    return this.i32[(this.at >> 2) + 3]!;
  }
  set epoch(value: number) {
    this.i32[(this.at >> 2) + 3] = value;
  }
  get slot(): number {
    return this.i32[(this.at >> 2) + 5]!;
  }
  set slot(value: number) {
    this.i32[(this.at >> 2) + 5] = value;
  }
  /** Wall clock of the read that brought it. */
  get receivedUs(): number {
    return this.f64[(this.at >> 3) + 5]!;
  }
  set receivedUs(value: number) {
    this.f64[(this.at >> 3) + 5] = value;
  }
  get number(): number {
    return this.f64[(this.at >> 3) + 6]!;
  }
  set number(value: number) {
    this.f64[(this.at >> 3) + 6] = value;
  }
  get origNumber(): number {
    return this.f64[(this.at >> 3) + 7]!;
  }
  set origNumber(value: number) {
    this.f64[(this.at >> 3) + 7] = value;
  }
  /** Bytes of the repeating groups that come with it; 0: none. */
  get groupsLength(): number {
    return this.i32[(this.at >> 2) + 17]! >>> 8;
  }
  set groupsLength(value: number) {
    const word = (this.at >> 2) + 17;
    this.i32[word] = (this.i32[word]! & 255) | (value << 8);
  }
  get side(): number {
    return this.bytes[this.at + 16]!;
  }
  set side(value: number) {
    this.bytes[this.at + 16] = value;
  }
  /** OrderQty (38) in 1e-8. */
  get quantity(): bigint {
    return this.i64[(this.at >> 3) + 3]!;
  }
  set quantity(value: bigint) {
    this.i64[(this.at >> 3) + 3] = value;
  }
  /** Index of its lower half in the ints of the views (base/long.ts): a bigint is an object. */
  get quantityIndex(): number {
    return (this.at >> 2) + 6;
  }
  get ordType(): number {
    return this.bytes[this.at + 17]!;
  }
  set ordType(value: number) {
    this.bytes[this.at + 17] = value;
  }
  /** Price (44) in 1e-8, or NO_PRICE. */
  get priceE8(): bigint {
    return this.i64[(this.at >> 3) + 4]!;
  }
  set priceE8(value: bigint) {
    this.i64[(this.at >> 3) + 4] = value;
  }
  /** Index of its lower half in the ints of the views (base/long.ts): a bigint is an object. */
  get priceE8Index(): number {
    return (this.at >> 2) + 8;
  }
  get timeInForce(): number {
    return this.bytes[this.at + 18]!;
  }
  set timeInForce(value: number) {
    this.bytes[this.at + 18] = value;
  }
  /** POSS_RESEND, POSS_DUP, or 0: a request with a ClOrdID seen before is then dropped without an answer. */
  get possResend(): number {
    return this.bytes[this.at + 19]!;
  }
  set possResend(value: number) {
    this.bytes[this.at + 19] = value;
  }
  /** TransactTime (60) as the client said it. */
  get transactUs(): number {
    return this.f64[(this.at >> 3) + 29]!;
  }
  set transactUs(value: number) {
    this.f64[(this.at >> 3) + 29] = value;
  }
  get transactDigits(): number {
    return this.bytes[this.at + 240]!;
  }
  set transactDigits(value: number) {
    this.bytes[this.at + 240] = value;
  }
  /** HandlInst (21) as the client said it. */
  get handlInst(): number {
    return this.bytes[this.at + 241]!;
  }
  set handlInst(value: number) {
    this.bytes[this.at + 241] = value;
  }
  /** Tag of the first number that the record can't hold exactly; 0: none. */
  get unheldTag(): number {
    return this.i32[(this.at >> 2) + 61]!;
  }
  set unheldTag(value: number) {
    this.i32[(this.at >> 2) + 61] = value;
  }
  /** Monotonic clock at the begin of the turn that read it, nanoseconds; 0: it was not received in this run. */
  get receivedNs(): number {
    return this.f64[(this.at >> 3) + 31]!;
  }
  set receivedNs(value: number) {
    this.f64[(this.at >> 3) + 31] = value;
  }
  get clOrdIdLength(): number {
    return this.bytes[this.at + 64]!;
  }
  set clOrdIdLength(value: number) {
    this.bytes[this.at + 64] = value;
  }
  /** Where it stands: set its length before. */
  get clOrdIdAt(): number {
    return this.at + (this.clOrdIdLength > 32 ? 256 : 72);
  }
  get origClOrdIdLength(): number {
    return this.bytes[this.at + 67]!;
  }
  set origClOrdIdLength(value: number) {
    this.bytes[this.at + 67] = value;
  }
  /** Where it stands: set its length before. */
  get origClOrdIdAt(): number {
    return this.at + (this.origClOrdIdLength > 32 ? 320 : 168);
  }
  /** Multiplier and rate of a new order that the core has accepted, where they are not 1: they stand in the place of OrigClOrdID. */
  get factorLength(): number {
    return this.bytes[this.at + 67]!;
  }
  set factorLength(value: number) {
    this.bytes[this.at + 67] = value;
  }
  /** Where it stands: set its length before. */
  get factorAt(): number {
    return this.at + (this.factorLength > 32 ? 320 : 168);
  }
  /** Who enters a new order, which has no OrderID yet: it stands in its place. */
  get traderLength(): number {
    return this.bytes[this.at + 68]!;
  }
  set traderLength(value: number) {
    this.bytes[this.at + 68] = value;
  }
  /** Where it stands: set its length before. */
  get traderAt(): number {
    return this.at + (this.traderLength > 32 ? 512 : 200);
  }
  get orderIdLength(): number {
    return this.bytes[this.at + 68]!;
  }
  set orderIdLength(value: number) {
    this.bytes[this.at + 68] = value;
  }
  /** Where it stands: set its length before. */
  get orderIdAt(): number {
    return this.at + (this.orderIdLength > 32 ? 512 : 200);
  }
  get accountLength(): number {
    return this.bytes[this.at + 65]!;
  }
  set accountLength(value: number) {
    this.bytes[this.at + 65] = value;
  }
  /** Where it stands: set its length before. */
  get accountAt(): number {
    return this.at + (this.accountLength > 32 ? 384 : 104);
  }
  get symbolLength(): number {
    return this.bytes[this.at + 66]!;
  }
  set symbolLength(value: number) {
    this.bytes[this.at + 66] = value;
  }
  /** Where it stands: set its length before. */
  get symbolAt(): number {
    return this.at + (this.symbolLength > 32 ? 448 : 136);
  }

  /** Bytes of it that the journal keeps; its groups follow them there. */
  get length(): number {
    if (this.traderLength > 32) return 576;
    if (this.orderIdLength > 32) return 576;
    if (this.symbolLength > 32) return 512;
    if (this.accountLength > 32) return 448;
    if (this.origClOrdIdLength > 32) return 384;
    if (this.factorLength > 32) return 384;
    if (this.clOrdIdLength > 32) return 320;
    if (this.unheldTag !== 0) return 248;
    return this.kind === REQUEST_NEW && this.factorLength === 0 && this.traderLength === 0
      ? NEW_ORDER_LENGTH
      : OTHER_REQUEST_LENGTH;
  }

  /** Zeroes the numbers and the lengths; ids are written whole, so they need none. */
  clear(): void {
    const from = this.at >> 3;
    for (let i = 0; i < 9; i++) this.f64[from + i] = 0;
    this.transactUs = 0;
    this.transactDigits = 0;
    this.handlInst = 0;
    this.unheldTag = 0;
    this.receivedNs = 0;
  }

  /** Makes it the record of which `length` bytes are at `from`, a multiple of 4; what they lack is absent. */
  take(views: Views, from: number, length: number): this {
    this.clear();
    const to = this.at >> 2;
    for (let i = 0; i < length >> 2; i++) this.i32[to + i] = views.ints[(from >> 2) + i]!;
    return this;
  }

  /** Copies the fields that are passed on unchanged. */
  carry(from: OrderRequest): void {
    this.kind = from.kind;
    this.receivedUs = from.receivedUs;
    this.clOrdIdLength = from.clOrdIdLength;
    copyId(this.i32, this.clOrdIdAt, from.i32, from.clOrdIdAt, this.clOrdIdLength);
    this.transactUs = from.transactUs;
    this.transactDigits = from.transactDigits;
    this.handlInst = from.handlInst;
  }
}
