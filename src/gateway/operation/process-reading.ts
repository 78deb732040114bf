import { readdirSync, readFileSync } from "node:fs";
import { KIB } from "../../base/units.ts";
import type { ProcessReading } from "../../operation/readings.ts";

/** A thousand connections make a long directory: it is read once in this time. */
const FDS_EVERY_MS = 10_000;

/** Reads what the system says of this process. */
export class ProcessFiles {
  private readonly startMs = Date.now() - 1000 * process.uptime();
  private readonly maxFds = maxFdsOf(readFileSync("/proc/self/limits", "latin1"));
  private openFds = 0;
  private fdsMs = Number.NEGATIVE_INFINITY;

  /** `limitBytes`: limit of its private memory; `collections` of its main thread. */
  read(limitBytes: number, collections: number): ProcessReading {
    const status = readFileSync("/proc/self/status", "latin1");
    const { user, system } = process.cpuUsage();
    return {
      residentBytes: kib(status, "VmRSS"),
      virtualBytes: kib(status, "VmSize"),
      privateBytes: kib(status, "RssAnon"),
      limitBytes,
      heapBytes: process.memoryUsage().heapUsed,
      cpuS: (user + system) / 1e6,
      startMs: this.startMs,
      openFds: this.fds(performance.now()),
      maxFds: this.maxFds,
      threads: Number(/^Threads:\s+(\d+)$/m.exec(status)?.[1] ?? 0),
      collections,
    };
  }

  private fds(nowMs: number): number {
    if (nowMs - this.fdsMs >= FDS_EVERY_MS) {
      // Without the descriptor of this directory.
      this.openFds = readdirSync("/proc/self/fd").length - 1;
      this.fdsMs = nowMs;
    }
    return this.openFds;
  }
}

function kib(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0) * KIB;
}

function maxFdsOf(limits: string): number {
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 0);
}
