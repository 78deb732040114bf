import { boundedSamples, type DistributionMetric, type LabelNames, type Metric, type MetricSource } from "./metric.ts";

/** Content type of the text. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The metrics as Prometheus reads them. A metric without a value is left out. */
export function prometheusText(metrics: readonly Metric[], source: MetricSource, names: LabelNames): string {
  const lines: string[] = [];
  for (const metric of metrics) {
    const samples =
      metric.type === "histogram" ? distributionLines(metric, source) : numberLines(metric, source, names);
    if (samples.length === 0) continue;
    const { name, type, help } = metric;
    lines.push(`# HELP ${name} ${withEscapes(help, /[\\\n]/g)}`, `# TYPE ${name} ${type}`, ...samples);
  }
  return `${lines.join("\n")}\n`;
}

function numberLines(
  metric: Metric & { type: "counter" | "gauge" },
  source: MetricSource,
  names: LabelNames,
): string[] {
  const { name, labels } = metric;
  return boundedSamples(metric, source, names).map(
    (sample) => `${name}${labelText(labels, sample.labels)} ${numberText(sample.value)}`,
  );
}

function distributionLines({ name, labels, read }: DistributionMetric, source: MetricSource): string[] {
  return read(source).flatMap((distribution) => {
    const { buckets, count, sum } = distribution;
    const plain = labelText(labels, distribution.labels);
    return [
      ...buckets.map(
        ({ le, count }) =>
          `${name}_bucket${labelText([...labels, "le"], [...distribution.labels, numberText(le)])} ${numberText(count)}`,
      ),
      `${name}_sum${plain} ${numberText(sum)}`,
      `${name}_count${plain} ${numberText(count)}`,
    ];
  });
}

function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return "";
  return `{${names.map((name, i) => `${name}="${withEscapes(values[i]!, /["\\\n]/g)}"`).join(",")}}`;
}

function withEscapes(text: string, what: RegExp): string {
  return text.replace(what, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}
