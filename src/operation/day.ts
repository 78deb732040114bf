import type { Outcome } from "./outcome.ts";
import type { SettingValue } from "./setting.ts";

/** One line of the go/no-go list. */
export interface DayCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly why: string;
}

/** A file that the day is made from, as it is now. */
export interface DayFile {
  readonly file: string;
  /** `configuration`, `dictionary`, `password`, `reference prices`, `restricted symbols`, `positions`. */
  readonly what: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Lines of data of a table; null: it is no table. */
  readonly rows: number | null;
}

export interface DayChange {
  readonly symbol: string;
  readonly setting: "referencePrice" | "enabled";
  readonly old: SettingValue;
  readonly new: SettingValue;
}

export interface DayStartView {
  readonly day: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly dryRun: boolean;
  /** True when every check is ok. */
  readonly go: boolean;
  readonly checks: readonly DayCheck[];
  readonly files: readonly DayFile[];
  /** Settings of symbols that were changed, or would be. */
  readonly changes: readonly DayChange[];
}

/** A file that an end of day has written. */
export interface DayOutput {
  readonly file: string;
  readonly rows: number | null;
  readonly bytes: number;
  readonly sha256: string;
}

export interface DayEndView {
  readonly day: string;
  readonly at: string;
  /** Null: it is under way. */
  readonly doneAt: string | null;
  readonly state: "planned" | "canceling" | "logging out" | "writing" | "done" | "failed";
  readonly dryRun: boolean;
  /** Open day orders when it began; of a day that is over 0. */
  readonly dayOrders: number;
  /** OrderIDs of the first that venues were asked to cancel, and of the first that are open still; of a dry run, that would be. */
  readonly canceled: readonly string[];
  readonly left: readonly string[];
  /** Client sessions and venues; of a dry run, that would be. */
  readonly loggedOut: readonly string[];
  readonly directory: string;
  readonly files: readonly DayOutput[];
  /** What did not work, one line each. */
  readonly problems: readonly string[];
}

export interface DayEndRequest {
  /** Nothing is done; the answer says what would be. */
  readonly dryRun: boolean;
  /** YYYY-MM-DD; absent: the current one. */
  readonly day?: string;
  /** Venues are asked to cancel open day orders. */
  readonly cancel: boolean;
  /** All sessions and venues are logged out. */
  readonly logout: boolean;
}

export interface StartOutcome extends Outcome {
  readonly view: DayStartView | null;
}

export interface EndOutcome extends Outcome {
  readonly view: DayEndView | null;
}

/** Begins and ends trading days. */
export interface Day {
  /** The last ones of this run; null: none. */
  view(): { readonly start: DayStartView | null; readonly end: DayEndView | null };
  /** Reads the day's files, sets reference prices, disables restricted symbols, and makes the go/no-go list. `by`: who asks. */
  start(dryRun: boolean, by: string): Promise<StartOutcome>;
  /** Resolves once it is under way, or with the plan of a dry run. */
  end(request: DayEndRequest): Promise<EndOutcome>;
}
