import { NS_PER_MS } from "../base/units.ts";
import type { FixSession } from "../fix/session/session.ts";
import { CONNECTED, CONNECTING, type Dialer } from "../net/dialer.ts";
import type { Stream } from "../net/stream.ts";
import type { Link } from "../session/link.ts";

const CONNECT_TIMEOUT_NS = 5_000_000_000;

/** What the configuration says of a venue's connection and its orders. */
export interface VenueSettings {
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  /** Of orders with groups that its version does not know: they are refused, or leave without these. */
  readonly unknownGroups: "reject" | "drop";
  /** Tags that may be left out of requests that have them. */
  readonly fields: { readonly drop: readonly number[] };
}

/** One exchange session and the way to it: connects, and comes back with growing patience when that fails. */
export class Venue {
  private connecting = false;
  private nextNs = 0;
  private delayMs: number;
  /** Which address is tried; one that the session has been up at is tried again first. */
  private dialerIndex = 0;
  private wasUp = false;
  readonly refusesUnknownGroups: boolean;
  readonly drop: Int32Array;
  /** Index of the last request that was refused here, and of the last of which the journal says so. */
  passed = 0;
  private recorded = 0;
  /** The core does not know yet that this venue is down: its ring had no room. Nothing connects before. */
  downUnreported = false;

  constructor(
    readonly link: Link<FixSession>,
    /** One for each address, all for the same stream. */
    private readonly dialers: readonly Dialer[],
    private readonly settings: VenueSettings,
  ) {
    this.delayMs = settings.reconnectMinMs;
    this.refusesUnknownGroups = settings.unknownGroups === "reject";
    this.drop = Int32Array.from(settings.fields.drop);
  }

  /** Writes it to the journal, unless a later request has left. */
  recordPassed(): void {
    if (((this.passed - this.recorded) | 0) > 0) this.link.recordPassed(this.passed);
    this.recorded = this.passed;
  }

  /** The one that all of its connections use. */
  get stream(): Stream {
    return this.dialers[0]!.stream;
  }

  connectAt(nowNs: number): void {
    this.nextNs = nowNs;
  }

  /** Goes on with connecting; hands the connection to the link once it stands. Returns 1 when something happened. */
  connect(nowNs: number): number {
    if (this.connecting) return this.finishConnect(nowNs);
    if (nowNs < this.nextNs || !this.link.admits()) return 0;
    this.connecting = this.dialer.begin();
    if (this.connecting) this.nextNs = nowNs + CONNECT_TIMEOUT_NS;
    else this.failed(nowNs);
    return 1;
  }

  /** Logged on: the next break begins with the shortest wait again. */
  succeeded(): void {
    this.delayMs = this.settings.reconnectMinMs;
    this.wasUp = true;
  }

  /** Waits before the next attempt: at the next address, unless this one was good until now; longer after each round. */
  failed(nowNs: number): void {
    this.nextNs = nowNs + this.delayMs * NS_PER_MS;
    if (!this.wasUp) this.dialerIndex = (this.dialerIndex + 1) % this.dialers.length;
    if (this.dialerIndex === 0 || this.wasUp) this.delayMs = Math.min(this.settings.reconnectMaxMs, this.delayMs * 2);
    this.wasUp = false;
  }

  private get dialer(): Dialer {
    return this.dialers[this.dialerIndex]!;
  }

  deadlineNs(): number {
    // While it may not connect, only the hours count.
    if (this.link.stream !== null || (!this.connecting && this.link.shut)) return this.link.deadlineNs();
    return this.nextNs;
  }

  private finishConnect(nowNs: number): number {
    const result = this.dialer.result();
    if (result === CONNECTING && nowNs < this.nextNs) return 0;
    this.connecting = false;
    if (result === CONNECTED) this.link.attach(this.dialer.stream);
    else {
      this.dialer.giveUp();
      this.failed(nowNs);
    }
    return 1;
  }
}
