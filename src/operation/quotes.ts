/** The streams of quotes that reference prices come from. */
export interface QuotesView {
  readonly socket: string | null;
  readonly file: string | null;
  /** Connections to the socket. */
  readonly connections: number;
  /** Since the newest quote came; null: none has since the start. */
  readonly ageMs: number | null;
  /** Lines since the start, and what has become of them. */
  readonly lines: number;
  readonly taken: number;
  readonly bad: number;
  readonly crossed: number;
  readonly wrongSign: number;
  readonly unknown: number;
  /** Quotes that the core was given, which are in the journal. */
  readonly given: number;
  /** Why none come as they should, or "". */
  readonly problem: string;
}

export interface Quotes {
  /** Null: none are configured. */
  view(): QuotesView | null;
}
