import type { QuotesView } from "../operation/quotes.ts";
import type { Metric } from "./metric.ts";

/** By what became of them. */
const RESULTS = ["taken", "bad", "crossed", "wrongSign", "unknown"] as const;

function gauge(name: string, help: string, unit: string, value: (quotes: QuotesView) => number | null): Metric {
  return {
    ...{ name: `sallyport_quotes_${name}`, type: "gauge", help, labels: [], unit },
    read: ({ readings: { quotes } }) => {
      const number = quotes === null ? null : value(quotes);
      return number === null ? [] : [{ labels: [], value: number }];
    },
  };
}

/** The streams of quotes that reference prices come from. */
export const quoteMetrics: readonly Metric[] = [
  {
    name: "sallyport_quotes_lines_total",
    type: "counter",
    help: "Lines of quotes by result: taken, bad, crossed, wrongSign, unknown (symbols that are not configured).",
    labels: ["result"],
    unit: "1",
    read: ({ readings: { quotes } }) =>
      quotes === null ? [] : RESULTS.map((result) => ({ labels: [result], value: quotes[result] })),
  },
  {
    name: "sallyport_quotes_given_total",
    type: "counter",
    help: "Quotes that the core was given, which are in the journal.",
    labels: [],
    unit: "1",
    read: ({ readings: { quotes } }) => (quotes === null ? [] : [{ labels: [], value: quotes.given }]),
  },
  gauge("connections", "Connections to the socket of quotes.", "1", ({ connections }) => connections),
  gauge("age_seconds", "Time since the newest quote came.", "s", ({ ageMs }) =>
    ageMs === null ? null : ageMs / 1_000,
  ),
];
