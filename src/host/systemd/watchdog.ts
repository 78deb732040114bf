import type { Log } from "../../base/log.ts";
import type { LaneHeartbeats } from "./lane-heartbeats.ts";
import type { ServiceNotifier } from "./service-notifier.ts";

/** What the watchdog needs of a gateway. */
export interface Watched {
  readonly heartbeats: LaneHeartbeats;
  status(): string;
  laneName(lane: number): string;
}

const CHECK_EVERY_MS = 1_000;
/** Checks within the watchdog's time limit. */
const CHECKS = 4;
/** A lane that has not turned for this long causes an alarm, also without a watchdog. */
const STILL_MS = 2_000;

/** Feeds the service manager's watchdog while every lane turns, and shows it the gateway's status. Main thread. */
export class Watchdog {
  private timer: ReturnType<typeof setInterval> | undefined;
  private turnedMs = 0;
  private shownMs = 0;
  private alarmed = false;

  constructor(
    readonly notifier: ServiceNotifier,
    private readonly log: Log,
  ) {}

  /** Notifies that the gateway is ready, and begins to check its lanes. */
  async begin(watched: Watched): Promise<void> {
    await this.notifier.ready(watched.status());
    const everyMs = Math.min(CHECK_EVERY_MS, (this.notifier.watchdogMs ?? Number.POSITIVE_INFINITY) / CHECKS);
    this.turnedMs = performance.now();
    this.timer = setInterval(() => this.check(watched), everyMs);
  }

  /** Notifies the stop. The watchdog is fed until `end`, because a stop can hang too. */
  stopping(): Promise<void> {
    this.shownMs = Number.POSITIVE_INFINITY;
    return this.notifier.stopping("stopping: sessions log out, the journal is synced");
  }

  end(): void {
    clearInterval(this.timer);
  }

  private check(watched: Watched): void {
    const now = performance.now();
    if (watched.heartbeats.allTurned()) {
      this.turnedMs = now;
      this.notifier.alive();
      if (this.alarmed) this.log.info("every lane turns again");
      this.alarmed = false;
    } else if (!this.alarmed && now - this.turnedMs >= STILL_MS) this.alarm(watched, now);
    if (this.alarmed || now - this.shownMs < CHECK_EVERY_MS) return;
    this.shownMs = now;
    this.notifier.showStatus(watched.status());
  }

  private alarm(watched: Watched, now: number): void {
    this.alarmed = true;
    const names = watched.heartbeats.still().map((lane) => watched.laneName(lane));
    const what = `${names.join(" and ")} stands still for ${((now - this.turnedMs) / 1000).toFixed(1)} s`;
    this.log.alarm(this.notifier.watchdogMs === null ? what : `${what}; the watchdog is not fed`);
    this.notifier.showStatus(`alarm: ${what}`);
  }
}
