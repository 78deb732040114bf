import { fileURLToPath } from "node:url";
import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { Views } from "../base/views.ts";
import type { CoreConfig } from "../core/config.ts";
import { positionAt, UNKNOWN } from "../journal/positions.ts";
import type { SnapshotJob } from "./snapshot.ts";

/** Time between checks whether the journal has grown enough. */
const EVERY_MS = 500;
/** Pause after a snapshot, as a multiple of its time: bounds its share of a CPU and of the disk. */
const REST_SHARE = 9;
const RETRY_MS = 30_000;
/** The second newest is read when the newest is damaged. */
const SNAPSHOTS_KEPT = 2;

export interface SnapshotterParts {
  readonly dir: string;
  readonly birth: number;
  readonly segmentBytes: number;
  readonly core: CoreConfig;
  /** Journal bytes between two snapshots; 0: none are made. */
  readonly everyBytes: number;
  /** Module URL of the process's entry. */
  readonly entry: string;
  readonly shared: Views;
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

  constructor(private readonly parts: SnapshotterParts) {
    this.seenBytes = this.bytesOf(parts.positions);
  }

  start(periodicTasks: PeriodicTasks): void {
    if (this.parts.everyBytes > 0) this.end = periodicTasks.every(EVERY_MS, () => this.check());
  }

  /** Kills a running snapshot process; its unfinished snapshot is removed later. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.end();
    this.child?.kill("SIGKILL");
    await this.child?.exited;
  }

  private check(): void {
    if (this.child !== null || performance.now() < this.notBeforeMs) return;
    const positions = this.positionsNow();
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
    const job: SnapshotJob = { dir, birth, core, positions, keep: SNAPSHOTS_KEPT };
    const began = performance.now();
    this.child = Bun.spawn([...ourselves(entry), "snapshot"], {
      argv0: "sallyport",
      stdin: new Blob([JSON.stringify(job)]),
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

  /** The core's position is read first: the other streams are then at least as far. */
  private positionsNow(): Record<string, number> | null {
    const positions: Record<string, number> = {};
    for (const { name, wordsAt } of this.parts.streams) {
      const position = positionAt(this.parts.shared.ints, wordsAt >> 2, this.parts.segmentBytes);
      if (position === UNKNOWN) return null;
      positions[name] = position;
    }
    return positions;
  }

  private bytesOf(positions: Readonly<Record<string, number>>): number {
    return this.parts.streams.reduce((sum, { name }) => sum + (positions[name] ?? 0), 0);
  }
}

/** Command line that starts this executable, or this source tree, again. */
function ourselves(entry: string): string[] {
  const embedded = entry.includes("/$bunfs/");
  return embedded ? [process.execPath] : [process.execPath, fileURLToPath(entry)];
}
