import { LaneTime } from "../base/lane-time.ts";
import type { Views } from "../base/views.ts";
import { Codec, stagedBytesFor } from "../fix/wire/codec.ts";
import { Scanner } from "../fix/wire/scan.ts";
import { StreamWriter } from "../journal/writer.ts";
import { PeerWakeups } from "../lane/peer-wakeups.ts";
import { MAIN_WAKEUP_WORD } from "../lane/words.ts";
import { type ConnectionSource, Listener } from "../net/listener.ts";
import type { Network } from "../net/network.ts";
import type { Reactor } from "../net/reactor.ts";
import { TlsDials } from "../net/tls-dials.ts";
import { TlsListener } from "../net/tls-listener.ts";
import type { StagesPlan } from "../plan/plan.ts";
import { GROUP_SLOT_BYTES, GROUP_SLOTS } from "../record/groups.ts";
import { MainWakeup } from "../ring/main-wakeup.ts";
import { ManyToMany } from "../ring/many-to-many.ts";
import { OneToOne } from "../ring/one-to-one.ts";
import { GroupRings } from "../session/group-rings.ts";
import type { StagesMemory } from "../session/link-stages.ts";
import { EVENT_BYTES, EventWriter } from "../telemetry/events.ts";
import { wakeKeeper } from "./durability.ts";
import { type LaneData, sharedViews } from "./lane-data.ts";
import { laneReactor, roomBytesFor } from "./lane-reactor.ts";

/** Rings that other lanes read, and stream words that they wait for. */
const MAX_WAKEUPS = 256;

/** Not a lane: the other end of rings of commands. */
export const MAIN_THREAD = -1;

/** Ports that a lane listens on, by kind of listener. */
export interface ListenPorts {
  client: number[];
  clientTls: number[];
  dropCopy: number[];
  dropCopyTls: number[];
  exchange: number[];
  /** Of the API's loopback addresses. */
  admin: number[];
  adminTls: number[];
}

export function noPorts(): ListenPorts {
  return { client: [], clientTls: [], dropCopy: [], dropCopyTls: [], exchange: [], admin: [], adminTls: [] };
}

/** Objects that the agents of one lane share, and helpers of their builders. */
export class LaneContext {
  readonly time = new LaneTime();
  readonly views: Views;
  readonly codec: Codec;
  readonly scan: Scanner;
  readonly reactor: Reactor;
  readonly events: EventWriter;
  readonly peerWakeups: PeerWakeups;
  readonly mainWakeup: MainWakeup;
  /** Longest message that is written. */
  readonly messageBytes: number;
  /** Output room for a message and for what it causes. */
  readonly roomBytes: number;
  /** Journal room for a message as it came, and for what it causes. */
  readonly journalRoomBytes: number;
  readonly wordsAt: number;
  /** Where connections to venues with TLS come from; null where there are none. */
  readonly tlsDials: TlsDials | null;
  /** Known once the agents are open. */
  readonly ports: ListenPorts = noPorts();

  constructor(
    readonly data: LaneData,
    network: Network,
  ) {
    const { plan, config, lane } = data;
    this.views = sharedViews(data);
    this.wordsAt = plan.lanes[lane]!.wordsAt;
    this.messageBytes = plan.messageBytes;
    this.roomBytes = roomBytesFor(this.messageBytes);
    this.journalRoomBytes = this.roomBytes + this.messageBytes + 1024;
    const codecAt = data.sharedAt + plan.lanes[lane]!.codecAt;
    const stagedBytes = stagedBytesFor(plan.messageBytes);
    this.codec = new Codec(data.shared, codecAt, plan.inputBytes, data.sharedAt, plan.dictionaries, stagedBytes);
    this.scan = new Scanner(config.client.maxMessageBytes, this.codec);
    this.mainWakeup = new MainWakeup(this.views.ints, (this.wordsAt >> 2) + MAIN_WAKEUP_WORD);
    this.reactor = laneReactor(data, this.views, this.codec, network, this.mainWakeup);
    const events = new ManyToMany(this.views, plan.eventsAt, plan.eventSlots, EVENT_BYTES);
    this.events = new EventWriter(events, lane, this.time, this.mainWakeup);
    const dials = data.tls?.dials[lane];
    this.tlsDials = dials === undefined ? null : new TlsDials(dials.requestFd, dials.answerFd);
    const wordsAt = plan.lanes.map((one) => one.wordsAt);
    this.peerWakeups = new PeerWakeups(this.views, wordsAt, MAX_WAKEUPS);
  }

  /** One end of a ring between this lane and `otherLane`. */
  ring(at: number, slotBytes: number, otherLane: number, slots = this.data.plan.ringSlots): OneToOne {
    return new OneToOne(this.views, at, slots, slotBytes, otherLane === this.data.lane);
  }

  /** As `ring`, for a ring that `otherLane` reads; that lane is woken when the ring has a record. */
  outwardRing(at: number, slotBytes: number, otherLane: number): OneToOne {
    const ring = this.ring(at, slotBytes, otherLane);
    if (otherLane !== this.data.lane) this.peerWakeups.add(ring, otherLane);
    return ring;
  }

  /** One end of the ring of repeating groups beside a ring of records. */
  groups(at: number, otherLane: number): OneToOne {
    return this.ring(at, GROUP_SLOT_BYTES, otherLane, GROUP_SLOTS);
  }

  /** Both rings of groups between an agent of this lane and the core. */
  groupRings(toCoreAt: number, fromCoreAt: number): GroupRings {
    const { coreLane } = this.data.plan;
    return new GroupRings(this.groups(toCoreAt, coreLane), this.groups(fromCoreAt, coreLane), this.events);
  }

  writer(name: string, wordsAt: number): StreamWriter {
    const { segmentBytes, shared, sharedAt, plan } = this.data;
    const { bufferAt } = plan.streams.find((stream) => stream.name === name)!;
    const { bufferBytes } = plan;
    wakeKeeper(this.data, this.peerWakeups, this.views.ints, wordsAt);
    const place = { memory: shared, wordsAt: sharedAt + wordsAt, bufferAt: sharedAt + bufferAt, bufferBytes };
    return new StreamWriter(name, place, segmentBytes);
  }

  /** Where the lanes measure orders. */
  stages({ timesAt }: StagesPlan): StagesMemory {
    const { shared, sharedAt } = this.data;
    return { memory: shared, sharedAt, timesAt };
  }

  listen(whose: keyof ListenPorts, addresses: readonly { host: string; port: number }[]): Listener[] {
    const listeners = addresses.map((address) => new Listener(this.reactor, address.host, address.port));
    this.ports[whose] = listeners.map((listener) => listener.port);
    return listeners;
  }

  /** Listens as `listen`, and at the pipe of the connections whose TLS handshakes are done. */
  listenAlsoTls(
    whose: "client" | "dropCopy",
    addresses: readonly { host: string; port: number }[],
  ): ConnectionSource[] {
    const tls = this.data.tls?.[whose];
    const plain = this.listen(whose, addresses);
    return tls === undefined ? plain : [...plain, new TlsListener(this.reactor, tls.pipeFd, tls.listenFds)];
  }
}
