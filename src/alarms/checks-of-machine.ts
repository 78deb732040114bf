import { MIB } from "../base/units.ts";
import type { Readings } from "../operation/readings.ts";
import { type Baseline, LEAST_VALUES } from "./baseline.ts";
import { PerMinute } from "./per-minute.ts";
import type { AlarmSettings, Check, Finding } from "./rule.ts";

/** Stage that the latency alarm reads: the gateway's part of an order's way. */
const LATENCY_STAGE = "send";
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

export function stalls(): Check {
  const perMinute = new PerMinute();
  return ({ lanes, atMs }) =>
    lanes.map(({ lane, agents, stalls }) => {
      const name = `lane ${lane}`;
      const causes = stalls
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

/** p99 against its bound: 1 is at it. */
export function latency({ baseline: learns, latencyP99Us }: AlarmSettings, baseline: Baseline): Check {
  let interval = 0;
  let slow = 0;
  let judgedMs = 0;
  let finding: Finding | null = null;
  const judge = (atMs: number, p99Us: number): Finding => {
    const usualUs = learns ? baseline.usualUs(atMs) : null;
    const learnedUs = learns ? baseline.limitUs(atMs) : null;
    const boundUs = Math.min(
      learnedUs ?? Number.POSITIVE_INFINITY,
      latencyP99Us > 0 ? latencyP99Us : Number.POSITIVE_INFINITY,
    );
    if (learns) baseline.learn(atMs, p99Us);
    const ratio = p99Us / boundUs;
    slow = ratio >= 1 ? slow + 1 : 0;
    const usual = usualUs === null ? "" : `, usual at this time ${number(usualUs)} µs`;
    const text = `p99 of an order to its venue's socket ${number(p99Us)} µs${usual}, bound ${number(boundUs)} µs`;
    // One slow interval is not yet an alarm, and does not end one either.
    const isAlone = slow > 0 && slow < SLOW_INTERVALS;
    return { subject: "", value: isAlone ? Math.max(HELD, finding?.value ?? 0) : ratio, text };
  };
  return ({ latencies, atMs }: Readings) => {
    const newest = latencies.find(({ stage }) => stage === LATENCY_STAGE)?.interval;
    if (newest !== undefined && newest.number !== interval) {
      interval = newest.number;
      if (newest.count >= LEAST_VALUES) {
        finding = judge(atMs, newest.p99Us);
        judgedMs = atMs;
      }
    }
    if (atMs - judgedMs > STALE_MS) finding = null;
    return finding === null ? [] : [finding];
  };
}

/** Between the values that raise the alarm and that end it. */
const HELD = 0.9;
