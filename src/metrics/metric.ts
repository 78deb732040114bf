import type { AlarmView, DeliveryView } from "../operation/alarms.ts";
import type { Readings } from "../operation/readings.ts";

export interface Build {
  readonly version: string;
  readonly runtime: string;
}

/** What metrics are made of. */
export interface MetricSource {
  readonly readings: Readings;
  readonly build: Build;
  readonly alarms: readonly AlarmView[];
  readonly deliveries: readonly DeliveryView[];
}

/** A value under the values of its metric's labels. */
export interface Sample {
  readonly labels: readonly string[];
  readonly value: number;
}

/** A distribution in seconds: how many values were at most `le`, ascending, the last one Infinity. */
export interface Distribution {
  readonly labels: readonly string[];
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
  readonly count: number;
  readonly sum: number;
}

interface Row {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Of OpenTelemetry (UCUM): `s`, `By`, `1`. */
  readonly unit: string;
}

/** One row of the table of metrics: a number for each set of labels. */
export interface NumberMetric extends Row {
  readonly type: "counter" | "gauge";
  readonly read: (source: MetricSource) => readonly Sample[];
  /** The first label is a name of the configuration, of which there may be many; what the others have is combined so. */
  readonly others?: "sum" | "max";
}

export interface DistributionMetric extends Row {
  readonly type: "histogram";
  readonly read: (source: MetricSource) => readonly Distribution[];
}

export type Metric = NumberMetric | DistributionMetric;

/** Name of those that no label names: no session, venue or account can be called so. */
const OTHER = "=other";

/**
 * The names that labels may have: of each label the first ones that came, no more than `most`. A name keeps its place until the process ends,
 * whatever comes and goes at a reload, so that what is combined under OTHER never grows or shrinks by a name.
 */
export class LabelNames {
  private readonly kept = new Map<string, Set<string>>();

  constructor(private readonly most: number) {}

  /** Those of a label, with the ones among `names` that still find a place. */
  of(label: string, names: Iterable<string>): ReadonlySet<string> {
    const kept = this.kept.get(label) ?? new Set();
    this.kept.set(label, kept);
    for (const name of names) if (kept.size < this.most) kept.add(name);
    return kept;
  }
}

/** The samples of a metric, where no other names than those that have a place are used in its first label: the others are combined under OTHER. */
export function boundedSamples(
  { others, labels, read }: NumberMetric,
  source: MetricSource,
  names: LabelNames,
): readonly Sample[] {
  const samples = read(source);
  if (others === undefined) return samples;
  const kept = names.of(
    labels[0]!,
    samples.map((sample) => sample.labels[0]!),
  );
  if (samples.every((sample) => kept.has(sample.labels[0]!))) return samples;
  const combined = new Map<string, Sample>();
  for (const { labels, value } of samples) {
    if (kept.has(labels[0]!)) continue;
    const rest = [OTHER, ...labels.slice(1)];
    const key = rest.join("\n");
    const before = combined.get(key)?.value ?? 0;
    combined.set(key, { labels: rest, value: others === "sum" ? before + value : Math.max(before, value) });
  }
  return [...samples.filter(({ labels }) => kept.has(labels[0]!)), ...combined.values()];
}
