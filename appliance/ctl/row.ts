import type { Options } from "../commands/command.ts";

/** One command of an operator: what it asks of the API, and how the answer is shown. A new command is a row. */
export interface CtlRow {
  /** Words after `ctl`: `session logout`. */
  readonly name: string;
  readonly summary: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path of the API; `:name` parts are the row's arguments in their order. */
  readonly path: string;
  /** Arguments as the help shows them, one for each `:name` of the path; those behind them go into `argumentKeys`. */
  readonly arguments?: readonly string[];
  /** Keys of the body (of the query for a GET) for arguments that the path does not have. */
  readonly argumentKeys?: readonly string[];
  /** Table of the body in which the argument behind those of the path is a key, and the next one its value: `SETTING VALUE`. */
  readonly pairs?: string;
  /** Options, by their key in the query of a GET, else in the body. A key with a dot is within a table: `filter.account`. */
  readonly options?: Options;
  /** Options that are in the query, whatever the method. */
  readonly query?: Options;
  /** Keys of the body that are always the same. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Key of the answer's verdict, for the exit code. */
  readonly verdict?: string;
  /** It needs --why. */
  readonly isAction?: true;
  /** Reads this path first and sends its ETag as If-Match, so that nobody's change in between is lost. */
  readonly matches?: string;
  /** Where the answer's list is (`orders`); "" when the answer is one. */
  readonly list?: string;
  /** What is printed for an empty list. */
  readonly emptyText?: string;
  /** Path of a stream of events, each an entry of the list: the row has an option --follow that prints them as they come. */
  readonly follow?: string;
  /** Options that go into the stream's query; with --follow no others may be given. */
  readonly followOptions?: readonly string[];
  /** Keys that are printed on separate lines below each entry, with their labels; the table then fits 80 columns. */
  readonly below?: Readonly<Record<string, string>>;
  /** Columns of a list: key of each in an entry, with dots within tables, and its heading. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** Name on the command line of an option's key: `account` of `filter.account`. */
export function optionKey(key: string): string {
  return key.slice(key.lastIndexOf(".") + 1);
}
