import { DisconnectReason } from "../base/disconnect-reason.ts";
import { NONE } from "../base/units.ts";
import { type LogonGuard, WAIT } from "../fix/session/logon-guard.ts";
import type { LogonReader } from "../fix/session/logon-reader.ts";
import type { LogonTerms } from "./logon-terms.ts";
import { ASKED, LOCKED, type PasswordGate, RIGHT } from "./password-gate.ts";

/** Checks the password of a Logon on a running session, if it has one: it need not have. */
export class RelogonGuard implements LogonGuard {
  private slot = NONE;

  constructor(
    private readonly session: number,
    /** Of the session in the terms. */
    private readonly place: number,
    private readonly terms: LogonTerms,
    private readonly gate: PasswordGate,
    private readonly logon: LogonReader,
    /** Called with each wrong password. */
    private readonly wrong: () => void,
  ) {}

  check(): DisconnectReason {
    const gate = this.gate;
    const logon = this.logon;
    if (this.slot === NONE) {
      if (!this.terms.needsPassword(this.place)) return DisconnectReason.NONE;
      logon.readFields();
      if (!logon.hasPassword && logon.usernameTo === logon.usernameFrom) return DisconnectReason.NONE;
      this.slot = gate.ask(this.session, logon);
      return WAIT;
    }
    const answer = gate.answer(this.slot);
    if (answer === ASKED) return WAIT;
    this.slot = NONE;
    if (answer === RIGHT) return DisconnectReason.NONE;
    this.wrong();
    return answer === LOCKED ? DisconnectReason.PASSWORD_LOCK : DisconnectReason.PASSWORD;
  }

  abandon(): void {
    if (this.slot !== NONE) this.gate.abandon(this.slot);
    this.slot = NONE;
  }
}
