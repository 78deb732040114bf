import { ascii } from "../base/ascii.ts";
import { DisconnectReason } from "../base/disconnect-reason.ts";
import { NONE, NS_PER_MS } from "../base/units.ts";
import type { FixSession } from "../fix/session/session.ts";
import { CONNECTED, CONNECTING, type Dialing } from "../net/dialer.ts";
import type { Stream } from "../net/stream.ts";
import type { Link } from "../session/link.ts";
import { EVENT_VENUE_UNREACHABLE, type EventWriter } from "../telemetry/events.ts";
import { HandledRequests } from "./handled-requests.ts";
import type { VenueSymbols } from "./symbols.ts";
import type { Throttle } from "./throttle.ts";

/** Interval at which the result of a connect is asked for that nobody announces. */
const POLL_NS = 2_000_000;
const CONNECT_TIMEOUT_NS = 5_000_000_000;
/** A session that lasted less counts as a failed attempt. */
const STABLE_NS = 1_000_000_000;
/** Shortest delay after a refused Logon: some venues lock out who repeats a wrong password. */
const REFUSED_MIN_MS = 1_000;
/** Interval between two lines of the log about an address that can't be reached: the first one, and the longest; each is twice the one before. */
const FIRST_LOG_NS = 1_000_000_000;
const LONGEST_LOG_NS = 300_000_000_000;

const TEXT_BYTES = 320;

/** Configuration of a venue's connection and its orders. */
export interface VenueSettings {
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  /** Longest delay after the venue has refused our Logon. */
  readonly refusedMaxMs: number;
  /** Groups that the venue's version does not know: the order is refused, or sent without them. */
  readonly unknownGroups: "reject" | "drop";
  /** It gets no new orders before it has said the statuses of its open ones. */
  readonly statusAtLogon?: boolean | undefined;
  /** Of TransactTime (60); absent: as the client says it. */
  readonly transactTimePrecision?: "seconds" | "milliseconds" | "microseconds" | undefined;
}

/** Decimals of the seconds of each precision. */
const DECIMALS = { seconds: 0, milliseconds: 3, microseconds: 6 } as const;

/** One exchange session and its connection: connects, and reconnects with a growing delay. */
export class Venue {
  private connecting = false;
  private nextNs = 0;
  private pollNs = 0;
  private delayMs: number;
  /** Index of the address that is tried; an address with a successful logon is tried again first. */
  private dialerIndex = 0;
  private wasUp = false;
  private wasOff = false;
  private upNs = 0;
  /** Of each address: its text, and the failures since the last Logon. */
  private readonly addresses: readonly Unreachable[];
  readonly refusesUnknownGroups: boolean;
  readonly asksFirst: boolean;
  /** TransactTime in requests has so many decimals; NONE: those that the client says. */
  readonly transactDecimals: number;
  /** Requests to it are changed before they are written, and its reports when they are read. */
  readonly isMapped: boolean;
  /** The core's ring had no room for REPORT_VENUE_DOWN. The venue connects only after that report. */
  downUnreported = false;

  constructor(
    readonly link: Link<FixSession>,
    /** One dialer for each address, all of the same stream. */
    private readonly dialers: readonly Dialing[],
    private readonly settings: VenueSettings,
    private readonly events: EventWriter | null,
    /** Among its agent's. */
    readonly place = 0,
    readonly handled = new HandledRequests(null, 0),
    /** Null: its requests are sent as they come. */
    readonly throttle: Throttle | null = null,
    /** Null: our symbols have the same names there. */
    readonly symbols: VenueSymbols | null = null,
  ) {
    this.addresses = dialers.map(({ address }) => new Unreachable(ascii(address.text)));
    this.delayMs = settings.reconnectMinMs;
    this.refusesUnknownGroups = settings.unknownGroups === "reject";
    this.asksFirst = settings.statusAtLogon === true;
    const precision = settings.transactTimePrecision;
    this.transactDecimals = precision === undefined ? NONE : DECIMALS[precision];
    this.isMapped = symbols !== null || precision !== undefined;
  }

  /** The stream of all its connections. */
  get stream(): Stream {
    return this.dialers[0]!.stream;
  }

  /** Connects then, and after the shortest delays from there on. */
  connectAt(nowNs: number): void {
    this.delayMs = this.settings.reconnectMinMs;
    if (!this.connecting) this.nextNs = nowNs;
  }

  /** It may have been switched on: then it connects at once. */
  followTrading(nowNs: number): void {
    const isOff = this.link.offReason !== DisconnectReason.NONE;
    if (this.wasOff && !isOff) this.connectAt(nowNs);
    this.wasOff = isOff;
  }

  /** Starts or continues a connect, and attaches the connection to the link when it is established. Returns work done. */
  connect(nowNs: number, wallUs: number): number {
    if (this.connecting) return this.finishConnect(nowNs, wallUs);
    if (nowNs < this.nextNs || !this.link.admits()) return 0;
    this.connecting = this.dialer.begin();
    if (this.connecting) this.nextNs = nowNs + CONNECT_TIMEOUT_NS;
    else this.unreachable(nowNs, wallUs);
    return 1;
  }

  /** Logged on. */
  succeeded(nowNs: number): void {
    for (let i = 0; i < this.addresses.length; i++) this.addresses[i]!.attempts = 0;
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

  /** No connection came about. The log has a line at once, then at growing intervals, and when the reason changes. */
  private unreachable(nowNs: number, wallUs: number): void {
    const address = this.addresses[this.dialerIndex]!;
    const text = address.text;
    const id = this.link.id;
    if (address.failed(this.dialer, nowNs, wallUs) && this.events !== null) {
      const length = address.textWith(this.dialer);
      const attempts = address.attempts;
      const since = address.sinceUs;
      this.events.emitText(EVENT_VENUE_UNREACHABLE, id, address.errno, attempts, text, 0, length, since);
    }
    this.failed(nowNs, false);
  }

  private get dialer(): Dialing {
    return this.dialers[this.dialerIndex]!;
  }

  deadlineNs(): number {
    // While the session is closed, only its schedule matters.
    if (this.link.stream !== null || (!this.connecting && this.link.shut)) return this.link.deadlineNs();
    return this.connecting && this.dialer.isPolled && this.pollNs < this.nextNs ? this.pollNs : this.nextNs;
  }

  private finishConnect(nowNs: number, wallUs: number): number {
    const result = this.dialer.result();
    this.pollNs = nowNs + POLL_NS;
    if (result === CONNECTING && nowNs < this.nextNs) return 0;
    this.connecting = false;
    if (this.link.offReason !== DisconnectReason.NONE) this.dialer.giveUp();
    else if (result === CONNECTED) this.link.attach(this.dialer.stream);
    else {
      this.dialer.giveUp();
      this.unreachable(nowNs, wallUs);
    }
    return 1;
  }
}

/** An address that can't be reached: its failed attempts since the last Logon, and when the log has the next line. */
class Unreachable {
  attempts = 0;
  errno = 0;
  sinceUs = 0;
  private reason = 0;
  private nextNs = 0;
  private intervalNs = 0;

  /** The address, and behind it what the last handshake failed of. */
  readonly text = new Uint8Array(new ArrayBuffer(TEXT_BYTES));

  constructor(private readonly address: Uint8Array) {
    this.text.set(address);
  }

  /** Returns  the length of the text. */
  textWith(dialer: Dialing): number {
    let length = this.address.length;
    if (dialer.problemLength === 0) return length;
    this.text[length++] = 58;
    this.text[length++] = 32;
    for (let i = 0; i < dialer.problemLength && length < TEXT_BYTES; i++) this.text[length++] = dialer.problem[i]!;
    return length;
  }

  /** Counts a failed attempt. Returns  true when it is for the log. */
  failed(dialer: Dialing, nowNs: number, wallUs: number): boolean {
    const reason = reasonOf(dialer);
    const isFirst = this.attempts === 0;
    if (isFirst) this.sinceUs = wallUs;
    this.attempts++;
    if (isFirst || reason !== this.reason) this.intervalNs = FIRST_LOG_NS;
    else if (nowNs < this.nextNs) return false;
    else this.intervalNs = Math.min(LONGEST_LOG_NS, 2 * this.intervalNs);
    this.reason = reason;
    this.errno = dialer.errno;
    this.nextNs = nowNs + this.intervalNs;
    return true;
  }
}

/** Tells reasons apart: the errno, or a hash of what a handshake failed of. */
function reasonOf(dialer: Dialing): number {
  let reason = dialer.errno;
  for (let i = 0; i < dialer.problemLength; i++) reason = (Math.imul(reason, 31) + dialer.problem[i]!) | 0;
  return reason;
}
