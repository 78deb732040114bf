import type { Views } from "../base/views.ts";

/*  OrderRequest: what a client asks, on its way client → core → venue. Written by the client agent (then by the core,
 *  into the venue's ring); 256 bytes, of which the first `length` matter.
 *
 *  byte 0     4        8         12     16                20     24        32       40          48          56        64
 *       ┌─────┬────────┬─────────┬──────┬─────────────────┬──────┬─────────┬────────┬───────────┬───────────┬─────────┐
 *       │kind │session │MsgSeqNum│epoch │side type tif cap│slot  │quantity │priceE8 │receivedUs │number     │origNum  │  hot
 *       ├─────┴────────┴─────────┴──────┼────────┬────────┴──────┴──┬──────┴────────┴───┬───────┴───────────┴─────────┤
 *    64 │ lengths (8 × u8)              │ 72 ClOrdID     │ 104 Account      │ 136 Symbol       │ 168 (end of a new order)
 *       ├───────────────────────────────┼────────────────┼──────────────────┼──────────────────┘
 *       │ 168 OrigClOrdID               │ 200 OrderID    │ 232 end of the others
 *       └───────────────────────────────┴────────────────┘
 *  session  client side: client session id; towards a venue: venue session id
 *  slot, number, origNumber  the core's own order slot and request numbers; they make up the ClOrdID a venue sees
 *  the last three bytes of the lengths are one number: how long the groups are that come with it (record/groups.ts)
 */
export const ORDER_REQUEST_BYTES = 256;

/** `epoch` of a request to a venue that a gateway before this one asked and that did not leave: it is too late for it. */
export const OF_THE_PAST = 1;
export const EPOCH_WORD = 3;

const SIDE_AT = 16;
const TYPE_AT = 17;
const TIF_AT = 18;
const POSS_RESEND_AT = 19;
/** OrderIDLength in its first byte, the length of the groups in the others. */
const GROUPS_WORD = 17;
export const REQUEST_LENGTHS_AT = 64;
export const REQUEST_CL_ORD_ID_AT = 72;
export const REQUEST_ACCOUNT_AT = 104;
export const REQUEST_SYMBOL_AT = 136;
export const REQUEST_ORIG_CL_ORD_ID_AT = 168;
export const REQUEST_ORDER_ID_AT = 200;
/** Journalled length of a new order, and of every other request. */
export const NEW_ORDER_LENGTH = 168;
export const OTHER_REQUEST_LENGTH = 232;

/** A view of one OrderRequest; owns nothing, is re-aimed with `aim`. */
export class OrderRequest {
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
  /** How often the session's numbers had been reset when it came; towards a venue 0, or OF_THE_PAST. */
  get epoch(): number {
    return this.i32[(this.at >> 2) + 3]!;
  }
  set epoch(value: number) {
    this.i32[(this.at >> 2) + 3] = value;
  }
  get side(): number {
    return this.bytes[this.at + SIDE_AT]!;
  }
  set side(value: number) {
    this.bytes[this.at + SIDE_AT] = value;
  }
  get ordType(): number {
    return this.bytes[this.at + TYPE_AT]!;
  }
  set ordType(value: number) {
    this.bytes[this.at + TYPE_AT] = value;
  }
  get timeInForce(): number {
    return this.bytes[this.at + TIF_AT]!;
  }
  set timeInForce(value: number) {
    this.bytes[this.at + TIF_AT] = value;
  }
  /** 1 when PossResend (97) was Y: a ClOrdID seen before is then dropped without an answer. */
  get possResend(): number {
    return this.bytes[this.at + POSS_RESEND_AT]!;
  }
  set possResend(value: number) {
    this.bytes[this.at + POSS_RESEND_AT] = value;
  }
  get slot(): number {
    return this.i32[(this.at >> 2) + 5]!;
  }
  set slot(value: number) {
    this.i32[(this.at >> 2) + 5] = value;
  }
  /** OrderQty (38), whole units. */
  get quantity(): number {
    return this.f64[(this.at >> 3) + 3]!;
  }
  set quantity(value: number) {
    this.f64[(this.at >> 3) + 3] = value;
  }
  /** Price (44) in 1e-8, or NO_PRICE. */
  get priceE8(): number {
    return this.f64[(this.at >> 3) + 4]!;
  }
  set priceE8(value: number) {
    this.f64[(this.at >> 3) + 4] = value;
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

  get clOrdIdLength(): number {
    return this.bytes[this.at + 64]!;
  }
  set clOrdIdLength(value: number) {
    this.bytes[this.at + 64] = value;
  }
  get accountLength(): number {
    return this.bytes[this.at + 65]!;
  }
  set accountLength(value: number) {
    this.bytes[this.at + 65] = value;
  }
  get symbolLength(): number {
    return this.bytes[this.at + 66]!;
  }
  set symbolLength(value: number) {
    this.bytes[this.at + 66] = value;
  }
  get origClOrdIdLength(): number {
    return this.bytes[this.at + 67]!;
  }
  set origClOrdIdLength(value: number) {
    this.bytes[this.at + 67] = value;
  }
  get orderIdLength(): number {
    return this.bytes[this.at + 68]!;
  }
  set orderIdLength(value: number) {
    this.bytes[this.at + 68] = value;
  }

  /** Bytes of the repeating groups that come with it; 0: none. */
  get groupsLength(): number {
    return this.i32[(this.at >> 2) + GROUPS_WORD]! >>> 8;
  }
  set groupsLength(value: number) {
    const word = (this.at >> 2) + GROUPS_WORD;
    this.i32[word] = (this.i32[word]! & 255) | (value << 8);
  }

  /** Bytes that matter, and that the journal keeps; its groups follow them there. */
  get length(): number {
    return this.kind === 1 ? NEW_ORDER_LENGTH : OTHER_REQUEST_LENGTH;
  }

  /** Zeroes the hot line and the lengths; ids are written whole, so they need none. */
  clear(): void {
    const word = this.at >> 2;
    for (let i = 0; i < 18; i++) this.i32[word + i] = 0;
  }
}
