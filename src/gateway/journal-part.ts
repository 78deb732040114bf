import { addressOf } from "../../ffi/memory.ts";
import { info, type Log, type LogLine, warning } from "../base/log.ts";
import { MIB } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import { oomKills } from "../host/memory/room.ts";
import { SYNCS_WORD } from "../journal/layout.ts";
import type { BufferPlace, LeftBuffers, OpenBuffers } from "../journal/store/buffers.ts";
import { JournalLost } from "../journal/store/damaged.ts";
import { closeDirectory, leaveDirectory, type OpenJournal, syncSegments } from "../journal/store/open.ts";
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
    private readonly place: BufferPlace,
    private readonly onDisk: boolean,
    private readonly log: Log,
    /** Called repeatedly while the journal is read. */
    private readonly progress: () => void,
  ) {}

  start(): void {
    this.progress();
    const { before } = this.directory.lock;
    if (before !== "") this.log.warning(unclean(before, oomKills()));
    const { left } = this.directory;
    if (left !== null) this.log.line(leftLine(left));
    const { directory, plan, views, log, place } = this;
    this.recovered = recoverGateway(directory, plan, views, addressOf(views), place, log, this.progress);
    log.line(buffersLine(this.recovered.buffers, plan));
  }

  /** The streams' buffers, both copies of each. */
  get buffers(): { readonly address: number; readonly bytes: number } {
    const { buffersAt, memoryBytes } = this.plan;
    return { address: addressOf(this.views) + buffersAt, bytes: memoryBytes - buffersAt };
  }

  async stop(): Promise<void> {
    const { streams } = this.plan;
    const syncs = streams.reduce((sum, { wordsAt }) => sum + this.views.ints[(wordsAt >> 2) + SYNCS_WORD]!, 0);
    if (this.onDisk) this.log.info(`waited for the disk ${syncs} times`);
    if (this.directory.lock.missing() === "directory")
      throw new JournalLost(`${this.directory.dir} was removed or replaced: the journal of this run is lost`);
    await syncSegments(this.directory.dir, this.recovered.buffers);
    closeDirectory(this.directory, streams, this.views, this.recovered.buffers);
  }

  /** Closes the journal of a start that ends before any lane has run. Throws errors of the disk. */
  leave(): void {
    const { directory, plan, views } = this;
    if (this.recovered !== undefined) leaveDirectory(directory, plan.streams, views);
  }
}

/** About a run that did not end cleanly. */
function unclean(pid: string, kills: number): string {
  const memory =
    kills === 0 ? "" : `; the kernel has ended ${kills} processes of this control group for want of memory`;
  return `the process before this one (${pid}) did not end cleanly: its log or the kernel's says why${memory}. The journal has everything up to then`;
}

/** About the buffers of a run that was killed. */
function leftLine({ bytes, lost }: LeftBuffers): LogLine {
  if (lost === "") return info(`${bytes.toLocaleString("en")} bytes that were in the buffers are in the files`);
  return warning(
    `the buffers of the run before are lost (${lost}): the last moments of its journal are missing. So it is after a power cut, or when the data directory was copied after a kill`,
  );
}

function buffersLine({ path, why }: OpenBuffers, { streams, bufferBytes }: Plan): LogLine {
  const what = `buffers of ${streams.length} × ${bufferBytes / MIB} MiB in ${path}`;
  if (why === "") return info(what);
  return warning(`${what}, not in memory, so that the disk can delay orders: ${why}`);
}
