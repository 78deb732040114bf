// A whole gateway on one thread, with private memory and files. It runs the real agents and loops.

import { mkdirSync, rmSync } from "node:fs";
import { monotonicNs, wallUs } from "../../ffi/clock.ts";
import { closeFd } from "../../ffi/file.ts";
import { addressOf, mapZerosAt } from "../../ffi/memory.ts";
import { closeSocket } from "../../ffi/socket.ts";
import { threadId } from "../../ffi/thread.ts";
import { MIB } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { type Command, CommandRing } from "../control/command-ring.ts";
import { mapBuffer } from "../journal/buffer-file.ts";
import { COPIES, OFFSET_WORD, PREPARED_WORD, SEGMENT_HEADER_BYTES, SEGMENT_WORD } from "../journal/layout.ts";
import { storeLimit, storeWritten } from "../journal/positions.ts";
import { prepareSegment } from "../journal/segment.ts";
import { IN_DATA_DIRECTORY, makeBuffers, type OpenBuffers } from "../journal/store/buffers.ts";
import { Loop } from "../lane/loop.ts";
import { PeerWakeups } from "../lane/peer-wakeups.ts";
import { LANE_WORDS_BYTES, STOP_LANE, STOP_WORD } from "../lane/words.ts";
import type { Plan } from "../plan/plan.ts";
import { mapRegion, unmapRegion } from "../pool/keeper.ts";
import { ManyToMany } from "../ring/many-to-many.ts";
import { Compiles, methodsOf } from "../stalls/compiles.ts";
import { EngineWatch } from "../stalls/engine-watch.ts";
import { StallMeter } from "../stalls/meter.ts";
import { StallTable } from "../stalls/table.ts";
import { ThreadCounters } from "../stalls/thread-counters.ts";
import { EventReader } from "../telemetry/event-reader.ts";
import { EVENT_BYTES } from "../telemetry/events.ts";
import type { WarmUp } from "./plan.ts";
import type { WarmUpHost, WarmUpLane } from "./warm-up-lane.ts";

/** Journal positions begin beyond 2^31, as in a long-lived journal, so that the compiler sees them as doubles. */
const LATE_SEGMENT = 4_096;
/** The core reads its stream from the first segment when it opens. */
const FIRST_SEGMENT = 1;

const PARKS_EVERY = 64;

/** Low enough that every warm-up has stalls. */
const STALL_NS = 50_000;

/** The lanes of a warm-up. The thread runs the loop of its lane and polls the agents of the others. */
export class WarmUpGateway {
  readonly clientPort: number;
  readonly views: Views;
  /** Index of each stream's first word, by stream name. */
  readonly streamWords: Readonly<Record<string, number>>;
  readonly own: WarmUpLane;
  private readonly commands: CommandRing;
  private readonly lanes: WarmUpLane[];
  readonly loop: Loop;
  private readonly stalls: StallMeter;
  /** Offset of its lane's words. */
  readonly wordsAt: number;
  private readonly stopWord: number;
  private readonly segmentBytes: number;
  private readonly poolAddress: number;
  private readonly poolSpans: number;
  private readonly buffers: OpenBuffers;
  /** Both copies of the streams' buffers. */
  private readonly buffersAddress: number;
  private readonly buffersBytes: number;
  private readonly events: EventReader;
  private readonly spins: boolean;
  private turns = 0;

  constructor(
    host: WarmUpHost,
    warmUp: WarmUp,
    private readonly dir: string,
    venuePort: number,
  ) {
    const { plan, lane, sharedAt } = warmUp;
    this.spins = host.spins;
    const { config, clientIds, venueIds } = configWithVenuePort(warmUp, venuePort);
    const { shared } = host;
    this.views = new Views(shared.buffer, sharedAt, plan.sharedBytes);
    // All rounds use the same memory.
    this.views.bytes.fill(0);
    this.segmentBytes = config.journal.segmentMiB * MIB;
    this.streamWords = Object.fromEntries(plan.streams.map(({ name, wordsAt }) => [name, wordsAt >> 2]));
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    this.buffersAddress = addressOf(shared.buffer) + sharedAt + plan.buffersAt;
    this.buffersBytes = plan.memoryBytes - plan.buffersAt;
    this.buffers = this.openStreams(plan, host.birth);
    this.poolAddress = mapRegion(plan.pool.spans);
    this.poolSpans = plan.pool.spans;
    this.lanes = plan.lanes.map((_, i) =>
      host.build({
        lane: i,
        spins: i === lane && host.spins,
        plan,
        config,
        shared,
        sharedAt,
        poolAddress: this.poolAddress,
        dir,
        birth: host.birth,
        segmentBytes: this.segmentBytes,
        buffers: this.buffers,
        clientIds,
        venueIds,
      }),
    );
    this.own = this.lanes[lane]!;
    const loops = this.lanes.map((one) => one.loop());
    this.loop = loops[lane]!;
    const { wordsAt, stallsAt } = plan.lanes[lane]!;
    this.wordsAt = wordsAt;
    const engine = new EngineWatch(this.views, wordsAt, new Compiles(methodsOf([this.own])));
    const ledger = new ThreadCounters("/proc", threadId());
    const book = new StallTable(this.views, stallsAt);
    this.stalls = new StallMeter(book, ledger, null, engine, this.own.time, this.views, wordsAt);
    this.loop.watch = this.stalls;
    this.loop.recordStalls(this.stalls, STALL_NS);
    for (const one of this.lanes) one.connect();
    for (const one of loops) one.open();
    this.clientPort = Math.max(...this.lanes.flatMap((one) => one.ports.client));
    this.stopWord = (plan.lanes[lane]!.wordsAt >> 2) + STOP_WORD;
    this.commands = new CommandRing(this.views, plan);
    this.events = new EventReader(new ManyToMany(this.views, plan.eventsAt, plan.eventSlots, EVENT_BYTES));
  }

  /** One turn of every lane, its own last. */
  turn(): void {
    // A lane that parks would wait in each idle turn: it runs its loop only in every PARKS_EVERY-th turn.
    const whole = this.spins || this.turns++ % PARKS_EVERY === 0;
    for (let i = 0; i < this.lanes.length; i++) {
      if (this.lanes[i] !== this.own || !whole) this.poll(i, monotonicNs(), wallUs());
    }
    if (whole) this.loop.turn();
  }

  /** Starts and stops a loop without agents, `times` times. */
  runEmpty(times: number): void {
    const words = Views.allocate(LANE_WORDS_BYTES);
    Atomics.store(words.ints, STOP_WORD, STOP_LANE);
    const loop = new Loop([], [], this.own.reactor, new PeerWakeups(words, [], 1), this.own.time, true, words, 0);
    for (let i = 0; i < times; i++) loop.run();
  }

  /** One poll of every agent at a future time. Later turns must not use an earlier time. */
  turnAt(nowNs: number, atUs: number): void {
    for (let i = 0; i < this.lanes.length; i++) this.poll(i, nowNs, atUs);
  }

  private poll(index: number, nowNs: number, atUs: number): void {
    const lane = this.lanes[index]!;
    lane.time.nowNs = nowNs;
    lane.time.wallUs = atUs;
    lane.reactor.wait(0);
    for (const agent of lane.pollOrder) agent.poll(nowNs);
  }

  /** Descriptors of the gateway's connections. */
  descriptors(): number[] {
    return this.lanes.flatMap((lane) => lane.reactor.descriptors());
  }

  /** Sends a control command to the core and reads the answers of earlier ones. */
  command(command: Command): void {
    this.commands.drain(() => {});
    this.commands.send(command, Date.now() * 1000);
  }

  /** Calls `take` for each event of the lanes. */
  drainEvents(take: (name: string, text: string) => void): void {
    this.events.drain((event) => take(event.name, event.text));
  }

  /** Calls `stop` of every agent. */
  stop(): void {
    for (const lane of this.lanes) for (const agent of lane.agents) agent.stop(lane.time.nowNs);
  }

  /** True when every agent has stopped. */
  stopped(): boolean {
    return this.lanes.every((lane) => lane.agents.every((agent) => agent.stopped()));
  }

  /** Closes agents, descriptors, mappings and files; only garbage is left. */
  close(): void {
    Atomics.store(this.views.ints, this.stopWord, STOP_LANE);
    this.loop.run();
    this.stalls.end();
    for (const lane of this.lanes) {
      if (lane !== this.own) for (const agent of lane.agents) agent.close();
      for (const fd of lane.reactor.descriptors()) closeSocket(fd);
      lane.reactor.close();
    }
    mapZerosAt(this.buffersAddress, this.buffersBytes);
    closeFd(this.buffers.fd);
    unmapRegion(this.poolAddress, this.poolSpans);
    rmSync(this.dir, { recursive: true, force: true });
  }

  private openStreams({ streams, bufferBytes }: Plan, birth: number): OpenBuffers {
    const { segmentBytes, views } = this;
    const facts = streams.map(({ name }) => {
      const segment = name === "core" ? FIRST_SEGMENT : LATE_SEGMENT;
      const written = segment * segmentBytes + SEGMENT_HEADER_BYTES;
      return { name, segment, written, boundary: written };
    });
    const buffers = makeBuffers(this.dir, IN_DATA_DIRECTORY, { birth, bufferBytes, segmentBytes, streams: facts });
    for (const [i, { name, segment, written }] of facts.entries()) {
      closeFd(prepareSegment(this.dir, name, segment, segmentBytes, birth));
      mapBuffer(buffers.fd, i, bufferBytes, this.buffersAddress + i * COPIES * bufferBytes);
      const word = this.streamWords[name]!;
      views.ints[word + SEGMENT_WORD] = segment;
      views.ints[word + OFFSET_WORD] = SEGMENT_HEADER_BYTES;
      views.ints[word + PREPARED_WORD] = segment;
      storeWritten(views.ints, word, segment, SEGMENT_HEADER_BYTES);
      storeLimit(views.ints, word, written, bufferBytes, (segment + 1) * segmentBytes);
    }
    return buffers;
  }
}

/** The warm-up's configuration with the venue's real port, and the ids of its sessions. */
function configWithVenuePort(warmUp: WarmUp, venuePort: number) {
  const { config } = warmUp;
  const east = config.venues.EAST!;
  const venues = { ...config.venues, EAST: { ...east, address: [{ ...east.address[0]!, port: venuePort }] } };
  const ids = (table: object) => Object.fromEntries(Object.keys(table).map((name, i) => [name, i]));
  return { config: { ...config, venues }, clientIds: ids(config.client.sessions), venueIds: ids(venues) };
}
