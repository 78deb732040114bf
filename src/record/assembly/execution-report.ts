// Made from src/record/layout/execution-report.ts by `npm run generate`.


export const EXECUTION_REPORT_BYTES = 832;
export const REPORT_TEXT_BYTES = 56;
export const REPORT_LONG_TEXT_BYTES = 192;

/** An ExecutionReport in memory. */
@unmanaged
export class ExecutionReport {
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
  get number(): f64 {
    return load<f64>(changetype<usize>(this), 80);
  }
  @inline
  set number(value: f64) {
    store<f64>(changetype<usize>(this), value, 80);
  }
  @inline
  get requestNumber(): f64 {
    return load<f64>(changetype<usize>(this), 88);
  }
  @inline
  set requestNumber(value: f64) {
    store<f64>(changetype<usize>(this), value, 88);
  }
  @inline
  get transactUs(): f64 {
    return load<f64>(changetype<usize>(this), 96);
  }
  @inline
  set transactUs(value: f64) {
    store<f64>(changetype<usize>(this), value, 96);
  }
  @inline
  get transactDigits(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 120);
  }
  @inline
  set transactDigits(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 120);
  }
  @inline
  get slot(): i32 {
    return load<i32>(changetype<usize>(this), 104);
  }
  @inline
  set slot(value: i32) {
    store<i32>(changetype<usize>(this), value, 104);
  }
  @inline
  get index(): i32 {
    return load<i32>(changetype<usize>(this), 108);
  }
  @inline
  set index(value: i32) {
    store<i32>(changetype<usize>(this), value, 108);
  }
  @inline
  get reason(): i32 {
    return load<i32>(changetype<usize>(this), 112);
  }
  @inline
  set reason(value: i32) {
    store<i32>(changetype<usize>(this), value, 112);
  }
  @inline
  get groupsLength(): i32 {
    return load<i32>(changetype<usize>(this), 116);
  }
  @inline
  set groupsLength(value: i32) {
    store<i32>(changetype<usize>(this), value, 116);
  }
  @inline
  get stated(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 121);
  }
  @inline
  set stated(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 121);
  }
  @inline
  get rules(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 122);
  }
  @inline
  set rules(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 122);
  }
  @inline
  get words(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 123);
  }
  @inline
  set words(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 123);
  }
  @inline
  get unheldTag(): i32 {
    return load<i32>(changetype<usize>(this), 124);
  }
  @inline
  set unheldTag(value: i32) {
    store<i32>(changetype<usize>(this), value, 124);
  }
  @inline
  get orderIdLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 128);
  }
  @inline
  set orderIdLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 128);
  }
  get orderIdAt(): usize {
    return changetype<usize>(this) + (this.orderIdLength > 32 ? 384 : 136);
  }
  @inline
  get execIdLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 129);
  }
  @inline
  set execIdLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 129);
  }
  get execIdAt(): usize {
    return changetype<usize>(this) + (this.execIdLength > 32 ? 448 : 168);
  }
  @inline
  get execRefIdLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 135);
  }
  @inline
  set execRefIdLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 135);
  }
  get execRefIdAt(): usize {
    return changetype<usize>(this) + (this.execRefIdLength > 32 ? 512 : 224);
  }
  @inline
  get execType(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 16);
  }
  @inline
  set execType(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 16);
  }
  @inline
  get ordStatus(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 17);
  }
  @inline
  set ordStatus(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 17);
  }
  @inline
  get side(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 18);
  }
  @inline
  set side(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 18);
  }
  @inline
  get ordType(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 19);
  }
  @inline
  set ordType(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 19);
  }
  @inline
  get quantity(): i64 {
    return load<i64>(changetype<usize>(this), 56);
  }
  @inline
  set quantity(value: i64) {
    store<i64>(changetype<usize>(this), value, 56);
  }
  @inline
  get priceE8(): i64 {
    return load<i64>(changetype<usize>(this), 64);
  }
  @inline
  set priceE8(value: i64) {
    store<i64>(changetype<usize>(this), value, 64);
  }
  @inline
  get timeInForce(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 20);
  }
  @inline
  set timeInForce(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 20);
  }
  @inline
  get lastQty(): i64 {
    return load<i64>(changetype<usize>(this), 24);
  }
  @inline
  set lastQty(value: i64) {
    store<i64>(changetype<usize>(this), value, 24);
  }
  @inline
  get lastPxE8(): i64 {
    return load<i64>(changetype<usize>(this), 32);
  }
  @inline
  set lastPxE8(value: i64) {
    store<i64>(changetype<usize>(this), value, 32);
  }
  @inline
  get leavesQty(): i64 {
    return load<i64>(changetype<usize>(this), 48);
  }
  @inline
  set leavesQty(value: i64) {
    store<i64>(changetype<usize>(this), value, 48);
  }
  @inline
  get cumQty(): i64 {
    return load<i64>(changetype<usize>(this), 40);
  }
  @inline
  set cumQty(value: i64) {
    store<i64>(changetype<usize>(this), value, 40);
  }
  @inline
  get avgPxE8(): i64 {
    return load<i64>(changetype<usize>(this), 72);
  }
  @inline
  set avgPxE8(value: i64) {
    store<i64>(changetype<usize>(this), value, 72);
  }
  @inline
  get cxlRejResponseTo(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 21);
  }
  @inline
  set cxlRejResponseTo(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 21);
  }
  @inline
  get cxlRejReason(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 22);
  }
  @inline
  set cxlRejReason(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 22);
  }
  @inline
  get ordRejReason(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 23);
  }
  @inline
  set ordRejReason(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 23);
  }
  @inline
  get textLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 130);
  }
  @inline
  set textLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 130);
  }
  get textAt(): usize {
    return changetype<usize>(this) + (this.textLength > 56 ? 384 : 200);
  }
  @inline
  get clOrdIdLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 131);
  }
  @inline
  set clOrdIdLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 131);
  }
  get clOrdIdAt(): usize {
    return changetype<usize>(this) + (this.clOrdIdLength > 32 ? 704 : 256);
  }
  @inline
  get origClOrdIdLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 132);
  }
  @inline
  set origClOrdIdLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 132);
  }
  get origClOrdIdAt(): usize {
    return changetype<usize>(this) + (this.origClOrdIdLength > 32 ? 768 : 288);
  }
  @inline
  get symbolLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 133);
  }
  @inline
  set symbolLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 133);
  }
  get symbolAt(): usize {
    return changetype<usize>(this) + (this.symbolLength > 32 ? 576 : 320);
  }
  @inline
  get accountLength(): i32 {
    return <i32>load<u8>(changetype<usize>(this), 134);
  }
  @inline
  set accountLength(value: i32) {
    store<u8>(changetype<usize>(this), <u8>value, 134);
  }
  get accountAt(): usize {
    return changetype<usize>(this) + (this.accountLength > 32 ? 640 : 352);
  }

  /** Bytes of a venue's report that the journal keeps; its groups follow them there. */
  get inboundLength(): i32 {
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
    v128.store(changetype<usize>(this), i64x2.splat(0), 0);
    v128.store(changetype<usize>(this), i64x2.splat(0), 16);
    v128.store(changetype<usize>(this), i64x2.splat(0), 32);
    v128.store(changetype<usize>(this), i64x2.splat(0), 48);
    v128.store(changetype<usize>(this), i64x2.splat(0), 64);
    v128.store(changetype<usize>(this), i64x2.splat(0), 80);
    v128.store(changetype<usize>(this), i64x2.splat(0), 96);
    v128.store(changetype<usize>(this), i64x2.splat(0), 112);
    store<i64>(changetype<usize>(this), 0, 128);
  }
}
