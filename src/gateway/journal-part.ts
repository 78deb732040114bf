import type { Log } from "../base/log.ts";
import type { Views } from "../base/views.ts";
import { oomKills } from "../host/memory/room.ts";
import { SYNCS_WORD } from "../journal/layout.ts";
import { PreFault } from "../journal/pre-fault.ts";
import { JournalLost } from "../journal/store/damaged.ts";
import { closeDirectory, type OpenJournal } from "../journal/store/open.ts";
import type { Plan } from "../plan/plan.ts";
import { type Recovered, recoverGateway } from "../recovery/recovery.ts";
import type { Part } from "./supervisor.ts";

/** The journal: read at the start, closed once every lane has stopped. */
export class JournalPart implements Part {
  readonly name = "journal";
  /** Set by `start`. */
  recovered!: Recovered;

  constructor(
    readonly directory: OpenJournal,
    readonly plan: Plan,
    readonly views: Views,
    private readonly onDisk: boolean,
    private readonly log: Log,
    /** Called repeatedly while the journal is read. */
    private readonly progress: () => void,
  ) {}

  start(): void {
    this.progress();
    const { before } = this.directory.lock;
    if (before !== "") this.log.warning(unclean(before, oomKills()));
    this.recovered = recoverGateway(this.directory, this.plan, this.views, this.log, this.progress);
  }

  stop(): void {
    const { streams } = this.plan;
    const syncs = streams.reduce((sum, { wordsAt }) => sum + this.views.ints[(wordsAt >> 2) + SYNCS_WORD]!, 0);
    if (this.onDisk) this.log.info(`waited for the disk ${syncs} times`);
    if (this.directory.lock.missing() === "directory")
      throw new JournalLost(`${this.directory.dir} was removed or replaced: the journal of this run is lost`);
    closeDirectory(this.directory, streams, this.views);
  }
}

/** About a run that did not end cleanly. */
function unclean(pid: string, kills: number): string {
  const memory =
    kills === 0 ? "" : `; the kernel has ended ${kills} processes of this control group for want of memory`;
  return `the process before this one (${pid}) did not end cleanly: its log or the kernel's says why${memory}. The journal has everything up to then`;
}

/** Brings in journal pages ahead of the writers on the keeper's lane. It stops before the keeper cuts its segments. */
export class PagePreFault implements Part {
  readonly name = "page pre-fault";
  private preFault: PreFault | null = null;

  constructor(
    private readonly journal: JournalPart,
    private readonly wanted: boolean,
  ) {}

  start(): void {
    if (!this.wanted) return;
    const { plan, views, recovered } = this.journal;
    const streams = plan.streams
      .filter(({ lane }) => lane === plan.keeperLane)
      .map(({ name, wordsAt }) => ({ wordsAt, address: recovered.streams[name]! }));
    this.preFault = new PreFault(views.ints, streams, recovered.segmentBytes);
    this.preFault.populate();
  }

  /** Called when a keeper has woken the main thread. */
  run(): void {
    this.preFault?.populate();
  }

  stop(): void {
    this.preFault = null;
  }
}
