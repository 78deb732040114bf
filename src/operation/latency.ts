/*  The way of an order and of its answer, in stages:
 *
 *    received ── decide ──▶ decided ── send ──▶ at the venue's socket ── venue ──▶ venue answered ── answer ──▶ client answered
 *       └──────────────────────────────────────── total ──────────────────────────────────────────────────────────────┘
 */
export const LATENCY_STAGES = ["decide", "send", "venue", "answer", "total"] as const;
export type LatencyStage = (typeof LATENCY_STAGES)[number];

/** Statistics of a stage in microseconds; all 0 while nothing was recorded. A percentile is at most 3.2 % off. */
export interface LatencyFigures {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly mean: number;
}

/** A stage since the start, and in the last whole interval (10 s). */
export interface StageView {
  readonly stage: LatencyStage;
  readonly whole: LatencyFigures;
  readonly interval: LatencyFigures;
}

/** Cumulative counts, as a Prometheus histogram has them: how many values were at most `leUs`; `count` has all of them. */
export interface LatencyHistogram {
  readonly buckets: readonly { readonly leUs: number; readonly count: number }[];
  readonly count: number;
  readonly sumUs: number;
}

/** Reads latencies. Never disturbs a lane. */
export interface Latencies {
  /** Over all client sessions. */
  all(): StageView[];
  /** Of a client session; null: there is none of that name. Empty: it has no figures of its own, as it shares a set with others. */
  session(name: string): StageView[] | null;
  venue(name: string): StageView[] | null;
  /** Reports and requests that were not measured: too many waited for a blocked socket. */
  unmeasured(): number;
  /** Since the start, over all sessions, or of a venue. Buckets are the same for all. */
  histogram(stage: LatencyStage, venue?: string): LatencyHistogram | null;
}
