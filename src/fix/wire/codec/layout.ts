/*  What the codec works on lies in shared memory, as the rings' records do. Each lane has an area of its own there:
 *
 *  0        0x100    0x200 0x300   0x340    0x380   0x400   0x4e0   0x1000 0x1800   0x2000 0x2800   0x3800    0x4000    0x6000
 *  ┌────────┬────────┬─────┬───────┬────────┬───────┬───────┬─────┬─┬──────┬────────┬──────┬────────┬─────────┬─────────┬───────┐
 *  │ result │ peer's │ own │ stamp │ prefix │ clock │ pairs │masks│ │ tags │ starts │ ends │ direct │ special │ message │ input │
 *  └────────┴────────┴─────┴───────┴────────┴───────┴───────┴─────┴─┴──────┴────────┴──────┴────────┴─────────┴─────────┴───────┘
 *  result   of the last call, see below
 *  peer's   whose messages are scanned: BeginString, SenderCompID, TargetCompID as they must be
 *  own      whose messages are written: `8=…|9=`, `49=…|`, `56=…|`
 *  stamp    the time of what is written, as text
 *  prefix   what ClOrdIDs towards venues begin with
 *  clock    the second that was read last, as text, and in microseconds since 1970
 *  pairs    "00" to "99"
 *  masks    ones, then zeros: loaded at 16 - n it covers the first n bytes of a vector
 *  tags, starts, ends   of the fields of the message that was scanned
 *  direct   tag → base + field index; entries below the base are of earlier messages
 *  special  bits: a message with this tag is none of the plain ones (IS_LENGTH, COUNTS_GROUP); requests that do not carry it
 *  message  what is written
 *  input    what connections are read into
 */
export const RESULT_AT = 0;
export const PEER_AT = 0x100;
export const OWN_AT = 0x200;
export const STAMP_AT = 0x300;
export const PREFIX_AT = 0x340;
export const CLOCK_AT = 0x380;
export const CLOCK_US_AT = CLOCK_AT + 24;
export const PAIRS_AT = 0x400;
export const MASKS_AT = 0x4e0;
export const TAGS_AT = 0x1000;
export const STARTS_AT = 0x1800;
export const ENDS_AT = 0x2000;
export const DIRECT_AT = 0x2800;
export const SPECIAL_AT = 0x3800;
export const MESSAGE_AT = 0x4000;
export const INPUT_AT = 0x6000;
/** Vectors are read beyond the end of what is there. */
export const BEYOND = 64;

/** Most fields of a message. */
export const MAX_FIELDS = 512;
/** Tags below this have a place of their own. */
export const DIRECT_TAGS = 1024;

/** Ints of the result of a scan: fields, the first tag that stood twice, whether a tag has no place of its own. */
export const COUNT_WORD = 0;
export const REPEATED_WORD = 1;
export const HIGH_WORD = 2;
/** MsgType as an int, 0 when longer than two characters; MsgSeqNum, -1 when it is none. */
export const MSG_TYPE_WORD = 3;
export const MSG_SEQ_NUM_WORD = 4;
/** Not 0: BeginString, both CompIDs, are as the peer's must be. */
export const BEGIN_WORD = 5;
export const COMP_IDS_WORD = 6;
/** Of a message that was written: where it begins, from `message` on. */
export const WRITTEN_WORD = 7;
/** The special bits of all its tags. */
export const SPECIALS_WORD = 10;
/** Double: SendingTime in microseconds since 1970, -1 when it is none. */
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
/** In the last byte of its place: how long the stamp is, and the prefix. */
export const STAMP_LENGTH_AT = STAMP_AT + 63;
export const PREFIX_LENGTH_AT = PREFIX_AT + 63;

/** Bits of a special tag: its data field may contain a SOH; it counts a repeating group; either. */
export const IS_LENGTH = 1;
export const COUNTS_GROUP = 2;
export const IS_ODD = 3;
/** Shifted by a request's kind: it does not carry the tag. */
export const KIND_BIT = 2;

/** A scan, or a reader, says: this message is not plain, go over it byte by byte. */
export const NOT_PLAIN = -1;

/** Bits of what a version requires in a new order. */
export const NEEDS_TRANSACT_TIME = 1;
export const NEEDS_HANDL_INST = 2;
