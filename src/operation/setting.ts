import type { LevelUse } from "./level-use.ts";

/** Value of a setting as JSON has it: prices, quantities and money are exact decimals, counts are numbers; null: there is none. */
export type SettingValue = string | number | boolean | null;

/** Something of an account, a symbol or the firm that an operator may change while the gateway runs, with where its value comes from. */
export interface SettingView {
  readonly name: string;
  readonly unit: string;
  /** What holds now, and what the configuration file says. */
  readonly value: SettingValue;
  readonly fileValue: SettingValue;
  readonly source: "file" | "operator";
  /** Operator who set it and when, ISO 8601; null where the file's value holds. */
  readonly by: string | null;
  readonly at: string | null;
  /** When a temporary value ends, ISO 8601; null: it has no end. */
  readonly until: string | null;
  /** What holds after that; null where the value has no end, too. */
  readonly afterwards: SettingValue;
}

/** A value that ends, with what it is of. */
export interface TemporaryView extends Omit<SettingView, "fileValue" | "source"> {
  readonly subject: SettingChange["subject"];
  readonly of: string;
  /** The operator's reason; null: the journal has none, or it is looked for there. */
  readonly why: string | null;
}

/** The end of changed values: a time, or that they are temporary ones which end now. */
export type ChangeEnd = { readonly untilUs: number } | "now";

/** What stands where a name is asked for and the firm is meant. */
export const FIRM_NAME = "firm";

/** Limits of the firm, which count beside those of accounts and symbols. */
export interface FirmView extends LevelUse {
  readonly name: typeof FIRM_NAME;
  /** Another one after each change of its settings. */
  readonly version: string;
  readonly isKilled: boolean;
  readonly settings: readonly SettingView[];
}

/** One change of a setting. */
export interface SettingChange {
  readonly subject: "account" | "client" | "session" | "trader" | "currency" | "symbol" | "firm";
  /** Of the account, client, client session, trader, currency or symbol; FIRM_NAME for the firm. */
  readonly name: string;
  readonly setting: string;
  /** Absent: the file's value holds again. */
  readonly value?: SettingValue;
  /** Version that the change is for; absent: any. */
  readonly version?: string;
}

/** A change that was made, or why it can't be. */
export interface ChangeOutcome {
  readonly change: SettingChange;
  readonly old: SettingValue;
  readonly new: SettingValue;
  /** Of a temporary value: its end. Of a value that takes the place of a temporary one: the end that that one had. */
  readonly until?: string;
  readonly endsTemporary?: string;
}

/** Several changes at once: all of them hold from the next order on, or none. */
export interface ChangesOutcome {
  readonly result: "applied" | "unchanged" | "refused";
  /** Of refused ones: `unknown-name`, `unknown-setting`, `out-of-range`, `version-differs`, `too-many`, `not-temporary`, `table-full`, `not-sent`, `not-answered`. */
  readonly code: string;
  readonly reason: string;
  readonly changes: readonly ChangeOutcome[];
}

/** Changes settings of accounts, symbols and the firm. */
export interface Settings {
  firm(): FirmView;
  /** `by`: who asks, up to 64 bytes; the journal keeps it with the change. `end`: absent, the values have none. `why`: the reason, kept for values that end. */
  change(changes: readonly SettingChange[], by: string, end?: ChangeEnd, why?: string): Promise<ChangesOutcome>;
  /** All values that end, the first to end first. */
  temporary(): readonly TemporaryView[];
}
