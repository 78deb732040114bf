import { type HrTime, ValueType } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  DataPointType,
  MeterProvider,
  type MetricData,
  type MetricProducer,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import type { Log } from "../base/log.ts";
import { boundedSamples, type Distribution, type LabelNames, type Metric, type MetricSource } from "./metric.ts";

/*  The metrics of the table, pushed by OpenTelemetry's SDK: it asks a producer for them at each interval, as it asks bridges
 *  to other metrics libraries. Only a gateway with metrics.otlp loads this file.
 */

/** Longest call of the receiver. */
const LONGEST_EXPORT_MS = 10_000;
const LONGEST_STOP_MS = 1_000;

export interface OtlpOptions {
  readonly url: string;
  readonly everyMs: number;
  readonly names: LabelNames;
  /** What the metrics are of: service.name, service.instance.id, service.version. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly log: Log;
}

/** Pushes metrics until it is stopped. */
export class OtlpPush {
  private readonly provider: MeterProvider;

  constructor(metrics: readonly Metric[], read: () => MetricSource, options: OtlpOptions) {
    const { url, everyMs, names, attributes, log } = options;
    const timeoutMillis = Math.min(everyMs, LONGEST_EXPORT_MS);
    const reader = new PeriodicExportingMetricReader({
      exporter: new LoggedExporter(new OTLPMetricExporter({ url, timeoutMillis }), url, log),
      exportIntervalMillis: everyMs,
      exportTimeoutMillis: timeoutMillis,
      metricProducers: [new TableProducer(metrics, read, names)],
    });
    this.provider = new MeterProvider({ resource: resourceFromAttributes(attributes), readers: [reader] });
  }

  /** Pushes for the last time, and waits for no receiver that does not answer. Never rejects. */
  async stop(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, LONGEST_STOP_MS);
    // What failed was logged by the exporter.
    await Promise.race([this.provider.shutdown().catch(() => {}), late.promise]);
    clearTimeout(timer);
  }
}

/** Logs when the receiver begins to fail, and when it takes metrics again. */
class LoggedExporter implements PushMetricExporter {
  private isFailing = false;

  constructor(
    private readonly inner: OTLPMetricExporter,
    private readonly url: string,
    private readonly log: Log,
  ) {}

  export(metrics: ResourceMetrics, done: Parameters<PushMetricExporter["export"]>[1]): void {
    this.inner.export(metrics, (result) => {
      if (result.error !== undefined && !this.isFailing)
        this.log.warning(
          `${this.url}: ${result.error.message}; the next ones are not logged until it takes metrics again`,
        );
      else if (result.error === undefined && this.isFailing) this.log.info(`${this.url}: takes metrics again`);
      this.isFailing = result.error !== undefined;
      // It was logged: the SDK need not.
      done({ ...result, code: 0 });
    });
  }

  selectAggregationTemporality(): AggregationTemporality {
    return AggregationTemporality.CUMULATIVE;
  }

  forceFlush(): Promise<void> {
    return this.inner.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }
}

class TableProducer implements MetricProducer {
  constructor(
    private readonly metrics: readonly Metric[],
    private readonly read: () => MetricSource,
    private readonly names: LabelNames,
  ) {}

  collect(): ReturnType<MetricProducer["collect"]> {
    const source = this.read();
    const span = {
      startTime: timeOf(source.readings.atMs - 1_000 * source.readings.uptimeS),
      endTime: timeOf(source.readings.atMs),
    };
    const metrics = this.metrics.map((metric) => metricData(metric, source, this.names, span));
    const scopeMetrics = [{ scope: { name: "sallyport", version: source.build.version }, metrics }];
    return Promise.resolve({ resourceMetrics: { resource: resourceFromAttributes({}), scopeMetrics }, errors: [] });
  }
}

interface Span {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

function metricData(metric: Metric, source: MetricSource, names: LabelNames, span: Span): MetricData {
  const { name, help: description, unit, labels } = metric;
  const common = {
    descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const attributesOf = (values: readonly string[]): Record<string, string> =>
    Object.fromEntries(labels.map((label, i) => [label, values[i]!]));
  if (metric.type === "histogram") {
    const dataPoints = metric
      .read(source)
      .map((one) => ({ ...span, attributes: attributesOf(one.labels), value: histogramOf(one) }));
    return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
  const dataPoints = boundedSamples(metric, source, names).map((sample) => ({
    ...span,
    attributes: attributesOf(sample.labels),
    value: sample.value,
  }));
  if (metric.type === "gauge") return { ...common, dataPointType: DataPointType.GAUGE, dataPoints };
  return { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints };
}

/** Bounds are finite, and counts are not cumulative there. */
function histogramOf({ buckets, count, sum }: Distribution) {
  return {
    buckets: {
      boundaries: buckets.map(({ le }) => le).filter(Number.isFinite),
      counts: buckets.map(({ count }, i) => count - (buckets[i - 1]?.count ?? 0)),
    },
    count,
    sum,
  };
}

function timeOf(ms: number): HrTime {
  return [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)];
}
