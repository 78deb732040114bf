// The stage with its peers, and what they do together. Cold.

import { monotonicNs, wallUs } from "../../ffi/clock.ts";
import { Scratch } from "../counterparty/polled.ts";
import { Trader } from "./client-peer.ts";
import type { WarmUp } from "./plan.ts";
import { TestLane } from "./test-lane.ts";
import { Market } from "./venue-peer.ts";
import type { WarmUpHost } from "./warm-up-lane.ts";

/** Turns in which nothing comes, before everything is taken to be over. */
const STILL_TURNS = 3;
/** A listener, or a connection on its way, is only looked at now and then. */
const MOST_TURNS = 5_000;
const SCRATCH_BYTES = 1 << 20;

export class Counterparties {
  private readonly clock = { nowNs: 0, wallUs: 0 };
  private readonly scratch = new Scratch(SCRATCH_BYTES);
  readonly market = new Market("EAST", this.clock, this.scratch);
  readonly anna = new Trader("ANNA", this.clock, this.scratch);
  readonly bert = new Trader("BERT", this.clock, this.scratch);
  readonly stage: TestLane;
  private timeMs = 0;

  constructor(host: WarmUpHost, warmUp: WarmUp, dir: string) {
    this.stage = new TestLane(host, warmUp, dir, this.market.port);
  }

  get port(): number {
    return this.stage.clientPort;
  }

  /** One turn of the gateway and of its peers. Returns how many bytes came to them. */
  turn(): number {
    this.setClock(monotonicNs(), wallUs());
    this.send();
    this.stage.turn();
    return this.poll();
  }

  /** Turns until nothing comes any more. */
  pinLane(): void {
    let still = 0;
    for (let i = 0; still < STILL_TURNS && i < MOST_TURNS; i++) still = this.turn() > 0 ? 0 : still + 1;
  }

  /** Turns until something is so. */
  until(done: () => boolean): void {
    for (let i = 0; !done() && i < MOST_TURNS; i++) this.turn();
  }

  /** The venue is logged on and the core knows. */
  open(): void {
    const logons = this.market.seen.get("A") ?? 0;
    this.until(() => (this.market.seen.get("A") ?? 0) > logons);
    this.pinLane();
  }

  logonBoth(): void {
    this.logon(this.anna, false);
    this.logon(this.bert, true);
  }

  logon(trader: Trader, reset: boolean): void {
    const logons = trader.seen.get("A") ?? 0;
    trader.connect(this.port);
    trader.sendLogon(reset);
    this.until(() => !trader.connected || (trader.seen.get("A") ?? 0) > logons);
    this.pinLane();
  }

  /** Time jumps on, by steps that every agent lives through. */
  travel(ms: number, steps: number): void {
    for (let i = 0; i < steps; i++) {
      this.timeMs += ms / steps;
      const { clock } = this;
      this.setClock(monotonicNs() + this.timeMs * 1e6, wallUs() + this.timeMs * 1000);
      this.send();
      this.stage.turnAt(clock.nowNs, clock.wallUs);
      this.poll();
    }
  }

  close(): void {
    this.stage.close();
    this.anna.drop();
    this.bert.drop();
    this.market.close();
  }

  private send(): void {
    this.market.line.flush();
    this.anna.line.flush();
    this.bert.line.flush();
  }

  private poll(): number {
    return this.market.poll() + this.anna.line.poll() + this.bert.line.poll();
  }

  private setClock(nowNs: number, atUs: number): void {
    this.clock.nowNs = nowNs;
    this.clock.wallUs = atUs;
  }
}
