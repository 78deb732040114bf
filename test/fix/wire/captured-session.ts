import { addressOf, copyMemory } from "../../../ffi/memory.ts";
import { sharedMemory } from "../../../src/assembly/module.ts";
import { LaneTime } from "../../../src/base/lane-time.ts";
import { Views } from "../../../src/base/views.ts";
import type { SessionProfile } from "../../../src/fix/session/profile.ts";
import { FixSession } from "../../../src/fix/session/session.ts";
import { Codec, codecBytes } from "../../../src/fix/wire/codec.ts";
import { MessageBuffer } from "../../../src/fix/wire/message-buffer.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import { FIX44 } from "../../../src/fix/wire/version.ts";
import type { SessionHost } from "../../../src/session/protocol.ts";
import { readable } from "./messages.ts";

/** Records lie in front, the codec behind them. */
const RECORDS_BYTES = 65_536;
const INPUT_BYTES = 262_144;
/** Room for the rules of all versions, and of some dialects. */
const DICTIONARIES = 12;
const memory = sharedMemory(RECORDS_BYTES + codecBytes(INPUT_BYTES, DICTIONARIES));

/** Memory for records that this thread's tests share, and its codec. */
export const records = new Views(memory.buffer, 0, RECORDS_BYTES);
export const codec = new Codec(memory, RECORDS_BYTES, INPUT_BYTES, 0, DICTIONARIES);

/** A session whose messages all go to the start of `bytes`, one over the other. */
export class CapturedSession implements SessionHost {
  readonly session: FixSession;
  readonly time = new LaneTime();
  readonly bytes: Uint8Array;
  /** Of the last message. */
  length = 0;
  private readonly address: number;

  constructor(
    compId: string,
    peerCompId: string,
    profile: Partial<SessionProfile> = {},
    readonly scanner = new Scanner(8192, codec),
  ) {
    const buffer = new ArrayBuffer(65_536);
    this.bytes = new Uint8Array(buffer);
    this.address = addressOf(buffer);
    const all = { version: FIX44, compId, peerCompId, initiator: false, heartBtIntS: 30, resetOnLogon: false };
    const full = { ...all, logonTimeoutMs: 5000, ...profile };
    this.session = new FixSession(full, this, this.time, scanner, new MessageBuffer(65_536));
  }

  /** Ends the message that was begun last. Returns it as readable text. */
  ended(): string {
    this.session.out.end(1);
    return readable(this.bytes, 0, this.length);
  }

  message(address: number, bytes: number): void {
    copyMemory(this.address, address, bytes);
    this.length = bytes;
  }
  reset(): void {}
  aside(): void {}
  received(): void {}
  skipped(): void {}
  peerLogout(): void {}
  resend(): void {}
  loggedOn(): void {}
  cancelTerms(): void {}
}
