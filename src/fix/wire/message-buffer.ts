import { addressOf } from "../../../ffi/memory.ts";

const LEAST_BYTES = 4096;

/** Memory for writing messages, one at a time; the sessions of a lane share it. */
export class MessageBuffer {
  readonly bytes: Uint8Array;
  readonly address: number;

  /** Allocates the buffer; one for each lane. */
  constructor(bytes: number) {
    const buffer = new ArrayBuffer(Math.max(LEAST_BYTES, bytes));
    this.bytes = new Uint8Array(buffer);
    this.address = addressOf(buffer);
  }
}
