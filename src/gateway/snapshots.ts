import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import { MIB } from "../base/units.ts";
import { rowsOfAccounts } from "../config/account-rows.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { CoreConfig } from "../core/config.ts";
import { SEGMENT_WORD } from "../journal/layout.ts";
import type { JournalNames } from "../journal/store/names.ts";
import { type Retained, type RetentionTerms, retain } from "../journal/store/retention.ts";
import { coreConfig } from "../recovery/recovery.ts";
import { Snapshotter } from "../recovery/snapshotter.ts";
import type { ClockWatch } from "./clock-watch.ts";
import type { JournalPart } from "./journal-part.ts";
import type { Part } from "./supervisor.ts";

/** Makes snapshots of the journal while the gateway runs, and archives the segments that no restart and no resend needs. */
export class Snapshots implements Part {
  readonly name = "snapshots";
  private snapshotter: Snapshotter | null = null;
  private archiving = false;
  /** Of the archive; they count from the next snapshot on. */
  terms: RetentionTerms;
  private config: GatewayConfig;

  constructor(
    private readonly atStart: GatewayConfig,
    private readonly journal: JournalPart,
    private readonly entry: string,
    private readonly tasks: PeriodicTasks,
    private readonly log: Log,
    private readonly clock: ClockWatch,
  ) {
    this.terms = atStart.journal;
    this.config = atStart;
  }

  start(): void {
    const { atStart, entry, log } = this;
    const { plan, views, recovered, directory } = this.journal;
    const { dir, names } = directory;
    this.snapshotter = new Snapshotter({
      dir,
      birth: names.birth,
      segmentBytes: names.segmentBytes,
      core: () => this.coreConfig(names),
      everyBytes: atStart.journal.snapshotMiB * MIB,
      entry,
      shared: views,
      streams: plan.streams,
      positions: recovered.snapshotPositions,
      log,
      made: () => this.archive(),
    });
    this.snapshotter.start(this.tasks);
  }

  stop(): void {
    this.snapshotter?.stop();
  }

  /** Waits for a snapshot in the making. */
  async finish(): Promise<void> {
    await this.snapshotter?.finish();
  }

  /** Takes what the core has as configured: a snapshot is made with the same. */
  readonly configured = (config: GatewayConfig): void => {
    this.config = config;
  };

  /** With room for all names that the running core has room for. */
  private coreConfig({ clients, venues }: JournalNames): CoreConfig {
    const core = coreConfig(this.config, clients, venues);
    const more = Math.max(rowsOfAccounts(this.atStart), Object.keys(this.atStart.symbols).length);
    return { ...core, spareNames: this.atStart.core.spareNames + more };
  }

  /** Begins to archive; does nothing while that is under way. */
  private archive(): void {
    if (this.archiving) return;
    this.archiving = true;
    const { plan, views, directory } = this.journal;
    const { dir, names } = directory;
    const current: Record<string, number> = {};
    for (const { name, wordsAt } of plan.streams)
      current[name] = Atomics.load(views.ints, (wordsAt >> 2) + SEGMENT_WORD);
    const { terms } = this;
    retain(dir, names.segmentBytes, current, terms, this.clock.cautiousMs)
      .then((retained) => {
        if (retained.deleted > 0) this.log.info(deletedText(retained, terms));
      })
      .catch((error: Error) => this.log.warning(`the archive cannot be written: ${error.message}`))
      .finally(() => {
        this.archiving = false;
      });
  }
}

/** Names what was deleted in the archive, and the keys that decide it. */
export function deletedText(
  { deleted, deletedBytes, deletedUntilMs }: Retained,
  { archiveDays, archiveGiB }: Pick<RetentionTerms, "archiveDays" | "archiveGiB">,
): string {
  const files = `${deleted} ${deleted === 1 ? "segment" : "segments"}, ${(deletedBytes / MIB).toFixed(1)} MiB`;
  const until = new Date(deletedUntilMs).toISOString().slice(0, 19);
  return `archive: deleted the oldest ${files}, until ${until}Z (journal.archiveDays = ${archiveDays}, journal.archiveGiB = ${archiveGiB})`;
}
