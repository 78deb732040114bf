/** Reports of a trading day. */
export const REPORT_KINDS = [
  "orders",
  "executions",
  "rejects",
  "open-gtc",
  "limit-changes",
  "overrides",
  "operator-actions",
  "breaches",
  "sessions",
] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

export const REPORT_FORMATS = ["json", "csv", "parquet"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Makes reports of a running gateway's journal in another process. */
export interface Reports {
  /** Trading day of now, YYYY-MM-DD. */
  today(): string;
  /**
   * The report's bytes, as they are made; the stream fails where the journal can't be read to its end. Rejects with JournalUnread
   * (journal.ts). `gone` says when nobody waits for it any more.
   */
  make(kind: ReportKind, day: string, format: ReportFormat, gone?: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}
