import type { Log } from "../base/log.ts";
import { MIB } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { LaneCpus } from "../host/lane-cpus.ts";
import type { Plan } from "../plan/plan.ts";
import { Capturing } from "../profiles/capturing.ts";
import { CaptureStore } from "../profiles/store.ts";
import { CollectionTrace } from "../stalls/collection-trace.ts";
import type { StallLog } from "../stalls/log.ts";
import { countersOf } from "./counters-of.ts";
import { laneName } from "./lane-text.ts";
import type { LaneThreads } from "./lane-threads.ts";
import type { LatencyViews } from "./operation/latency-views.ts";

interface ProfilesParts {
  readonly plan: Plan;
  readonly views: Views;
  readonly cpus: LaneCpus;
  readonly lanes: LaneThreads;
  readonly stalls: StallLog;
  readonly counters: Float64Array;
  readonly latencies: LatencyViews;
  readonly log: Log;
}

/** The captures of a gateway, bounded as its configuration says, and the collections of its threads. */
export function openProfiles(
  { captures, maxMiB, onAlarm, alarmSeconds, alarmEveryS }: GatewayConfig["profiles"],
  dataDir: string,
  { plan, views, cpus, lanes, stalls, counters, latencies, log }: ProfilesParts,
): { profiles: Capturing; collections: CollectionTrace } {
  const named = plan.lanes.map((lane, i) => ({ ...lane, name: laneName(plan, i) }));
  const collections = new CollectionTrace(views, named);
  const profiles = new Capturing({
    lanes: named,
    ints: views.ints,
    store: new CaptureStore(dataDir, { captures, bytes: maxMiB * MIB }),
    documents: {
      "stalls.json": () => stalls.document(),
      "counters.json": () => countersOf(counters),
      "collections.json": () => collections.list(),
    },
    measured: { "latencies.json": () => latencies.measure() },
    sweep: () => cpus.sweep(),
    watchCollections: () => collections.closely(),
    heapSnapshot: () => Bun.generateHeapSnapshot("v8"),
    onAlarm,
    alarmSeconds,
    alarmEveryMs: alarmEveryS * 1000,
    log: log.of("profiles"),
  });
  lanes.onSamples = (lane, samples) => profiles.take(lane, samples);
  return { profiles, collections };
}
