// Read by the code of the writer (assembly/stream.ts) and by all who read journals: constants of text stand elsewhere, because the code
// would have them as data at fixed addresses.

/*  A journal is a directory; each agent that writes has one stream in it, of segments `<stream>-<number>.journal`:
 *
 *  byte 0             4096                                                     segmentBytes
 *       ┌─────────────┬───────┬───────┬─ ─ ─┬───────┬─────┬─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┐
 *       │ header      │ entry │ entry │     │ entry │ pad │ zeros, if any        │
 *       └─────────────┴───────┴───────┴─ ─ ─┴───────┴─────┴─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┘
 *
 *  entry  0        4                8          12      16       24      28      32
 *         ┌────────┬────────────────┬──────────┬───────┬────────┬───────┬───────┬─────────┬───┐
 *         │ length │ kind · session │ sequence │ index │ timeUs │ epoch │ check │ payload │ 0 │
 *         └────────┴────────────────┴──────────┴───────┴────────┴───────┴───────┴─────────┴───┘
 *  length   a multiple of 8; in its lowest 3 bits the bytes of padding behind the payload. Stored last: while it is 0 there is
 *           no entry.
 *  kind     7 bits, then ENTRY_PACKED, then 24 bits of session with a sign
 *
 *  Headers of versions 1 and 2: entry.ts.
 */
export const SEGMENT_HEADER_BYTES = 4096;
export const ENTRY_HEADER_BYTES = 32;
export const ENTRY_KIND_AT = 4;
export const ENTRY_SEQUENCE_AT = 8;
export const ENTRY_INDEX_AT = 12;
export const ENTRY_TIME_AT = 16;
export const ENTRY_EPOCH_AT = 24;
export const ENTRY_CHECK_AT = 28;

export const ENTRY_SESSION_SHIFT = 8;
/** Ids of sessions are below this. */
export const MOST_SESSIONS = 8_388_608;
/** Ids of venues: an ExecID's owner has 16 bits for them, and a command that cancels many orders a bit for each in its text. */
export const MOST_VENUES = 14_000;

/*  A payload with this bit is packed: units of 8 bytes that are 0 are left out.
 *
 *  0      4       8
 *  ┌──────┬───────┬─────────────────────────────┬──────┐
 *  │ mask │ units │ units whose bit is set      │ rest │
 *  └──────┴───────┴─────────────────────────────┴──────┘
 *  mask    by unit, from bit 0: it is not 0
 *  units   how many there were, at most PACKED_UNITS
 *  rest    what is behind these, as it is
 *  The payload begins with a record that begins with kind, session, sequence and epoch, as ints; the last three are kept as their
 *  difference (xor) from the header's, which is mostly 0.
 */
export const ENTRY_PACKED = 128;
export const PACKED_HEADER_BYTES = 8;
export const PACKED_UNITS = 32;

/** An OrderRequest that the core has accepted; session is a client session. */
export const ENTRY_ORDER = 1;
/** An ExecutionReport that the core has accepted; session is a venue. */
export const ENTRY_REPORT = 2;
export const ENTRY_CONTROL = 3;
/** A FIX message as it was sent; index counts the core's records for this session, 0 for session-level messages. */
export const ENTRY_MESSAGE = 4;
/** An event of a session: index is SESSION_EVENT_…, payload three ints: next outbound, next inbound, disconnect reason. */
export const ENTRY_SESSION = 5;
/** Fills the rest of a segment. */
export const ENTRY_PAD = 6;
/** Marks a damaged range that a repair gave up; its check covers only the header, like a pad's. */
export const ENTRY_LOST = 7;
/**
 * Bytes from a peer as they came, before anything is done with them; passwords are masked. index is RECEIVED_…, sequence the
 * message's number; session is NO_SESSION before a Logon.
 */
export const ENTRY_RECEIVED = 8;
/** A message that was sent again, or the gap fill in its place, as it was sent. It uses no number: sequence is its MsgSeqNum. */
export const ENTRY_RESENT = 9;
/**
 * What was wrong with the report before it: index is an outcome (core/outcomes.ts) and, from bit 8 on, the tag at fault. The payload
 * is the begin of the report's record, with the number of the order that it is about. A replay finds the same again.
 */
export const ENTRY_OUTCOME = 10;

/** A whole message. */
export const RECEIVED_MESSAGE = 0;
/** Bytes that were skipped: no message. */
export const RECEIVED_GARBLED = 1;
/** Bytes that were not read when the connection ended. */
export const RECEIVED_UNREAD = 2;

export const SESSION_EVENT_LOGON = 1;
export const SESSION_EVENT_LOGOUT = 2;
/** End of a connection; the payload is a DisconnectRecord. */
export const SESSION_EVENT_DISCONNECT = 3;
/** Both numbers were reset to 1; epoch is the new one. */
export const SESSION_EVENT_RESET = 4;
/** A clean stop; the numbers are exact. */
export const SESSION_EVENT_CLOSED = 5;
/** The peer's SequenceReset set the next inbound number. */
export const SESSION_EVENT_NEXT_IN = 6;
/** A connection that never became a session's; session is NO_SESSION, the payload a DisconnectRecord. */
export const SESSION_EVENT_REFUSED = 7;
/** A dynamic session was bound to a client; the payload is its CompID. */
export const SESSION_EVENT_BOUND = 9;
/** An operator set both numbers; epoch is the new one, or the same one where no number is lower than before. */
export const SESSION_EVENT_NUMBERS_SET = 8;
/** Requests to a venue up to an index (the payload) were refused before they were sent, and the core was notified. */
export const SESSION_EVENT_PASSED = 10;
/** What an Allowance did not let into the journal; the payload is a count (int, at 0) and its bytes (double, at 8). */
export const SESSION_EVENT_UNRECORDED = 11;
export const UNRECORDED_BYTES = 16;
/** An operator's command about the session; the payload is a SessionCommand with its text. What it led to follows. */
export const SESSION_EVENT_COMMAND = 12;
/** A Logon said, or did not say, when open orders are canceled; two ints: CancelOnDisconnectType, CODTimeoutWindow, −1 for none. */
export const SESSION_EVENT_CANCEL_TERMS = 13;
/**
 * A request to a venue (the payload is its index) waits for the venue's throttle: what says that all requests up to a higher index are
 * handled does not speak of it. It was sent when a message with its index follows.
 */
export const SESSION_EVENT_HELD = 14;
/** A request that waited was refused, and the core was notified. */
export const SESSION_EVENT_RELEASED = 15;
/** A message was refused because too many came; an int: its number. The peer may send it again after a crash, and has its answer. */
export const SESSION_EVENT_THROTTLED = 16;
/**
 * How far a drop copy session has copied a client agent's stream. The payload: index of the copy (int, at 0), the agent's number (int,
 * at 4), and the position behind the copied entry (double, at 8). It holds once the journal has the copy, which is the session's next
 * message with that index; with index 0 it holds at once.
 */
export const SESSION_EVENT_COPIED = 17;
export const COPIED_BYTES = 16;

/** Session of an entry without a session. */
export const NO_SESSION = -1;

/** Segment header words: magic (2), version, birth, segment number, segment bytes, check; then the stream's name at 64. */
export const MAGIC_0 = 0x4c4c4153;
export const MAGIC_1 = 0x54525059;
export const FORMAT_VERSION = 3;
/**
 * Earlier versions are read, and no longer written. Up to 2, headers are longer, payloads are not packed, and prices and quantities are
 * doubles; 1 has no position in an entry's check either.
 */
export const FORMAT_VERSION_2 = 2;
export const FORMAT_VERSION_1 = 1;
export const HEADER_VERSION_AT = 8;
export const HEADER_BIRTH_AT = 12;
export const HEADER_SEGMENT_AT = 16;
export const HEADER_SEGMENT_BYTES_AT = 20;
export const HEADER_CHECK_AT = 24;
export const HEADER_NAME_AT = 64;

/*  Stream words, in shared memory:
 *
 *  int 0 segment  1 offset          written by the stream's writer: its position; the offset is SWITCHING during the switch
 *                                   to the next segment
 *      2 to 7                       the writer's own (assembly/stream.ts)
 *      32 prepared  33 errno        by the keeper: highest segment whose file is made; error of the next one's, or 0
 *      34 segment   35 offset       by the keeper, with durability "disk": all bytes before this are on the disk
 *      36 syncs                     by the keeper: number of syncs
 *      37 limit                     by the keeper: the writer may write up to here, a position in units of 8 bytes that wraps
 *      38 segment   39 offset       by the keeper: all bytes before this are in the segment files
 */
export const STREAM_WORDS_BYTES = 256;
export const SEGMENT_WORD = 0;
export const OFFSET_WORD = 1;
export const PREPARED_WORD = 32;
export const ERRNO_WORD = 33;
export const SYNCED_SEGMENT_WORD = 34;
export const SYNCED_OFFSET_WORD = 35;
export const SYNCS_WORD = 36;
export const LIMIT_WORD = 37;
export const WRITTEN_SEGMENT_WORD = 38;
export const WRITTEN_OFFSET_WORD = 39;
export const SWITCHING = -1;

/*  A stream's buffer, a ring of pages of the buffer file (buffer-file.ts) that is mapped twice, one copy behind the other:
 *
 *  byte 0                      bufferBytes                2 × bufferBytes
 *       ┌──────────────────────┬──────────────────────────┐   An entry begins in the first copy, at its position modulo
 *       │ the ring             │ the same pages again     │   bufferBytes; one that crosses the ring's end is in one piece.
 *       └──────────────────────┴──────────────────────────┘   The bytes of segment headers stay unused.
 */
/** Times that a buffer's pages are mapped. */
export const COPIES = 2;

/** File name of a segment. */
export function segmentFile(stream: string, segment: number): string {
  return `${stream}-${String(segment).padStart(8, "0")}.journal`;
}
