import { hostname } from "node:os";
import { Alarms } from "../../alarms/alarms.ts";
import { Command } from "../../alarms/command.ts";
import type { Receiver } from "../../alarms/delivery.ts";
import { RULES } from "../../alarms/rules.ts";
import { Webhook } from "../../alarms/webhook.ts";
import type { Log } from "../../base/log.ts";
import type { PeriodicTasks } from "../../base/periodic-tasks.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import { ACCOUNT_STOPPED, ACCOUNTS, STOPPED_SETTING } from "../../core/assembly/layout.ts";
import { levelOf } from "../../core/level-rows.ts";
import type { StateReader } from "../../core/state-reader.ts";
import type { MemoryGuard } from "../../host/memory/guard.ts";
import { LabelNames, type MetricSource } from "../../metrics/metric.ts";
import { PROMETHEUS_TYPE, prometheusText } from "../../metrics/prometheus.ts";
import { METRICS } from "../../metrics/table.ts";
import type { AlarmView } from "../../operation/alarms.ts";
import type { KillSwitch } from "../../operation/kill-switch.ts";
import type { MetricsText } from "../../operation/metrics.ts";
import type { Overrides } from "../../operation/overrides.ts";
import type { Profiles } from "../../operation/profiles.ts";
import type { Quotes } from "../../operation/quotes.ts";
import type { LimitReading, StoppedReading } from "../../operation/readings.ts";
import type { RefusedView, TlsSideView } from "../../operation/tls.ts";
import type { DataWatch } from "../data-watch.ts";
import type { Part } from "../supervisor.ts";
import { firmMessageUses } from "./firm-message-uses.ts";
import { LatencyReadings } from "./latency-readings.ts";
import { useTime } from "./limit-use.ts";
import { limitReadings } from "./limit-uses.ts";
import type { Published } from "./published.ts";
import { GatewayReadings } from "./readings.ts";
import type { RunningConfiguration } from "./running-configuration.ts";

const EVERY_MS = 1_000;
/** Rules whose alarms are worth a capture. */
const CAPTURE_RULES = ["latency", "collections", "stalls"] as const;

/** What a composed gateway has to be watched. */
export interface WatchedParts {
  readonly config: GatewayConfig;
  readonly running: Pick<RunningConfiguration, "version">;
  /** The data directory. */
  readonly dir: string;
  /** The core's counters, in the order of COUNTER_NAMES. */
  readonly counters: Float64Array;
  readonly published: Published;
  readonly tasks: PeriodicTasks;
  readonly guard: MemoryGuard;
  readonly dataWatch: DataWatch;
  readonly tls: { readonly view: () => readonly TlsSideView[] };
  readonly events: { readonly refused: () => readonly RefusedView[] };
  readonly profiles: Profiles;
  readonly log: Log;
}

/** Accounts and traders that are stopped, with who has stopped them. */
function stoppedRows(reader: StateReader | null): StoppedReading[] {
  if (reader === null) return [];
  return reader.namesWith(ACCOUNTS, ACCOUNT_STOPPED).map((row) => {
    const by = reader.settings(ACCOUNTS, row)?.aim(0, STOPPED_SETTING).by ?? "";
    const { level, name } = levelOf(row);
    return { subject: `${level} ${name}`, by: by === "" ? "an operator" : by };
  });
}

export function watchGateway(
  parts: WatchedParts,
  killSwitch: KillSwitch,
  quotes: Quotes,
  overrides: Overrides["list"],
): Watching {
  const { config, running, dir, counters, published, tasks, guard, dataWatch, profiles, log } = parts;
  const { sessions, venues, dropCopies, lanes, journalLag } = published;
  const latencies = new LatencyReadings(published.latencies, performance.now());
  const readings = new GatewayReadings({
    ...{ dir, counters, sessions, venues, dropCopies, lanes, journalLag },
    latencies: () => latencies.take(performance.now()),
    limitCurrency: config.risk.currency ?? null,
    limits: () => limitsOf(published, config),
    kills: () => killSwitch.engaged().flatMap(({ scope, engaged }) => (engaged ? [scope] : [])),
    overrides: () => overrides().filter(({ state }) => state === "granted"),
    stopped: () => stoppedRows(published.state),
    quotes: () => quotes.view(),
    ...{ tls: parts.tls.view, refused: parts.events.refused },
    collections: () => guard.collections,
    memoryLimitBytes: () => guard.limitBytes,
    dataProblem: () => dataWatch.problem,
  });
  const fired = (alarm: AlarmView): void => capture(profiles, alarm);
  return new Watching({ config, dataDir: dir, version: running.version, readings, tasks, log, fired });
}

function limitsOf(published: Published, { core }: GatewayConfig): LimitReading[] {
  const { positionUses, state } = published;
  if (positionUses === null || state === null) return [];
  const nowMs = Date.now();
  const messages = firmMessageUses(state.area, 1_000 * nowMs).filter(({ used }) => used > 0);
  return [
    ...limitReadings(published.accountUses(), positionUses, useTime(nowMs, core.tradingDay)),
    ...messages.map((use) => ({ ...use, level: "firm" as const, name: "" })),
  ];
}

/** An alarm about time captures where the time goes. */
function capture(profiles: Profiles, { rule, subject, text }: AlarmView): void {
  const kind = CAPTURE_RULES.find((known) => known === rule);
  if (kind !== undefined) profiles.alarmed({ kind, text: subject === "" ? text : `${subject}: ${text}` });
}

interface WatchingParts {
  readonly config: GatewayConfig;
  readonly dataDir: string;
  readonly version: string;
  readonly readings: GatewayReadings;
  readonly tasks: PeriodicTasks;
  readonly log: Log;
  /** Called for each alarm that fires or rises. */
  readonly fired?: (alarm: AlarmView) => void;
}

/** What watches the gateway: its alarms, and its metrics for scrapers and for OpenTelemetry. */
class Watching implements Part {
  readonly name = "alarms and metrics";
  readonly alarms: Alarms;
  readonly metrics: MetricsText;
  private readonly source: string;
  /** Scrapers and receivers see the same. */
  private readonly names: LabelNames;
  private push: { stop(): Promise<void> } | null = null;
  private problem = "";
  private end: () => void = () => {};

  constructor(private readonly parts: WatchingParts) {
    const { config, dataDir, log, fired } = parts;
    this.names = new LabelNames(config.metrics.mostNames);
    this.source = `${config.gateway.compId}@${hostname()}`;
    const receivers = receiversOf(config.alarms, this.source);
    this.alarms = new Alarms(RULES, config.alarms, {
      source: this.source,
      dataDir,
      receivers,
      log: log.of("alarms"),
      fired,
    });
    this.metrics = {
      type: PROMETHEUS_TYPE,
      text: () => prometheusText(METRICS, this.read(), this.names),
    };
  }

  async start(): Promise<void> {
    const { names, parts } = this;
    const { config, tasks, version, log } = parts;
    this.alarms.start();
    this.end = tasks.every(EVERY_MS, () => this.watch());
    const { otlp: url, otlpEveryS } = config.metrics;
    if (url === undefined) return;
    // Loaded here: without it a start needs none of OpenTelemetry's packages.
    const { OtlpPush } = await import("../../metrics/otlp.ts");
    const attributes = {
      "service.name": "sallyport",
      "service.instance.id": this.source,
      "service.version": version,
    };
    const options = { url, everyMs: 1_000 * otlpEveryS, names, attributes, log: log.of("OTLP") };
    this.push = new OtlpPush(METRICS, () => this.read(), options);
  }

  async stop(): Promise<void> {
    this.end();
    this.alarms.stop();
    await this.push?.stop();
  }

  private watch(): void {
    try {
      this.alarms.take(this.parts.readings.take());
      this.problem = "";
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.problem) this.parts.log.of("alarms").alarm(`nothing can be watched: ${message}`);
      this.problem = message;
    }
  }

  private read(): MetricSource {
    const { readings, version } = this.parts;
    return {
      readings: readings.take(),
      build: { version, runtime: `bun ${Bun.version}` },
      alarms: this.alarms.list(),
      deliveries: this.alarms.deliveries(),
    };
  }
}

function receiversOf(settings: GatewayConfig["alarms"], source: string): Receiver[] {
  const { url, routingKey = "", command, timeoutMs } = settings;
  return [
    ...(url === undefined ? [] : [new Webhook(url, routingKey, source, timeoutMs)]),
    ...(command === undefined ? [] : [new Command(command, source, timeoutMs)]),
  ];
}
