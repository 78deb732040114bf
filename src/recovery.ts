import { Views } from "./base/views.ts";
import type { GatewayConfig } from "./config/schema.ts";
import type { Core } from "./core/core.ts";
import type { CoreConfig } from "./core/tables.ts";
import { ENTRY_CONTROL, ENTRY_ORDER, ENTRY_REPORT } from "./journal/layout.ts";
import { type OpenJournal, openStream } from "./journal/open.ts";
import { listStreams, readStream } from "./journal/reader.ts";
import {
  mergeNextIn,
  newSession,
  type RecoveredSession,
  recoverCore,
  recoverSide,
  type Taken,
} from "./journal/recover.ts";
import type { LaneData } from "./lane.ts";
import type { Plan } from "./plan.ts";
import { Control } from "./record/control.ts";
import { ExecutionReport } from "./record/execution-report.ts";
import { OrderRequest } from "./record/order-request.ts";

type Ids = Readonly<Record<string, number>>;

/** What every lane is told of the journal. */
export type Recovered = Omit<LaneData, "lane" | "plan" | "config" | "shared" | "cpu" | "spins" | "rehearsal">;

/** Every journal stream of a plan, and where its words are. Cold. */
export function streamsOf(plan: Plan): { name: string; wordsAt: number }[] {
  const sides = [...plan.clients, ...plan.venues];
  return [
    { name: "core", wordsAt: plan.coreStreamWordsAt },
    ...sides.map((side) => ({ name: side.name, wordsAt: side.streamWordsAt })),
  ];
}

/** Reads what the journal knows, and opens each stream at a new segment. Cold. */
export function recoverGateway(
  journal: OpenJournal,
  plan: Plan,
  shared: Views,
  log: (line: string) => void,
): Recovered {
  const { dir, names } = journal;
  const found = listStreams(dir);
  const note = (notice: string | null): void => {
    if (notice !== null) log(`journal: ${notice}`);
  };
  const core = recoverCore(dir, "core");
  note(core.end.notice);
  const used = new Map<string, number>([["core", core.end.usedBytes]]);
  const merge = (kind: string, taken: Map<number, Taken>): Record<number, RecoveredSession> => {
    const sessions: Record<number, RecoveredSession> = {};
    for (const stream of found.keys()) {
      if (!stream.startsWith(kind)) continue;
      const side = recoverSide(dir, stream);
      used.set(stream, side.end.usedBytes);
      note(side.end.notice);
      for (const [id, session] of side.sessions) sessions[id] = newer(sessions[id], session);
    }
    for (const id of taken.keys()) sessions[id] ??= newSession();
    for (const [id, session] of Object.entries(sessions)) mergeNextIn(session, taken.get(Number(id)));
    return sessions;
  };
  const clients = merge("client", core.clients);
  const venues = merge("venue", core.venues);
  const streams: Record<string, number> = {};
  for (const { name, wordsAt } of streamsOf(plan)) {
    streams[name] = openStream(journal, name, used.get(name) ?? 0, shared, wordsAt).address;
  }
  if (core.inputs > 0) log(`journal: ${core.inputs.toLocaleString("en")} inputs of earlier runs are replayed`);
  return {
    dir,
    birth: names.birth,
    segmentBytes: names.segmentBytes,
    streams,
    clientIds: names.clients,
    venueIds: names.venues,
    clients,
    venues,
  };
}

/** Of two streams' knowledge of one session, the later. */
function newer(a: RecoveredSession | undefined, b: RecoveredSession): RecoveredSession {
  if (a === undefined) return b;
  const later = a.epoch > b.epoch || (a.epoch === b.epoch && a.nextOut >= b.nextOut) ? a : b;
  later.lastIndex = Math.max(a.lastIndex, b.lastIndex);
  later.countedUs = Math.max(a.countedUs, b.countedUs);
  later.peerCompId ??= a.peerCompId ?? b.peerCompId;
  return later;
}

/** The part of the configuration that the core needs, by the journal's stable ids. Cold. */
export function coreConfig(config: GatewayConfig, clientIds: Ids, venueIds: Ids): CoreConfig {
  return {
    maxOrders: config.core.maxOrders,
    kill: config.risk.kill,
    accounts: Object.entries(config.risk.accounts).map(([name, account]) => ({ name, ...account })),
    symbols: Object.entries(config.symbols).map(([name, symbol]) => ({ name, ...symbol })),
    sessions: Object.entries(config.client.sessions).map(([name, session]) => ({
      id: clientIds[name]!,
      accounts: session.accounts,
    })),
    sessionIds: Math.max(-1, ...Object.values(clientIds)) + 1,
    venues: Object.keys(config.venues).map((name) => ({ id: venueIds[name]!, name })),
    venueIds: Math.max(-1, ...Object.values(venueIds)) + 1,
    defaultVenue: null,
  };
}

/** The last index that each session was given, by id. Cold. */
export function sentIndexes(sessions: Readonly<Record<number, RecoveredSession>>): number[] {
  const sent: number[] = [];
  for (const [id, session] of Object.entries(sessions)) sent[Number(id)] = session.lastIndex;
  return Array.from(sent, (index) => index ?? 0);
}

/** Gives the core every input of the journal again, with the times at which it took them and what it decided. Cold. */
export function replayInto(core: Core, dir: string): void {
  const scratch = Views.allocate(4096);
  const request = new OrderRequest(scratch).aim(0);
  const report = new ExecutionReport(scratch).aim(0);
  const control = new Control(scratch).aim(0);
  readStream(dir, "core", (entry) => {
    const from = entry.payloadAt >> 2;
    const words = entry.payloadLength >> 2;
    const source = entry.views.ints;
    for (let i = 0; i < words; i++) scratch.ints[i] = source[from + i]!;
    if (entry.kind === ENTRY_ORDER) core.order(request, entry.timeUs, entry.index);
    else if (entry.kind === ENTRY_REPORT) core.report(report, entry.timeUs);
    else if (entry.kind === ENTRY_CONTROL) core.control(control, entry.timeUs);
  });
}
