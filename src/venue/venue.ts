import { ascii } from "../base/ascii.ts";
import { NS_PER_MS } from "../base/units.ts";
import type { FixSession } from "../fix/session/session.ts";
import { CONNECTED, CONNECTING, type Dialer } from "../net/dialer.ts";
import type { Stream } from "../net/stream.ts";
import type { Link } from "../session/link.ts";
import { EVENT_VENUE_UNREACHABLE, type EventWriter } from "../telemetry/events.ts";

const CONNECT_TIMEOUT_NS = 5_000_000_000;
/** A session that lasted less counts as a failed attempt. */
const STABLE_NS = 1_000_000_000;
/** Shortest delay after a refused Logon: some venues lock out who repeats a wrong password. */
const REFUSED_MIN_MS = 1_000;

/** Configuration of a venue's connection and its orders. */
export interface VenueSettings {
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  /** Longest delay after the venue has refused our Logon. */
  readonly refusedMaxMs: number;
  /** Groups that the venue's version does not know: the order is refused, or sent without them. */
  readonly unknownGroups: "reject" | "drop";
}

/** One exchange session and its connection: connects, and reconnects with a growing delay. */
export class Venue {
  private connecting = false;
  private nextNs = 0;
  private delayMs: number;
  /** Index of the address that is tried; an address with a successful logon is tried again first. */
  private dialerIndex = 0;
  private wasUp = false;
  private upNs = 0;
  /** Of each address: its text, and the errno that is in the log since the last Logon. */
  private readonly addresses: readonly Uint8Array[];
  private readonly logged: Int32Array;
  readonly refusesUnknownGroups: boolean;
  /** Index of the last request that was refused here, and of the last refusal in the journal. */
  refusedIndex = 0;
  private recordedIndex = 0;
  /** The core's ring had no room for REPORT_VENUE_DOWN. The venue connects only after that report. */
  downUnreported = false;

  constructor(
    readonly link: Link<FixSession>,
    /** One dialer for each address, all of the same stream. */
    private readonly dialers: readonly Dialer[],
    private readonly settings: VenueSettings,
    private readonly events: EventWriter | null,
  ) {
    this.addresses = dialers.map(({ address }) => ascii(address.text));
    this.logged = new Int32Array(new ArrayBuffer(4 * dialers.length));
    this.delayMs = settings.reconnectMinMs;
    this.refusesUnknownGroups = settings.unknownGroups === "reject";
  }

  /** Journals the last refused request, if it is not recorded yet. */
  recordRefused(): void {
    if (((this.refusedIndex - this.recordedIndex) | 0) > 0) this.link.recordRefused(this.refusedIndex);
    this.recordedIndex = this.refusedIndex;
  }

  /** The stream of all its connections. */
  get stream(): Stream {
    return this.dialers[0]!.stream;
  }

  connectAt(nowNs: number): void {
    this.nextNs = nowNs;
  }

  /** Starts or continues a connect, and attaches the connection to the link when it is established. Returns work done. */
  connect(nowNs: number): number {
    if (this.connecting) return this.finishConnect(nowNs);
    if (nowNs < this.nextNs || !this.link.admits()) return 0;
    this.connecting = this.dialer.begin();
    if (this.connecting) this.nextNs = nowNs + CONNECT_TIMEOUT_NS;
    else this.unreachable(nowNs);
    return 1;
  }

  /** Logged on. */
  succeeded(nowNs: number): void {
    this.logged.fill(0);
    this.wasUp = true;
    this.upNs = nowNs;
  }

  /**
   * Schedules the next attempt: at the next address unless this one had a logon, with a longer delay after each round, and after
   * each attempt that the venue has refused. A session that lasted resets the delay.
   * Returns  the delay in milliseconds.
   */
  failed(nowNs: number, wasRefused: boolean): number {
    if (this.wasUp && nowNs - this.upNs >= STABLE_NS) this.delayMs = this.settings.reconnectMinMs;
    const most = wasRefused ? this.settings.refusedMaxMs : this.settings.reconnectMaxMs;
    const delayMs = Math.min(most, wasRefused ? Math.max(REFUSED_MIN_MS, this.delayMs) : this.delayMs);
    this.nextNs = nowNs + delayMs * NS_PER_MS;
    if (!this.wasUp) this.dialerIndex = (this.dialerIndex + 1) % this.dialers.length;
    if (this.dialerIndex === 0 || this.wasUp || wasRefused) this.delayMs = Math.min(most, delayMs * 2);
    this.wasUp = false;
    return delayMs;
  }

  /** No connection came about. The log has a line for each address and errno, not for each attempt. */
  private unreachable(nowNs: number): void {
    const index = this.dialerIndex;
    const errno = this.dialer.errno;
    if (this.logged[index] !== errno) {
      this.logged[index] = errno;
      const address = this.addresses[index]!;
      this.events?.emitText(EVENT_VENUE_UNREACHABLE, this.link.id, errno, 0, address, 0, address.length);
    }
    this.failed(nowNs, false);
  }

  private get dialer(): Dialer {
    return this.dialers[this.dialerIndex]!;
  }

  deadlineNs(): number {
    // While the session is closed, only its schedule matters.
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
      this.unreachable(nowNs);
    }
    return 1;
  }
}
