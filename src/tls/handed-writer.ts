import { addressOf, SCRATCH_BYTES } from "../../ffi/memory.ts";
import { writePipe } from "../../ffi/pipe.ts";
import { Views } from "../base/views.ts";
import {
  COUNT_WORD,
  FD_WORD,
  HANDED_BYTES,
  HANDED_PEER_WORDS,
  HANDED_TEXT_BYTES,
  IDENTITIES_WORD,
  LENGTH_WORD,
  PEER_WORD,
  REASON_WORD,
  TEXT_AT,
  TICKET_WORD,
} from "../net/handed.ts";
import { IDENTITIES, IDENTITY_WORDS } from "../net/tls-channel.ts";

/** A connection whose handshake has ended. */
interface Handed {
  readonly session: number;
  readonly fd: number;
  readonly reason: number;
  readonly peer: Int32Array;
  /** Words of up to IDENTITIES. */
  readonly identities: Int32Array;
  readonly text: string;
  readonly ticket?: number;
}

/** Writes what a lane is to know of a connection. Thread  that of the handshakes. */
export class HandedWriter {
  private readonly views = Views.allocate(SCRATCH_BYTES);
  private readonly address = addressOf(this.views.buffer);

  /** Returns  bytes written, or -errno. */
  write(fd: number, handed: Handed): number {
    const { ints, doubles, bytes } = this.views;
    doubles[0] = handed.session;
    ints[FD_WORD] = handed.fd;
    ints[REASON_WORD] = handed.reason;
    ints.set(handed.peer.subarray(0, HANDED_PEER_WORDS), PEER_WORD);
    const identities = handed.identities.slice(0, IDENTITIES * IDENTITY_WORDS);
    ints[COUNT_WORD] = identities.length / IDENTITY_WORDS;
    ints.set(identities, IDENTITIES_WORD);
    ints[TICKET_WORD] = handed.ticket ?? 0;
    const text = Buffer.from(handed.text, "latin1").subarray(0, HANDED_TEXT_BYTES);
    ints[LENGTH_WORD] = text.length;
    bytes.set(text, TEXT_AT);
    return writePipe(fd, this.address, HANDED_BYTES);
  }
}
