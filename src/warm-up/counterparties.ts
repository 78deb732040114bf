// The stage with its peers, and what they do together. Cold.

import { monotonicNs, wallUs } from "../../ffi/clock.ts";
import { Trader } from "./client-peer.ts";
import type { WarmUp } from "./plan.ts";
import { TestLane } from "./test-lane.ts";
import { Market } from "./venue-peer.ts";
import type { WarmUpHost } from "./warm-up-lane.ts";

/** Turns in which nothing comes, before everything is taken to be over. */
const STILL_TURNS = 3;
/** A listener, or a connection on its way, is only looked at now and then. */
const MOST_TURNS = 5_000;
const BEGIN = "FIX.4.4";

export class Counterparties {
  readonly market = new Market("EAST", "GATEWAY", BEGIN);
  readonly anna = new Trader("ANNA", "GATEWAY", BEGIN);
  readonly bert = new Trader("BERT", "GATEWAY", BEGIN);
  readonly stage: TestLane;
  private timeMs = 0;

  constructor(host: WarmUpHost, warmUp: WarmUp, dir: string) {
    this.stage = new TestLane(host, warmUp, dir, this.market.port);
  }

  get port(): number {
    return this.stage.clientPort;
  }

  /** One turn of the gateway and of its peers. Returns how many messages came to them. */
  turn(): number {
    this.tell(wallUs());
    this.send();
    this.stage.turn();
    return this.market.poll() + this.anna.poll() + this.bert.poll();
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
    trader.logon(reset);
    this.until(() => !trader.connected || (trader.seen.get("A") ?? 0) > logons);
    this.pinLane();
  }

  /** Time jumps on, by steps that every agent lives through. */
  travel(ms: number, steps: number): void {
    for (let i = 0; i < steps; i++) {
      this.timeMs += ms / steps;
      this.tell(wallUs() + this.timeMs * 1000);
      this.send();
      this.stage.turnAt(monotonicNs() + this.timeMs * 1e6, wallUs() + this.timeMs * 1000);
      this.market.poll();
      this.anna.poll();
      this.bert.poll();
    }
  }

  close(): void {
    this.stage.close();
    this.anna.drop(true);
    this.bert.drop(true);
    this.market.close();
  }

  private send(): void {
    this.market.flush();
    this.anna.flush();
    this.bert.flush();
  }

  private tell(atUs: number): void {
    const time = stamp(atUs);
    this.market.time = time;
    this.anna.time = time;
    this.bert.time = time;
  }
}

/** A UTCTimestamp with milliseconds. */
export function stamp(atUs: number): string {
  return new Date(atUs / 1000).toISOString().replaceAll("-", "").replace("T", "-").replace("Z", "");
}
