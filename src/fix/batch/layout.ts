/*  What compiled code must know to receive messages of one session in a batch, or to send records to it; TypeScript writes it
 *  (session/batch-receiver.ts, session/batch-sender.ts) and reads the results. Addresses are byte offsets in the memory.
 *
 *  Both begin with the lane's side, which does not change:
 */
/** The codec's area; the journal stream's end; ends of the ring of records, and of the one of what stands beside them. */
export const AREA_AT = 0;
export const STREAM_AT = 4;
export const RING_END_AT = 64;
export const GROUP_RING_END_AT = 128;
/** Journal room that one message needs, with what it causes. */
export const JOURNAL_ROOM = 8;
/** Longest message. */
export const LONGEST = 12;
/** Base of the codec's next index of fields. */
export const BASE = 16;

// The session, in both:
export const SESSION = 20;
/** MsgSeqNum of the next message. */
export const NEXT = 24;
export const EPOCH = 28;
/** Double: the wall clock, microseconds since 1970. */
export const WALL_US = 32;
/** Bits HAS_… and APPL_VER of its version (wire/codec/layout.ts). */
export const VERSION = 40;

// Receiving.
/** Slots that the ring of records must have free for one message. */
export const NEEDS_SLOTS = 44;
/** Double: most microseconds between SendingTime and the wall clock. */
export const TOLERANCE_US = 48;
/** Bits CHECK_… and ACCEPT_… of the validation; 0 for none. */
export const CHECKS = 56;
/** Result: address behind the last message that was taken. */
export const CONSUMED = 60;
/**
 * Rules of the message types, addresses, 0 for none: those of the validation, and those of what stands beside a record, 0 also for a
 * type that is not received here.
 */
export const VALIDATION_RULES = 192;
export const BESIDE_RULES = 208;
/** Places of the types there. */
export const NEW_PLACE = 0;
export const CANCEL_PLACE = 1;
export const REPLACE_PLACE = 2;
export const REPORT_PLACE = 3;
/** Double: the monotonic clock at the begin of the turn, nanoseconds. */
export const NOW_NS = 224;
/** Of a venue: times of orders (telemetry/assembly/layout.ts), 0 for none. */
export const ANSWER_TIMES_AT = 232;
/** Result: how many of the messages were OrderCancelRequests. */
export const CANCELS = 236;
export const RECEIVER_BYTES = 240;

// Sending; the words of the head are as above.
/** LastMsgSeqNumProcessed, -1 for none. */
export const PROCESSED = 44;
/** The position in the journal is wanted of the first message with this number or a higher one. */
export const NOTE_FROM = 48;
/** Results: that number, 0 for none; double: its position. Bytes written to `staged`. */
export const NOTED = 52;
export const NOTED_POSITION = 56;
export const WRITTEN = 192;
/** Where the messages are written one behind the other, and how many bytes may be. */
export const STAGED_AT = 196;
export const STAGED_BYTES = 200;
/** Not 0: requests to a venue, else reports to a client. */
export const IS_VENUE = 204;
/** The peer's tables (wire/codec/peer.ts), by the places above; 0 for a type that is not sent here. */
export const PEER_TABLES = 208;
/** Result: how many of the reports were of rejected orders. */
export const REFUSED = 224;
/** What is written is measured there (telemetry/assembly/layout.ts): a client's set or a venue's list, and the orders' times; 0 for none. */
export const STAGES_AT = 228;
export const TIMES_AT = 232;
export const SENDER_BYTES = 256;
