import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { Part } from "./supervisor.ts";

const EVERY_MS = 1_000;
/** A time daemon that slews the clock changes it by less than a millisecond in a second. */
const STEP_MS = 500;

/** Notices that the machine's clock was set, and tells those who depend on it. */
export class ClockWatch implements Part {
  readonly name = "clock";
  private offsetMs = 0;
  /** Wall clock of the start, as the monotonic clock continues it. */
  private readonly beganMs = Date.now() - performance.now();
  private end: () => void = () => {};

  constructor(
    private readonly tasks: PeriodicTasks,
    private readonly log: Log,
    private readonly stepped: () => void,
  ) {}

  start(): void {
    this.offsetMs = Date.now() - performance.now();
    this.end = this.tasks.every(EVERY_MS, () => this.check());
  }

  stop(): void {
    this.end();
  }

  /** A time that no setting of the clock since the start has moved forward: for what deletes by age. */
  get cautiousMs(): number {
    return Math.min(Date.now(), this.beganMs + performance.now());
  }

  private check(): void {
    const offsetMs = Date.now() - performance.now();
    const stepMs = offsetMs - this.offsetMs;
    this.offsetMs = offsetMs;
    if (Math.abs(stepMs) < STEP_MS) return;
    const how = `${stepMs > 0 ? "forward" : "back"} by ${(Math.abs(stepMs) / 1000).toFixed(1)} s`;
    this.log.alarm(
      `was set ${how}: SendingTime, schedules and the journal's times follow it, heartbeats do not. Peers with another time are logged out`,
    );
    this.stepped();
  }
}
