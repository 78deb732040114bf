import { parseAddress } from "../../ffi/socket.ts";
import { mappedTags } from "../config/venue-symbols.ts";
import type { DictionaryDescription } from "../fix/dictionary/description.ts";
import { VenueId } from "../fix/orders/venue-id.ts";
import { optionsFrom } from "../fix/session/options.ts";
import type { FixSession } from "../fix/session/session.ts";
import { NEW_ORDER_SINGLE, ORDER_CANCEL_REPLACE_REQUEST, ORDER_CANCEL_REQUEST } from "../fix/wire/tags.ts";
import { versionOf } from "../fix/wire/version.ts";
import type { StreamWriter } from "../journal/writer.ts";
import { Dialer, type Dialing } from "../net/dialer.ts";
import { Stream } from "../net/stream.ts";
import { TlsChannel } from "../net/tls-channel.ts";
import { TlsDialer } from "../net/tls-dials.ts";
import type { SidePlan } from "../plan/plan.ts";
import { EXECUTION_REPORT_BYTES } from "../record/execution-report.ts";
import { ORDER_REQUEST_BYTES } from "../record/order-request.ts";
import type { Link } from "../session/link.ts";
import { AnswerStages, SentStages } from "../session/link-stages.ts";
import { SENT_BYTES } from "../telemetry/assembly/layout.ts";
import { SESSION_ROW_BYTES } from "../telemetry/session-rows.ts";
import { VenueAgent } from "../venue/agent.ts";
import { HandledRequests } from "../venue/handled-requests.ts";
import { VenueSymbols } from "../venue/symbols.ts";
import { mostHeld, Throttle } from "../venue/throttle.ts";
import { Venue } from "../venue/venue.ts";
import type { SessionBuilder } from "./build-session.ts";
import { DefinedBuilder, placeProblem, type VenueDefinition } from "./definitions.ts";
import type { LaneContext } from "./lane-context.ts";
import { outBytesFor } from "./lane-reactor.ts";
import { operatorCommands } from "./operator-commands.ts";
import type { BuiltAgent } from "./poll-order.ts";

const REQUESTS = [NEW_ORDER_SINGLE, ORDER_CANCEL_REQUEST, ORDER_CANCEL_REPLACE_REQUEST];
const LOGON_TIMEOUT_MS = 10_000;
/** Input buffer of a venue's stream. */
const IN_BYTES = 1 << 18;

/** Builds a venue agent, its sessions and their connections. */
export function buildVenue(lane: LaneContext, builder: SessionBuilder, side: SidePlan): BuiltAgent {
  const { data, reactor } = lane;
  const { config, plan, venueIds } = data;
  const journal = lane.writer(side.name, side.streamWordsAt);
  const { stages } = plan;
  const sessions = new VenueSessions(lane, builder, side, journal);
  const reports = lane.outwardRing(side.reportsAt, EXECUTION_REPORT_BYTES, plan.coreLane);
  const added = new DefinedBuilder<VenueDefinition>(lane.views, side.definitionAt, (one) =>
    sessions.build(one, undefined, agent),
  );
  const agent: VenueAgent = new VenueAgent({
    name: side.name,
    groups: lane.groupRings(side.reportGroupsAt, side.requestGroupsAt),
    ...sessions.lists,
    places: side.places,
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
    operator: operatorCommands(lane, side, sessions.lists.links, reports, journal, plan.venueTradingAt, added),
    ints: lane.views.ints,
    stages: stages === null ? null : new AnswerStages(lane.stages(stages)),
  });
  const allVenues = Object.keys(config.venues);
  for (const [place, name] of side.members.entries()) {
    const settings = config.venues[name]!;
    const definition = { name, id: venueIds[name]!, row: allVenues.indexOf(name), place, settings };
    sessions.build(definition, data.dialects?.venues[name], agent);
  }
  return { kind: "venue", agent, afterCore: agent.sending };
}

/** The venues of a venue agent, and what the agent knows of each by its place. */
class VenueSessions {
  readonly lists = {
    venues: [] as Venue[],
    links: [] as Link<FixSession>[],
    streams: [] as Stream[],
    rowsAt: [] as number[],
    stateWords: [] as number[],
  };

  constructor(
    private readonly lane: LaneContext,
    private readonly builder: SessionBuilder,
    private readonly side: SidePlan,
    private readonly journal: StreamWriter,
  ) {}

  /** Returns  the venue's place. */
  build(definition: VenueDefinition, dialect: DictionaryDescription | undefined, agent: VenueAgent): number {
    const { lane, lists, side } = this;
    const { data, roomBytes, reactor } = lane;
    const { plan } = data;
    const { stages } = plan;
    const { name, id, row, place, settings } = definition;
    const problem = placeProblem(definition, lists.venues.length);
    if (problem !== "") throw new Error(problem);
    const link = this.builder.build({
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
        gapQueues: this.builder.gapQueues(settings.heldBytes),
      },
      dialect,
      fields: settings.fields,
      mapped: mappedTags(settings),
      sends: REQUESTS,
      handler: agent,
      journal: this.journal,
      streamWordsAt: side.streamWordsAt,
      recovered: data.venues[id],
      maxAgeUs: settings.resendOrdersWithinS * 1e6,
    });
    const backlogBytes = Math.max(settings.backlogBytes, 4 * roomBytes);
    link.backlogBytes = backlogBytes;
    if (stages !== null) {
      const sentAt = stages.sentAt[plan.venues.indexOf(side)]!;
      link.stages = new SentStages(lane.stages(stages), sentAt + place * SENT_BYTES);
    }
    const stream = new Stream(reactor, IN_BYTES, outBytesFor(roomBytes), backlogBytes);
    const dialers = this.dialersOf(definition, stream);
    const { throttle, handled } = this.throttleOf(definition, link);
    const isSame = Object.keys(settings.symbols).length === 0;
    const symbols = isSame ? null : new VenueSymbols(settings.symbols, Object.keys(data.config.symbols));
    const venue = new Venue(link, dialers, settings, lane.events, place, handled, throttle, symbols);
    lists.rowsAt.push(plan.venueRowsAt + SESSION_ROW_BYTES * row);
    lists.stateWords.push((plan.venueStatesAt >> 2) + row);
    lists.links.push(link);
    lists.streams.push(stream);
    lists.venues.push(venue);
    return place;
  }

  private dialersOf({ name, settings, tlsTarget }: VenueDefinition, stream: Stream): Dialing[] {
    const { tlsDials, data } = this.lane;
    const addresses = settings.address.map(({ host, port }) => parseAddress(host, port));
    // A warm-up's lane has no TLS.
    if (settings.tls === undefined || data.tls === undefined)
      return addresses.map((address) => new Dialer(stream, address));
    const target = tlsTarget ?? data.tls.targets[name];
    if (tlsDials === null || target === undefined)
      throw new Error("tls: its lane has no way to the thread of handshakes");
    stream.tls = new TlsChannel();
    return addresses.map((address, i) => new TlsDialer(stream, address, target + i, tlsDials));
  }

  private throttleOf({ name, id, settings }: VenueDefinition, link: Link<FixSession>) {
    const { lane, side } = this;
    const recovered = lane.data.venues[id];
    const earlier = recovered === undefined ? null : { lastIndex: recovered.lastIndex, held: recovered.held ?? [] };
    if (settings.throttle.messages === 0) return { throttle: null, handled: new HandledRequests(earlier, 0) };
    const at = side.heldAt[name];
    if (at === undefined) throw new Error(`throttle: expected none, because only a start gives it memory`);
    const throttle = new Throttle(settings.throttle, lane.views, at, link);
    return { throttle, handled: new HandledRequests(earlier, mostHeld(settings.throttle)) };
  }
}
