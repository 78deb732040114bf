import { broken } from "../base/broken.ts";
import { ClientAgent } from "../client/agent.ts";
import { LogonTerms, writeLogonTerms } from "../client/logon-terms.ts";
import { writeMessageLimits } from "../client/message-limits.ts";
import { PasswordGate } from "../client/password-gate.ts";
import type { DictionaryDescription } from "../fix/dictionary/description.ts";
import { optionsFrom } from "../fix/session/options.ts";
import type { FixSession } from "../fix/session/session.ts";
import { EXECUTION_REPORT } from "../fix/wire/tags.ts";
import { versionOf } from "../fix/wire/version.ts";
import type { StreamWriter } from "../journal/writer.ts";
import type { SidePlan } from "../plan/plan.ts";
import { EXECUTION_REPORT_BYTES } from "../record/execution-report.ts";
import { ORDER_REQUEST_BYTES } from "../record/order-request.ts";
import { Door } from "../session/door.ts";
import type { Link } from "../session/link.ts";
import { ReportedStages } from "../session/link-stages.ts";
import { SET_BYTES, STAGES_BYTES } from "../telemetry/assembly/layout.ts";
import { SESSION_ROW_BYTES } from "../telemetry/session-rows.ts";
import type { SessionBuilder } from "./build-session.ts";
import { type ClientDefinition, DefinedBuilder, placeProblem } from "./definitions.ts";
import type { LaneContext } from "./lane-context.ts";
import { outBytesFor, sessionBacklogBytes } from "./lane-reactor.ts";
import { logonTermsAt, logonTermsOf } from "./logon-terms.ts";
import { MESSAGE_LIMIT_CODES, messageLimitsAt, messageLimitsOf, tradersNeeded } from "./message-limits.ts";
import { operatorCommands } from "./operator-commands.ts";
import type { BuiltAgent } from "./poll-order.ts";

const REPORTS = [EXECUTION_REPORT];

/** Builds a client agent and its sessions. */
export function buildClient(lane: LaneContext, builder: SessionBuilder, side: SidePlan): BuiltAgent {
  const { data, roomBytes } = lane;
  const { config, plan, clientIds } = data;
  const journal = lane.writer(side.name, side.streamWordsAt);
  const index = plan.clients.indexOf(side);
  const latest = logonTermsAt(lane.views, side);
  if (!writeLogonTerms(latest, logonTermsOf(side.members, side.places, config)))
    broken("LOGON_TERMS_TOO_SMALL", latest.bytes);
  const terms = new LogonTerms(latest, side.places);
  const messageLimits = messageLimitsAt(lane.views, side);
  const limits = messageLimitsOf(side.members, side.places, config);
  writeMessageLimits(messageLimits, limits, tradersNeeded(side.members, config));
  const sessions = new ClientSessions(lane, builder, side, journal);
  const orders = lane.outwardRing(side.requestsAt, ORDER_REQUEST_BYTES, plan.coreLane);
  const added = new DefinedBuilder<ClientDefinition>(lane.views, side.definitionAt, (one) =>
    sessions.build(one, undefined, agent),
  );
  const agent: ClientAgent = new ClientAgent({
    name: side.name,
    groups: lane.groupRings(side.requestGroupsAt, side.reportGroupsAt),
    ...sessions.lists,
    orders,
    reports: lane.ring(side.reportsAt, EXECUTION_REPORT_BYTES, plan.coreLane),
    journal,
    reactor: lane.reactor,
    listen: () => (index === 0 ? lane.listenAlsoTls("client", config.client.listen) : []),
    scan: lane.scan,
    codec: lane.codec,
    events: lane.events,
    time: lane.time,
    roomBytes: lane.journalRoomBytes,
    operator: operatorCommands(lane, side, sessions.lists.links, orders, journal, plan.sessionTradingAt, added),
    maxConnections: config.client.maxConnections,
    hasTls: data.tls?.client !== undefined,
    outBytes: outBytesFor(roomBytes),
    backlogBytes: Math.max(
      ...side.members.map((name) => sessions.backlogOf(config.client.sessions[name]!)),
      4 * roomBytes,
    ),
    logonTimeoutMs: config.client.logonTimeoutMs,
    door: new Door({ ...config.client, allowed: terms.anywhere }),
    terms,
    messageLimits,
    messageLimitCodes: MESSAGE_LIMIT_CODES,
    passwords: new PasswordGate(lane.views, plan.passwordGatesAt[index]!),
    places: side.places,
    ints: lane.views.ints,
    statesWord: plan.venueStatesAt >> 2,
    venues: Object.keys(config.venues).length,
    mostMs: config.client.awaitVenuesMs,
    openOrders: lane.views.ints,
  });
  const rowOf = new Map(Object.keys(config.client.sessions).map((name, row) => [name, row]));
  for (const [place, name] of side.members.entries()) {
    const settings = config.client.sessions[name]!;
    const definition = { name, id: clientIds[name]!, row: rowOf.get(name)!, place, settings };
    sessions.build(definition, data.dialects?.clients[name], agent);
  }
  return { kind: "client", agent, afterCore: null, rest: agent.rest };
}

/** The sessions of a client agent, and what the agent knows of each by its place. */
class ClientSessions {
  readonly lists = {
    links: [] as Link<FixSession>[],
    newestWins: [] as boolean[],
    isDynamic: [] as boolean[],
    rowsAt: [] as number[],
    openOrdersWords: [] as number[],
  };

  constructor(
    private readonly lane: LaneContext,
    private readonly builder: SessionBuilder,
    private readonly side: SidePlan,
    private readonly journal: StreamWriter,
  ) {}

  /** Returns  the session's place. */
  build(definition: ClientDefinition, dialect: DictionaryDescription | undefined, agent: ClientAgent): number {
    const { lane, lists } = this;
    const { config, plan, clients } = lane.data;
    const { links } = lists;
    const { name, id, row, place, settings } = definition;
    const problem = placeProblem(definition, links.length);
    if (problem !== "") throw new Error(problem);
    const link = this.builder.build({
      id,
      name,
      settings,
      profile: {
        version: versionOf(settings.version),
        compId: settings.gatewayCompId,
        peerCompId: settings.compId,
        initiator: false,
        heartBtIntS: settings.maxHeartBtIntS,
        resetOnLogon: settings.resetOnLogon,
        logonTimeoutMs: config.client.logonTimeoutMs,
        options: {
          ...optionsFrom(settings),
          cancelTermsByLogon: settings.cancelOnDisconnectByLogon,
          username: "",
          password: "",
        },
        gapQueues: this.builder.gapQueues(config.client.heldBytes),
      },
      dialect,
      sends: REPORTS,
      handler: agent,
      journal: this.journal,
      streamWordsAt: this.side.streamWordsAt,
      recovered: clients[id],
      maxAgeUs: Number.POSITIVE_INFINITY,
    });
    link.backlogBytes = this.backlogOf(settings);
    link.stages = reportedStages(lane, plan.clients.indexOf(this.side), place);
    lists.newestWins.push(settings.newestConnectionWins);
    lists.isDynamic.push(settings.dynamicSessions > 0);
    lists.rowsAt.push(plan.sessionRowsAt + SESSION_ROW_BYTES * row);
    lists.openOrdersWords.push((plan.openOrdersAt >> 2) + row);
    links.push(link);
    const { throttled, epoch } = clients[id] ?? {};
    if (throttled !== undefined) agent.throttledBefore(place, throttled, epoch!);
    return place;
  }

  /** An unread backlog has room for a resend. */
  backlogOf({ backlogBytes }: ClientDefinition["settings"]): number {
    return sessionBacklogBytes(backlogBytes, this.lane.roomBytes);
  }
}

/** Measures the reports to the session at `place` of a client agent; the sessions behind its last set share that. */
function reportedStages(lane: LaneContext, agent: number, place: number): ReportedStages | null {
  const { stages } = lane.data.plan;
  if (stages === null) return null;
  const { at, sets } = stages.clients[agent]!;
  const setsAt = at + stages.venueIds * STAGES_BYTES;
  return new ReportedStages(lane.stages(stages), setsAt + Math.min(place, sets - 1) * SET_BYTES, at);
}
