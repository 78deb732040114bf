import {
  DIRECT_AT,
  DIRECT_TAGS,
  ENDS_AT,
  HIGH_AT,
  HIGH_SLOTS,
  MAX_FIELDS,
  SPECIAL_AT,
  STARTS_AT,
  TAGS_AT,
} from "./codec/layout.ts";

/** Bytes of the tables. */
export const TABLES_BYTES = HIGH_AT + 8 * HIGH_SLOTS;

/** Tables of the fields of the scanned message. */
export class FieldTables {
  readonly tags: Int32Array;
  /** Offsets of the values, and of the SOH behind each. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Tag → base + field index; entries below the base belong to earlier messages. */
  readonly direct: Int32Array;
  /** Hash of the higher tags, as `direct`; only the codec writes it. */
  readonly high: Int32Array;
  /** By tag: what is special about it (codec/layout.ts). */
  readonly special: Uint8Array;
  /** Base of the message in the tables. */
  base = 0;

  constructor(memory: ArrayBufferLike, at = 0) {
    this.tags = new Int32Array(memory, at + TAGS_AT, MAX_FIELDS);
    this.starts = new Int32Array(memory, at + STARTS_AT, MAX_FIELDS);
    this.ends = new Int32Array(memory, at + ENDS_AT, MAX_FIELDS);
    this.direct = new Int32Array(memory, at + DIRECT_AT, DIRECT_TAGS);
    this.high = new Int32Array(memory, at + HIGH_AT, 2 * HIGH_SLOTS);
    this.special = new Uint8Array(memory, at + SPECIAL_AT, DIRECT_TAGS);
  }
}
