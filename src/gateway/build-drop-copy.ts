import { broken } from "../base/broken.ts";
import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { LogonTerms, writeLogonTerms } from "../client/logon-terms.ts";
import { PasswordGate } from "../client/password-gate.ts";
import { agentKind } from "../config/agents.ts";
import type { DropCopyConfig, DropCopySession } from "../config/drop-copy.ts";
import { DropCopyAgent } from "../drop-copy/agent.ts";
import type { CopySession } from "../drop-copy/copier.ts";
import type { CopyFilter } from "../drop-copy/filter.ts";
import { ProgressWriter } from "../drop-copy/progress.ts";
import { Source, type SourcePlace } from "../drop-copy/source.ts";
import { optionsFrom } from "../fix/session/options.ts";
import type { FixSession } from "../fix/session/session.ts";
import { EXECUTION_REPORT } from "../fix/wire/tags.ts";
import { versionOf } from "../fix/wire/version.ts";
import { positionAt, UNKNOWN } from "../journal/positions.ts";
import type { StreamWriter } from "../journal/writer.ts";
import type { DropCopyPlan } from "../plan/drop-copy.ts";
import { OneToOne } from "../ring/one-to-one.ts";
import { Door } from "../session/door.ts";
import type { Link } from "../session/link.ts";
import { SESSION_ROW_BYTES } from "../telemetry/session-rows.ts";
import type { SessionBuilder } from "./build-session.ts";
import { isOnDisk } from "./durability.ts";
import type { LaneContext } from "./lane-context.ts";
import { outBytesFor, sessionBacklogBytes } from "./lane-reactor.ts";
import { logonTermsAt, logonTermsOf } from "./logon-terms.ts";
import { operatorCommands } from "./operator-commands.ts";
import type { BuiltAgent } from "./poll-order.ts";

/** Nothing of a client is checked beyond what a session needs: its application messages are refused. */
const UNCHECKED = {
  validate: false,
  validateFieldsOutOfOrder: false,
  validateFieldsHaveValues: false,
  validateUserDefinedFields: false,
  checkRequiredTags: false,
  allowUnknownMsgFields: true,
  rejectInvalidMessage: false,
};
/** Of each network length: all of an address. */
const WHOLE_ADDRESS = { network4Bits: 32, network6Bits: 128 };
/** A session without a position in a stream that nobody writes gets nothing of it. */
const NOTHING = Number.POSITIVE_INFINITY;
/** The lane has its sessions from its start. */
const NO_BUILDING = { tookUs: 0, build: () => NONE, discard: () => undefined };
const UNUSED_SLOTS = 2;
const UNUSED_SLOT_BYTES = 64;

/** Builds the drop copy agent and its sessions. */
export function buildDropCopy(lane: LaneContext, builder: SessionBuilder): BuiltAgent {
  const { data, roomBytes, views } = lane;
  const { config, plan } = data;
  const side = plan.dropCopy!;
  const dropCopy = config.dropCopy!;
  const { maxConnections } = dropCopy;
  const places = side.members.length;
  const journal = lane.writer(side.name, side.streamWordsAt);
  const latest = logonTermsAt(views, side);
  if (!writeLogonTerms(latest, logonTermsOf(side.members, places, { client: dropCopy })))
    broken("LOGON_TERMS_TOO_SMALL", latest.bytes);
  const terms = new LogonTerms(latest, places);
  const backlogBytes = sessionBacklogBytes(dropCopy.backlogBytes, roomBytes);
  const links: Link<FixSession>[] = [];
  const sessions = Object.values(dropCopy.sessions);
  const limits = { maxConnections, maxBeforeLogon: maxConnections, maxPerAddress: maxConnections };
  // Nothing of its sessions goes to the core, or comes from it.
  const orders = unusedRing();
  const agent: DropCopyAgent = new DropCopyAgent({
    name: side.name,
    links,
    operator: operatorCommands(lane, side, links, orders, journal, plan.sessionTradingAt, NO_BUILDING),
    newestWins: sessions.map(({ newestConnectionWins }) => newestConnectionWins),
    isDynamic: sessions.map(() => false),
    orders,
    reports: unusedRing(),
    openOrders: views.ints,
    openOrdersWords: [],
    journal,
    reactor: lane.reactor,
    listen: () => lane.listenAlsoTls("dropCopy", dropCopy.listen),
    scan: lane.scan,
    events: lane.events,
    time: lane.time,
    roomBytes: lane.journalRoomBytes,
    rowViews: views,
    rowsAt: sessions.map((_, row) => side.rowsAt + SESSION_ROW_BYTES * row),
    maxConnections,
    hasTls: data.tls?.dropCopy !== undefined,
    outBytes: outBytesFor(roomBytes),
    backlogBytes,
    logonTimeoutMs: dropCopy.logonTimeoutMs,
    door: new Door({ ...limits, maxPerNetwork: maxConnections, ...WHOLE_ADDRESS, allowed: terms.anywhere }),
    terms,
    passwords: new PasswordGate(views, plan.passwordGatesAt.at(-1)!),
    places,
    // Copies do not wait for venues.
    ints: views.ints,
    statesWord: plan.venueStatesAt >> 2,
    venues: 0,
    mostMs: 0,
    copies: () => ({
      ...copiesOf(lane, links, dropCopy),
      journal,
      events: lane.events,
      time: lane.time,
      progress: new ProgressWriter(views, side.progressAt),
      messageBytes: lane.messageBytes,
      roomBytes: lane.journalRoomBytes,
      segmentBytes: data.segmentBytes,
      maxBehindS: dropCopy.maxBehindS,
    }),
  });
  for (const name of side.members) {
    const link = buildLink(lane, builder, side, journal, agent, name, dropCopy);
    link.backlogBytes = backlogBytes;
    links.push(link);
  }
  return { kind: "drop-copy", agent, afterCore: null };
}

function buildLink(
  lane: LaneContext,
  builder: SessionBuilder,
  side: DropCopyPlan,
  journal: StreamWriter,
  agent: DropCopyAgent,
  name: string,
  dropCopy: DropCopyConfig,
): Link<FixSession> {
  const { config, clientIds, clients } = lane.data;
  const settings = dropCopy.sessions[name]!;
  const id = clientIds[name]!;
  return builder.build({
    id,
    name,
    settings: { ...settings, ...UNCHECKED },
    profile: {
      version: versionOf(settings.version),
      compId: settings.gatewayCompId,
      peerCompId: settings.compId,
      initiator: false,
      heartBtIntS: settings.maxHeartBtIntS,
      resetOnLogon: false,
      logonTimeoutMs: dropCopy.logonTimeoutMs,
      options: { ...optionsFrom(settings), cancelTermsByLogon: false, username: "", password: "" },
      gapQueues: builder.gapQueues(config.client.heldBytes),
    },
    dialect: undefined,
    sends: [EXECUTION_REPORT],
    handler: agent,
    journal,
    streamWordsAt: side.streamWordsAt,
    recovered: clients[id],
    maxAgeUs: Number.POSITIVE_INFINITY,
  });
}

/** The streams to copy, and how far each session has them. */
function copiesOf(
  lane: LaneContext,
  links: readonly Link<FixSession>[],
  dropCopy: DropCopyConfig,
): { sources: Source[]; sessions: CopySession[] } {
  const { data, views } = lane;
  const { clients, clientIds, segmentBytes, dir } = data;
  const places = sourcesOf(lane, links);
  const sessions = links.map((link): CopySession => {
    const recovered = clients[link.id];
    // A new session begins with the reports of this run; so does a stream that no run before has written beside the session.
    const copied = places.map(({ agent, begin }) => recovered?.copied?.[agent] ?? begin);
    // The journal says from the first moment on where a session begins.
    for (const [i, { agent, word }] of places.entries())
      if (word !== null && recovered?.copied?.[agent] === undefined) link.recorder.copied(0, agent, copied[i]!);
    const filter = filterOf(dropCopy.sessions[link.name]!, clientIds);
    return { link, filter, index: recovered?.lastIndex ?? 0, copied, noted: [...copied] };
  });
  const sources = places.map((place, i) => {
    const from = Math.min(...sessions.map(({ copied }) => copied[i]!));
    return new Source(dir, place, from, views.ints, segmentBytes, isOnDisk(data));
  });
  return { sources, sessions };
}

/** The streams of the client agents of this run, and those of an earlier one that may have reports left to copy. */
function sourcesOf(lane: LaneContext, links: readonly Link<FixSession>[]): SourcePlace[] {
  const { plan, segmentBytes, clients } = lane.data;
  const { ints } = lane.views;
  const places = plan.streams
    .filter(({ name }) => agentKind(name) === "client")
    .map(({ name, wordsAt }): SourcePlace => {
      const word = wordsAt >> 2;
      const begin = positionAt(ints, word, segmentBytes);
      if (begin === UNKNOWN) broken("position of a stream before its first entry", word);
      return { stream: name, agent: agentNumber(name), word, begin };
    });
  const former = new Set(links.flatMap(({ id }) => Object.keys(clients[id]?.copied ?? {}).map(Number)));
  for (const { agent } of places) former.delete(agent);
  for (const agent of former) places.push({ stream: `client${agent}`, agent, word: null, begin: NOTHING });
  return places;
}

/** 0 of `client0`. */
function agentNumber(name: string): number {
  return Number(name.at(-1));
}

function filterOf({ sessions, accounts }: DropCopySession, ids: Readonly<Record<string, number>>): CopyFilter {
  return {
    sessions: sessions === undefined ? null : new Set(sessions.map((name) => ids[name]!)),
    accounts: accounts === undefined ? null : new Set(accounts),
  };
}

/** A ring that nobody writes. */
function unusedRing(): OneToOne {
  const views = Views.allocate(OneToOne.bytesFor(UNUSED_SLOTS, UNUSED_SLOT_BYTES));
  return new OneToOne(views, 0, UNUSED_SLOTS, UNUSED_SLOT_BYTES, true);
}
