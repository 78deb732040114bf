import { parseAddress } from "../../ffi/socket.ts";
import { VenueId } from "../fix/orders/venue-id.ts";
import { optionsFrom } from "../fix/session/options.ts";
import type { FixSession } from "../fix/session/session.ts";
import { NEW_ORDER_SINGLE, ORDER_CANCEL_REPLACE_REQUEST, ORDER_CANCEL_REQUEST } from "../fix/wire/tags.ts";
import { versionOf } from "../fix/wire/version.ts";
import { Dialer } from "../net/dialer.ts";
import { Stream } from "../net/stream.ts";
import type { SidePlan } from "../plan/plan.ts";
import { EXECUTION_REPORT_BYTES } from "../record/execution-report.ts";
import { ORDER_REQUEST_BYTES } from "../record/order-request.ts";
import type { Link } from "../session/link.ts";
import { AnswerStages, SentStages } from "../session/link-stages.ts";
import { SENT_BYTES } from "../telemetry/assembly/layout.ts";
import { SESSION_ROW_BYTES } from "../telemetry/session-rows.ts";
import { VenueAgent } from "../venue/agent.ts";
import { Venue } from "../venue/venue.ts";
import type { SessionBuilder } from "./build-session.ts";
import type { LaneContext } from "./lane-context.ts";
import { outBytesFor } from "./lane-reactor.ts";
import { operatorCommands } from "./operator-commands.ts";
import type { BuiltAgent } from "./poll-order.ts";

const REQUESTS = [NEW_ORDER_SINGLE, ORDER_CANCEL_REQUEST, ORDER_CANCEL_REPLACE_REQUEST];
const LOGON_TIMEOUT_MS = 10_000;
/** Input buffer of a venue's stream. */
const IN_BYTES = 1 << 18;

/** Builds a venue agent, its sessions and their connections. */
export function buildVenue(lane: LaneContext, sessions: SessionBuilder, side: SidePlan): BuiltAgent {
  const { data, roomBytes, reactor } = lane;
  const { config, plan, venueIds } = data;
  const journal = lane.writer(side.name, side.streamWordsAt);
  const venues: Venue[] = [];
  const { stages } = plan;
  const sentAt = stages === null ? 0 : stages.sentAt[plan.venues.indexOf(side)]!;
  const allVenues = Object.keys(config.venues);
  const links: Link<FixSession>[] = [];
  const reports = lane.outwardRing(side.reportsAt, EXECUTION_REPORT_BYTES, plan.coreLane);
  const agent = new VenueAgent({
    name: side.name,
    groups: lane.groupRings(side.reportGroupsAt, side.requestGroupsAt),
    venues,
    requests: lane.ring(side.requestsAt, ORDER_REQUEST_BYTES, plan.coreLane),
    reports,
    journal,
    reactor,
    scan: lane.scan,
    codec: lane.codec,
    ids: new VenueId(data.birth),
    events: lane.events,
    time: lane.time,
    roomBytes: lane.journalRoomBytes,
    operator: operatorCommands(lane, side, links, reports, journal, plan.venueTradingAt),
    ints: lane.views.ints,
    rowsAt: side.members.map((name) => plan.venueRowsAt + SESSION_ROW_BYTES * allVenues.indexOf(name)),
    stages: stages === null ? null : new AnswerStages(lane.stages(stages)),
    stateWords: side.members.map((name) => (plan.venueStatesAt >> 2) + allVenues.indexOf(name)),
  });
  for (const name of side.members) {
    const settings = config.venues[name]!;
    const id = venueIds[name]!;
    const link = sessions.build({
      id,
      name,
      settings,
      profile: {
        version: versionOf(settings.version),
        compId: settings.gatewayCompId,
        peerCompId: settings.compId,
        initiator: true,
        heartBtIntS: settings.heartBtIntS,
        resetOnLogon: settings.resetOnLogon,
        logonTimeoutMs: LOGON_TIMEOUT_MS,
        options: { ...optionsFrom(settings), username: settings.username ?? "", password: settings.password ?? "" },
        gapQueues: sessions.gapQueues(settings.heldBytes),
      },
      dialect: data.dialects?.venues[name],
      fields: settings.fields,
      sends: REQUESTS,
      handler: agent,
      journal,
      streamWordsAt: side.streamWordsAt,
      recovered: data.venues[id],
      maxAgeUs: settings.resendOrdersWithinS * 1e6,
    });
    const backlogBytes = Math.max(settings.backlogBytes, 4 * roomBytes);
    link.backlogBytes = backlogBytes;
    if (stages !== null) link.stages = new SentStages(lane.stages(stages), sentAt + venues.length * SENT_BYTES);
    const stream = new Stream(reactor, IN_BYTES, outBytesFor(roomBytes), backlogBytes);
    const dialers = settings.address.map(({ host, port }) => new Dialer(stream, parseAddress(host, port)));
    links.push(link);
    venues.push(new Venue(link, dialers, settings, lane.events));
  }
  return { kind: "venue", agent, afterCore: agent.sending };
}
