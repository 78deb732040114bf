import { DIRECT_AT, DIRECT_TAGS, ENDS_AT, MAX_FIELDS, SPECIAL_AT, STARTS_AT, TAGS_AT } from "./codec/layout.ts";

/** Bytes of the tables. */
export const TABLES_BYTES = SPECIAL_AT + DIRECT_TAGS;

/** Tables of the fields of the scanned message. */
export class FieldTables {
  readonly tags: Int32Array;
  /** Offsets of the values, and of the SOH behind each. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Tag → base + field index; entries below the base belong to earlier messages. */
  readonly direct: Int32Array;
  /** Bits (codec/layout.ts). */
  readonly special: Uint8Array;
  /** Base of the message in the tables. */
  base = 0;

  constructor(memory: ArrayBufferLike, at = 0) {
    this.tags = new Int32Array(memory, at + TAGS_AT, MAX_FIELDS);
    this.starts = new Int32Array(memory, at + STARTS_AT, MAX_FIELDS);
    this.ends = new Int32Array(memory, at + ENDS_AT, MAX_FIELDS);
    this.direct = new Int32Array(memory, at + DIRECT_AT, DIRECT_TAGS);
    this.special = new Uint8Array(memory, at + SPECIAL_AT, DIRECT_TAGS);
  }
}
