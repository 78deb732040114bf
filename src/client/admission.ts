import { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { NONE, NS_PER_MS, NS_PER_US } from "../base/units.ts";
import { WAIT } from "../fix/session/logon-guard.ts";
import { LogonReader } from "../fix/session/logon-reader.ts";
import type { FixSession } from "../fix/session/session.ts";
import type { Stream } from "../net/stream.ts";
import { BROKEN } from "../net/stream-end.ts";
import type { Acceptor } from "../session/acceptor.ts";
import { endReason } from "../session/end-reason.ts";
import type { Link } from "../session/link.ts";
import type { LinkTurns } from "../session/link-turns.ts";
import { EVENT_SESSION_BOUND, type EventWriter } from "../telemetry/events.ts";
import { LogonPasswords } from "./logon-passwords.ts";
import { ASKED, type PasswordGate } from "./password-gate.ts";
import { Places, type PlacesParts } from "./places.ts";
import type { Refusals } from "./refusals.ts";
import { RelogonGuard } from "./relogon-guard.ts";
import { VenueWait, type VenueWaitParts } from "./venue-wait.ts";

/** Interval at which the answer to a password check is looked for. */
const ANSWER_NS = 10 * NS_PER_MS;

/** Reasons for which a refused Logon of a known client gets a Logout. */
const TOLD: readonly DisconnectReason[] = [
  DisconnectReason.PASSWORD,
  DisconnectReason.PASSWORD_LOCK,
  DisconnectReason.OUTSIDE_SCHEDULE,
  DisconnectReason.SWITCHED_OFF,
  DisconnectReason.RETIRED,
];

export interface AdmissionParts extends PlacesParts, VenueWaitParts {
  readonly links: readonly Link<FixSession>[];
  readonly events: EventWriter;
  readonly time: LaneTime;
  readonly passwords: PasswordGate;
}

/** Reads the Logons of new connections and assigns the connections to their sessions, or refuses them. */
export class Admission {
  private readonly links: readonly Link<FixSession>[];
  private readonly time: LaneTime;
  private readonly logon: LogonReader;
  private readonly passwords: LogonPasswords;
  private readonly places: Places;
  private readonly wait: VenueWait;
  private turns!: LinkTurns;
  /** The gateway stops: it admits nobody. */
  stopping = false;

  constructor(
    private readonly parts: AdmissionParts,
    private readonly acceptor: Acceptor,
    private readonly refusals: Refusals,
    /** False while a ring or the journal has no room for what a Logon may cause. */
    private readonly ready: () => boolean,
  ) {
    this.links = parts.links;
    this.time = parts.time;
    this.logon = new LogonReader(parts.scan);
    const { maxConnections, places } = parts;
    this.passwords = new LogonPasswords(parts.passwords, parts.events, parts.time, maxConnections, places);
    this.places = new Places(parts);
    this.wait = new VenueWait(parts, parts.events);
  }

  /** Opens once all links exist. */
  open(turns: LinkTurns): void {
    this.turns = turns;
    for (let place = 0; place < this.links.length; place++) this.added(place);
  }

  /** The session at `place` is there from now on. */
  added(place: number): void {
    this.places.added(place);
    const link = this.links[place]!;
    const wrong = (): void => this.passwords.countWrong(link.stream!, place, link.id);
    const { terms, passwords } = this.parts;
    link.session.relogons.guard = new RelogonGuard(link.id, place, terms, passwords, this.logon, wrong);
  }

  /** True while `tick` must be called every few milliseconds. */
  get isHolding(): boolean {
    return this.wait.holding;
  }

  /** Called every few milliseconds: answers the held Logons when the venues are up. */
  tick(nowNs: number): void {
    if (this.wait.ends(nowNs)) this.acceptor.reschedule();
  }

  /** The connection of the session at `place` has ended. */
  left(place: number): void {
    this.places.left(place, this.time.nowNs);
  }

  /** Handles a ready stream without a session. Returns work done. */
  poll(stream: Stream): number {
    if (!stream.readable || this.passwords.isPending(stream)) return 0;
    return this.wait.isHeld(stream) ? this.readOn(stream) : this.identify(stream);
  }

  /** Handles the deadline of a connection without a session. */
  check(stream: Stream): void {
    if (this.wait.isHeld(stream)) this.takeHeld(stream);
    else if (this.time.nowNs >= this.acceptor.logonDueNs(stream)) this.refuse(stream, DisconnectReason.NO_LOGON, null);
    else if (this.passwords.isPending(stream)) this.checkPassword(stream);
  }

  dueNs(stream: Stream): number {
    if (this.wait.isHeld(stream)) return this.wait.holding ? Number.POSITIVE_INFINITY : this.time.nowNs;
    const logonNs = this.acceptor.logonDueNs(stream);
    const answerNs = this.time.nowNs + ANSWER_NS;
    return this.passwords.isPending(stream) && answerNs < logonNs ? answerNs : logonNs;
  }

  /** Reads the first message of a connection and assigns the connection to the session it identifies. */
  private identify(stream: Stream): number {
    if (!this.ready()) return 0;
    const got = stream.receive();
    if (got < 0) return this.lost(stream, got);
    if (got === 0) return 0;
    const logon = this.logon;
    if (!logon.read(stream.in, stream.inFrom, stream.inTo)) return 1;
    if (logon.refusal !== DisconnectReason.NONE) {
      this.refuse(stream, logon.refusal, logon);
      return 1;
    }
    const place = this.places.find();
    if (place !== NONE && this.links[place]!.stream !== null) {
      // That connection may have ended since its last poll.
      this.links[place]!.pollIn(true);
      this.links[place]!.stream?.wake();
      this.readLogon(stream);
    }
    const why = this.refusalReason(place, stream);
    if (why !== DisconnectReason.NONE) {
      if (this.places.isSecond(place, why)) this.probe(place);
      this.decline(stream, place, why);
      return 1;
    }
    if (!this.parts.terms.needsPassword(place)) {
      this.admitInTime(stream, place);
      return 1;
    }
    this.passwords.begin(stream);
    this.acceptor.asks(stream);
    this.checkPassword(stream);
    this.turns.moved(this.acceptor.keyOf(stream));
    return 1;
  }

  /** Requests a password check from the main thread, or takes its answer in a later turn: a lane never waits. */
  private checkPassword(stream: Stream): void {
    if (!this.ready()) return;
    const news = this.passwords.news(stream);
    if (news === ASKED) return;
    if (!this.readLogon(stream)) {
      this.refuse(stream, DisconnectReason.NO_BUFFER, null);
      return;
    }
    const place = this.places.find();
    if (place === NONE) {
      // Another connection may have taken the last place of its table.
      this.refuse(stream, this.places.unknownReason(), this.logon);
      return;
    }
    let why = this.passwords.verdict(news, stream, place, this.links[place]!.id, this.logon);
    if (why === WAIT) return;
    this.passwords.end(stream);
    if (why === DisconnectReason.NONE) why = this.refusalReason(place, stream);
    if (why === DisconnectReason.NONE) this.admitInTime(stream, place);
    else this.decline(stream, place, why);
  }

  /** Gives the connection to its session now, or when the venues are up. */
  private admitInTime(stream: Stream, place: number): void {
    if (!this.wait.holding) {
      this.admit(stream, place, 0);
      return;
    }
    // Several clients that have no session yet find the same one.
    const isBound = !this.parts.isDynamic[place] || this.links[place]!.session.identity.isLogonOf(this.parts.scan);
    const former = this.wait.hold(stream, isBound ? place : NONE, this.time.nowNs);
    if (former !== NONE) this.refuse(this.acceptor.streamAt(former), DisconnectReason.REPLACED, null);
    if (isBound) this.acceptor.identified(stream);
    this.turns.deadlines.set(this.acceptor.keyOf(stream), Number.POSITIVE_INFINITY);
  }

  /** Keeps what follows a held Logon, and sees when its client is gone. */
  private readOn(stream: Stream): number {
    const got = stream.receive();
    return got < 0 ? this.lost(stream, got) : 1;
  }

  /** Answers a held Logon. */
  private takeHeld(stream: Stream): void {
    if (this.wait.holding || !this.ready()) return;
    const waitedNs = this.wait.end(stream, this.time.nowNs);
    if (!this.readLogon(stream)) {
      this.refuse(stream, DisconnectReason.NO_BUFFER, null);
      return;
    }
    const place = this.places.find();
    const why = this.refusalReason(place, stream);
    if (why === DisconnectReason.NONE) this.admit(stream, place, waitedNs);
    else this.decline(stream, place, why);
  }

  /** Reads the Logon of a connection again: `logon` may hold another one since. False when it is lost: the pool is exhausted. */
  private readLogon(stream: Stream): boolean {
    stream.bringIn();
    return this.logon.read(stream.in, stream.inFrom, stream.inTo);
  }

  /**
   * Gives the connection to its session, which reads the Logon from the stream itself. `logon` holds that Logon; it has waited
   * here for so long.
   */
  private admit(stream: Stream, place: number, waitedNs: number): void {
    const link = this.links[place]!;
    const check = link.session.logonCheck;
    if (link.stream !== null) link.giveWay();
    if (!link.session.identity.isLogonOf(this.parts.scan)) this.bind(link, place);
    check.waitedUs = waitedNs / NS_PER_US;
    this.acceptor.give(stream, place);
    check.waitedUs = 0;
  }

  /**
   * Refuses a Logon. A known client that may be told why gets a Logout of its session; others get no answer (FIX 4.4 Volume
   * 2, cases 1S b, c).
   */
  private decline(stream: Stream, place: number, why: DisconnectReason): void {
    const link = place === NONE ? null : this.links[place]!;
    const isWrong = why === DisconnectReason.PASSWORD && link?.answersPasswords === true;
    const isTold = isWrong || (why !== DisconnectReason.PASSWORD && TOLD.includes(why));
    if (!isTold || link === null || link.stream !== null || !link.session.identity.isLogonOf(this.parts.scan)) {
      this.refuse(stream, why, this.logon);
      return;
    }
    this.refusals.record(why, stream.peer, null, this.logon);
    this.acceptor.give(stream, place, why);
  }

  /** Asks a client that seems to log on twice whether its old connection is alive; if not, its next try succeeds. */
  private probe(place: number): void {
    this.links[place]!.probe();
    this.turns.moved(place);
  }

  private bind(link: Link<FixSession>, place: number): void {
    const logon = this.logon;
    // Another client was here: its numbers, and what can be sent again, are not for this one.
    if (link.session.identity.peerCompId !== "") link.session.restart();
    link.giveTo(logon.bytes, logon.senderFrom, logon.senderTo);
    this.places.bound(place, logon.bytes, logon.senderFrom, logon.senderTo);
    this.parts.events.emitText(EVENT_SESSION_BOUND, link.id, 0, 0, logon.bytes, logon.senderFrom, logon.senderTo);
  }

  private refusalReason(place: number, stream: Stream): DisconnectReason {
    return this.stopping ? DisconnectReason.STOPPING : this.places.refusalReason(place, stream);
  }

  /** The connection has ended, or its bytes found no room. */
  private lost(stream: Stream, received: number): number {
    this.refuse(stream, received === BROKEN ? DisconnectReason.PEER_CLOSED : endReason(received), null);
    return 1;
  }

  /** Closes a connection without an answer (FIX 4.4 Volume 2, cases 1S b, c, e). */
  refuse(stream: Stream, reason: DisconnectReason, logon: LogonReader | null): void {
    this.passwords.end(stream);
    this.wait.end(stream, this.time.nowNs);
    this.refusals.record(reason, stream.peer, stream, logon);
    this.acceptor.refuse(stream);
  }
}
