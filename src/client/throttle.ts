import { ascii, put } from "../base/ascii.ts";
import { putInt } from "../base/decimal.ts";
import { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { NS_PER_MS } from "../base/units.ts";
import type { FixSession } from "../fix/session/session.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import { BoundedLines } from "../session/bounded-lines.ts";
import type { Link } from "../session/link.ts";
import { APPLICATION, CLOSE, type Verdict } from "../session/protocol.ts";
import { EVENT_MESSAGE_FLOOD, EVENT_MESSAGE_RATE, type EventWriter } from "../telemetry/events.ts";
import { ENDS, REFUSED, type SessionLimits, TAKEN } from "./message-limits.ts";

/** Longest text: the longest code and three numbers. */
const TEXT_BYTES = 128;

/** Refuses messages above the limits of their session, and ends sessions that flood. What is refused never reaches the core. */
export class Throttle {
  private readonly text = new Uint8Array(new ArrayBuffer(TEXT_BYTES));
  private readonly refusals: BoundedLines;
  private readonly floods: BoundedLines;

  constructor(
    events: EventWriter,
    private readonly time: LaneTime,
    /** Code and name of each class's limit, such as `RISK-127 ORDER_MESSAGES`. */
    private readonly codes: readonly Uint8Array[],
  ) {
    this.refusals = new BoundedLines(events, EVENT_MESSAGE_RATE, time);
    this.floods = new BoundedLines(events, EVENT_MESSAGE_FLOOD, time);
  }

  /**
   * Counts a message that the scanner holds, and answers it where it passes a limit.
   * Returns  true for a message that is answered: nobody else handles it.
   */
  stops(link: Link<FixSession>, limits: SessionLimits, verdict: Verdict, scan: Scanner): boolean {
    const what = limits.take(scan.msgType, this.time.nowNs);
    if (what === TAKEN) return false;
    // One with a fault has its answer.
    if (what === REFUSED && verdict.kind !== APPLICATION) return false;
    const session = link.session;
    const counts = link.counts;
    const sequence = verdict.msgSeqNum;
    const text = this.text;
    const length = this.write(limits, what === ENDS);
    link.recorder.throttled(sequence);
    if (what === ENDS) {
      counts.floods++;
      this.floods.emit(link.id, sequence, text, length);
      session.logout(DisconnectReason.MESSAGE_RATE, text, length);
      verdict.kind = CLOSE;
      verdict.reason = DisconnectReason.MESSAGE_RATE;
      return true;
    }
    counts.throttled++;
    this.refusals.emit(link.id, sequence, text, length);
    session.rejects.throttled(scan, sequence, text, length);
    return true;
  }

  /** Writes which limit is passed, and by how many messages. Returns  the length of the text. */
  private write(limits: SessionLimits, ends: boolean): number {
    const text = this.text;
    const window = limits.windows[limits.passed]!;
    const limit = ends ? window.mostToEnd : window.most;
    let at = put(text, 0, this.codes[limits.passed]!);
    at = putInt(text, put(text, at, LIMIT), limit);
    at = putInt(text, put(text, at, VALUE), window.countAt(this.time.nowNs));
    at = putInt(text, put(text, at, WINDOW), window.windowNs / NS_PER_MS);
    return put(text, at, LEVEL);
  }
}

const LIMIT = ascii(" limit=");
const VALUE = ascii(" value=");
const WINDOW = ascii(" window=");
const LEVEL = ascii("ms level=SESSION");
