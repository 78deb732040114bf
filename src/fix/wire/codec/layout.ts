/*  The codec works in shared memory, where the rings' records are. Each lane has one area there:
 *
 *  0        0x100    0x200 0x300   0x340    0x380   0x400   0x4e0   0x1000 0x1800   0x2000 0x2800   0x4800    0x5000  0x5200 0x5400   0x6000    0x9000
 *  ┌────────┬────────┬─────┬───────┬────────┬───────┬───────┬─────┬─┬──────┬────────┬──────┬────────┬─────────┬───────┬──────┬───────┬─────────┬───────┬───────┐
 *  │ result │ peer's │ own │ stamp │ prefix │ clock │ pairs │masks│ │ tags │ starts │ ends │ direct │ special │ marks │ high │ taken │ message │ input │ rules │
 *  └────────┴────────┴─────┴───────┴────────┴───────┴───────┴─────┴─┴──────┴────────┴──────┴────────┴─────────┴───────┴──────┴───────┴─────────┴───────┴───────┘
 *  result   of the last call, see below
 *  peer's   expected BeginString, SenderCompID and TargetCompID of scanned messages
 *  own      header texts of written messages: `8=…|9=`, `49=…|`, `56=…|`
 *  stamp    SendingTime of written messages, as text
 *  prefix   prefix of ClOrdIDs to venues
 *  clock    the last second read, as text and in microseconds since 1970; the last one written
 *  pairs    "00" to "99"
 *  masks    ones, then zeros: loaded at 16 - n it covers the first n bytes of a vector
 *  tags, starts, ends   fields of the scanned message
 *  direct   tag → base + field index; entries below the base belong to earlier messages
 *  special  by tag: IS_LENGTH or IS_DATA, and bits of the messages whose record does not hold it
 *  marks    by field: BESIDE and its place in groups (record/groups.ts), once the message is walked
 *  high     hash of the tags from DIRECT_TAGS on: tag, base + field index
 *  taken    marks of the fields that are taken beside a record
 *  message  the written message
 *  input    input buffer of the connections
 *  rules    tables of the dictionaries (rules.ts)
 *  peers    tables of what is written to whom (peer.ts), and of batches (fix/batch)
 */
export const PEER_AT = 0x100;
export const OWN_AT = 0x200;
export const STAMP_AT = 0x300;
export const PREFIX_AT = 0x340;
export const CLOCK_AT = 0x380;
export const CLOCK_US_AT = CLOCK_AT + 24;
/** The last second written, as text, and its number since 1970. */
export const WRITTEN_CLOCK_AT = CLOCK_AT + 32;
export const WRITTEN_SECOND_AT = CLOCK_AT + 56;
export const PAIRS_AT = 0x400;
export const MASKS_AT = 0x4e0;
export const TAGS_AT = 0x1000;
export const STARTS_AT = 0x1800;
export const ENDS_AT = 0x2000;
export const DIRECT_AT = 0x2800;
export const SPECIAL_AT = 0x4800;
export const MARKS_AT = 0x5000;
export const HIGH_AT = 0x5200;
export const TAKEN_AT = 0x5400;
export const MESSAGE_AT = 0x6000;
export const INPUT_AT = 0x9000;
/** Readable bytes behind the end: vector loads reach beyond it. */
export const BEYOND = 64;

/** Most fields of a message that the codec scans. */
export const MAX_FIELDS = 512;
/** Tags below this are indexed in `direct`. */
export const DIRECT_TAGS = 2048;
/** Slots of the hash of higher tags, a power of two, and most such fields of a message. */
export const HIGH_SLOTS = 64;
export const MOST_HIGH = 32;

/** Ints of the result of a scan: count of fields, first tag that occurred twice, count of tags that are not below DIRECT_TAGS. */
export const COUNT_WORD = 0;
export const REPEATED_WORD = 1;
export const HIGH_WORD = 2;
/** MsgType as an int, 0 when longer than two characters; MsgSeqNum, -1 when it is not a number. */
export const MSG_TYPE_WORD = 3;
export const MSG_SEQ_NUM_WORD = 4;
/** Not 0: BeginString, and both CompIDs, are those expected of the peer. */
export const BEGIN_WORD = 5;
export const COMP_IDS_WORD = 6;
/** Offset of the written message in `message`. */
export const WRITTEN_WORD = 7;
/** Of the scanned message: NOT_WALKED, WALKED, or IS_ODD. */
export const WALK_WORD = 11;
/** Special bits of all tags of the message. */
export const SPECIALS_WORD = 14;
/** Not 0: a field goes beside the record. */
export const BESIDE_WORD = 12;
/** Bits of the record's fields that were passed on from beside it. */
export const PASSED_WORD = 13;
/** Of the messages that are written: 1 + the decimals of their times; double: now, microseconds since 1970. */
export const NOW_DIGITS_WORD = 15;
export const NOW_DOUBLE = 8;
/** Double: SendingTime in microseconds since 1970, -1 when it is not a timestamp. */
export const SENDING_TIME_DOUBLE = 4;

/*  `peer's` and `own`:
 *
 *  0       1        2        8       32       144      256
 *  ┌───────┬────────┬────────┬───────┬────────┬────────┐
 *  │ bytes │ bytes  │ bytes  │ begin │ sender │ target │
 *  └───────┴────────┴────────┴───────┴────────┴────────┘
 */
export const TEXTS_BYTES = 256;
export const BEGIN_TEXT_AT = 8;
export const SENDER_TEXT_AT = 32;
export const TARGET_TEXT_AT = 144;
/** Longest sender or target text, with its tag and the SOH. */
export const LONGEST_TEXT = 112;
/** Lengths of stamp and prefix, in the last byte of each. */
export const STAMP_LENGTH_AT = STAMP_AT + 63;
export const PREFIX_LENGTH_AT = PREFIX_AT + 63;

/** A special tag: its data field, which follows, may contain a SOH; it is a data field. */
export const IS_LENGTH = 1;
export const IS_DATA = 2;
export const IS_SPECIAL = 3;
/** Shifted left by the kind of a request, and of a report: the record does not hold the tag. */
export const REQUEST_BIT = 2;
export const REPORT_BIT = 16;

/** Whether the fields of the scanned message have been compared with the rules (check.ts); IS_ODD: and they do not fit. */
export const NOT_WALKED = 0;
export const WALKED = 1;
export const IS_ODD = 2;
/** A mark: the field goes beside the record. The other bits are those of record/groups.ts. */
export const BESIDE = 128;

/** What readers must know of the message's version, as a word; its ApplVerID, 0 for none, is in bits 8 and up. */
export const HAS_CXL_TYPE = 1;
export const HAS_TRANS_TYPE = 2;
export const HAS_EXEC_TYPE = 4;
export const APPL_VER = 8;

/** Result of a scan or a reader: the message is not plain, the caller reads it byte by byte. */
export const NOT_PLAIN = -1;
