import { NS_PER_US } from "../../base/units.ts";
import type { Views } from "../../base/views.ts";
import {
  COLLECTIONS_DOUBLE,
  COMPILATIONS_DOUBLE,
  LANE_DRAINED,
  LANE_FAILED,
  LANE_OPEN,
  LANE_RUNNING,
  LANE_STOPPED,
  LONGEST_DOUBLE,
  STATE_WORD,
  TURNS_DOUBLE,
  WORKED_DOUBLE,
} from "../../lane/words.ts";
import type { LaneState, Lanes, LaneView, RingView, StallView } from "../../operation/lanes.ts";
import type { Plan } from "../../plan/plan.ts";
import { HEAD_AT, TAIL_AT } from "../../ring/layout.ts";
import { StallReader } from "../../stalls/reader.ts";

const STATES: Readonly<Record<number, LaneState>> = {
  0: "starting",
  [LANE_OPEN]: "open",
  [LANE_RUNNING]: "running",
  [LANE_DRAINED]: "drained",
  [LANE_STOPPED]: "stopped",
  [LANE_FAILED]: "failed",
};

/** Lanes, their stalls, and the rings between agents. */
export class LaneViews implements Lanes {
  private readonly stallReaders: readonly StallReader[];
  private readonly turns: Float64Array;
  private readonly rates: Float64Array;
  private sampledMs: number;
  private readonly ringPlaces: readonly { readonly name: string; readonly at: number; readonly slots: number }[];

  constructor(
    private readonly plan: Plan,
    private readonly views: Views,
    /** By lane: the CPU that it runs on, null while it is on none of its own. */
    private readonly cpuOf: readonly (number | null)[],
    nowMs: number,
  ) {
    this.stallReaders = plan.lanes.map(({ agents, stallsAt }) => new StallReader(views, stallsAt, namesOf(agents)));
    this.turns = new Float64Array(plan.lanes.length);
    this.rates = new Float64Array(plan.lanes.length);
    this.sampledMs = nowMs;
    const { ringSlots: slots, controlSlots } = plan;
    this.ringPlaces = [
      ...[...plan.clients, ...plan.venues].flatMap(({ name, requestsAt, reportsAt }) => [
        { name: `orders of ${name}`, at: requestsAt, slots },
        { name: `reports of ${name}`, at: reportsAt, slots },
      ]),
      { name: "commands", at: plan.controlAt, slots: controlSlots },
      { name: "answers to commands", at: plan.controlAnswersAt, slots: controlSlots },
      { name: "events", at: plan.eventsAt, slots: plan.eventSlots },
    ];
  }

  /** Computes the rates since the last call. Called once a second. */
  sample(nowMs: number): void {
    const seconds = (nowMs - this.sampledMs) / 1000;
    if (seconds <= 0) return;
    this.sampledMs = nowMs;
    for (let lane = 0; lane < this.turns.length; lane++) {
      const turns = this.double(lane, TURNS_DOUBLE);
      this.rates[lane] = Math.round((turns - this.turns[lane]!) / seconds);
      this.turns[lane] = turns;
    }
  }

  list(): LaneView[] {
    return this.plan.lanes.map(({ place, agents, wordsAt }, lane) => ({
      lane,
      agents: namesOf(agents),
      state: STATES[Atomics.load(this.views.ints, (wordsAt >> 2) + STATE_WORD)]!,
      cpu: this.cpuOf[lane] ?? null,
      idle: place.idle,
      turns: this.double(lane, TURNS_DOUBLE),
      workedTurns: this.double(lane, WORKED_DOUBLE),
      turnsPerSecond: this.rates[lane]!,
      longestTurnUs: this.double(lane, LONGEST_DOUBLE) / NS_PER_US,
      collections: this.double(lane, COLLECTIONS_DOUBLE),
      compilations: this.double(lane, COMPILATIONS_DOUBLE),
      stalls: this.stallReaders[lane]!.count,
      stallCauses: this.stallReaders[lane]!.sums(),
    }));
  }

  rings(): RingView[] {
    const { ints } = this.views;
    return this.ringPlaces.map(({ name, at, slots }) => {
      // The head first: a record that is taken in between counts as still there, and never less than none are.
      const head = Atomics.load(ints, (at + HEAD_AT) >> 2);
      const records = (Atomics.load(ints, (at + TAIL_AT) >> 2) - head) | 0;
      return { name, records: Math.min(records, slots), slots };
    });
  }

  stalls(most: number): StallView[] {
    return this.stallReaders
      .flatMap((reader, lane) =>
        reader
          .records()
          .map(({ atUs, gapUs, cause, agent, agentUs }) => ({ lane, atUs, gapUs, cause, agent, agentUs })),
      )
      .sort((a, b) => b.atUs - a.atUs)
      .slice(0, most);
  }

  private double(lane: number, index: number): number {
    return this.views.doubles[(this.plan.lanes[lane]!.wordsAt >> 3) + index]!;
  }
}

function namesOf(agents: readonly { readonly name: string }[]): string[] {
  return agents.map(({ name }) => name);
}
