import { NS_PER_US } from "../../base/units.ts";
import type { Views } from "../../base/views.ts";
import {
  LATENCY_STAGES,
  type Latencies,
  type LatencyHistogram,
  type LatencyStage,
  type StageView,
} from "../../operation/latency.ts";
import type { Plan, StagesPlan } from "../../plan/plan.ts";
import { LEFT_OUT_AT, RUNS_AT, SENT_BYTES, SET_BYTES, STAGES_BYTES } from "../../telemetry/assembly/layout.ts";
import { type MeasuredStage, StageHistograms } from "../../telemetry/stage-histograms.ts";
import type { Rosters } from "../roster.ts";

/** Length of an interval. */
const INTERVAL_MS = 10_000;
/** Bounds of a histogram for metrics, nanoseconds: each doubling from 1.024 µs to 34 s, which are begins of buckets. */
const BOUNDS_NS: readonly number[] = Array.from({ length: 26 }, (_, i) => 2 ** (10 + i));

/** Latencies by stage, from the histograms that the client agents write. */
export class LatencyViews implements Latencies {
  private readonly total: StageHistograms;
  /** Of those who had any when they were asked for, by name. */
  private readonly sessions = new Map<string, StageHistograms>();
  private readonly venues = new Map<string, StageHistograms>();
  private sampledMs: number;

  constructor(
    private readonly rosters: Rosters,
    private readonly plan: Plan,
    private readonly views: Views,
    nowMs: number,
  ) {
    this.sampledMs = nowMs;
    this.total = this.reader();
    this.follow();
  }

  /** Takes up those who have come since the last call. */
  private follow(): void {
    const { plan, views, rosters } = this;
    const { stages, clients } = plan;
    if (stages === null) return;
    for (const { name, id } of rosters.venues.active)
      if (!this.venues.has(name)) this.venues.set(name, new StageHistograms(views, venuePlaces(stages, id)));
    for (const { name, side, place } of rosters.clients.active) {
      const at = this.sessions.has(name) ? null : setPlace(stages, clients.indexOf(side), place, side.places);
      if (at !== null) this.sessions.set(name, new StageHistograms(views, [at]));
    }
  }

  /** Another reader of all values, with intervals of its own. */
  reader(): StageHistograms {
    const { stages } = this.plan;
    return new StageHistograms(this.views, stages === null ? [] : allVenues(stages));
  }

  /** Begins the next interval when it is time. Called once a second. */
  sample(nowMs: number): void {
    if (nowMs - this.sampledMs < INTERVAL_MS) return;
    this.sampledMs = nowMs;
    this.follow();
    this.total.sample();
    for (const one of this.sessions.values()) one.sample();
    for (const one of this.venues.values()) one.sample();
  }

  all(): StageView[] {
    return viewsOf(this.total);
  }

  session(name: string): StageView[] | null {
    if (this.rosters.clients.get(name) === undefined) return null;
    if (!this.sessions.has(name)) this.follow();
    const own = this.sessions.get(name);
    return own === undefined ? [] : viewsOf(own);
  }

  venue(name: string): StageView[] | null {
    const own = this.ofVenue(name);
    return own === undefined ? null : viewsOf(own);
  }

  private ofVenue(name: string): StageHistograms | undefined {
    if (this.rosters.venues.get(name) === undefined) return undefined;
    if (!this.venues.has(name)) this.follow();
    return this.venues.get(name);
  }

  unmeasured(): number {
    const { stages, venues } = this.plan;
    if (stages === null) return 0;
    const runs = stages.clients.flatMap(({ at, sets }) =>
      Array.from({ length: sets }, (_, set) => at + stages.venueIds * STAGES_BYTES + set * SET_BYTES + RUNS_AT),
    );
    const sent = stages.sentAt.flatMap((at, agent) =>
      Array.from({ length: venues[agent]!.places }, (_, place) => at + place * SENT_BYTES),
    );
    return [...runs, ...sent].reduce((sum, at) => sum + (this.views.ints[(at + LEFT_OUT_AT) >> 2]! >>> 0), 0);
  }

  /** Measures from now on. Returns  a function that gives what was recorded since. */
  measure(): () => MeasuredLatencies {
    this.follow();
    const all = this.total.measure();
    const venues = [...this.venues].map(([name, histograms]) => [name, histograms.measure()] as const);
    return () => ({
      all: namedStages(all()),
      venues: Object.fromEntries(venues.map(([name, end]) => [name, namedStages(end())])),
    });
  }

  histogram(stage: LatencyStage, venue?: string): LatencyHistogram | null {
    const own = venue === undefined ? this.total : this.ofVenue(venue);
    if (own === undefined) return null;
    const { counts, count, sumNs } = own.cumulative(LATENCY_STAGES.indexOf(stage), BOUNDS_NS);
    const buckets = BOUNDS_NS.map((end, i) => ({ leUs: end / NS_PER_US, count: counts[i]! }));
    return { buckets, count, sumUs: sumNs / NS_PER_US };
  }
}

type MeasuredStages = readonly ({ readonly stage: LatencyStage } & MeasuredStage)[];

/** Latencies of a span of time, over all sessions and by venue, with their histograms. */
export interface MeasuredLatencies {
  readonly all: MeasuredStages;
  readonly venues: Readonly<Record<string, MeasuredStages>>;
}

function namedStages(stages: readonly MeasuredStage[]): MeasuredStages {
  return stages.map((measured, i) => ({ stage: LATENCY_STAGES[i]!, ...measured }));
}

function viewsOf(histograms: StageHistograms): StageView[] {
  return LATENCY_STAGES.map((stage, i) => ({
    stage,
    whole: histograms.total(i),
    interval: histograms.interval(i),
  }));
}

function venuePlaces({ clients }: StagesPlan, id: number): number[] {
  return clients.map(({ at }) => at + id * STAGES_BYTES);
}

/** Every report is counted at its venue. */
function allVenues(stages: StagesPlan): number[] {
  return Array.from({ length: stages.venueIds }, (_, id) => venuePlaces(stages, id)).flat();
}

/** Null for a session that shares the last set with others. */
function setPlace(stages: StagesPlan, agent: number, place: number, places: number): number | null {
  const { at, sets } = stages.clients[agent]!;
  if (places > sets && place >= sets - 1) return null;
  return at + stages.venueIds * STAGES_BYTES + place * SET_BYTES;
}
