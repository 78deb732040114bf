import { NS_PER_S } from "../../base/units.ts";
import type { SessionWriter } from "./session-writer.ts";

/** A TestRequest is sent after 1.2 heartbeat intervals of silence; the connection ends after 2.4 (case 6). */
const TEST_AFTER = 1.2;
const GIVE_UP_AFTER = 2.4;

/** Shows the peer that we are there, and watches whether it is. */
export class Heartbeats {
  /** HeartBtInt of this connection; 0: neither side sends heartbeats. */
  intervalNs = 0;
  private lastReceivedNs = 0;
  /** Our TestRequest is not answered. */
  private testSent = false;

  constructor(private readonly out: SessionWriter) {}

  /** A connection begins. */
  begin(intervalS: number, nowNs: number): void {
    this.intervalNs = intervalS * NS_PER_S;
    this.out.lastSentNs = nowNs;
    this.received(nowNs);
  }

  received(nowNs: number): void {
    this.lastReceivedNs = nowNs;
    this.testSent = false;
  }

  /** Sends the Heartbeat or TestRequest that is due. Returns  false when the peer has been silent for too long. */
  check(nowNs: number): boolean {
    const intervalNs = this.intervalNs;
    const silence = nowNs - this.lastReceivedNs;
    if (silence > intervalNs * GIVE_UP_AFTER) return false;
    if (silence > intervalNs * TEST_AFTER && !this.testSent) {
      this.testSent = true;
      this.out.testRequest();
    }
    if (nowNs - this.out.lastSentNs >= intervalNs && !this.testSent) this.out.heartbeat();
    return true;
  }

  /** When `check` next has something to do. */
  deadlineNs(): number {
    const test = this.lastReceivedNs + this.intervalNs * (this.testSent ? GIVE_UP_AFTER : TEST_AFTER);
    const beat = this.testSent ? test : this.out.lastSentNs + this.intervalNs;
    return beat < test ? beat : test;
  }
}
