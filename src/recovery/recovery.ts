import type { Log } from "../base/log.ts";
import type { Views } from "../base/views.ts";
import { type AgentKind, agentKind } from "../config/agents.ts";
import { resolveDuplicates, resolveOrderLimits } from "../config/exposure.ts";
import { resolveRights } from "../config/rights.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { CoreConfig } from "../core/config.ts";
import type { Core } from "../core/core.ts";
import { hasFormerNumbers } from "../core/former-state.ts";
import { loadState } from "../core/kept-state.ts";
import { ENTRY_CONTROL, ENTRY_ORDER, ENTRY_REPORT } from "../journal/layout.ts";
import type { BufferPlace, OpenBuffers } from "../journal/store/buffers.ts";
import { type OpenJournal, openStreams } from "../journal/store/open.ts";
import { type EntryView, listStreams, readStream } from "../journal/store/reader.ts";
import {
  handledIndex,
  mergeNextIn,
  newSession,
  type RecoveredSession,
  recoverCore,
  recoverSide,
  type Taken,
} from "../journal/store/recover.ts";
import { newestSnapshot, SnapshotReader } from "../journal/store/snapshot-file.ts";
import type { Plan } from "../plan/plan.ts";
import { CONTROL_UNKNOWN_KIND } from "../record/control-codes.ts";

import { EntryRecords } from "./entry-records.ts";
import { routingRule } from "./routing-rule.ts";
import { loadUnsent, sideSessions } from "./snapshot-parts.ts";

type Ids = Readonly<Record<string, number>>;

/** State that a start reads from the journal; plain data, the same for every lane. */
export interface Recovered {
  /** The data directory, and its time of creation, seconds since 1970. */
  readonly dir: string;
  readonly birth: number;
  readonly segmentBytes: number;
  readonly buffers: OpenBuffers;
  readonly clientIds: Ids;
  readonly venueIds: Ids;
  /** Path of the snapshot that the core starts from, or null; and each stream's position in it. */
  readonly snapshot: string | null;
  readonly snapshotPositions: Readonly<Record<string, number>>;
  /** Sessions by id. */
  readonly clients: Readonly<Record<number, RecoveredSession>>;
  readonly venues: Readonly<Record<number, RecoveredSession>>;
}

/** Reads the journal and opens each stream at a new segment. `address`: the plan's memory. */
export function recoverGateway(
  journal: OpenJournal,
  plan: Plan,
  shared: Views,
  address: number,
  place: BufferPlace,
  log: Log,
  progress?: () => void,
): Recovered {
  const { dir, names } = journal;
  const found = recoverSessions(dir, names.birth, (notice) => log.warning(notice), progress);
  const streams = plan.streams.map(({ name, wordsAt, bufferAt }) => ({ name, wordsAt, address: address + bufferAt }));
  const buffers = openStreams(journal, streams, found.usedBytes, shared, plan.bufferBytes, place);
  const inputs = found.inputs.toLocaleString("en");
  if (found.snapshot !== null) log.info(`${inputs} inputs behind the newest snapshot are replayed`);
  else if (found.inputs > 0) log.info(`${inputs} inputs of earlier runs are replayed`);
  return {
    dir,
    birth: names.birth,
    segmentBytes: names.segmentBytes,
    buffers,
    clientIds: names.clients,
    venueIds: names.venues,
    snapshot: found.snapshot,
    snapshotPositions: found.positions,
    clients: found.clients,
    venues: found.venues,
  };
}

/** Ids are below this. */
export function idCount(ids: Ids): number {
  return Object.values(ids).reduce((most, id) => Math.max(most, id + 1), 0);
}

/** The core's part of the configuration, with the journal's stable ids and those that may still be given. */
export function coreConfig(config: GatewayConfig, clientIds: Ids, venueIds: Ids): CoreConfig {
  return {
    maxOrders: config.core.maxOrders,
    maxPositions: config.core.maxPositions,
    kill: config.risk.kill,
    firm: config.risk.firm,
    spareNames: config.core.spareNames,
    accounts: Object.entries(config.risk.accounts).map(([name, account]) => ({ name, ...account })),
    clients: Object.entries(config.risk.clients).map(([name, client]) => ({ name, ...client })),
    symbols: Object.entries(config.symbols).map(([name, symbol]) => ({
      ...{ name, ...symbol },
      hasHours: symbol.schedule !== undefined,
    })),
    ...(config.risk.currency === undefined ? {} : { limitCurrency: config.risk.currency }),
    currencies: Object.entries(config.risk.currencies).map(([name, rateE8]) => ({ name, rateE8 })),
    traders: Object.entries(config.risk.traders).map(([name, trader]) => ({ name, ...trader })),
    sessions: Object.entries(config.client.sessions).map(([name, session]) => ({
      ...{ id: clientIds[name]!, name, accounts: session.accounts },
      ...{
        limits: { ...resolveOrderLimits(session), ...resolveDuplicates(session), ...resolveRights(session) },
        traders: session.traders ?? [],
      },
    })),
    sessionIds: idCount(clientIds) + config.client.spareSessions,
    venues: Object.entries(config.venues).map(([name, { orderTypes, timeInForce }]) => ({
      ...{ id: venueIds[name]!, name },
      ...{ orderTypes, timeInForce },
    })),
    venueIds: idCount(venueIds) + config.core.spareVenues,
    defaultVenue: null,
    rules: config.routing.rules.map((rule) => routingRule(rule, clientIds)),
    tradingDay: config.core.tradingDay,
  };
}

/** The index up to which all outputs of each session are handled, by id. */
export function sentIndexes(sessions: Readonly<Record<number, RecoveredSession>>): number[] {
  const sent: number[] = [];
  for (const [id, session] of Object.entries(sessions)) sent[Number(id)] = handledIndex(session);
  return Array.from(sent, (index) => index ?? 0);
}

/** Applies the journalled inputs to a core again, with their times and decisions. */
export class Replay {
  private readonly records: EntryRecords;

  constructor(private readonly core: Core) {
    this.records = new EntryRecords(core.scratch);
  }

  take(entry: EntryView): void {
    if (entry.kind === ENTRY_ORDER) this.order(entry);
    else if (entry.kind === ENTRY_REPORT) this.venueReport(entry);
    else if (entry.kind === ENTRY_CONTROL) this.control(entry);
  }

  /** Throws for a command that this version does not know: what an operator has set by it would be lost without a word. */
  private control(entry: EntryView): void {
    const control = this.records.control(entry);
    if (this.core.control(control, entry.timeUs, entry.index) !== CONTROL_UNKNOWN_KIND) return;
    const known = "expected a command that this version of sallyport knows";
    throw new Error(
      `stream core, position ${entry.position}: ${known}, got kind ${control.kind}: start the version that wrote it`,
    );
  }

  private order(entry: EntryView): void {
    const { core, records } = this;
    const request = records.order(entry);
    if (request.groupsLength !== 0) core.carry(true, records.views, records.groupsAt, request.groupsLength);
    core.order(request, entry.timeUs, entry.index);
    core.carryNothing();
  }

  private venueReport(entry: EntryView): void {
    const { core, records } = this;
    const report = records.venueReport(entry);
    if (report.groupsLength !== 0) core.carry(false, records.views, records.groupsAt, report.groupsLength);
    core.report(report, entry.timeUs);
    core.carryNothing();
  }
}

/** Replays the journal's inputs from position `from` into a core. */
export function replayInto(core: Core, dir: string, from = 0, progress?: () => void): void {
  const replay = new Replay(core);
  readStream(dir, "core", (entry) => replay.take(entry), { from, progress });
}

/**
 * Brings a new core to the end of the journal: loads the snapshot, if any, and replays every later input. Outputs up to
 * the sent indexes are not sent again.
 */
export function recoverInto(
  core: Core,
  dir: string,
  snapshotPath: string | null,
  sentReports: readonly number[],
  sentRequests: readonly number[],
  progress?: () => void,
): void {
  core.beginReplay(sentReports, sentRequests);
  let from = 0;
  if (snapshotPath !== null) {
    const snapshot = new SnapshotReader(snapshotPath, true);
    loadState(core, snapshot);
    for (const { isRequest, id, index, words } of loadUnsent(snapshot, hasFormerNumbers(snapshot)))
      core.late.takeUp(isRequest, id, index, words);
    from = snapshot.facts.positions.core ?? 0;
    snapshot.close();
  }
  replayInto(core, dir, from, progress);
  core.endReplay();
}

/** Result of reading the journal at a start. */
export interface Known {
  /** Path of the snapshot that was read, or null. */
  readonly snapshot: string | null;
  readonly clients: Record<number, RecoveredSession>;
  readonly venues: Record<number, RecoveredSession>;
  /** Used bytes of each stream's last segment. */
  readonly usedBytes: Map<string, number>;
  /** Inputs for the core to replay. */
  readonly inputs: number;
  /** Position of each stream in the snapshot. */
  readonly positions: Readonly<Record<string, number>>;
}

/** Reads the state of the sessions from the newest good snapshot and the journal after it. Throws Damaged. */
export function recoverSessions(
  dir: string,
  birth: number,
  note: (notice: string) => void,
  progress?: () => void,
): Known {
  const snapshot = newestSnapshot(dir, birth, note);
  try {
    const facts = snapshot?.facts ?? null;
    const positions = facts?.positions ?? {};
    const core = recoverCore(dir, "core", positions.core ?? 0, facts, progress);
    if (core.end.notice !== null) note(core.end.notice);
    const usedBytes = new Map([["core", core.end.usedBytes]]);
    const streams = new Set([...listStreams(dir).keys(), ...Object.keys(positions)]);
    const merge = (kinds: readonly AgentKind[], taken: Map<number, Taken>): Record<number, RecoveredSession> => {
      const sessions: Record<number, RecoveredSession> = {};
      for (const stream of streams) {
        if (!kinds.some((kind) => agentKind(stream) === kind)) continue;
        const known = facts?.sides[stream] === undefined ? [] : sideSessions(snapshot!, stream);
        const side = recoverSide(dir, stream, positions[stream] ?? 0, known, progress);
        usedBytes.set(stream, side.end.usedBytes);
        if (side.end.notice !== null) note(side.end.notice);
        for (const [id, session] of side.sessions) sessions[id] = newer(sessions[id], session);
      }
      for (const id of taken.keys()) sessions[id] ??= newSession();
      for (const [id, session] of Object.entries(sessions)) mergeNextIn(session, taken.get(Number(id)));
      return sessions;
    };
    // Drop copy sessions have ids among those of the client sessions.
    const clients = merge(["client", "drop-copy"], core.clients);
    const venues = merge(["venue"], core.venues);
    return { snapshot: snapshot?.path ?? null, clients, venues, usedBytes, inputs: core.inputs, positions };
  } finally {
    snapshot?.close();
  }
}

/** The later of two streams' states of one session. */
function newer(a: RecoveredSession | undefined, b: RecoveredSession): RecoveredSession {
  if (a === undefined) return b;
  const later = a.epoch > b.epoch || (a.epoch === b.epoch && a.nextOut >= b.nextOut) ? a : b;
  later.lastIndex = Math.max(a.lastIndex, b.lastIndex);
  later.countedUs = Math.max(a.countedUs, b.countedUs);
  later.peerCompId ??= a.peerCompId ?? b.peerCompId;
  return later;
}
