// Made from src/record/layout/order-request.ts by `npm run generate`.
import { REQUEST_NEW } from "../codes.ts";
import { copyId } from "./ids.ts";


export const ORDER_REQUEST_BYTES = 576;

/** An OrderRequest in memory. */
@unmanaged
export class OrderRequest {
  @inline
  get kind(): i32 {
    return load<i32>(changetype<usize>(this), 0);
  }
  @inline
  set kind(value: i32) {
    store<i32>(changetype<usize>(this), value, 0);
  }
  @inline
  get session(): i32 {
    return load<i32>(changetype<usize>(this), 4);
  }
  @inline
  set session(value: i32) {
    store<i32>(changetype<usize>(this), value, 4);
  }
  @inline
  get msgSeqNum(): i32 {
    return load<i32>(changetype<usize>(this), 8);
  }
  @inline
  set msgSeqNum(value: i32) {
    store<i32>(changetype<usize>(this), value, 8);
  }
  @inline
  get epoch(): i32 {
    return load<i32>(changetype<usize>(this), 12);
  }
  @inline
  set epoch(value: i32) {
    store<i32>(changetype<usize>(this), value, 12);
  }
  @inline
  get slot(): i32 {
    return load<i32>(changetype<usize>(this), 20);
  }
  @inline
  set slot(value: i32) {
    store<i32>(changetype<usize>(this), value, 20);
  }
  @inline
  get receivedUs(): f64 {
    return load<f64>(changetype<usize>(this), 40);
  }
  @inline
  set receivedUs(value: f64) {
    store<f64>(changetype<usize>(this), value, 40);
  }
  @inline
  get number(): f64 {
    return load<f64>(changetype<usize>(this), 48);
  }
  @inline
  set number(value: f64) {
    store<f64>(changetype<usize>(this), value, 48);
  }
  @inline
  get origNumber(): f64 {
    return load<f64>(changetype<usize>(this), 56);
  }
  @inline
  set origNumber(value: f64) {
    store<f64>(changetype<usize>(this), value, 56);
  }
  @inline
  get groupsLength(): i32 {
    return <i32>(load<u32>(changetype<usize>(this), 68) >>> 8);
  }
  @inline
  set groupsLength(value: i32) {
    store<u32>(changetype<usize>(this), (load<u32>(changetype<usize>(this), 68) & 255) | (<u32>value << 8), 68);
  }
  @inline
  get clOrdIdLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 64);
  }
  @inline
  set clOrdIdLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 64);
  }
  get clOrdIdAt(): usize {
    return changetype<usize>(this) + (this.clOrdIdLength > 32 ? 256 : 72);
  }
  @inline
  get origClOrdIdLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 67);
  }
  @inline
  set origClOrdIdLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 67);
  }
  get origClOrdIdAt(): usize {
    return changetype<usize>(this) + (this.origClOrdIdLength > 32 ? 320 : 168);
  }
  @inline
  get factorLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 67);
  }
  @inline
  set factorLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 67);
  }
  get factorAt(): usize {
    return changetype<usize>(this) + (this.factorLength > 32 ? 320 : 168);
  }
  @inline
  get traderLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 68);
  }
  @inline
  set traderLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 68);
  }
  get traderAt(): usize {
    return changetype<usize>(this) + (this.traderLength > 32 ? 512 : 200);
  }
  @inline
  get orderIdLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 68);
  }
  @inline
  set orderIdLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 68);
  }
  get orderIdAt(): usize {
    return changetype<usize>(this) + (this.orderIdLength > 32 ? 512 : 200);
  }
  @inline
  get accountLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 65);
  }
  @inline
  set accountLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 65);
  }
  get accountAt(): usize {
    return changetype<usize>(this) + (this.accountLength > 32 ? 384 : 104);
  }
  @inline
  get symbolLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 66);
  }
  @inline
  set symbolLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 66);
  }
  get symbolAt(): usize {
    return changetype<usize>(this) + (this.symbolLength > 32 ? 448 : 136);
  }
  @inline
  get side(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 16);
  }
  @inline
  set side(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 16);
  }
  @inline
  get quantity(): i64 {
    return load<i64>(changetype<usize>(this), 24);
  }
  @inline
  set quantity(value: i64) {
    store<i64>(changetype<usize>(this), value, 24);
  }
  @inline
  get ordType(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 17);
  }
  @inline
  set ordType(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 17);
  }
  @inline
  get priceE8(): i64 {
    return load<i64>(changetype<usize>(this), 32);
  }
  @inline
  set priceE8(value: i64) {
    store<i64>(changetype<usize>(this), value, 32);
  }
  @inline
  get timeInForce(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 18);
  }
  @inline
  set timeInForce(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 18);
  }
  @inline
  get possResend(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 19);
  }
  @inline
  set possResend(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 19);
  }
  @inline
  get transactUs(): f64 {
    return load<f64>(changetype<usize>(this), 232);
  }
  @inline
  set transactUs(value: f64) {
    store<f64>(changetype<usize>(this), value, 232);
  }
  @inline
  get transactDigits(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 240);
  }
  @inline
  set transactDigits(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 240);
  }
  @inline
  get handlInst(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 241);
  }
  @inline
  set handlInst(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 241);
  }
  @inline
  get unheldTag(): i32 {
    return load<i32>(changetype<usize>(this), 244);
  }
  @inline
  set unheldTag(value: i32) {
    store<i32>(changetype<usize>(this), value, 244);
  }
  @inline
  get receivedNs(): f64 {
    return load<f64>(changetype<usize>(this), 248);
  }
  @inline
  set receivedNs(value: f64) {
    store<f64>(changetype<usize>(this), value, 248);
  }

  /** Bytes of it that the journal keeps; its groups follow them there. */
  get length(): i32 {
    if (this.traderLength > 32) return 576;
    if (this.orderIdLength > 32) return 576;
    if (this.symbolLength > 32) return 512;
    if (this.accountLength > 32) return 448;
    if (this.origClOrdIdLength > 32) return 384;
    if (this.factorLength > 32) return 384;
    if (this.clOrdIdLength > 32) return 320;
    if (this.unheldTag !== 0) return 248;
    return this.kind === REQUEST_NEW && this.factorLength === 0 && this.traderLength === 0
      ? 168
      : 232;
  }

  /** Zeroes the numbers and the lengths; ids are written whole, so they need none. */
  clear(): void {
    v128.store(changetype<usize>(this), i64x2.splat(0), 0);
    v128.store(changetype<usize>(this), i64x2.splat(0), 16);
    v128.store(changetype<usize>(this), i64x2.splat(0), 32);
    v128.store(changetype<usize>(this), i64x2.splat(0), 48);
    store<i64>(changetype<usize>(this), 0, 64);
    this.transactUs = 0;
    this.transactDigits = 0;
    this.handlInst = 0;
    this.unheldTag = 0;
    this.receivedNs = 0;
  }

  /** Copies the fields that are passed on unchanged. */
  carry(from: OrderRequest): void {
    this.kind = from.kind;
    this.receivedUs = from.receivedUs;
    this.clOrdIdLength = from.clOrdIdLength;
    copyId(this.clOrdIdAt, from.clOrdIdAt, from.clOrdIdLength);
    this.transactUs = from.transactUs;
    this.transactDigits = from.transactDigits;
    this.handlInst = from.handlInst;
  }
}
