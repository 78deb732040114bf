import { DisconnectReason } from "../../base/disconnect-reason.ts";
import { NS_PER_MS, NS_PER_S } from "../../base/units.ts";
import type { Gap } from "./gap.ts";
import type { Heartbeats } from "./heartbeats.ts";
import type { SequenceNumbers } from "./sequence-numbers.ts";
import { STATE_ACTIVE, STATE_DOWN, STATE_LOGOUT_SENT } from "./states.ts";

/** After our Logout, the peer has this long (case 12). */
const LOGOUT_TIMEOUT_NS = 2 * NS_PER_S;
/** A gap that does not become smaller is asked for again after this long. */
const RESEND_PATIENCE_NS = 10 * NS_PER_S;

/** The time limits of a connection: for its Logon, its Logout, silence, and gaps. */
export class Timeouts {
  /** When a state with a time limit began. */
  sinceNs = 0;
  private readonly logonNs: number;

  constructor(
    private readonly heartbeats: Heartbeats,
    private readonly gap: Gap,
    private readonly numbers: SequenceNumbers,
    logonTimeoutMs: number,
  ) {
    this.logonNs = logonTimeoutMs * NS_PER_MS;
  }

  /** Sends what is due. Returns  the reason to close the connection, or NONE; `cause` is the reason of our Logout. */
  check(state: number, nowNs: number, cause: DisconnectReason): DisconnectReason {
    const lastedNs = nowNs - this.sinceNs;
    if (state === STATE_LOGOUT_SENT) return lastedNs > LOGOUT_TIMEOUT_NS ? unanswered(cause) : DisconnectReason.NONE;
    if (this.awaitsLogon(state) && lastedNs > this.logonNs) return DisconnectReason.NO_LOGON;
    if (state < STATE_ACTIVE || this.heartbeats.check(nowNs)) return DisconnectReason.NONE;
    return DisconnectReason.SILENT;
  }

  /** True when the gap is to be asked for again. */
  asksAgain(nowNs: number): boolean {
    return this.gap.isOpen && nowNs - this.gap.sinceNs > RESEND_PATIENCE_NS;
  }

  /** When `check` or `asksAgain` next has work. */
  deadlineNs(state: number): number {
    if (state === STATE_DOWN) return Number.POSITIVE_INFINITY;
    if (this.awaitsLogon(state)) return this.sinceNs + this.logonNs;
    if (state === STATE_LOGOUT_SENT) return this.sinceNs + LOGOUT_TIMEOUT_NS;
    const next = this.heartbeats.deadlineNs();
    const ask = this.gap.isOpen ? this.gap.sinceNs + RESEND_PATIENCE_NS : next;
    return ask < next ? ask : next;
  }

  private awaitsLogon(state: number): boolean {
    return state < STATE_ACTIVE || this.numbers.restarting;
  }
}

/** Reason to close a connection on which our Logout is not answered: the reason for the Logout, if it had one. */
function unanswered(cause: DisconnectReason): DisconnectReason {
  return cause === DisconnectReason.NONE || cause === DisconnectReason.STOPPING
    ? DisconnectReason.LOGOUT_UNANSWERED
    : cause;
}
