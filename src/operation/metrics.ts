/** The metrics of the gateway for a scraper. */
export interface MetricsText {
  /** Content type of the text. */
  readonly type: string;
  /** In Prometheus's text format, read for this call. */
  text(): string;
}
