import type { Message } from "../../src/counterparty/message.ts";
import { frame } from "../../src/counterparty/message.ts";
import { PolledTransport, Scratch } from "../../src/counterparty/polled.ts";
import type { PeerSession } from "../../src/counterparty/session.ts";
import type { Clock } from "../../src/counterparty/transport.ts";
import type { PipeNetwork } from "../../src/net/pipe.ts";
import type { Random } from "./random.ts";

/** Shared state of a simulation's peers. */
export interface Simulation extends Clock {
  readonly network: PipeNetwork;
  readonly random: Random;
  /** No more faults: peers finish pending work and send nothing new. */
  calm: boolean;
  readonly log: string[] | null;
  /** Mixes into the run's fingerprint. */
  note(value: number): void;
  /** An invariant does not hold. */
  fail(what: string): never;
}

/** A peer of the gateway. */
export interface Peer extends PeerSession {
  readonly connection: SimConnection;
  /** Runs one turn of the peer. */
  turn(): void;
}

const scratch = new Scratch(65_536);

/** A session in the simulation: its connection, its pauses and its log. */
export class SimConnection {
  readonly transport: PolledTransport;
  idleUntilNs = 0;
  /** Until then it writes, but does not read. */
  notReadingUntilNs = 0;

  constructor(
    private readonly session: PeerSession,
    readonly simulation: Simulation,
  ) {
    this.transport = new PolledTransport(session, simulation.network, scratch);
  }

  log(what: string): void {
    this.simulation.log?.push(`${(this.simulation.nowNs / 1e9).toFixed(6)} ${this.session.compId} ${what}`);
  }

  fail(what: string): never {
    return this.simulation.fail(`${this.session.compId}: ${what}`);
  }

  onMessage(message: Message): void {
    this.log(`< ${message}`);
    this.simulation.note(message.sequence * 31 + message.raw.length);
  }

  refused(message: Message): void {
    if (message.text(58).includes("too low")) this.fail(`the gateway has lost count: ${message}`);
    this.log(`refused: ${message.text(58)}`);
  }

  ended(): void {
    this.log(`disconnected; next in ${this.session.nextIn}, next out ${this.session.nextOut}`);
  }

  /** Sends a garbled message. */
  garble(): void {
    if (this.session.loggedOn) this.session.write(frame("35=0|34=1|").replace("10=", "10=9"));
  }

  /** Reads, answers and writes. */
  poll(): void {
    if (this.simulation.nowNs >= this.notReadingUntilNs) this.transport.read();
    this.session.tick();
    this.transport.flush();
  }

  /** True when it has all messages of the gateway, and all its messages are sent. */
  get inStep(): boolean {
    return this.session.inSequence && this.transport.unsent === 0;
  }
}
