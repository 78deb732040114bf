import { DisconnectReason } from "../../base/disconnect-reason.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { STATE_ACTIVE } from "./states.ts";

/** The answer to a Logon's password is not there yet. */
export const WAIT: DisconnectReason = -1;

/** Checks the password of a Logon on a running session; a lane never waits for it. */
export interface LogonGuard {
  /** WAIT, and the same Logon is to be shown again later; then NONE, or the reason to refuse it. */
  check(scan: Scanner): DisconnectReason;
  /** The connection is closed. */
  abandon(): void;
}

/** Logons on a running session. */
export class Relogons {
  /** Null: they need no password. */
  guard: LogonGuard | null = null;

  /** Reason to refuse the message that the scanner holds, NONE, or WAIT. */
  refusal(scan: Scanner, state: number): DisconnectReason {
    const guard = this.guard;
    if (guard === null || scan.msgType !== tag.LOGON || state < STATE_ACTIVE) return DisconnectReason.NONE;
    return guard.check(scan);
  }

  abandon(): void {
    if (this.guard !== null) this.guard.abandon();
  }
}
