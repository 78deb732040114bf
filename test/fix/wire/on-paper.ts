import { addressOf } from "../../../ffi/memory.ts";
import { Views } from "../../../src/base/views.ts";
import { optionsOf } from "../../../src/fix/session/options.ts";
import type { SessionHost, SessionProfile } from "../../../src/fix/session/outgoing.ts";
import { Session } from "../../../src/fix/session/session.ts";
import { Codec, codecBytes, sharedMemory } from "../../../src/fix/wire/codec.ts";
import { FIX44 } from "../../../src/fix/wire/version.ts";
import { Writer, wordsOf } from "../../../src/fix/wire/write.ts";
import { readable } from "./messages.ts";

/** Records lie in front, the codec behind them. */
const RECORDS_BYTES = 65_536;
const INPUT_BYTES = 262_144;
const memory = sharedMemory(RECORDS_BYTES + codecBytes(INPUT_BYTES));

/** Memory for records that this thread's tests share, and its codec. */
export const records = new Views(memory.buffer, 0, RECORDS_BYTES);
export const codec = new Codec(memory, RECORDS_BYTES, INPUT_BYTES);

/** A session whose messages all go to the start of `bytes`, one over the other. */
export class SessionOnPaper implements SessionHost {
  readonly session: Session;
  readonly bytes: Uint8Array;
  private readonly words: Int32Array;
  private readonly address: number;

  constructor(compId: string, peerCompId: string, profile: Partial<SessionProfile> = {}) {
    const buffer = new ArrayBuffer(65_536);
    this.bytes = new Uint8Array(buffer);
    this.words = wordsOf(this.bytes);
    this.address = addressOf(buffer);
    const all = { version: FIX44, compId, peerCompId, initiator: false, heartBtIntS: 30, resetOnLogon: false };
    const full = { ...all, logonTimeoutMs: 5000, ...profile };
    const { timestampDecimals } = optionsOf(profile.options);
    const decimals = full.version.timeDecimals === 0 ? 0 : timestampDecimals;
    this.session = new Session(full, this, new Writer(this.bytes, decimals));
  }

  aim(session: Session): void {
    session.writer.aim(this.bytes, this.words, 0, this.address);
  }

  /** Ends the message that was begun last. Returns it as readable text. */
  ended(): string {
    this.session.endMessage(1);
    const { from, at } = this.session.writer;
    return readable(this.bytes, from, at);
  }

  message(): void {}
  reset(): void {}
  resend(): void {}
  loggedOn(): void {}
}
