import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NO_PRICE } from "../../src/base/units.ts";
import { KILLED, NUMBER } from "../../src/core/assembly/layout.ts";
import type { CoreTables } from "../../src/core/core-tables.ts";
import { FREE, NOT_PENDING, PENDING_NEW } from "../../src/core/orders/states.ts";
import { PipeNetwork } from "../../src/net/pipe.ts";
import { Client } from "./client.ts";
import { SimGateway } from "./gateway.ts";
import { Crash } from "./host.ts";
import { conservationFault, exposureFault, journalFault } from "./invariants.ts";
import { Operator } from "./operator.ts";
import type { Peer, Simulation } from "./peer.ts";
import { Random } from "./random.ts";
import { RiskDesk } from "./risk-desk.ts";
import { ACCOUNTS, CLIENT_ADDRESS, CLIENTS, type Shape, SYMBOLS, shapeOf, VENUE_ADDRESSES, VENUES } from "./shape.ts";
import { ScriptedVenue } from "./venue.ts";

const START_US = 1_700_000_000_000_000;
/** Once faults have stopped, everything must have come to rest within so much simulated time. */
const REST_WITHIN_NS = 60e9;
/** How long it is watched at rest. */
const WATCH_NS = 3e9;
const STOP_WITHIN_NS = 6e9;
const SCRATCH = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** An invariant that did not hold. */
export class Violation extends Error {
  override readonly name = "Violation";
}

export interface Outcome {
  readonly seed: number;
  readonly turns: number;
  readonly lives: number;
  readonly orders: number;
  readonly fills: number;
  /** One number of every message that was heard and of the core's end state: equal when the run was the same. */
  readonly fingerprint: number;
}

/** Changes something for the worse before a run; returns how to change it back. */
export type Mutation = (gateway: SimGateway) => () => void;

/** Orders that were given numbers in here while the kill switch was engaged. */
interface Killed {
  readonly from: number;
  to: number;
}

/** Clients, gateway and venues in one thread, on pipes and a clock of their own; all of it follows from the seed. */
export class World implements Simulation {
  readonly network = new PipeNetwork();
  readonly random: Random;
  nowNs = 1e9;
  wallUs = START_US;
  calm = false;
  private readonly shape: Shape;
  private readonly dir = mkdtempSync(join(SCRATCH, "sallyport-sim-"));
  readonly gateway: SimGateway;
  readonly clients: Client[];
  readonly venues: ScriptedVenue[];
  private readonly peers: Peer[];
  private readonly killed: Killed[] = [];
  readonly operator: Operator;
  readonly desk: RiskDesk;
  private wantKilled = false;
  /** By lane: the turn before which it stands still. */
  private readonly stalled: number[] = [];
  private restartAtNs = 0;
  private stopBeforeNs = 0;
  private turns = 0;
  private hash = 0x811c9dc5;

  /** `given` takes the place of what the seed would choose. */
  constructor(
    private readonly seed: number,
    readonly log: string[] | null,
    given: Partial<Shape> = {},
  ) {
    this.random = new Random(seed);
    this.shape = { ...shapeOf(this.random), ...given };
    const { config, spins, ringSlots, segmentBytes } = this.shape;
    this.network.instant = false;
    this.network.capacity = this.shape.capacity;
    this.gateway = new SimGateway({ config, dir: this.dir, segmentBytes, ringSlots, spins }, this.network, log);
    this.clients = CLIENTS.map((name) => this.client(name));
    this.venues = VENUES.map((name) => this.venue(name));
    this.peers = [...this.venues, ...this.clients];
    this.operator = new Operator(this, this.gateway, this.venues, this.clients, this.shape.steers);
    this.desk = new RiskDesk(this, this.gateway, this.clients, this.shape.desk);
  }

  /** Runs to the end. Throws a Violation, or whatever else the gateway throws. */
  run(mutation: Mutation = () => () => {}): Outcome {
    const undo = mutation(this.gateway);
    const { now } = Date;
    Date.now = () => this.wallUs / 1000;
    try {
      this.start();
      while (this.turns < this.shape.turns) this.turn();
      this.calmDown();
      this.rest();
      return this.outcome();
    } finally {
      Date.now = now;
      undo();
      if (this.gateway.alive) this.gateway.crash(this.random, false);
      for (const fd of [...this.network.sockets.keys()]) this.network.abortSocket(fd);
      rmSync(this.dir, { recursive: true, force: true });
    }
  }

  note(value: number): void {
    this.hash = Math.imul(this.hash ^ value, 0x01000193);
  }

  fail(what: string): never {
    throw new Violation(`turn ${this.turns}, life ${this.gateway.lives}: ${what}`);
  }

  private client(name: string): Client {
    const client = new Client(name, this, CLIENT_ADDRESS);
    client.accounts = ACCOUNTS[name]!;
    client.symbols = SYMBOLS;
    client.budget = this.shape.ordersPerClient;
    client.rate = this.shape.rate;
    client.burst = this.shape.burst;
    client.mischief = this.shape.clientMischief;
    return client;
  }

  private venue(name: string): ScriptedVenue {
    const venue = new ScriptedVenue(name, this, VENUE_ADDRESSES[name]!);
    venue.moodiness = this.shape.moodiness;
    venue.slowness = this.shape.slowness;
    venue.pace = this.shape.pace;
    venue.mischief = this.shape.venueMischief;
    venue.tooLarge = (quantity) => this.desk.problemOf(quantity);
    venue.blocked = (number, account) => {
      if (account === "OFF") return "a blocked account's order went out";
      const killed = this.killed.some(({ from, to }) => number > from && number <= to);
      if (killed) return "the kill switch was engaged";
      return this.operator.restricted(name, number) ? `${name} was restricted` : null;
    };
    return venue;
  }

  private start(): void {
    this.gateway.start(this.nowNs, this.wallUs);
    const { core } = this.gateway;
    this.log?.push(`${this.seconds} the gateway starts, life ${this.gateway.lives}`);
    if (this.gateway.replayDiffers > 0) this.fail("a replay decided otherwise than the day before");
    const replayed = this.gateway.replayedDigest();
    if (core.digest() !== replayed) this.fail("the restarted core is not what its journal makes");
    this.watchKill(core.area.double(NUMBER));
    this.operator.watch(core.area.double(NUMBER));
  }

  private turn(): void {
    const { random, shape } = this;
    this.turns++;
    shape.script?.(this, this.turns);
    this.pass(random.chance(shape.leaps) ? random.within(1, 2_500) * 1e6 : random.pick([20e3, 100e3, 500e3, 2e6]));
    for (const end of this.network.sockets.values()) {
      const { input } = end;
      if (input.inFlight > 0 && !random.chance(shape.delays)) {
        input.deliver(random.chance(shape.splits) ? random.within(1, 120) : input.inFlight);
      }
      if (random.chance(shape.cuts)) this.network.sever(end, random.below(200));
    }
    if (random.chance(shape.kills)) this.wantKilled = !this.wantKilled;
    if (shape.steers > 0) this.operator.turn();
    if (shape.desk > 0) this.desk.turn();
    if (this.gateway.alive) this.instruct();
    for (const peer of this.peers) peer.turn();
    this.gatewayTurn();
    if (this.gateway.alive) this.maybeEnd();
  }

  /** What the main thread tells the core: that a venue is silent, and what a currency is worth. */
  private instruct(): void {
    const { random, shape, gateway, wallUs } = this;
    const { tables } = gateway.core;
    if (shape.silences > 0 && random.chance(shape.silences)) {
      const slot = random.pick(unansweredOf(tables));
      if (slot !== undefined) gateway.silence(slot, random.chance(0.4), wallUs);
    }
    if (shape.rates > 0 && random.chance(shape.rates)) {
      // None: new orders are refused, and those that are open keep what they hold.
      const rate = random.chance(0.1) ? NO_PRICE : BigInt(random.within(50_000_000, 300_000_000));
      gateway.setRate("EUR", rate, wallUs);
    }
  }

  private gatewayTurn(): void {
    const { gateway, random, shape } = this;
    if (!gateway.alive) {
      if (this.nowNs >= this.restartAtNs) this.start();
      return;
    }
    if ((gateway.core.area.word(KILLED) === 1) !== this.wantKilled && gateway.quiet)
      gateway.kill(this.wantKilled, this.wallUs);
    if (shape.steers > 0) this.operator.setStates();
    for (let lane = 0; lane < gateway.lanes.length && gateway.alive; lane++) {
      if (!this.calm && !this.getsTurn(lane)) continue;
      const dies = !this.calm && random.chance(shape.crashes / 3);
      this.laneTurn(lane, dies ? random.within(0, 6) : Number.POSITIVE_INFINITY);
      if (dies && gateway.alive) this.crash("between two agents");
    }
    if (gateway.alive && this.stopBeforeNs > 0) this.goOnStopping();
  }

  private getsTurn(lane: number): boolean {
    const { random, shape, turns } = this;
    if (random.chance(shape.stalls)) this.stalled[lane] = turns + random.within(5, 80);
    return turns >= (this.stalled[lane] ?? 0) && random.chance(shape.turnsOfLane);
  }

  private laneTurn(lane: number, agents: number): void {
    const { gateway } = this;
    const number = gateway.core.area.double(NUMBER);
    try {
      gateway.turn(lane, this.nowNs, this.wallUs, agents);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.watchKill(number);
      this.operator.watch(number);
      this.crash("in the middle of a poll", false);
      return;
    }
    this.watchKill(number);
    this.operator.watch(number);
    const fault = exposureFault(gateway.core.tables);
    if (fault !== null) this.fail(fault);
    if (gateway.ringUse > this.shape.ringSlots) this.fail(`a ring of ${this.shape.ringSlots} holds ${gateway.ringUse}`);
  }

  /** `number` was the last one given before the core's turn, which takes instructions before orders. */
  private watchKill(number: number): void {
    const last = this.killed.at(-1);
    const was = last !== undefined && last.to === Number.POSITIVE_INFINITY;
    const is = this.gateway.core.area.word(KILLED) === 1;
    if (is && !was) this.killed.push({ from: number, to: Number.POSITIVE_INFINITY });
    else if (!is && was) last.to = number;
  }

  private maybeEnd(): void {
    const { random, shape, gateway } = this;
    if (random.chance((2 * shape.crashes) / 3)) {
      if (random.chance(0.5)) this.crash("between two turns");
      else gateway.fuse.set(random.within(1, 60));
    } else if (random.chance(shape.stops) && this.stopBeforeNs === 0) {
      this.log?.push(`${this.seconds} the gateway is asked to stop`);
      this.stopBeforeNs = this.nowNs + STOP_WITHIN_NS;
      this.askToStop();
    }
  }

  /** The sessions' Logouts are entries, too: one may be that at which it dies. */
  private askToStop(): void {
    try {
      this.gateway.askToStop(this.nowNs);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.crash("as it begins to stop", false);
    }
  }

  private goOnStopping(): void {
    if (!this.gateway.stopped && this.nowNs < this.stopBeforeNs) return;
    if (!this.gateway.stopped) this.fail("the gateway does not stop");
    const digest = this.gateway.core.digest();
    if (digest !== this.gateway.replayedDigest()) this.fail("the journal makes another core than the one that ends");
    this.gateway.close();
    this.ended("has stopped");
  }

  /** `whole`: its core had finished what it was about. */
  private crash(where: string, whole = true): void {
    const { gateway } = this;
    // The replay has the buffers written out before.
    if (whole && this.random.chance(0.5) && gateway.core.digest() !== gateway.replayedDigest()) {
      this.fail("the journal makes another core than the one that dies");
    }
    gateway.crash(this.random, this.shape.torn);
    this.ended(`dies ${where}`);
  }

  private ended(how: string): void {
    this.log?.push(`${this.seconds} the gateway ${how}`);
    this.stopBeforeNs = 0;
    this.restartAtNs = this.nowNs + this.random.within(0, 800) * 1e6;
    const fault = journalFault(this.dir);
    if (fault !== null) this.fail(fault);
  }

  private calmDown(): void {
    this.log?.push(`${this.seconds} calm`);
    this.calm = true;
    this.network.instant = true;
    for (const end of this.network.sockets.values()) end.input.deliver(end.input.inFlight);
    for (const peer of this.peers) {
      peer.connection.idleUntilNs = 0;
      peer.connection.notReadingUntilNs = 0;
    }
    this.wantKilled = false;
    this.operator.calm();
    this.gateway.fuse.set(Number.POSITIVE_INFINITY);
    this.restartAtNs = this.nowNs;
  }

  /** Everything must resolve now, and stay resolved. */
  private rest(): void {
    const before = this.nowNs + REST_WITHIN_NS;
    let restedNs = 0;
    for (; restedNs < WATCH_NS; this.turns++) {
      const step = this.atRest ? 50e6 : 1e6;
      this.pass(step);
      for (const peer of this.peers) peer.turn();
      this.gatewayTurn();
      restedNs = this.atRest ? restedNs + step : 0;
      if (restedNs === 0 && this.nowNs > before) this.fail(`no rest within ${REST_WITHIN_NS / 1e9} s: ${this.unrest}`);
    }
    this.checkEnd();
  }

  private get atRest(): boolean {
    return this.unrest === "";
  }

  private get unrest(): string {
    const { gateway, peers, clients, venues } = this;
    if (!gateway.alive) return "the gateway is down";
    const off = peers.find((peer) => !peer.loggedOn || !peer.connection.inStep);
    if (off !== undefined) return `${off.compId} is ${off.loggedOn ? "out of step" : "not logged on"}`;
    const busy = clients.find((client) => !client.idle);
    if (busy !== undefined) return `${busy.compId} waits for ${busy.unresolved}`;
    if (venues.some((venue) => !venue.idle)) return "a venue has work";
    if (gateway.core.tables.openCount > 0) return `${gateway.core.tables.openCount} orders are open`;
    return gateway.quiet ? "" : "a ring is not empty";
  }

  private checkEnd(): void {
    const { gateway } = this;
    gateway.writeOut();
    const fault =
      conservationFault(this.clients, this.venues, gateway.core) ??
      exposureFault(gateway.core.tables) ??
      journalFault(this.dir);
    if (fault !== null) this.fail(fault);
    const digest = gateway.core.digest();
    if (digest !== gateway.replayedDigest()) this.fail("the journal makes another core than the one that lives");
    this.note(digest);
  }

  private outcome(): Outcome {
    const orders = this.venues.reduce((sum, venue) => sum + venue.orders.length, 0);
    const fills = this.clients.flatMap((client) => client.orders).reduce((sum, order) => sum + order.fills.length, 0);
    const { seed, turns, hash } = this;
    return { seed, turns, lives: this.gateway.lives, orders, fills, fingerprint: hash >>> 0 };
  }

  pass(ns: number): void {
    this.nowNs += ns;
    this.wallUs += Math.round(ns / 1000);
  }

  private get seconds(): string {
    return (this.nowNs / 1e9).toFixed(6);
  }
}

/** Slots of orders with a request that their venue has not answered. */
function unansweredOf(tables: CoreTables): number[] {
  const slots: number[] = [];
  for (let slot = 0; slot < tables.fresh; slot++) {
    const { state, pending } = tables.order.aim(slot);
    if (state === PENDING_NEW || (state !== FREE && pending !== NOT_PENDING)) slots.push(slot);
  }
  return slots;
}

/** Runs one seed; `given`: as World has it. */
export function simulate(
  seed: number,
  log: string[] | null = null,
  mutation?: Mutation,
  given: Partial<Shape> = {},
): Outcome {
  return new World(seed, log, given).run(mutation);
}
