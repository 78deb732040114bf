import type { Log } from "../../base/log.ts";
import type { LaneHeartbeats } from "./lane-heartbeats.ts";
import type { ServiceManager } from "./service-manager.ts";

/** What is watched; a gateway is one. */
export interface Watched {
  readonly heartbeats: LaneHeartbeats;
  status(): string;
  laneName(lane: number): string;
}

const LOOK_EVERY_MS = 1_000;
/** Looks before the watchdog's time is up. */
const LOOKS = 4;
/** A lane that stands still for so long is worth an alarm, also where nobody set a watchdog. */
const STILL_MS = 2_000;

/** Tells the service manager how the gateway fares, and that it lives while every lane turns. Main thread. */
export class Watchdog {
  private timer: ReturnType<typeof setInterval> | undefined;
  private turnedMs = 0;
  private toldMs = 0;
  private alarmed = false;

  constructor(
    readonly manager: ServiceManager,
    private readonly log: Log,
  ) {}

  /** From now on orders are taken. */
  async begin(watched: Watched): Promise<void> {
    await this.manager.ready(watched.status());
    const everyMs = Math.min(LOOK_EVERY_MS, (this.manager.watchdogMs ?? Number.POSITIVE_INFINITY) / LOOKS);
    this.turnedMs = performance.now();
    this.timer = setInterval(() => this.look(watched), everyMs);
  }

  /** The watchdog is fed on until the end: a stop can hang too. */
  stopping(): Promise<void> {
    this.toldMs = Number.POSITIVE_INFINITY;
    return this.manager.stopping("stopping: sessions log out, the journal is synced");
  }

  end(): void {
    clearInterval(this.timer);
  }

  private look(watched: Watched): void {
    const now = performance.now();
    if (watched.heartbeats.allTurned()) {
      this.turnedMs = now;
      this.manager.alive();
      if (this.alarmed) this.log.info("every lane turns again");
      this.alarmed = false;
    } else if (!this.alarmed && now - this.turnedMs >= STILL_MS) this.alarm(watched, now);
    if (this.alarmed || now - this.toldMs < LOOK_EVERY_MS) return;
    this.toldMs = now;
    this.manager.tell(watched.status());
  }

  private alarm(watched: Watched, now: number): void {
    this.alarmed = true;
    const names = watched.heartbeats.still().map((lane) => watched.laneName(lane));
    const what = `${names.join(" and ")} stands still for ${((now - this.turnedMs) / 1000).toFixed(1)} s`;
    this.log.alarm(this.manager.watchdogMs === null ? what : `${what}; the watchdog is not fed`);
    this.manager.tell(`alarm: ${what}`);
  }
}
