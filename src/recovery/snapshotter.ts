import { serialize } from "node:v8";
import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { Views } from "../base/views.ts";
import type { CoreConfig } from "../core/config.ts";
import { positionAt, UNKNOWN, writtenAt } from "../journal/positions.ts";
import { ourselves } from "./ourselves.ts";
import type { SnapshotJob } from "./snapshot.ts";

/** Time between checks whether the journal has grown enough. */
const EVERY_MS = 500;
/** Pause after a snapshot, as a multiple of its time: bounds its share of a CPU and of the disk. */
const REST_SHARE = 9;
const RETRY_MS = 30_000;
/** Longest wait of a stop for a snapshot in the making. */
const FINISH_WITHIN_MS = 5_000;
/** The second newest is read when the newest is damaged. */
const SNAPSHOTS_KEPT = 2;

export interface SnapshotterParts {
  readonly dir: string;
  readonly birth: number;
  readonly segmentBytes: number;
  /** What the core has as configured now. */
  readonly core: () => CoreConfig;
  /** Journal bytes between two snapshots; 0: none are made. */
  readonly everyBytes: number;
  /** Module URL of the process's entry. */
  readonly entry: string;
  readonly shared: Views;
  /** The core's first. */
  readonly streams: readonly { readonly name: string; readonly wordsAt: number }[];
  /** Position of each stream in the newest snapshot. */
  readonly positions: Readonly<Record<string, number>>;
  readonly log: Log;
  /** Called after each snapshot. */
  readonly made: () => void;
}

/** Starts a process that makes a snapshot whenever the journal has grown by `everyBytes`. */
export class Snapshotter {
  private end: () => void = () => {};
  private child: Bun.Subprocess<Blob, "ignore", "pipe"> | null = null;
  private seenBytes: number;
  private notBeforeMs = 0;
  private stopping = false;
  /** The core's position in its files, and the other writers' positions at that time. */
  private wanted: Readonly<Record<string, number>> | null = null;

  constructor(private readonly parts: SnapshotterParts) {
    this.seenBytes = this.bytesOf(parts.positions);
  }

  start(periodicTasks: PeriodicTasks): void {
    if (this.parts.everyBytes > 0) this.end = periodicTasks.every(EVERY_MS, () => this.check());
  }

  /** Begins no more snapshots. */
  stop(): void {
    this.stopping = true;
    this.end();
  }

  /** Waits for the one in the making; one that takes too long is killed, and its file is removed later. */
  async finish(): Promise<void> {
    const { child } = this;
    if (child === null) return;
    const timer = setTimeout(() => child.kill("SIGKILL"), FINISH_WITHIN_MS);
    await child.exited.finally(() => clearTimeout(timer));
  }

  private check(): void {
    if (this.child !== null || performance.now() < this.notBeforeMs) return;
    const positions = this.positionsInFiles();
    if (positions === null) return;
    if (this.bytesOf(positions) - this.seenBytes < this.parts.everyBytes) return;
    this.make(positions).catch((error: Error) => this.failed(error.message));
  }

  /** It is tried again later. */
  private failed(why: string): void {
    this.child = null;
    this.notBeforeMs = performance.now() + RETRY_MS;
    this.parts.log.warning(`no snapshot of the journal could be made, starts take longer: ${why}`);
  }

  private async make(positions: Record<string, number>): Promise<void> {
    const { dir, birth, core, entry, made } = this.parts;
    const job: SnapshotJob = { dir, birth, core: core(), positions, keep: SNAPSHOTS_KEPT };
    const began = performance.now();
    this.child = Bun.spawn([...ourselves(entry), "snapshot"], {
      argv0: "sallyport",
      stdin: new Blob([serialize(job) as Uint8Array<ArrayBuffer>]),
      stdout: "ignore",
      stderr: "pipe",
    });
    const errors = await new Response(this.child.stderr).text();
    const code = await this.child.exited;
    this.child = null;
    if (this.stopping) return;
    const tookMs = performance.now() - began;
    if (code === 0) {
      this.seenBytes = this.bytesOf(positions);
      this.notBeforeMs = performance.now() + REST_SHARE * tookMs;
      made();
      return;
    }
    this.failed(errors.trim().split("\n").at(-1) ?? "");
  }

  /**
   * Positions that are in the files, or null when it is too early. The core's is read first, and the others are taken once
   * they include what their writers had by then: they are at least as far.
   */
  private positionsInFiles(): Record<string, number> | null {
    const { shared, segmentBytes, streams } = this.parts;
    if (this.wanted === null) {
      const wanted: Record<string, number> = {};
      for (const [i, { name, wordsAt }] of streams.entries()) {
        const word = wordsAt >> 2;
        const position =
          i === 0 ? writtenAt(shared.ints, word, segmentBytes) : positionAt(shared.ints, word, segmentBytes);
        if (position === UNKNOWN) return null;
        wanted[name] = position;
      }
      this.wanted = wanted;
    }
    const { wanted } = this;
    const positions: Record<string, number> = {};
    for (const [i, { name, wordsAt }] of streams.entries()) {
      const written = writtenAt(shared.ints, wordsAt >> 2, segmentBytes);
      if (written < wanted[name]!) return null;
      positions[name] = i === 0 ? wanted[name]! : written;
    }
    this.wanted = null;
    return positions;
  }

  private bytesOf(positions: Readonly<Record<string, number>>): number {
    return this.parts.streams.reduce((sum, { name }) => sum + (positions[name] ?? 0), 0);
  }
}
