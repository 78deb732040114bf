import { Views } from "../base/views.ts";
import { DISCONNECT_TEXT_AT, DISCONNECT_TEXT_BYTES, PEER_WORDS } from "./disconnect-record.ts";

/*  Row of a client session or a venue. Written by the agent that has the session, read by anyone. 512 bytes, 8 cache lines.
 *
 *  int 0 sequence    odd while the row is being written       1 state   ROW_…
 *      2 next in     3 next out    4 backlog bytes   5 backlog limit
 *      6 to 10       the peer's address and port; port 0: no connection
 *      11 garbled    12 length of the CompID      13 gap: 1 while messages from the peer are missing
 *      14 CancelOnDisconnectType and 15 CODTimeoutWindow of the last Logon, each one higher; 0: it said none
 *  double 8 written µs   9 last in µs   10 last out µs   11 logon µs   12 disconnect µs        wall clock; 0: never
 *      13 messages in   14 messages out   15 records in   16 records out   17 refused   18 rejects sent   19 rejects received
 *  byte 160 CompID of the client (32)
 *       192 DisconnectRecord of the last connection (224), good when `disconnect µs` is not 0
 *  int 104 DontKnowTrade messages of a client   105 messages refused because too many came   106 logouts for that
 *      107 queued   108 queue length   109 cancels waiting   110 not admitted   111 expired      of a venue's throttle
 *      112 OrderStatusRequests to a venue that the agent has taken since the start, sent or not; 113 bit i: the last but i was not sent
 *
 *  A reader copies the row and takes the copy when the sequence was even before and the same after. All words are stored and
 *  loaded atomically: on ARM, plain ones may be reordered with the sequence.
 */
export const SESSION_ROW_BYTES = 512;
export const ROW_STATE = 1;
export const ROW_NEXT_IN = 2;
export const ROW_NEXT_OUT = 3;
export const ROW_BACKLOG = 4;
export const ROW_BACKLOG_LIMIT = 5;
export const ROW_PEER = 6;
export const ROW_GARBLED = 11;
export const ROW_COMP_ID_LENGTH = 12;
export const ROW_GAP = 13;
export const ROW_CANCEL_TYPE = 14;
export const ROW_CANCEL_WINDOW = 15;
export const ROW_DONT_KNOWS = 104;
export const ROW_THROTTLED = 105;
export const ROW_FLOODS = 106;
export const ROW_QUEUED = 107;
export const ROW_QUEUE_LENGTH = 108;
export const ROW_CANCELS_WAITING = 109;
export const ROW_NOT_ADMITTED = 110;
export const ROW_EXPIRED = 111;
export const ROW_ASKS = 112;
export const ROW_ASKS_UNSENT = 113;
export const ROW_WRITTEN_US = 8;
export const ROW_LAST_IN_US = 9;
export const ROW_LAST_OUT_US = 10;
export const ROW_LOGON_US = 11;
export const ROW_DISCONNECT_US = 12;
export const ROW_MESSAGES_IN = 13;
export const ROW_MESSAGES_OUT = 14;
export const ROW_RECORDS_IN = 15;
export const ROW_RECORDS_OUT = 16;
export const ROW_REFUSED = 17;
export const ROW_REJECTS_SENT = 18;
export const ROW_REJECTS_RECEIVED = 19;
export const ROW_COMP_ID_AT = 160;
const ROW_COMP_ID_BYTES = 32;
export const ROW_DISCONNECT_AT = 192;

/** Values of `state`. Zeroed memory is a session that has not been connected. */
export const ROW_DISCONNECTED = 0;
/** Its schedule is closed. */
export const ROW_CLOSED = 1;
/** Connected; the Logon is not complete. */
export const ROW_AWAITS_LOGON = 2;
export const ROW_LOGGED_ON = 3;
/** Our Logout is sent; the peer's is awaited. */
export const ROW_LOGGING_OUT = 4;

/** Writes rows; one for all sessions of an agent. */
export class SessionRowWriter {
  private readonly ints: Int32Array;
  private word = 0;
  private readonly double = new Float64Array(new ArrayBuffer(8));
  private readonly halves = new Int32Array(this.double.buffer);

  constructor(views: Views) {
    this.ints = views.ints;
  }

  /** Begins to write the row at byte `at`. Thread: the row's one writer. */
  begin(at: number): void {
    this.word = at >> 2;
    Atomics.store(this.ints, this.word, (this.ints[this.word]! + 1) | 0);
  }

  int(index: number, value: number): void {
    const at = this.word + index;
    if (this.ints[at] !== value) Atomics.store(this.ints, at, value);
  }

  number(index: number, value: number): void {
    this.double[0] = value;
    this.int(2 * index, this.halves[0]!);
    this.int(2 * index + 1, this.halves[1]!);
  }

  peer(words: Int32Array | null): void {
    for (let i = 0; i < PEER_WORDS; i++) this.int(ROW_PEER + i, words === null ? 0 : words[i]!);
  }

  compId(bytes: Uint8Array): void {
    const length = bytes.length < ROW_COMP_ID_BYTES ? bytes.length : ROW_COMP_ID_BYTES;
    this.int(ROW_COMP_ID_LENGTH, length);
    for (let i = 0; i < ROW_COMP_ID_BYTES; i += 4) {
      let word = 0;
      for (let j = 0; j < 4; j++) if (i + j < length) word |= bytes[i + j]! << (8 * j);
      this.int((ROW_COMP_ID_AT + i) >> 2, word);
    }
  }

  /** Copies the record at the start of `views`. */
  disconnect(views: Views): void {
    const words = (DISCONNECT_TEXT_AT + DISCONNECT_TEXT_BYTES) >> 2;
    for (let i = 0; i < words; i++) this.int((ROW_DISCONNECT_AT >> 2) + i, views.ints[i]!);
  }

  end(): void {
    Atomics.store(this.ints, this.word, (this.ints[this.word]! + 1) | 0);
  }
}

/** Tries before a row counts as unreadable; from WAIT_AFTER on with a pause, in which the writer's thread may use this CPU. */
const TRIES = 10_000;
const WAIT_AFTER = 100;
const PAUSE_MS = 0.05;
const ROW_WORDS = SESSION_ROW_BYTES >> 2;

/** Reads rows; one for all rows of a memory. */
export class SessionRowReader {
  /** The last row that was read. */
  readonly row = Views.allocate(SESSION_ROW_BYTES);
  private readonly double = new Float64Array(new ArrayBuffer(8));
  private readonly halves = new Int32Array(this.double.buffer);
  private readonly pause = new Int32Array(new SharedArrayBuffer(4));

  constructor(private readonly views: Views) {}

  /** One of the row's doubles, alone and at once; for rates. */
  number(at: number, index: number): number {
    const { ints } = this.views;
    const low = (at >> 2) + 2 * index;
    for (let tries = 0; tries < TRIES; tries++) {
      this.halves[1] = Atomics.load(ints, low + 1);
      this.halves[0] = Atomics.load(ints, low);
      if (Atomics.load(ints, low + 1) === this.halves[1]) break;
    }
    return this.double[0]!;
  }

  /** Copies the row at byte `at`, as it was at one moment. Throws when there is no such moment within 10,000 tries. */
  read(at: number): Views {
    const { ints } = this.views;
    const first = at >> 2;
    for (let i = 0; i < TRIES; i++) {
      const before = Atomics.load(ints, first);
      if ((before & 1) === 0) {
        for (let word = 0; word < ROW_WORDS; word++) this.row.ints[word] = Atomics.load(ints, first + word);
        if (Atomics.load(ints, first) === before) return this.row;
      }
      if (i >= WAIT_AFTER) Atomics.wait(this.pause, 0, 0, PAUSE_MS);
    }
    throw new Error(`session row at ${at}: expected a moment without changes within ${TRIES} tries, got none`);
  }
}
