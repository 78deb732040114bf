import { syncData } from "../../ffi/file.ts";
import { addressOf, viewAt } from "../../ffi/memory.ts";
import { parseAddress } from "../../ffi/socket.ts";
import { ascii } from "../base/ascii.ts";
import { LaneTime } from "../base/lane-time.ts";
import { MIB } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { ClientAgent } from "../client/agent.ts";
import { AllowList } from "../client/allow-list.ts";
import { PasswordGate } from "../client/password-gate.ts";
import { readNetwork } from "../config/network.ts";
import { CoreAgent, type CoreInput } from "../core/agent.ts";
import { Core } from "../core/core.ts";
import { COUNTER_NAMES } from "../core/counters.ts";
import { Outbox } from "../core/outbox.ts";
import type { ExchangeAgent } from "../exchange/agent.ts";
import { buildExchange } from "../exchange/build.ts";
import { VenueId } from "../fix/orders/venue-id.ts";
import { optionsFrom } from "../fix/session/options.ts";
import type { SessionProfile } from "../fix/session/profile.ts";
import { FixSession } from "../fix/session/session.ts";
import { Codec } from "../fix/wire/codec.ts";
import { MessageBuffer } from "../fix/wire/message-buffer.ts";
import { Scanner } from "../fix/wire/scan.ts";
import { versionOf } from "../fix/wire/version.ts";
import { BackwardReader } from "../journal/backward-reader.ts";
import { DiskReserve } from "../journal/disk-reserve.ts";
import { Keeper, type KeptStream } from "../journal/keeper.ts";
import { SequenceIndex } from "../journal/sequence-index.ts";
import type { RecoveredSession } from "../journal/store/recover.ts";
import { StreamWriter } from "../journal/writer.ts";
import type { Agent } from "../lane/agent.ts";
import { Loop } from "../lane/loop.ts";
import { PeerWakeups } from "../lane/peer-wakeups.ts";
import { HEARTBEAT_WORD, MAIN_WAKEUP_WORD, WAKEUP_WORD } from "../lane/words.ts";
import { Dialer } from "../net/dialer.ts";
import { Listener } from "../net/listener.ts";
import { KERNEL, type Network } from "../net/network.ts";
import type { Reactor } from "../net/reactor.ts";
import { Stream } from "../net/stream.ts";
import type { SidePlan } from "../plan/plan.ts";
import { CONTROL_BYTES } from "../record/control.ts";
import { EXECUTION_REPORT_BYTES } from "../record/execution-report.ts";
import { GROUP_SLOT_BYTES, GROUP_SLOTS } from "../record/groups.ts";
import { ORDER_REQUEST_BYTES } from "../record/order-request.ts";
import { coreConfig, recoverInto, sentIndexes } from "../recovery/recovery.ts";
import { Latest } from "../ring/latest.ts";
import { MainWakeup } from "../ring/main-wakeup.ts";
import { ManyToMany } from "../ring/many-to-many.ts";
import { OneToOne } from "../ring/one-to-one.ts";
import { SCHEDULE_BYTES, SessionSchedule } from "../schedule/session-schedule.ts";
import { GroupRings } from "../session/group-rings.ts";
import { Link, type LinkHandler } from "../session/link.ts";
import type { SessionHost } from "../session/protocol.ts";
import { Resender } from "../session/resender.ts";
import { countersAt } from "../telemetry/counters.ts";
import { EVENT_BYTES, EVENT_JOURNAL_LOW, EVENT_JOURNAL_OK, EventWriter } from "../telemetry/events.ts";
import { VenueAgent } from "../venue/agent.ts";
import { Venue } from "../venue/venue.ts";
import { gateFor, onDisk, ringKeeper, ringWaiting } from "./durability.ts";
import { outBytesFor } from "./lane-buffers.ts";
import { type LaneData, sharedViews } from "./lane-data.ts";
import { laneReactor } from "./lane-reactor.ts";
import { turnOrder } from "./turn-order.ts";
import { Validators } from "./validators.ts";

/** Not a lane: the other end of the control ring. */
const MAIN_THREAD = -1;

/** One lane's agents, built from the plan. */
export class Lane {
  readonly time = new LaneTime();
  private readonly views: Views;
  private readonly scan: Scanner;
  private readonly codec: Codec;
  readonly reactor: Reactor;
  private readonly events: EventWriter;
  private readonly peerWakeups: PeerWakeups;
  /** Calls the main thread. */
  private readonly mainWakeup: MainWakeup;
  readonly agents = new Map<string, Agent>();
  private readonly hours = new Map<string, SessionSchedule>();
  private readonly backwardReaders = new Map<StreamWriter, BackwardReader>();
  private readonly validators = new Validators();
  private readonly roomBytes: number;
  private readonly messageBytes: number;
  private readonly messageBuffer: MessageBuffer;
  private readonly words: number;

  constructor(
    private readonly data: LaneData,
    network: Network = KERNEL,
  ) {
    const { plan, config } = data;
    this.views = sharedViews(data);
    this.words = plan.lanes[data.lane]!.wordsAt;
    this.messageBytes = config.client.maxMessageBytes + 1024;
    this.messageBuffer = new MessageBuffer(this.messageBytes);
    this.roomBytes = 2 * this.messageBytes + 1024;
    const codecAt = data.sharedAt + plan.lanes[data.lane]!.codecAt;
    this.codec = new Codec(data.shared, codecAt, plan.inputBytes, data.sharedAt);
    this.scan = new Scanner(config.client.maxMessageBytes, this.codec);
    this.reactor = laneReactor(data, this.views, this.codec, network);
    const events = new ManyToMany(this.views, plan.eventsAt, plan.eventSlots, EVENT_BYTES);
    this.mainWakeup = new MainWakeup(this.views.ints, (this.words >> 2) + MAIN_WAKEUP_WORD);
    this.events = new EventWriter(events, data.lane, this.time, this.mainWakeup);
    this.peerWakeups = new PeerWakeups(
      this.views,
      plan.lanes.map((lane) => lane.wordsAt),
      256,
    );
    for (const name of plan.lanes[data.lane]!.place.agents) this.agents.set(name, this.build(name));
  }

  /** What turns its agents; from then on the other lanes know where to wake it. */
  loop(): Loop {
    Atomics.store(this.views.ints, (this.words >> 2) + WAKEUP_WORD, this.reactor.wakeup.fd);
    const agents = [...this.agents.values()];
    return new Loop(
      agents,
      turnOrder(this.agents),
      this.reactor,
      this.peerWakeups,
      this.time,
      this.data.spins,
      this.views,
      this.words,
    );
  }

  /** Before its first turn: it has not turned yet, but it makes progress. */
  beat(): void {
    Atomics.add(this.views.ints, (this.words >> 2) + HEARTBEAT_WORD, 1);
  }

  /** Once the loop of every lane is there. */
  connect(): void {
    this.peerWakeups.connect();
  }

  /** Where its listeners listen, once its agents are open. */
  ports: number[] = [];

  private build(name: string): Agent {
    if (name === "core") return this.core();
    if (name === "keeper") return this.keeper();
    if (name === "exchange") return this.exchange();
    const client = this.data.plan.clients.find((side) => side.name === name);
    if (client !== undefined) return this.client(client);
    const venue = this.data.plan.venues.find((side) => side.name === name);
    if (venue !== undefined) return this.venue(venue);
    throw new Error(`no agent is called ${name}`);
  }

  /** A ring between this lane and `otherLane`. */
  private ring(at: number, slotBytes: number, otherLane: number, slots = this.data.plan.ringSlots): OneToOne {
    return new OneToOne(this.views, at, slots, slotBytes, otherLane === this.data.lane);
  }

  /** One that runs beside a ring of records, for their groups. */
  private groups(at: number, otherLane: number): OneToOne {
    return this.ring(at, GROUP_SLOT_BYTES, otherLane, GROUP_SLOTS);
  }

  private groupRings(inwardAt: number, outwardAt: number): GroupRings {
    const { coreLane } = this.data.plan;
    return new GroupRings(this.groups(inwardAt, coreLane), this.groups(outwardAt, coreLane), this.events);
  }

  private writer(name: string, wordsAt: number): StreamWriter {
    const { streams, segmentBytes } = this.data;
    const address = streams[name]!;
    const views = new Views(viewAt(address, 3 * segmentBytes));
    ringKeeper(this.data, this.peerWakeups, this.views.ints, wordsAt);
    return new StreamWriter(name, this.views, wordsAt, views, address, segmentBytes);
  }

  private client(side: SidePlan): ClientAgent {
    const { config, plan, clientIds } = this.data;
    const orders = this.ring(side.requestsAt, ORDER_REQUEST_BYTES, plan.coreLane);
    const reports = this.ring(side.reportsAt, EXECUTION_REPORT_BYTES, plan.coreLane);
    if (plan.coreLane !== this.data.lane) this.peerWakeups.add(orders, plan.coreLane);
    const journal = this.writer(side.name, side.streamWordsAt);
    const defaultAccounts: (Uint8Array | null)[] = [];
    const [links, allowed]: [Link<FixSession>[], AllowList[]] = [[], []];
    const needsPassword: boolean[] = [];
    const agent: ClientAgent = new ClientAgent({
      name: side.name,
      groups: this.groupRings(side.requestGroupsAt, side.reportGroupsAt),
      links,
      defaultAccounts,
      orders,
      reports,
      journal,
      reactor: this.reactor,
      listen: () => (side === plan.clients[0] ? this.listen(config.client.listen) : []),
      scan: this.scan,
      codec: this.codec,
      events: this.events,
      time: this.time,
      roomBytes: this.roomBytes,
      maxConnections: config.client.maxConnections,
      outBytes: outBytesFor(this.roomBytes),
      backlogBytes: Math.max(...side.members.map((name) => this.backlogOf(name)), 4 * this.roomBytes),
      logonTimeoutMs: config.client.logonTimeoutMs,
      allowed,
      passwords: new PasswordGate(this.views, plan.gatesAt[plan.clients.indexOf(side)]!),
      needsPassword,
    });
    for (const name of side.members) {
      const session = config.client.sessions[name]!;
      const id = clientIds[name]!;
      while (defaultAccounts.length <= id) defaultAccounts.push(null);
      if (session.accounts.length === 1) defaultAccounts[id] = ascii(session.accounts[0]!);
      const profile: SessionProfile = {
        version: versionOf(session.version),
        compId: session.gatewayCompId,
        peerCompId: session.compId,
        initiator: false,
        heartBtIntS: session.maxHeartBtIntS,
        resetOnLogon: session.resetOnLogon,
        logonTimeoutMs: config.client.logonTimeoutMs,
        options: { ...optionsFrom(session), username: "", password: "" },
        heldBytes: config.client.heldBytes,
        validator: this.validators.build(session, session.version, this.data.dialects?.clients[name]),
      };
      const link = this.link(id, name, profile, agent, journal, this.data.clients[id], Number.POSITIVE_INFINITY);
      link.gate = gateFor(this.data, journal, this.views.ints, side.streamWordsAt);
      link.backlogBytes = this.backlogOf(name);
      link.groups = this.validators.groupsOf(session.version, this.data.dialects?.clients[name], this.scan);
      link.hours = this.hoursOf(session.schedule);
      links.push(link);
      allowed.push(new AllowList((session.allow ?? []).map((range) => readNetwork(range)!)));
      needsPassword.push(session.passwordHash !== undefined);
    }
    return agent;
  }

  /** What a client may leave unread; never so little that a resend could not go on. */
  private backlogOf(name: string): number {
    return Math.max(this.data.config.client.sessions[name]!.backlogBytes, 4 * this.roomBytes);
  }

  private venue(side: SidePlan): VenueAgent {
    const { config, plan, venueIds, birth } = this.data;
    const requests = this.ring(side.requestsAt, ORDER_REQUEST_BYTES, plan.coreLane);
    const reports = this.ring(side.reportsAt, EXECUTION_REPORT_BYTES, plan.coreLane);
    if (plan.coreLane !== this.data.lane) this.peerWakeups.add(reports, plan.coreLane);
    const journal = this.writer(side.name, side.streamWordsAt);
    const venues: Venue[] = [];
    const agent = new VenueAgent({
      name: side.name,
      groups: this.groupRings(side.reportGroupsAt, side.requestGroupsAt),
      venues,
      requests,
      reports,
      journal,
      reactor: this.reactor,
      scan: this.scan,
      codec: this.codec,
      ids: new VenueId(birth),
      events: this.events,
      time: this.time,
      roomBytes: this.roomBytes,
    });
    for (const name of side.members) {
      const venue = config.venues[name]!;
      const id = venueIds[name]!;
      const profile: SessionProfile = {
        version: versionOf(venue.version),
        compId: venue.gatewayCompId,
        peerCompId: venue.compId,
        initiator: true,
        heartBtIntS: venue.heartBtIntS,
        resetOnLogon: venue.resetOnLogon,
        logonTimeoutMs: 10_000,
        options: { ...optionsFrom(venue), username: venue.username ?? "", password: venue.password ?? "" },
        heldBytes: venue.heldBytes,
        validator: this.validators.build(venue, venue.version, this.data.dialects?.venues[name]),
      };
      const link = this.link(id, name, profile, agent, journal, this.data.venues[id], venue.resendOrdersWithinS * 1e6);
      link.hours = this.hoursOf(venue.schedule);
      link.groups = this.validators.groupsOf(venue.version, this.data.dialects?.venues[name], this.scan);
      link.gate = gateFor(this.data, journal, this.views.ints, side.streamWordsAt);
      const mostUnsent = Math.max(venue.backlogBytes, 4 * this.roomBytes);
      const stream = new Stream(this.reactor, 1 << 18, outBytesFor(this.roomBytes), mostUnsent);
      const dialers = venue.address.map(({ host, port }) => new Dialer(stream, parseAddress(host, port)));
      venues.push(new Venue(link, dialers, venue));
    }
    return agent;
  }

  private link(
    id: number,
    name: string,
    profile: SessionProfile,
    handler: LinkHandler<FixSession>,
    journal: StreamWriter,
    recovered: RecoveredSession | undefined,
    maxAgeUs: number,
  ): Link<FixSession> {
    const protocol = (host: SessionHost) => new FixSession(profile, host, this.time, this.scan, this.messageBuffer);
    const link = new Link(id, name, protocol, handler, journal, this.time, this.messageBytes);
    const sequenceIndex = new SequenceIndex();
    link.resender = new Resender(sequenceIndex, this.backwardReaderOf(journal), maxAgeUs, this.roomBytes);
    if (recovered === undefined) return link;
    link.countedUs = recovered.countedUs;
    if (recovered.peerCompId !== undefined) link.session.adopt(recovered.peerCompId);
    const numbers = link.session.numbers;
    numbers.nextIn = recovered.nextIn;
    numbers.nextOut = recovered.nextOut;
    numbers.epoch = recovered.epoch;
    for (const [i, sequence] of recovered.anchorSequences.entries())
      sequenceIndex.note(sequence, recovered.anchorPositions[i]!);
    return link;
  }

  /** One for all sessions of this lane that keep the calendar. */
  private hoursOf(calendar: string | undefined): SessionSchedule | null {
    if (calendar === undefined) return null;
    const known = this.hours.get(calendar);
    if (known !== undefined) return known;
    const hours = new SessionSchedule(new Latest(this.views, this.data.plan.hours[calendar]!, SCHEDULE_BYTES));
    this.hours.set(calendar, hours);
    return hours;
  }

  /** One for all sessions of a stream: they look back through the same window. */
  private backwardReaderOf(journal: StreamWriter): BackwardReader {
    let backwardReader = this.backwardReaders.get(journal);
    if (backwardReader === undefined) {
      backwardReader = new BackwardReader(journal, this.data.dir);
      this.backwardReaders.set(journal, backwardReader);
    }
    return backwardReader;
  }

  private core(): CoreAgent {
    const { config, plan, clientIds, venueIds } = this.data;
    const settings = coreConfig(config, clientIds, venueIds);
    const reportRings = plan.clients.map((side) => this.ring(side.reportsAt, EXECUTION_REPORT_BYTES, side.lane));
    const requestRings = plan.venues.map((side) => this.ring(side.requestsAt, ORDER_REQUEST_BYTES, side.lane));
    for (const [i, side] of plan.clients.entries())
      if (side.lane !== this.data.lane) this.peerWakeups.add(reportRings[i]!, side.lane);
    for (const [i, side] of plan.venues.entries())
      if (side.lane !== this.data.lane) this.peerWakeups.add(requestRings[i]!, side.lane);
    const sessionRing = new Int32Array(settings.sessionIds).fill(-1);
    for (const [i, side] of plan.clients.entries()) for (const name of side.members) sessionRing[clientIds[name]!] = i;
    const venueRing = new Int32Array(settings.venueIds).fill(-1);
    for (const [i, side] of plan.venues.entries()) for (const name of side.members) venueRing[venueIds[name]!] = i;
    const reportGroups = plan.clients.map((side) => this.groups(side.reportGroupsAt, side.lane));
    const requestGroups = plan.venues.map((side) => this.groups(side.requestGroupsAt, side.lane));
    const outbox = new Outbox(reportRings, requestRings, sessionRing, venueRing, reportGroups, requestGroups);
    const counters = countersAt(this.views, plan.countersAt, COUNTER_NAMES);
    const core = new Core(settings, outbox, counters);
    const ringAddress = addressOf(this.views) + this.data.sharedAt;
    const input = (side: SidePlan, at: number, slotBytes: number, groupsAt: number): CoreInput => ({
      ring: this.ring(at, slotBytes, side.lane),
      groups: this.groups(groupsAt, side.lane),
      ringAddress,
    });
    return new CoreAgent({
      core,
      outbox,
      journal: this.writer("core", plan.coreStreamWordsAt),
      orders: plan.clients.map((side) => input(side, side.requestsAt, ORDER_REQUEST_BYTES, side.requestGroupsAt)),
      reports: plan.venues.map((side) => input(side, side.reportsAt, EXECUTION_REPORT_BYTES, side.reportGroupsAt)),
      control: { ring: this.ring(plan.controlAt, CONTROL_BYTES, MAIN_THREAD, plan.controlSlots), ringAddress },
      time: this.time,
      events: this.events,
      recover: (target) => {
        const { dir, snapshot, clients, venues } = this.data;
        recoverInto(target, dir, snapshot, sentIndexes(clients), sentIndexes(venues), () => this.beat());
      },
    });
  }

  private exchange(): ExchangeAgent {
    const exchange = this.data.config.exchange!;
    return buildExchange({
      exchange,
      listen: () => this.listen(exchange.listen),
      reactor: this.reactor,
      scan: this.scan,
      time: this.time,
      birth: Math.floor(Date.now() / 1000),
      messageBytes: this.messageBytes,
    });
  }

  private keeper(): Keeper {
    const { plan, config, streams, dir, segmentBytes, birth } = this.data;
    const here = plan.lanes[this.data.lane]!.place.agents;
    const keep = (name: string, wordsAt: number): KeptStream => ({
      name,
      wordsAt,
      address: streams[name]!,
      sameLane: here.includes(name),
    });
    const kept = [
      keep("core", plan.coreStreamWordsAt),
      ...[...plan.clients, ...plan.venues].map((side) => keep(side.name, side.streamWordsAt)),
    ];
    const spares = Math.ceil((config.journal.spareMiB * MIB) / segmentBytes);
    ringWaiting(this.data, this.peerWakeups, this.views.ints);
    const reserve = new DiskReserve(dir, Math.ceil((config.journal.reserveMiB * MIB) / segmentBytes), segmentBytes);
    return new Keeper(
      this.views,
      kept,
      dir,
      segmentBytes,
      birth,
      spares,
      onDisk(this.data) ? syncData : null,
      reserve,
      {
        disk: (errno, left) => this.events.emit(errno === 0 ? EVENT_JOURNAL_OK : EVENT_JOURNAL_LOW, 0, errno, left),
      },
      onDisk(this.data) ? null : this.mainWakeup,
    );
  }

  private listen(addresses: readonly { host: string; port: number }[]): Listener[] {
    const listeners = addresses.map((address) => new Listener(this.reactor, address.host, address.port));
    this.ports = listeners.map((listener) => listener.port);
    return listeners;
  }
}
