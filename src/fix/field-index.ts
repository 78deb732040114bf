import { addressOf, copyMemory } from "../../ffi/memory.ts";
import { FIELD_INDEX_CODE } from "./field-index-code.ts";

/** Most fields of a message. */
export const MAX_FIELDS = 512;
/** Tags below this have a place of their own. */
export const DIRECT_TAGS = 1024;
/** What `run` says of a message that is not plain. */
export const NOT_PLAIN = -1;

/*  The memory that field-index.wat works on, 64 KiB; offsets as there:
 *
 *  0       4        8     16            0x1000 0x1800   0x2000 0x2800   0x3800    0x4000
 *  ┌───────┬────────┬─────┬───────┬─ ─ ─┬──────┬────────┬──────┬────────┬─────────┬─────────┬─────────┐
 *  │ count │repeated│ high│ masks │     │ tags │ starts │ ends │ direct │ special │ message │ 16 free │
 *  └───────┴────────┴─────┴───────┴─ ─ ─┴──────┴────────┴──────┴────────┴─────────┴─────────┴─────────┘
 */
const TAGS_AT = 0x1000;
const STARTS_AT = 0x1800;
const ENDS_AT = 0x2000;
const DIRECT_AT = 0x2800;
const SPECIAL_AT = 0x3800;
const MESSAGE_AT = 0x4000;
const MESSAGE_BYTES = 0x10000 - MESSAGE_AT - 16;

/** Memory that tables need. */
export const TABLES_BYTES = MESSAGE_AT;

/** The fields of one message, as a scan leaves them. */
export class FieldTables {
  readonly tags: Int32Array;
  /** Offsets of the values, and of the SOH behind each. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Tag → base + field index; entries below the base are of earlier messages. */
  readonly direct: Int32Array;
  /** Not 0: a message with this tag is none of the plain ones. */
  readonly special: Uint8Array;
  /** Of the message that stands there. */
  base = 0;

  constructor(memory: ArrayBuffer) {
    this.tags = new Int32Array(memory, TAGS_AT, MAX_FIELDS);
    this.starts = new Int32Array(memory, STARTS_AT, MAX_FIELDS);
    this.ends = new Int32Array(memory, ENDS_AT, MAX_FIELDS);
    this.direct = new Int32Array(memory, DIRECT_AT, DIRECT_TAGS);
    this.special = new Uint8Array(memory, SPECIAL_AT, DIRECT_TAGS);
  }
}

/** `index` of field-index.wat. */
type Index = (at: number, end: number, shift: number, base: number) => number;

/** See `fieldIndex`. */
let ofThread: FieldIndex | null = null;

/**
 * The one of this thread: each takes 4 GiB of address space, though little memory. Scanners that share it must not need what
 * they found once another has scanned; a lane's agents never do, nor lanes that are turned by one thread. They share what
 * tags are special, too: more of them than one knows only sends more messages through the loop. Cold.
 */
export function fieldIndex(): FieldIndex {
  ofThread ??= new FieldIndex();
  return ofThread;
}

/**
 * Finds the fields of a message with vector instructions: JavaScript has none, WebAssembly has. It takes half the time of
 * the loop over bytes in scan.ts, which remains for all that is out of the ordinary.
 */
export class FieldIndex extends FieldTables {
  private readonly words: Int32Array;
  private readonly messageAddress: number;
  private readonly index: Index;

  constructor() {
    const module = new WebAssembly.Module(Uint8Array.fromBase64(FIELD_INDEX_CODE));
    const { memory, index } = new WebAssembly.Instance(module).exports;
    const { buffer } = memory as WebAssembly.Memory;
    super(buffer);
    this.words = new Int32Array(buffer, 0, 4);
    this.messageAddress = addressOf(buffer) + MESSAGE_AT;
    this.index = index as Index;
  }

  /** Of the last run that went well. */
  get count(): number {
    return this.words[0]!;
  }

  /** First tag that stood twice, 0 when none did. */
  get repeatedTag(): number {
    return this.words[1]!;
  }

  /** True when a tag has no place of its own. */
  get hasHighTag(): boolean {
    return this.words[2] !== 0;
  }

  /**
   * Indexes the message of `bytes` bytes at an address; the last one is a SOH. Offsets are noted from `frame` on.
   * Returns  the sum of its bytes, or NOT_PLAIN: then tags, starts, ends and direct hold anything.
   */
  run(address: number, bytes: number, frame: number, base: number): number {
    if (bytes > MESSAGE_BYTES) return NOT_PLAIN;
    copyMemory(this.messageAddress, address, bytes);
    return this.index(MESSAGE_AT, MESSAGE_AT + bytes, frame - MESSAGE_AT, base);
  }
}
