import { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { WAIT } from "../fix/session/logon-guard.ts";
import type { LogonReader } from "../fix/session/logon-reader.ts";
import type { Stream } from "../net/stream.ts";
import { DISCONNECT_TEXT_AT, DisconnectRecordWriter } from "../telemetry/disconnect-record.ts";
import { EVENT_WRONG_PASSWORDS, type EventWriter } from "../telemetry/events.ts";
import { PasswordDelays } from "./password-delays.ts";
import { ASKED, LOCKED, type PasswordGate, RIGHT } from "./password-gate.ts";

/** The password waits for a free slot of the gate. */
const UNCHECKED = -2;

/** Checks the passwords of connections' first messages, slower after wrong ones. The main thread gives the answers. */
export class LogonPasswords {
  /** By stream index: slot of its check in the gate, UNCHECKED, or NONE. */
  private readonly slots: Int32Array;
  private readonly delays: PasswordDelays;
  private readonly record = new DisconnectRecordWriter(Views.allocate(DISCONNECT_TEXT_AT));

  constructor(
    private readonly gate: PasswordGate,
    private readonly events: EventWriter,
    private readonly time: LaneTime,
    connections: number,
    sessions: number,
  ) {
    this.slots = new Int32Array(new ArrayBuffer(4 * connections)).fill(NONE);
    this.delays = new PasswordDelays(sessions);
  }

  isPending(stream: Stream): boolean {
    return this.slots[stream.index] !== NONE;
  }

  begin(stream: Stream): void {
    this.slots[stream.index] = UNCHECKED;
  }

  /** Ends a check whose answer nobody waits for. */
  end(stream: Stream): void {
    const slot = this.slots[stream.index]!;
    if (slot >= 0) this.gate.abandon(slot);
    this.slots[stream.index] = NONE;
  }

  /** Returns  ASKED while there is nothing to do; else what `verdict` needs. An answer is given once. */
  news(stream: Stream): number {
    const slot = this.slots[stream.index]!;
    if (slot === UNCHECKED) return UNCHECKED;
    const answer = this.gate.answer(slot);
    if (answer !== ASKED) this.slots[stream.index] = NONE;
    return answer;
  }

  /** Reason to refuse the Logon that `logon` holds, for the session `id` at `place`; NONE: the password is right; or WAIT. */
  verdict(news: number, stream: Stream, place: number, id: number, logon: LogonReader): DisconnectReason {
    if (news === UNCHECKED) return this.ask(stream, place, id, logon);
    if (news === LOCKED) return DisconnectReason.PASSWORD_LOCK;
    if (news === RIGHT) {
      this.delays.right(place, stream.peer);
      return DisconnectReason.NONE;
    }
    this.countWrong(stream, place, id);
    return DisconnectReason.PASSWORD;
  }

  /** Counts a wrong password, with an alarm after several in a row. */
  countWrong(stream: Stream, place: number, id: number): void {
    const delays = this.delays;
    const record = this.record;
    if (!delays.wrong(place, stream.peer, this.time.nowNs)) return;
    record.set(1, 1, DisconnectReason.PASSWORD, 0, stream.peer);
    const bytes = record.views.bytes;
    this.events.emitText(EVENT_WRONG_PASSWORDS, id, delays.ofSession, delays.ofAddress, bytes, 0, record.length);
  }

  /** Waits while all slots of the gate are in use. */
  private ask(stream: Stream, place: number, id: number, logon: LogonReader): DisconnectReason {
    if (this.delays.waitNs(place, stream.peer, this.time.nowNs) > 0) return DisconnectReason.PASSWORD_DELAY;
    if (!logon.hasPassword) {
      this.countWrong(stream, place, id);
      return DisconnectReason.PASSWORD;
    }
    const slot = this.gate.ask(id, logon);
    if (slot !== NONE) this.slots[stream.index] = slot;
    return WAIT;
  }
}
