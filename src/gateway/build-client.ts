import { ascii } from "../base/ascii.ts";
import { broken } from "../base/broken.ts";
import { ClientAgent } from "../client/agent.ts";
import { LogonTerms, writeLogonTerms } from "../client/logon-terms.ts";
import { PasswordGate } from "../client/password-gate.ts";
import { optionsFrom } from "../fix/session/options.ts";
import type { FixSession } from "../fix/session/session.ts";
import { EXECUTION_REPORT } from "../fix/wire/tags.ts";
import { versionOf } from "../fix/wire/version.ts";
import type { SidePlan } from "../plan/plan.ts";
import { EXECUTION_REPORT_BYTES } from "../record/execution-report.ts";
import { ORDER_REQUEST_BYTES } from "../record/order-request.ts";
import { Door } from "../session/door.ts";
import type { Link } from "../session/link.ts";
import { ReportedStages } from "../session/link-stages.ts";
import { SET_BYTES, STAGES_BYTES } from "../telemetry/assembly/layout.ts";
import { SESSION_ROW_BYTES } from "../telemetry/session-rows.ts";
import type { SessionBuilder } from "./build-session.ts";
import type { LaneContext } from "./lane-context.ts";
import { outBytesFor } from "./lane-reactor.ts";
import { logonTermsAt, logonTermsOf } from "./logon-terms.ts";
import { operatorCommands } from "./operator-commands.ts";
import type { BuiltAgent } from "./poll-order.ts";

const REPORTS = [EXECUTION_REPORT];

/** Builds a client agent and its sessions. */
export function buildClient(lane: LaneContext, sessions: SessionBuilder, side: SidePlan): BuiltAgent {
  const { data, roomBytes } = lane;
  const { config, plan, clientIds } = data;
  const journal = lane.writer(side.name, side.streamWordsAt);
  const index = plan.clients.indexOf(side);
  // An unread backlog has room for a resend.
  const backlogOf = (name: string): number => Math.max(config.client.sessions[name]!.backlogBytes, 4 * roomBytes);
  const placeOf = new Map(Object.keys(config.client.sessions).map((name, place) => [name, place]));
  const links: Link<FixSession>[] = [];
  const latest = logonTermsAt(lane.views, side);
  if (!writeLogonTerms(latest, logonTermsOf(side.members, config))) broken("LOGON_TERMS_TOO_SMALL", latest.bytes);
  const terms = new LogonTerms(latest, side.members.length);
  const defaultAccounts: (Uint8Array | null)[] = [];
  const orders = lane.outwardRing(side.requestsAt, ORDER_REQUEST_BYTES, plan.coreLane);
  const agent = new ClientAgent({
    name: side.name,
    groups: lane.groupRings(side.requestGroupsAt, side.reportGroupsAt),
    links,
    defaultAccounts,
    orders,
    reports: lane.ring(side.reportsAt, EXECUTION_REPORT_BYTES, plan.coreLane),
    journal,
    reactor: lane.reactor,
    listen: () => (index === 0 ? lane.listen("client", config.client.listen) : []),
    scan: lane.scan,
    codec: lane.codec,
    events: lane.events,
    time: lane.time,
    roomBytes: lane.journalRoomBytes,
    operator: operatorCommands(lane, side, links, orders, journal, plan.sessionTradingAt),
    maxConnections: config.client.maxConnections,
    outBytes: outBytesFor(roomBytes),
    backlogBytes: Math.max(...side.members.map(backlogOf), 4 * roomBytes),
    logonTimeoutMs: config.client.logonTimeoutMs,
    door: new Door({ ...config.client, allowed: terms.anywhere }),
    terms,
    passwords: new PasswordGate(lane.views, plan.passwordGatesAt[index]!),
    sessions: side.members.length,
    newestWins: side.members.map((name) => config.client.sessions[name]!.newestConnectionWins),
    isDynamic: side.members.map((name) => config.client.sessions[name]!.dynamicSessions > 0),
    ints: lane.views.ints,
    statesWord: plan.venueStatesAt >> 2,
    venues: Object.keys(config.venues).length,
    mostMs: config.client.awaitVenuesMs,
    rowsAt: side.members.map((name) => plan.sessionRowsAt + SESSION_ROW_BYTES * placeOf.get(name)!),
    openOrders: lane.views.ints,
    openOrdersWords: side.members.map((name) => (plan.openOrdersAt >> 2) + placeOf.get(name)!),
  });
  for (const name of side.members) {
    const settings = config.client.sessions[name]!;
    const id = clientIds[name]!;
    while (defaultAccounts.length <= id) defaultAccounts.push(null);
    if (settings.accounts.length === 1) defaultAccounts[id] = ascii(settings.accounts[0]!);
    const link = sessions.build({
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
        options: { ...optionsFrom(settings), username: "", password: "" },
        gapQueues: sessions.gapQueues(config.client.heldBytes),
      },
      dialect: data.dialects?.clients[name],
      sends: REPORTS,
      handler: agent,
      journal,
      streamWordsAt: side.streamWordsAt,
      recovered: data.clients[id],
      maxAgeUs: Number.POSITIVE_INFINITY,
    });
    link.backlogBytes = backlogOf(name);
    link.stages = reportedStages(lane, index, links.length);
    links.push(link);
  }
  return { kind: "client", agent, afterCore: null, rest: agent.rest };
}

/** Measures the reports to the session at `place` of a client agent; the sessions behind its last set share that. */
function reportedStages(lane: LaneContext, agent: number, place: number): ReportedStages | null {
  const { stages } = lane.data.plan;
  if (stages === null) return null;
  const { at, sets } = stages.clients[agent]!;
  const setsAt = at + stages.venueIds * STAGES_BYTES;
  return new ReportedStages(lane.stages(stages), setsAt + Math.min(place, sets - 1) * SET_BYTES, at);
}
