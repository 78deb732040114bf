// Control and ControlAnswer (record/control.ts, record/control-answer.ts), for the compiled code.

export const CONTROL_BYTES = 128;
const NAME_AT = 32;
const NAME_BYTES: usize = 64;

/** A command in memory. */
@unmanaged
export class Control {
  kind: i32;
  value: i32;
  amount: f64;
  atUs: f64;
  number: i32;
  textLength: i32;

  /** A price in the place of the amount, 1e-8. */
  get price(): i64 {
    return load<i64>(changetype<usize>(this), offsetof<Control>("amount"));
  }
  get nameAt(): usize {
    return changetype<usize>(this) + NAME_AT;
  }
  /** 0 without a name. */
  get nameLength(): i32 {
    const at = this.nameAt;
    let length: usize = 0;
    while (length < NAME_BYTES && load<u8>(at + length) !== 0) length++;
    return <i32>length;
  }
}

/** An answer in memory. */
@unmanaged
export class ControlAnswer {
  number: i32;
  kind: i32;
  result: i32;
  value: i32;
  position: f64;
  count: i32;
  left: i32;
  pending: i32;
}
