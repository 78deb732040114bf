/** What has become of the lines of quotes since the start. */
export interface QuoteCounts {
  /** Lines that were read, good ones and bad ones. */
  lines: number;
  /** Quotes that were taken. */
  taken: number;
  /** Lines that are no quotes; quotes whose bid is above the ask, or has a sign that the symbol's prices do not have. */
  bad: number;
  crossed: number;
  wrongSign: number;
  /** Quotes of symbols that are not configured. */
  unknown: number;
  /** Quotes that the core was given. */
  given: number;
}

export function noCounts(): QuoteCounts {
  return { lines: 0, taken: 0, bad: 0, crossed: 0, wrongSign: 0, unknown: 0, given: 0 };
}
