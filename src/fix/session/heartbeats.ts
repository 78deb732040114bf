import { NS_PER_S } from "../../base/units.ts";
import type { SessionWriter } from "./session-writer.ts";

/** A TestRequest is sent after 1.2 heartbeat intervals of silence; the connection ends after 2.4 (case 6). */
const TEST_AFTER = 1.2;
const GIVE_UP_AFTER = 2.4;
/** A peer that is probed gets a TestRequest after this silence, and must send something within this time after it. */
const PROBE_AFTER_NS = 0.5 * NS_PER_S;
const PROBE_NS = 2 * NS_PER_S;

/** Shows the peer that we are there, and watches whether it is. */
export class Heartbeats {
  /** HeartBtInt of this connection; 0: neither side sends heartbeats. */
  intervalNs = 0;
  private lastReceivedNs = 0;
  /** Our TestRequest is not answered. */
  private testSent = false;
  /** Time of the TestRequest to a probed peer, then the time by which it must send something; Infinity: it is not probed. */
  private probeNs = Number.POSITIVE_INFINITY;
  private probeSent = false;

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
    this.probeNs = Number.POSITIVE_INFINITY;
  }

  /** Asks whether the peer is there, unless it says something right now; `check` then waits a short time only. */
  probe(nowNs: number): void {
    if (this.probeNs !== Number.POSITIVE_INFINITY) return;
    const quietNs = this.lastReceivedNs + PROBE_AFTER_NS;
    this.probeNs = quietNs > nowNs ? quietNs : nowNs;
    this.probeSent = false;
  }

  /** Sends the TestRequest of a probe. Returns  false when the time for its answer is over. */
  private checkProbe(nowNs: number): boolean {
    if (nowNs < this.probeNs) return true;
    if (this.probeSent) return false;
    this.probeSent = true;
    this.probeNs = nowNs + PROBE_NS;
    if (!this.testSent) this.out.testRequest();
    this.testSent = true;
    return true;
  }

  /** Sends the Heartbeat or TestRequest that is due. Returns  false when the peer has been silent for too long. */
  check(nowNs: number): boolean {
    if (!this.checkProbe(nowNs)) return false;
    const intervalNs = this.intervalNs;
    if (intervalNs === 0) return true;
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
    if (this.intervalNs === 0) return this.probeNs;
    const next = this.beatNs();
    return this.probeNs < next ? this.probeNs : next;
  }

  private beatNs(): number {
    const test = this.lastReceivedNs + this.intervalNs * (this.testSent ? GIVE_UP_AFTER : TEST_AFTER);
    const beat = this.testSent ? test : this.out.lastSentNs + this.intervalNs;
    return beat < test ? beat : test;
  }
}
