import { DisconnectReason, describeDisconnect } from "../base/disconnect-reason.ts";
import type { Views } from "../base/views.ts";

/*  DisconnectRecord: the end of a connection, or its refusal. Journal and event ring have the same bytes.
 *
 *  byte 0          4         8        12             16        32      36            40              224
 *       ┌──────────┬─────────┬────────┬──────────────┬─────────┬───────┬─────────────┬────────────────┐
 *       │ next out │ next in │ reason │ bytes pending│ address │ port  │ text length │ text, ASCII    │
 *       └──────────┴─────────┴────────┴──────────────┴─────────┴───────┴─────────────┴────────────────┘
 *  address  IPv6 in network order, IPv4 mapped into it; port 0: unknown
 *  text     of a refused connection: the CompIDs of its Logon, `SENDER to TARGET`, or why its TLS handshake failed; of a session: the
 *           Text of the peer's Logout, or what OpenSSL says of a wrong TLS record
 */
const TEXT_LENGTH_WORD = 9;
export const DISCONNECT_TEXT_AT = 40;
export const DISCONNECT_TEXT_BYTES = 184;
/** Memory of a writer: the record, and behind it room for its user's other events. */
export const DISCONNECT_RECORD_BYTES = 4096;
/** Address and port: five words. */
export const PEER_WORDS = 5;

/** Writes one record at the start of `views`. */
export class DisconnectRecordWriter {
  constructor(readonly views: Views) {}

  set(nextOut: number, nextIn: number, reason: number, pendingBytes: number, peer: Int32Array): void {
    const ints = this.views.ints;
    ints[0] = nextOut;
    ints[1] = nextIn;
    ints[2] = reason;
    ints[3] = pendingBytes;
    for (let i = 0; i < PEER_WORDS; i++) ints[4 + i] = peer[i]!;
    ints[TEXT_LENGTH_WORD] = 0;
  }

  /** Appends `source[from, to)` to the text, up to its maximum length; `?` replaces unprintable bytes. */
  text(source: Uint8Array, from: number, to: number): void {
    const { bytes, ints } = this.views;
    let length = ints[TEXT_LENGTH_WORD]!;
    for (let i = from; i < to && length < DISCONNECT_TEXT_BYTES; i++) {
      const byte = source[i]!;
      bytes[DISCONNECT_TEXT_AT + length++] = byte < 32 || byte > 126 ? QUESTION : byte;
    }
    ints[TEXT_LENGTH_WORD] = length;
  }

  get length(): number {
    return DISCONNECT_TEXT_AT + this.views.ints[TEXT_LENGTH_WORD]!;
  }
}

const QUESTION = 63;

/** A decoded record. */
export interface DisconnectRecord {
  readonly nextOut: number;
  readonly nextIn: number;
  readonly reason: number;
  readonly pendingBytes: number;
  /** As `10.0.0.7:51234`; empty when unknown. */
  readonly peer: string;
  readonly text: string;
}

/** Reads the record of `length` bytes at `at`; null when it is too short. */
export function readDisconnectRecord(views: Views, at: number, length: number): DisconnectRecord | null {
  if (length < DISCONNECT_TEXT_AT) return null;
  const word = at >> 2;
  const int = (index: number): number => views.ints[word + index]!;
  const textLength = Math.max(0, Math.min(int(TEXT_LENGTH_WORD), length - DISCONNECT_TEXT_AT, DISCONNECT_TEXT_BYTES));
  const from = at + DISCONNECT_TEXT_AT;
  return {
    nextOut: int(0),
    nextIn: int(1),
    reason: int(2),
    pendingBytes: int(3),
    peer: int(8) === 0 ? "" : peerText(views.bytes.slice(at + 16, at + 32), int(8)),
    text: Array.from(views.bytes.slice(from, from + textLength), (byte) => String.fromCharCode(byte)).join(""),
  };
}

/** Numbers, pending bytes and peer of a record as text, without the reason. */
export function disconnectRecordText(disconnectRecord: DisconnectRecord): string {
  const numbers = `last in ${disconnectRecord.nextIn - 1}, last out ${disconnectRecord.nextOut - 1}, ${disconnectRecord.pendingBytes} bytes pending`;
  return disconnectRecord.peer === "" ? numbers : `${numbers}, peer ${disconnectRecord.peer}`;
}

/** Behind the reason: what a session's peer said in its Logout, in quotes; or what OpenSSL says of a wrong TLS record; else empty. */
export function endingText({ text, reason }: DisconnectRecord): string {
  if (reason === DisconnectReason.TLS_RECORD && text !== "") return `: ${text}`;
  return text === "" ? "" : `, it said ${JSON.stringify(text)}`;
}

/** Reason, address and CompIDs of a refused connection; it has no sequence numbers. */
export function refusalText(reason: number, disconnectRecord: DisconnectRecord | undefined): string {
  const from = disconnectRecord === undefined || disconnectRecord.peer === "" ? "" : `; peer ${disconnectRecord.peer}`;
  const text = disconnectRecord?.text ?? "";
  if (DisconnectReason.isOfHandshake(reason))
    return `${describeDisconnect(reason)}${text === "" ? "" : `: ${text}`}${from}`;
  return `${describeDisconnect(reason)}${from}${text === "" ? "" : `, logging on as ${text}`}`;
}

/** An address (16 bytes) and port as text. */
export function peerText(address: Uint8Array, port: number): string {
  const mapped = address.slice(0, 12).every((byte, i) => byte === (i < 10 ? 0 : 255));
  if (mapped) return `${address.slice(12).join(".")}:${port}`;
  const groups = Array.from({ length: 8 }, (_, i) => ((address[2 * i]! << 8) | address[2 * i + 1]!).toString(16));
  return `${new URL(`http://[${groups.join(":")}]`).hostname}:${port}`;
}
