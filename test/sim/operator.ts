import { TRADING_CANCEL_ONLY, TRADING_OFF, TRADING_ON } from "../../src/record/control-codes.ts";
import { SESSION_CONNECT, SESSION_KICK, SESSION_LOGOUT, SESSION_NUMBERS } from "../../src/record/session-command.ts";
import type { SimGateway } from "./gateway.ts";
import type { Peer, Simulation } from "./peer.ts";

/** Orders that were given numbers in here while a venue was not on. */
interface Span {
  readonly from: number;
  to: number;
}

interface Target {
  readonly name: string;
  readonly isVenue: boolean;
  readonly peer: Peer;
  want: number;
  readonly spans: Span[];
}

/** Steers sessions and venues by chance: logs out, disconnects, connects, sets numbers and trading states. */
export class Operator {
  private readonly targets: Target[];
  /** Above all numbers that there are: a lower one begins an epoch, which forgets what was sent. */
  private number = 0;

  constructor(
    private readonly simulation: Simulation,
    private readonly gateway: SimGateway,
    venues: readonly Peer[],
    clients: readonly Peer[],
    private readonly rate: number,
  ) {
    const target = (isVenue: boolean) => (peer: Peer) => ({
      ...{ name: peer.compId, isVenue, peer, want: TRADING_ON, spans: [] },
    });
    this.targets = [...venues.map(target(true)), ...clients.map(target(false))];
  }

  turn(): void {
    const { random, wallUs } = this.simulation;
    if (!random.chance(this.rate)) return;
    const target = random.pick(this.targets);
    const { name, isVenue } = target;
    const what = random.below(6);
    if (what < 2) target.want = random.pick([TRADING_ON, TRADING_ON, TRADING_CANCEL_ONLY, TRADING_OFF]);
    if (what < 2 || !this.gateway.alive) return;
    this.simulation.log?.push(`the operator does ${what} to ${name}`);
    if (what === 2) this.gateway.steer(isVenue, name, { kind: SESSION_LOGOUT, text: "so long" }, wallUs);
    else if (what === 3) this.gateway.steer(isVenue, name, { kind: SESSION_KICK }, wallUs);
    else if (what === 4) this.gateway.steer(isVenue, name, { kind: SESSION_CONNECT }, wallUs);
    else this.raiseNumber(target);
  }

  /** Only of a peer without a connection: one that is connected gives up what it has not received yet. */
  private raiseNumber({ name, isVenue, peer }: Target): void {
    if (peer.connected) return;
    this.number += 10_000;
    this.gateway.steer(isVenue, name, { kind: SESSION_NUMBERS, nextOut: this.number }, this.simulation.wallUs);
  }

  /** Asks the core for the states that are wanted. */
  setStates(): void {
    const { gateway } = this;
    for (const { name, isVenue, want } of this.targets) {
      if (gateway.trading(isVenue, name) !== want) gateway.setTrading(isVenue, name, want, this.simulation.wallUs);
    }
  }

  /** `number` was the last one given before the core's turn, which takes commands before orders. */
  watch(number: number): void {
    for (const { name, isVenue, spans } of this.targets) {
      const last = spans.at(-1);
      const was = last !== undefined && last.to === Number.POSITIVE_INFINITY;
      const is = this.gateway.trading(isVenue, name) !== TRADING_ON;
      if (is && !was) spans.push({ from: number, to: Number.POSITIVE_INFINITY });
      else if (!is && was) last.to = number;
    }
  }

  /** True for an order or replace that a venue may not get: it was restricted when the core gave the number. */
  restricted(venue: string, number: number): boolean {
    const { spans } = this.targets.find(({ name }) => name === venue)!;
    return spans.some(({ from, to }) => number > from && number <= to);
  }

  calm(): void {
    for (const target of this.targets) target.want = TRADING_ON;
  }
}
