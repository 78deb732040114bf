import { type Static, Type } from "@sinclair/typebox";
import { version } from "../../package.json";
import { NS_PER_MS, NS_PER_US } from "../../src/base/units.ts";
import type { Views } from "../../src/base/views.ts";
import { StallReader } from "../../src/stalls/reader.ts";
import { CAUSES, LONG_TURN, RECOMPILATION } from "../../src/stalls/table.ts";
import { bucketStartNs, bucketsWord, LATENCY_BUCKETS } from "../../src/telemetry/latency.ts";
import { LatencyReader } from "../../src/telemetry/latency-report.ts";
import { causeRows, columns, counted, us } from "../terminal/columns.ts";
import { BLIND_DOUBLE, GAPS_AT, STALLS_AT, TURNS_DOUBLE } from "./words.ts";

/** Causes that a pure loop cannot have. */
const NOT_HERE: readonly string[] = [CAUSES[RECOMPILATION], CAUSES[LONG_TURN]];

const number = Type.Number({ minimum: 0 });
const whole = Type.Integer({ minimum: 0 });
const strict = { additionalProperties: false };

/** The document that `soak --json` prints. */
export const soakSchema = Type.Object(
  {
    version: Type.String(),
    cpu: whole,
    isolated: Type.Boolean(),
    seconds: number,
    thresholdUs: number,
    readings: whole,
    /** Time between two readings of the clock. */
    gapUs: Type.Object(
      { p50: number, p90: number, p99: number, p999: number, max: number, mean: number, count: whole },
      strict,
    ),
    histogram: Type.Array(Type.Object({ fromUs: number, count: whole }, strict)),
    /** Gaps of at least thresholdUs. */
    causes: Type.Array(Type.Object({ cause: Type.String(), count: whole, totalUs: number, worstUs: number }, strict)),
    blindMs: number,
    notTold: Type.Array(Type.String()),
  },
  strict,
);

export type SoakReport = Static<typeof soakSchema>;
export type SoakFacts = Pick<SoakReport, "cpu" | "isolated" | "seconds" | "thresholdUs" | "notTold">;

/** Results of the measuring thread in shared memory. */
export function soakReport(views: Views, facts: SoakFacts): SoakReport {
  const { doubles } = views;
  return {
    version,
    ...facts,
    readings: doubles[TURNS_DOUBLE]!,
    gapUs: { ...new LatencyReader(views, [GAPS_AT]).total() },
    histogram: histogram(views),
    causes: new StallReader(views, STALLS_AT, []).sums().filter(({ cause }) => !NOT_HERE.includes(cause)),
    blindMs: doubles[BLIND_DOUBLE]! / NS_PER_MS,
  };
}

/** Counts by doublings of a microsecond: 0, 1, 2, 4 … */
function histogram({ doubles }: Views): SoakReport["histogram"] {
  const counts: number[] = [];
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
    const count = doubles[bucketsWord(GAPS_AT) + bucket]!;
    if (count === 0) continue;
    const us = bucketStartNs(bucket) / NS_PER_US;
    const row = us < 1 ? 0 : 1 + Math.floor(Math.log2(us));
    counts[row] = (counts[row] ?? 0) + count;
  }
  return Array.from(counts, (count = 0, row) => ({ fromUs: row === 0 ? 0 : 2 ** (row - 1), count }));
}

export function soakText(report: SoakReport): string {
  const { gapUs } = report;
  const alone = report.isolated ? "isolated" : "not isolated";
  const rows = report.histogram.map(({ fromUs, count }) => [`from ${counted(fromUs)} µs`, counted(count)]);
  return [
    `CPU ${report.cpu} (${alone}), ${report.seconds.toFixed(1)} s, ${counted(report.readings)} readings of the clock`,
    `time between two: p50 ${us(gapUs.p50)}, p99 ${us(gapUs.p99)}, p99.9 ${us(gapUs.p999)}, longest ${us(gapUs.max)}`,
    "",
    ...columns([["between two", "count"], ...rows]),
    "",
    ...columns([[`gaps from ${us(report.thresholdUs)}`, "count", "total", "worst"], ...causeRows(report.causes)]),
    "",
    `${report.blindMs.toFixed(1)} ms not examined, while the kernel's counters were read`,
    ...report.notTold.map((path) => `not reported here: ${path}`),
  ].join("\n");
}
