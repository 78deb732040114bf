import type { PeriodicTasks } from "../../base/periodic-tasks.ts";
import type { Views } from "../../base/views.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import { type AccountUse, AccountUses } from "../../core/account-uses.ts";
import { PositionUses } from "../../core/position-uses.ts";
import { StateReader } from "../../core/state-reader.ts";
import type { JournalNames } from "../../journal/store/names.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Rosters } from "../roster.ts";
import type { Part } from "../supervisor.ts";
import { DropCopyViews } from "./drop-copy-views.ts";
import { JournalLagViews } from "./journal-lag-views.ts";
import { LaneViews } from "./lane-views.ts";
import { LatencyViews } from "./latency-views.ts";
import type { LargestPositions } from "./limit-use.ts";
import { SessionViews } from "./session-views.ts";
import { VenueViews } from "./venue-views.ts";

const SAMPLE_EVERY_MS = 1000;

/** What lanes publish, for operators. Everything is read from shared memory; no lane is asked or waits. */
export class Published implements Part {
  readonly name = "figures of the lanes";
  readonly sessions: SessionViews;
  readonly venues: VenueViews;
  readonly dropCopies: DropCopyViews;
  readonly latencies: LatencyViews;
  readonly lanes: LaneViews;
  readonly journalLag: JournalLagViews;
  private reader: StateReader | null = null;
  private uses: AccountUses | null = null;
  private positions: PositionUses | null = null;
  private end: (() => void) | null = null;

  constructor(
    config: GatewayConfig,
    private readonly plan: Plan,
    private readonly views: Views,
    names: JournalNames,
    rosters: Rosters,
    cpuOf: readonly (number | null)[],
    private readonly tasks: PeriodicTasks,
  ) {
    const nowMs = performance.now();
    const segmentBytes = config.journal.segmentMiB << 20;
    this.sessions = new SessionViews(rosters.clients, plan, views, nowMs);
    this.venues = new VenueViews(rosters.venues, plan, views, names, () => this.state, nowMs);
    this.dropCopies = new DropCopyViews(rosters.dropCopies, config, plan, views, nowMs);
    this.latencies = new LatencyViews(rosters, plan, views, nowMs);
    this.lanes = new LaneViews(plan, views, cpuOf, nowMs);
    this.journalLag = new JournalLagViews(plan, views, segmentBytes, config.journal.durability === "disk");
  }

  /** Reads the core's state; null before the lanes run. */
  get state(): StateReader | null {
    return this.reader;
  }

  /** What accounts use of their limits; none before the lanes run. */
  accountUses(): Iterable<AccountUse> {
    return this.uses?.read() ?? [];
  }

  /** Largest positions of accounts as operators see them. For a gateway whose lanes run. */
  readonly largestPositions = (): LargestPositions => ({ reader: this.reader!, uses: this.positions! });

  /** The same, looked for once a second; null before the lanes run. */
  get positionUses(): PositionUses | null {
    return this.positions;
  }

  /** The core has taken up its journal. */
  start(): void {
    this.uses = new AccountUses(this.views.buffer, this.plan.coreAt);
    this.positions = new PositionUses(this.views.buffer, this.plan.coreAt);
    this.reader = new StateReader(this.views.buffer, this.plan.coreAt);
    this.end = this.tasks.every(SAMPLE_EVERY_MS, () => {
      const nowMs = performance.now();
      this.sessions.sample(nowMs);
      this.venues.sample(nowMs);
      this.dropCopies.sample(nowMs);
      this.latencies.sample(nowMs);
      this.lanes.sample(nowMs);
      void this.positions?.look();
    });
  }

  stop(): void {
    this.end?.();
  }
}
