import { MIB } from "../base/units.ts";
import type { Readings } from "../operation/readings.ts";
import { type Baseline, type Baselines, LEAST_VALUES } from "./baseline.ts";
import { PerMinute } from "./per-minute.ts";
import type { AlarmSettings, Check, Finding } from "./rule.ts";

/** Stages (operation/latency.ts) that are the gateway's own; the venue's is not. */
const LATENCY_STAGES = ["decide", "send", "answer"];
/** Without an interval of enough orders for this long, the last one says nothing any more. */
const STALE_MS = 300_000;
/** Intervals in a row above the bound. */
const SLOW_INTERVALS = 2;

const number = (value: number): string => Math.round(value).toLocaleString("en");

export function lag(): Check {
  return ({ streams }) =>
    streams.map(({ stream, unwrittenBytes, bufferBytes }) => {
      const percent = (100 * unwrittenBytes) / bufferBytes;
      const text = `${(unwrittenBytes / MIB).toFixed(1)} MiB wait for the disk, ${Math.floor(percent)} % of the buffer`;
      return { subject: `journal stream ${stream}`, value: percent, text };
    });
}

export function disk(): Check {
  return ({ disk }) => {
    if (disk === null || disk.totalBytes === 0) return [];
    const used = 100 * (1 - disk.freeBytes / disk.totalBytes);
    const text = `${number(disk.freeBytes / MIB)} MiB of ${number(disk.totalBytes / MIB)} MiB are free (${(100 - used).toFixed(1)} %)`;
    return [{ subject: "data directory", value: used, text }];
  };
}

export function clock(): Check {
  return ({ clock }) => {
    if (clock === null) return [];
    const { isSynchronised, offsetUs, estimatedErrorUs } = clock;
    const errorUs = Math.max(Math.abs(offsetUs), estimatedErrorUs);
    if (!isSynchronised)
      return [{ subject: "", value: Number.POSITIVE_INFINITY, text: "no time daemon steers the clock" }];
    return [{ subject: "", value: errorUs, text: `the clock is about ${number(errorUs)} µs from UTC` }];
  };
}

/** A lane that is busy: as many messages as it takes at once last longer than a stall's least. Nothing held it up. */
const OWN_WORK = "long turn";

export function stalls(): Check {
  const perMinute = new PerMinute();
  return ({ lanes, atMs }) =>
    lanes.map(({ lane, agents, stalls }) => {
      const name = `lane ${lane}`;
      const causes = stalls
        .filter(({ cause }) => cause !== OWN_WORK)
        .map(({ cause, count }) => ({ cause, count: perMinute.take(`${name} ${cause}`, count, atMs) }))
        .filter(({ count }) => count > 0)
        .sort((a, b) => b.count - a.count);
      const count = causes.reduce((sum, one) => sum + one.count, 0);
      const list = causes.map(({ cause, count }) => `${cause} ${number(count)}`).join(", ");
      return {
        subject: name,
        value: count,
        text: `${number(count)} stalls in a minute (${agents.join(", ")}): ${list}`,
      };
    });
}

export function collections(): Check {
  const perMinute = new PerMinute();
  const of = (subject: string, total: number, atMs: number): Finding => {
    const count = perMinute.take(subject, total, atMs);
    return { subject, value: count, text: `${number(count)} garbage collections in a minute` };
  };
  return ({ lanes, process, atMs }) => [
    of("main thread", process.collections, atMs),
    ...lanes.map(({ lane, collections }) => of(`lane ${lane}`, collections, atMs)),
  ];
}

export function heap(): Check {
  return ({ process }) => {
    if (process.limitBytes === 0) return [];
    const percent = (100 * process.privateBytes) / process.limitBytes;
    const text = `${number(process.privateBytes / MIB)} MiB of private memory, ${Math.floor(percent)} % of memory.limitMiB`;
    return [{ subject: "process", value: percent, text }];
  };
}

/** p99 of each stage of the gateway's own against its bound: 1 is at it. */
export function latency(settings: AlarmSettings, baselines: Baselines): Check {
  const watches = LATENCY_STAGES.map((stage) => new StageWatch(stage, settings, baselines.of(stage)));
  return (readings) => watches.flatMap((watch) => watch.take(readings));
}

class StageWatch {
  private interval = 0;
  private slow = 0;
  private judgedMs = 0;
  private finding: Finding | null = null;

  constructor(
    private readonly stage: string,
    private readonly settings: AlarmSettings,
    private readonly baseline: Baseline,
  ) {}

  take({ latencies, atMs }: Readings): Finding[] {
    const newest = latencies.find(({ stage }) => stage === this.stage)?.interval;
    if (newest !== undefined && newest.number !== this.interval) {
      this.interval = newest.number;
      if (newest.count >= LEAST_VALUES) {
        this.finding = this.judge(atMs, newest.p99Us);
        this.judgedMs = atMs;
      }
    }
    if (atMs - this.judgedMs > STALE_MS) this.finding = null;
    return this.finding === null ? [] : [this.finding];
  }

  private judge(atMs: number, p99Us: number): Finding {
    const { baseline } = this;
    const { baseline: learns, latencyP99Us } = this.settings;
    const usualUs = learns ? baseline.usualUs(atMs) : null;
    const learnedUs = (learns ? baseline.limitUs(atMs) : null) ?? Number.POSITIVE_INFINITY;
    const boundUs = Math.min(learnedUs, latencyP99Us > 0 ? latencyP99Us : Number.POSITIVE_INFINITY);
    if (learns) baseline.learn(atMs, p99Us);
    const ratio = p99Us / boundUs;
    this.slow = ratio >= 1 ? this.slow + 1 : 0;
    const usual = usualUs === null ? "" : `, usual at this time ${number(usualUs)} µs`;
    const text = `p99 ${number(p99Us)} µs${usual}, bound ${number(boundUs)} µs`;
    // One slow interval is not yet an alarm, and does not end one either.
    const isAlone = this.slow > 0 && this.slow < SLOW_INTERVALS;
    const value = isAlone ? Math.max(HELD, this.finding?.value ?? 0) : ratio;
    return { subject: `stage ${this.stage}`, value, text };
  }
}

/** Between the values that raise the alarm and that end it. */
const HELD = 0.9;
