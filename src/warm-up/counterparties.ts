// The gateway of the warm-up with its two clients and its venue, on one thread.

import { monotonicNs, wallUs } from "../../ffi/clock.ts";
import { Scratch } from "../counterparty/polled.ts";
import { WarmUpClient } from "./client-peer.ts";
import { WarmUpGateway } from "./gateway.ts";
import type { WarmUp } from "./plan.ts";
import { WarmUpVenue } from "./venue-peer.ts";
import type { WarmUpHost } from "./warm-up-lane.ts";

/** Consecutive turns without received bytes that end `runUntilIdle`. */
const IDLE_TURNS = 3;
/** Limits of a wait: listeners and connects are polled only periodically, and a venue is called again after a pause. */
const MOST_TURNS = 5_000;
const MOST_WAIT_NS = 200_000_000;
const SCRATCH_BYTES = 1 << 20;

export class Counterparties {
  private readonly clock = { nowNs: 0, wallUs: 0 };
  private readonly scratch = new Scratch(SCRATCH_BYTES);
  readonly venue = new WarmUpVenue("EAST", this.clock, this.scratch);
  readonly client1 = new WarmUpClient("CLIENT1", this.clock, this.scratch);
  readonly client2 = new WarmUpClient("CLIENT2", this.clock, this.scratch);
  readonly gateway: WarmUpGateway;
  private timeMs = 0;

  constructor(host: WarmUpHost, warmUp: WarmUp, dir: string) {
    this.gateway = new WarmUpGateway(host, warmUp, dir, this.venue.port);
  }

  get port(): number {
    return this.gateway.clientPort;
  }

  /** One turn of the gateway and of its peers. Returns bytes that the peers received. */
  turn(): number {
    this.setClock(monotonicNs(), wallUs());
    this.send();
    this.gateway.turn();
    return this.poll();
  }

  /** Turns until the peers receive nothing. */
  runUntilIdle(): void {
    let still = 0;
    for (let i = 0; still < IDLE_TURNS && i < MOST_TURNS; i++) still = this.turn() > 0 ? 0 : still + 1;
  }

  /** Turns until `done`, for MOST_TURNS and MOST_WAIT_NS at most. */
  until(done: () => boolean): void {
    const beganNs = monotonicNs();
    for (let i = 0; !done() && (i < MOST_TURNS || monotonicNs() - beganNs < MOST_WAIT_NS); i++) this.turn();
  }

  /** Turns until the venue is logged on and the core has its REPORT_VENUE_UP. */
  open(): void {
    const logons = this.venue.seen.get("A") ?? 0;
    this.until(() => (this.venue.seen.get("A") ?? 0) > logons);
    this.runUntilIdle();
  }

  logonBoth(): void {
    this.logon(this.client1, false);
    this.logon(this.client2, true);
  }

  logon(client: WarmUpClient, reset: boolean): void {
    const logons = client.seen.get("A") ?? 0;
    client.connect(this.port);
    client.sendLogon(reset);
    this.until(() => !client.connected || (client.seen.get("A") ?? 0) > logons);
    this.runUntilIdle();
  }

  /** Advances the clock by `ms` in equal steps; every agent is polled at each step. */
  advanceTime(ms: number, steps: number): void {
    for (let i = 0; i < steps; i++) {
      this.timeMs += ms / steps;
      const { clock } = this;
      this.setClock(monotonicNs() + this.timeMs * 1e6, wallUs() + this.timeMs * 1000);
      this.send();
      this.gateway.turnAt(clock.nowNs, clock.wallUs);
      this.poll();
    }
  }

  close(): void {
    this.gateway.close();
    this.client1.drop();
    this.client2.drop();
    this.venue.close();
  }

  private send(): void {
    this.venue.line.flush();
    this.client1.line.flush();
    this.client2.line.flush();
  }

  private poll(): number {
    return this.venue.poll() + this.client1.line.poll() + this.client2.line.poll();
  }

  private setClock(nowNs: number, atUs: number): void {
    this.clock.nowNs = nowNs;
    this.clock.wallUs = atUs;
  }
}
