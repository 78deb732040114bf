import type { Members } from "./setting-terms.ts";

/** What a setting's number counts. */
export type SettingUnit =
  | "flag"
  | "choice"
  | "quantity"
  | "money"
  | "count"
  | "price"
  | "percent"
  | "set"
  | "factor"
  | "currency"
  | "lists"
  | "sources"
  | "time";

/** Something that operators may change while the core works. */
export interface SettingKind<File> {
  readonly name: string;
  readonly unit: SettingUnit;
  /** Smallest and largest value: 1e-8 of quantities and prices, 1e-4 of money, 1e-4 of a percent; flags are 0 or 1, sets have bits. */
  readonly least: bigint;
  readonly most: bigint;
  /** Largest value of the configuration and of operators; absent: `most`. */
  readonly fileMost?: bigint;
  /** Where the code that checks orders finds it in the row of the account or symbol. */
  readonly offset: number;
  readonly form: number;
  /** Of FORM_BIT. */
  readonly mask?: number;
  /** A value out of bounds blocks the account or symbol. */
  readonly isLimit?: boolean;
  /** It may also be NO_PRICE. */
  readonly mayBeNone?: boolean;
  /** NO_PRICE limits nothing: the row then has the largest number. */
  readonly noneIsMost?: boolean;
  /** Of a set: the bit of each name. */
  readonly members?: Members;
  /** The configuration and its calendars say it: operators can't set it. */
  readonly isOfFile?: boolean;
  /** The row of a currency has it, and no account. */
  readonly isOfCurrency?: boolean;
  /** Kill switches are set by scope, not as properties. */
  readonly isKill?: boolean;
  /** The configuration's value; one out of bounds for none. */
  readonly ofFile: (file: File) => bigint;
}
