/*  A record is defined once: its table has a row for each field. `npm run generate` makes from the tables
 *
 *    src/record/<record>.ts               the view: constants, getters and setters, clear, take, carry, journalled length
 *    src/fix/wire/codec/<record>.ts       the offsets, and <record>-fields.ts: reading and writing by the type's rule
 *    src/fix/orders/<record>-fields.ts    reading where a message is not plain
 *
 *  The journal's text, the arbitraries and the field tests read the tables themselves. Rows stand in the order in which
 *  people read a message; offsets stay for ever, as journals have them.
 */

/**
 * What a field holds, and its rule on the way in and out:
 *   i32, f64  the gateway's own numbers          char   one character, as its code; absent is 0
 *   bits24    upper 24 bits of an i32            flag   1 for Y
 *   quantity  1e-8, i64; absent is 0             code   a number below 256
 *   price     1e-8, i64; absent is NO_PRICE      id     up to 64 bytes, zero padded, its length elsewhere
 *   text      up to `bytes` bytes, its length elsewhere
 *   time      microseconds since 1970; of `fooUs`, the row `fooDigits` is 1 + its decimals (0, 3 or 6), or 0 when absent
 */
export type RowType =
  | "i32"
  | "f64"
  | "bits24"
  | "char"
  | "flag"
  | "code"
  | "quantity"
  | "price"
  | "id"
  | "text"
  | "time";

export interface Row {
  /** Name of the getter; prices end in E8. Of an id the view has `<name>Length` and `<name>At`, of a text `<name>Length` and a constant for the offset. */
  readonly name: string;
  readonly type: RowType;
  /** Byte offset in the record. */
  readonly at: number;
  readonly doc?: string;
  /** Byte offset of the length of an id or a text. */
  readonly lengthAt?: number;
  /**
   * Byte offset of the room of 64 bytes in which an id of more than 32 stands, instead of in the 32 bytes at `at`. Of a text: of the room
   * in which one of more than `bytes` stands; the gateway's own reports to clients alone have such texts.
   */
  readonly longAt?: number;
  /** Room of a text, and of a long one. */
  readonly bytes?: number;
  readonly longBytes?: number;
  /** It lies in the end of that text's room; the text is shorter where it has a value. */
  readonly within?: string;
  /** The offset is a constant of the view, too. */
  readonly placed?: true;
  /** Of an id: the row that has its bytes in messages of other types. */
  readonly sharedWith?: string;
  /** FIX tag; the gateway's own fields have none. */
  readonly tag?: number;
  /** Types of the messages that have it, one character each. */
  readonly of?: string;
  /** It is read by its type's rule. A field with a separate rule is read by hand. */
  readonly read?: true;
  /** Messages of `of` in which it must not be missing. */
  readonly required?: string;
  /** Messages in which it is written by its type's rule, ascending by tag, where the peer's dictionary has it. */
  readonly write?: string;
  /** It is written even when it is zero or empty. A quantity below 0 is none, and never written. */
  readonly always?: true;
  /** Zero is a value like any other: written and printed. */
  readonly zero?: true;
  /** A price that the message does not have is 0, and not NO_PRICE. */
  readonly zeroPrice?: true;
  /** Bit in `stated` that says that the message had the number. */
  readonly stated?: number;
  /** Only a report of the gateway to a client has it. */
  readonly toClient?: true;
  /** The journal keeps it only when it has a value, which is seldom. */
  readonly rare?: true;
  /** The journal does not need it: nothing is decided by it, and the message has it. */
  readonly unkept?: true;
  /** The core copies it from the client's request into the venue's, untouched. */
  readonly carried?: true;
}

export interface RecordTable {
  /** Class of the view. */
  readonly name: string;
  /** File name of what is made, without extension. */
  readonly file: string;
  /** Of the constants: `<PREFIX>_<ROW>_AT`. */
  readonly prefix: string;
  /** Constant of the size, and the size. */
  readonly bytes: readonly [constant: string, bytes: number];
  /** Value of `kind` (record/codes.ts) by message type. */
  readonly kinds: Readonly<Record<string, string>>;
  /** A message with a faulty field: it is refused, or passed on as far as it can be read. */
  readonly faulty: "refused" | "passedOn";
  /**
   * Bytes that the journal keeps: as far as row `upTo`, when the message is one `of` these (any, when absent) and no row
   * behind has a value; else as far as the last row that is not `toClient`, or as far as a `rare` one that has a value, or the room of a long id.
   */
  readonly journalled: {
    readonly name: string;
    readonly doc: string;
    /** Constants of the two lengths, where others want them. */
    readonly short?: string;
    readonly upTo: string;
    readonly of?: string;
    readonly long?: string;
  };
  readonly rows: readonly Row[];
}

/**
 * Tags of the rows that are written by their type's rule, ascending. Bit i of a mask of them stands for the i-th.
 */
export function writtenTags({ rows }: RecordTable): number[] {
  return rows
    .filter(({ write }) => write !== undefined)
    .map(({ tag }) => tag!)
    .sort((a, b) => a - b);
}
