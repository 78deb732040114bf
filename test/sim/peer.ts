import type { Message } from "../../src/counterparty/message.ts";
import { frame } from "../../src/counterparty/message.ts";
import { PolledTransport, Scratch } from "../../src/counterparty/polled.ts";
import type { PeerSession } from "../../src/counterparty/session.ts";
import type { Clock } from "../../src/counterparty/transport.ts";
import type { PipeNetwork } from "../../src/net/pipe.ts";
import type { Random } from "./random.ts";

/** What all that take part share. */
export interface Scene extends Clock {
  readonly network: PipeNetwork;
  readonly random: Random;
  /** No more faults: everybody does what is left to do, and rests. */
  calm: boolean;
  readonly log: string[] | null;
  /** Mixes into the run's fingerprint. */
  note(value: number): void;
  /** An invariant does not hold. */
  fail(what: string): never;
}

/** Who takes part beside the gateway. */
export interface Peer extends PeerSession {
  readonly seat: Seat;
  /** Its part of one turn of the run. */
  turn(): void;
}

const scratch = new Scratch(65_536);

/** A session's place in the simulation: its pipe, its moods, and what is written down of it. */
export class Seat {
  readonly transport: PolledTransport;
  asleepUntilNs = 0;
  /** It writes, but does not read. */
  deafUntilNs = 0;

  constructor(
    private readonly session: PeerSession,
    readonly scene: Scene,
  ) {
    this.transport = new PolledTransport(session, scene.network, scratch);
  }

  log(what: string): void {
    this.scene.log?.push(`${(this.scene.nowNs / 1e9).toFixed(6)} ${this.session.compId} ${what}`);
  }

  fail(what: string): never {
    return this.scene.fail(`${this.session.compId}: ${what}`);
  }

  onMessage(message: Message): void {
    this.log(`< ${message}`);
    this.scene.note(message.sequence * 31 + message.raw.length);
  }

  refused(message: Message): void {
    if (message.text(58).includes("too low")) this.fail(`the gateway has lost count: ${message}`);
    this.log(`refused: ${message.text(58)}`);
  }

  ended(): void {
    this.log(`disconnected; next in ${this.session.nextIn}, next out ${this.session.nextOut}`);
  }

  /** Bytes that are no message. */
  garble(): void {
    if (this.session.loggedOn) this.session.write(frame("35=0|34=1|").replace("10=", "10=9"));
  }

  /** Reads, answers and writes. */
  poll(): void {
    if (this.scene.nowNs >= this.deafUntilNs) this.transport.read();
    this.session.tick();
    this.transport.flush();
  }

  /** Nothing is missing of what the gateway has said, and all of its own is out. */
  get inStep(): boolean {
    return this.session.inSequence && this.transport.unsent === 0;
  }
}
