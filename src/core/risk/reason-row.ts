/** What a check compares with: its setting stands at this level. */
export type Level = "FIRM" | "CLIENT" | "SESSION" | "TRADER" | "ACCOUNT" | "SYMBOL" | "VENUE" | "ORDER";

/** What FIX 4.2, 4.4 and 5.0SP2 say for a reason. Versions between have what they have of it (fix/wire/version.ts). */
export type ByVersion = readonly [fix42: number, fix44: number, fix50Sp2: number];

/** Why a request may be refused, or an order be ended. Texts (58), codes of reports and tables of the manual are made from it. */
export interface Reason {
  /** Its number (reason-codes.ts), which never changes. */
  readonly reason: number;
  readonly family: "RISK" | "ORDER" | "CORE";
  readonly name: string;
  /** OrdRejReason (103) of a refused order, CxlRejReason (102) of a refused cancel or replace. */
  readonly ord: ByVersion;
  readonly cxl: ByVersion;
  readonly meaning: string;
  readonly remedy: string;
}

/** A check of new orders; `CHECKS` has them in the order in which the core makes them. */
export interface Check extends Reason {
  readonly levels: readonly Level[];
  /** Keys of the configuration that it reads; the last word of a limit's key is the check's name. */
  readonly keys: readonly string[];
  /** False: a replace does not pass it, because nothing that it checks can change. */
  readonly atReplace: boolean;
}

/** The version has no code for it: "other", and the broker's option where there is no "other". */
export const OTHER: ByVersion = [0, 99, 99];
/** The same of CxlRejReason: 0 would say that it is too late. */
export const CXL_OTHER: ByVersion = [2, 99, 99];
/** The order exceeds a limit. */
export const LIMIT: ByVersion = [3, 3, 3];

/** Of a check, what most of them have in common may be left out. */
type CheckTerms = Pick<Check, "levels" | "meaning" | "remedy"> & Partial<Omit<Check, "reason" | "name">>;

/** A row of the table of checks. */
export function check(reason: number, name: string, terms: CheckTerms): Check {
  return { reason, name, family: "RISK", ord: OTHER, cxl: CXL_OTHER, keys: [], atReplace: true, ...terms };
}
