import type { ActionQuestion } from "../../audit/action.ts";
import { type KillScope, scopeText } from "../../operation/kill-switch.ts";

/** Reasons that are kept; one of an older change is read again. */
const MOST_KEPT = 10_000;

/** Who is a signal gives no reason. */
const SIGNALS: readonly string[] = ["SIGUSR1", "SIGUSR2"];

/** Why kill switches and values that end were set. The core knows who and when; the journal has the reason, in the operator's action. */
export class KillReasons {
  /** By scope and time; null: the journal has none. */
  private readonly known = new Map<string, string | null>();
  private isReading = false;

  /** `read` finds the reason of an action in the journal, or null. */
  constructor(private readonly read: (question: ActionQuestion) => Promise<string | null>) {}

  /** A kill switch was set for this reason at a time of the core. */
  note(scope: KillScope, atUs: number, why: string): void {
    this.keep(keyOf(scope, atUs), why);
  }

  /** The same of a setting: "account FUND maxOrderQty". */
  noteSetting(setting: string, atUs: number, why: string): void {
    this.keep(`${setting} ${atUs}`, why);
  }

  /** Null while it is not known; it is then looked for, one at a time. */
  of(scope: KillScope, by: string, atUs: number): string | null {
    if (by === "" || atUs === 0) return null;
    if (SIGNALS.includes(by)) return "a signal to the process";
    return this.find(keyOf(scope, atUs), { atUs, who: by, about: actionsAbout(scope) });
  }

  /** The same of a setting, which one of these actions has changed. */
  ofSetting(setting: string, by: string, atUs: number, about: ActionQuestion["about"]): string | null {
    return by === "" || atUs === 0 ? null : this.find(`${setting} ${atUs}`, { atUs, who: by, about });
  }

  private find(key: string, question: ActionQuestion): string | null {
    const why = this.known.get(key);
    if (why === undefined) this.begin(key, question);
    return why ?? null;
  }

  private begin(key: string, question: ActionQuestion): void {
    if (this.isReading) return;
    this.isReading = true;
    this.read(question).then(
      (why) => {
        this.isReading = false;
        this.keep(key, why);
      },
      // As many read the journal as may, or it can't be read: the next look tries again.
      () => {
        this.isReading = false;
      },
    );
  }

  private keep(key: string, why: string | null): void {
    this.known.delete(key);
    this.known.set(key, why);
    if (this.known.size > MOST_KEPT) this.known.delete(this.known.keys().next().value!);
  }
}

function keyOf(scope: KillScope, atUs: number): string {
  return `${scopeText(scope)} ${atUs}`;
}

/** Actions that set the kill switch of a scope. */
function actionsAbout(scope: KillScope): ActionQuestion["about"] {
  const target = scopeText(scope);
  const { kind, name } = scope;
  return [
    ...["engage", "engage-and-cancel", "lift"].map((what) => ({ action: `kill-switch.${what}`, target })),
    ...(kind === "session" || kind === "venue" ? [{ action: `${kind}.state`, target: name }] : []),
    ...(kind === "firm" ? ["drain", "drain-off"].map((what) => ({ action: `system.${what}`, target: "" })) : []),
  ];
}
