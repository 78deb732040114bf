import { Views } from "../base/views.ts";
import { type AgentKind, agentKind } from "../config/agents.ts";
import type { CoreConfig } from "../core/config.ts";
import { Core } from "../core/core.ts";
import { hasFormerNumbers } from "../core/former-state.ts";
import { loadState, saveState } from "../core/kept-state.ts";
import type { OutputReader } from "../core/late-outputs.ts";
import { listStreams, readStream } from "../journal/store/reader.ts";
import { CoreFold, SideFold } from "../journal/store/recover.ts";
import {
  listSnapshots,
  newestSnapshot,
  pruneSnapshots,
  type SnapshotFacts,
  type SnapshotReader,
  SnapshotWriter,
} from "../journal/store/snapshot-file.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../record/execution-report.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../record/order-request.ts";
import { Replay } from "./recovery.ts";
import { loadUnsent, saveSide, saveUnsent, sideSessions, type Unsent } from "./snapshot-parts.ts";

/*  A separate process makes a snapshot. It reads the journal as a start does: from the previous snapshot, through a
 *  second core. The lanes never stop for it. The snapshot holds the state of a start that has read everything up to its
 *  positions; a start reads the snapshot and only the journal after it.
 *
 *  It also holds outputs of the core that no stream has journalled as sent (on the way between two lanes, or for a
 *  session that no agent serves today): a restart sends them, as a full replay would.
 */

/** Input of the process that makes a snapshot; plain data. */
export interface SnapshotJob {
  readonly dir: string;
  readonly birth: number;
  readonly core: CoreConfig;
  /** Where each stream is read to; the core's position was taken first. */
  readonly positions: Readonly<Record<string, number>>;
  /** Snapshots to keep. */
  readonly keep: number;
}

/** Makes a snapshot. Returns its path. Throws a problem of the journal or of the disk. */
export function takeSnapshot(job: SnapshotJob, notice: (text: string) => void = () => {}): string {
  const before = newestSnapshot(job.dir, job.birth, notice);
  const writer = new SnapshotWriter(job.dir, (listSnapshots(job.dir)[0] ?? 0) + 1, job.birth);
  try {
    const shadow = new Shadow(job, before);
    shadow.read();
    shadow.save(writer);
  } catch (error) {
    writer.abandon();
    throw error;
  } finally {
    before?.close();
  }
  pruneSnapshots(job.dir, job.keep);
  return writer.path;
}

/** A second core, and the sessions, built from the journal. */
class Shadow implements OutputReader {
  private readonly core: Core;
  private readonly fold = new CoreFold();
  private readonly sides = new Map<string, SideFold>();
  private readonly unsent: Unsent[] = [];
  private readonly before: SnapshotFacts | null;
  private readonly sentReports: number[] = [];
  private readonly sentRequests: number[] = [];
  private readonly report = new ExecutionReport(Views.allocate(EXECUTION_REPORT_BYTES));
  private readonly request = new OrderRequest(Views.allocate(ORDER_REQUEST_BYTES));

  constructor(
    private readonly job: SnapshotJob,
    private readonly from: SnapshotReader | null,
  ) {
    // A start applies the configuration's kill switch itself.
    this.core = Core.alone({ ...job.core, kill: false });
    this.core.readBy(this);
    this.before = from?.facts ?? null;
  }

  read(): void {
    const { dir, positions } = this.job;
    const known = this.before?.sides ?? {};
    for (const stream of listStreams(dir).keys()) {
      if (stream === "core" || positions[stream] === undefined) continue;
      const fold = new SideFold(known[stream] === undefined ? [] : sideSessions(this.from!, stream));
      readStream(dir, stream, (entry) => fold.take(entry), this.range(stream));
      this.sides.set(stream, fold);
    }
    this.noteSent("client", this.job.core.sessionIds, this.sentReports);
    this.noteSent("venue", this.job.core.venueIds, this.sentRequests);
    this.core.beginReplay([], []);
    if (this.from !== null) this.load(this.from);
    const replay = new Replay(this.core);
    const take = (entry: Parameters<Replay["take"]>[0]): void => {
      this.fold.take(entry);
      replay.take(entry);
    };
    readStream(dir, "core", take, this.range("core"));
  }

  save(writer: SnapshotWriter): void {
    saveState(this.core, writer);
    saveUnsent(this.unsent, writer);
    const sides: SnapshotFacts["sides"] = {};
    for (const [stream, fold] of this.sides) sides[stream] = saveSide(stream, [...fold.sessions()], writer);
    // Streams of agents that do not run today stay as they were.
    for (const stream of Object.keys(this.before?.sides ?? {}))
      sides[stream] ??= saveSide(stream, sideSessions(this.from!, stream), writer);
    writer.finish({
      atUs: Date.now() * 1000,
      positions: { ...this.before?.positions, ...this.job.positions },
      inputs: (this.before?.inputs ?? 0) + this.fold.inputs,
      clients: [...this.fold.clients],
      venues: [...this.fold.venues],
      sides,
    });
  }

  /** Keeps an output that no stream has journalled as sent. */
  output(record: Views, isRequest: boolean): void {
    const { ints } = record;
    if (isRequest) this.request.views.ints.set(ints.subarray(0, ORDER_REQUEST_BYTES >> 2));
    else this.report.views.ints.set(ints.subarray(0, EXECUTION_REPORT_BYTES >> 2));
    const id = isRequest ? this.request.aim(0).session : this.report.aim(0).session;
    const index = isRequest ? this.request.msgSeqNum : this.report.index;
    if (!this.isUnsent(isRequest, id, index)) return;
    const bytes = isRequest
      ? ORDER_REQUEST_BYTES + this.request.groupsLength
      : EXECUTION_REPORT_BYTES + this.report.groupsLength;
    this.unsent.push({ isRequest, id, index, words: ints.slice(0, bytes >> 2) });
  }

  private isUnsent(isRequest: boolean, id: number, index: number): boolean {
    return index - ((isRequest ? this.sentRequests[id] : this.sentReports[id]) ?? 0) > 0;
  }

  private range(stream: string): { from: number; until: number } {
    return { from: this.before?.positions[stream] ?? 0, until: this.job.positions[stream]! };
  }

  private noteSent(kind: AgentKind, ids: number, sent: number[]): void {
    for (let id = 0; id < ids; id++) {
      sent[id] = 0;
      for (const [stream, fold] of this.sides)
        if (agentKind(stream) === kind) sent[id] = Math.max(sent[id]!, fold.handledIndex(id));
    }
  }

  private load(from: SnapshotReader): void {
    loadState(this.core, from);
    for (const [id, taken] of from.facts.clients) this.fold.clients.set(id, taken);
    for (const [id, taken] of from.facts.venues) this.fold.venues.set(id, taken);
    for (const unsent of loadUnsent(from, hasFormerNumbers(from)))
      if (this.isUnsent(unsent.isRequest, unsent.id, unsent.index)) this.unsent.push(unsent);
  }
}
