import type { LaneTime } from "../base/lane-time.ts";
import type { Agent } from "../lane/agent.ts";
import type { EventWriter } from "../telemetry/events.ts";
import { ReportAlarms } from "./alarms.ts";
import { TEMPORARY_COUNT, TEMPORARY_END_US } from "./assembly/temporary-layout.ts";
import type { Core } from "./core.ts";
import type { InputJournal } from "./input-journal.ts";

export interface CoreAgentParts {
  readonly core: Core;
  readonly journal: InputJournal;
  /** How the main thread is woken to read the answers to its commands; null: it is not. */
  readonly wakeup: { wake(): void } | null;
  readonly time: LaneTime;
  /** Null in tests that look at counters only. */
  readonly events: EventWriter | null;
  /** Brings the core to where the journal ends (beginReplay, the inputs, endReplay), or null when there is none. */
  readonly recover: ((core: Core) => void) | null;
}

/** Turns the core: it takes requests, reports and commands from their rings, journals each one, and then applies it. */
export class CoreAgent implements Agent {
  readonly name = "core";
  private readonly core: Core;
  private readonly time: LaneTime;
  private stopping = false;
  private idle = false;
  private nowNs = 0;

  constructor(private readonly parts: CoreAgentParts) {
    const { core, journal, events } = parts;
    this.core = core;
    this.time = parts.time;
    const records = core.rings.reports[0]!.ring.views;
    const alarms = events === null ? null : new ReportAlarms(events, core.tables, records);
    core.attach(journal, alarms);
  }

  open(_nowNs: number): void {
    if (this.parts.recover !== null) this.parts.recover(this.core);
  }

  /** While outputs of a replay wait, it takes no orders. */
  poll(nowNs: number): number {
    this.nowNs = nowNs;
    const core = this.core;
    const wakeup = this.parts.wakeup;
    const answers = core.rings.answers!;
    const before = answers.tail;
    const work = core.code.poll(this.time.wallUs);
    if (answers.tail !== before && wakeup !== null) wakeup.wake();
    if (core.late.areWaiting) {
      core.late.drain();
      return 1;
    }
    this.idle = work === 0;
    return work;
  }

  /** When the first value of a setting ends: it ends then, and not with the next order alone. */
  deadlineNs(): number {
    const area = this.core.area;
    if (area.word(TEMPORARY_COUNT) === 0) return Number.POSITIVE_INFINITY;
    return this.nowNs + 1_000 * Math.max(0, area.double(TEMPORARY_END_US) - this.time.wallUs);
  }

  stop(_nowNs: number): void {
    this.stopping = true;
    this.idle = false;
  }

  /** Stops after a turn without input: what other agents send while they stop is still taken. */
  stopped(): boolean {
    return this.stopping && this.idle;
  }

  close(): void {}
}
