import { isAdministrative, ReceivedMessages, type Sent, SentMessages } from "./history.ts";
import { Inbox, PATIENCE_MS, within } from "./inbox.ts";
import {
  type Body,
  bodyText,
  type Field,
  frameText,
  HEARTBEAT,
  LOGON,
  LOGOUT,
  type Message,
  REJECT,
  RESEND_REQUEST,
  SEQUENCE_RESET,
  SOH,
  Splitter,
  TEST_REQUEST,
  utcTimestamp,
} from "./message.ts";
import { type Clock, SYSTEM_CLOCK, type Transport } from "./transport.ts";
import { applVerIdOf, beginStringOf, type Version } from "./version.ts";

export interface PeerOptions {
  readonly peerCompId?: string;
  readonly version?: Version;
  readonly clock?: Clock;
  /**
   * `all` keeps every received message, for tests that wait for them; `session` keeps the data to answer and check resends;
   * with `nothing` every resend is a gap fill.
   */
  readonly keeps?: "all" | "session" | "nothing";
}

/** Header fields that a test may set. */
export interface Header {
  readonly sequence?: number | string;
  readonly time?: string;
  readonly compId?: string;
  readonly beginString?: string;
  /** Further header fields. */
  readonly more?: Body;
}

const MOST_FAULTS = 20;
const ASK_AGAIN_NS = 5e9;
/** Multiples of HeartBtInt without received bytes: until a TestRequest, and (plus a second) until the connection is closed. */
const TEST_AFTER = 1.2;
const GIVE_UP_AFTER = 2.4;

/**
 * One side of a FIX session. Its sequence numbers continue over connections. Application messages are delivered in sequence,
 * each once. A violation of the standard by the other side is a fault.
 */
export abstract class PeerSession {
  nextOut = 1;
  nextIn = 1;
  /** Seconds. */
  heartBtInt = 30;
  loggedOn = false;
  /** Violations of the standard or of a test's rule; must stay empty. */
  readonly faults: string[] = [];
  /** Answers TestRequests, ResendRequests and gaps. */
  automatic = true;
  /** Answers Logouts. */
  answersLogout = true;
  /** BeginString of the session; over FIXT the Logon has the version. */
  beginString: string;
  logonMore: readonly Field[] = [];
  /** Received messages of all connections; empty unless `keeps` is `all`. */
  readonly received: Message[] = [];
  /** Resolves at the end of the last connection. */
  closed: Promise<void> = Promise.resolve();
  /** ResendRequests sent, ResendRequests answered, and repeated messages received. */
  resendsAsked = 0;
  resendsAnswered = 0;
  repeats = 0;
  readonly peerCompId: string;
  readonly version: Version;
  readonly clock: Clock;
  protected transport: Transport | null = null;
  protected readonly sent: SentMessages;
  /** Our Logout is sent on this connection. */
  protected logoutSent = false;
  /** This side sends its Logon first. */
  protected abstract readonly initiates: boolean;
  /** A requested application message must be sent again, not gap-filled. */
  protected abstract readonly expectsRepeats: boolean;
  private readonly keepsAll: boolean;
  private readonly inbox: Inbox;
  private readonly history: ReceivedMessages;
  private splitter = new Splitter();
  /** Our Logon is sent on this connection. */
  private logonSent = false;
  private gapTo = 0;
  private gapAtNs = 0;
  /** Last new number on this connection; 0: none. */
  private lastNew = 0;
  private lastInNs = 0;
  private lastOutNs = 0;
  private testSent = false;
  private closing: () => void = () => {};

  constructor(
    readonly compId: string,
    options: PeerOptions = {},
  ) {
    const { peerCompId = "GATEWAY", version = "FIX.4.4", clock = SYSTEM_CLOCK, keeps = "all" } = options;
    this.peerCompId = peerCompId;
    this.version = version;
    this.clock = clock;
    this.keepsAll = keeps === "all";
    this.sent = new SentMessages(keeps !== "nothing");
    this.history = new ReceivedMessages(keeps !== "nothing");
    this.inbox = new Inbox(this.keepsAll);
    this.beginString = beginStringOf(version);
    const applVerId = applVerIdOf(version);
    if (applVerId !== null) this.logonMore = [[1137, applVerId]];
  }

  /** Called for each application message, in sequence. */
  protected application(_message: Message): void {}

  /** Called for each received message, in sequence or not. */
  protected onMessage(_message: Message): void {}

  /** Called for each Reject (3), in sequence. */
  protected rejected(_message: Message): void {}

  /** Called when the first message of a connection is a Logout. */
  protected refused(_message: Message): void {}

  /** Called when the connection has ended. */
  protected ended(): void {}

  fault(text: string): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push(`${this.compId}: ${text}`);
  }

  get connected(): boolean {
    return this.transport !== null;
  }

  /** True when there is no sequence gap. */
  get inSequence(): boolean {
    return this.gapTo === 0;
  }

  /** Returns the current time as a UTCTimestamp. */
  now(): string {
    return utcTimestamp(this.clock.wallUs);
  }

  /** Attaches a new connection; an older one is aborted. */
  attach(transport: Transport): void {
    const old = this.transport;
    if (old !== null) {
      this.disconnected(old);
      old.abort();
    }
    this.transport = transport;
    this.loggedOn = false;
    this.logonSent = false;
    this.logoutSent = false;
    this.splitter = new Splitter(this.beginString);
    this.gapTo = 0;
    this.lastNew = 0;
    this.testSent = false;
    this.lastInNs = this.clock.nowNs;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.closing = resolve;
  }

  /** Called by the transport at the end of the connection. */
  disconnected(transport: Transport): void {
    if (transport !== this.transport) return;
    this.transport = null;
    this.loggedOn = false;
    this.ended();
    this.closing();
  }

  /** Takes received bytes of a connection, as Latin-1. */
  take(transport: Transport, text: string): void {
    if (transport !== this.transport) return;
    const { splitter } = this;
    this.lastInNs = this.clock.nowNs;
    this.testSent = false;
    splitter.add(text);
    while (this.transport === transport) {
      const message = this.nextMessage(splitter);
      if (message === null) return;
      this.message(message);
    }
  }

  /** Sends a message with the next number. Returns the number. Without a connection the message is only kept for a resend. */
  send(type: string, body: Body = ""): number {
    const sequence = this.nextOut++;
    const time = this.now();
    this.sent.add(sequence, type, body, time);
    if (type === LOGON) this.logonSent = true;
    if (type === LOGOUT) this.logoutSent = true;
    if (this.initiates || this.logonSent || type === LOGOUT) this.write(this.text(type, body, { sequence, time }));
    return sequence;
  }

  /** Sends a message with the caller's number and header fields; the session's numbers do not change. */
  sendAs(type: string, sequence: number, body: Body = "", more: Body = ""): void {
    this.write(this.text(type, body, { sequence, more }));
  }

  /** Returns a whole message. */
  text(type: string, body: Body = "", header: Header = {}): string {
    const { sequence = this.nextOut, compId = this.compId, beginString = this.beginString, more = "" } = header;
    const time = header.time ?? this.now();
    const head = `35=${type}${SOH}34=${sequence}${SOH}49=${compId}${SOH}52=${time}${SOH}56=${this.peerCompId}${SOH}`;
    return frameText(head + bodyText(more) + bodyText(body), beginString);
  }

  /** Sends a text unchanged. */
  write(text: string): void {
    if (this.transport === null) return;
    this.lastOutNs = this.clock.nowNs;
    this.transport.write(text);
  }

  /** Sends an application message again without a ResendRequest. */
  repeat(sequence: number): void {
    const sent = this.sent.get(sequence);
    if (sent !== undefined && this.loggedOn) this.writeAgain(sequence, sent);
  }

  /** Ends the connection without a Logout. */
  drop(): void {
    this.transport?.abort();
  }

  pause(): void {
    if (this.transport !== null) this.transport.paused = true;
  }

  resume(): void {
    if (this.transport !== null) this.transport.paused = false;
  }

  /** Sends heartbeats, TestRequests and repeated ResendRequests, and drops a silent connection. */
  tick(): void {
    if (this.transport === null) return;
    const { nowNs } = this.clock;
    const intervalNs = this.heartBtInt * 1e9;
    const silentNs = nowNs - this.lastInNs;
    if (silentNs > GIVE_UP_AFTER * intervalNs + 1e9) return this.drop();
    if (!this.loggedOn) return;
    if (silentNs > TEST_AFTER * intervalNs && !this.testSent) {
      this.testSent = true;
      this.send(TEST_REQUEST, [[112, "TEST"]]);
    } else if (nowNs - this.lastOutNs >= intervalNs) this.send(HEARTBEAT);
    if (this.gapTo !== 0 && nowNs - this.gapAtNs > ASK_AGAIN_NS) this.askResend(this.nextIn);
  }

  /** Sends a ResendRequest from `from` to the last message. */
  askResend(from: number): void {
    this.gapAtNs = this.clock.nowNs;
    this.resendsAsked++;
    this.send(RESEND_REQUEST, [
      [7, from],
      [16, 0],
    ]);
  }

  /** Resolves with the next message that `found` accepts and no earlier `wait` took. */
  wait(what: string, found: (message: Message) => boolean, patienceMs = PATIENCE_MS): Promise<Message> {
    return this.inbox.wait(found, patienceMs, () => {
      const last = this.received.slice(-6).map((message) => `\n  ${message}`);
      return new Error(`${this.compId}: no ${what} within ${patienceMs} ms; the last that came:${last.join("")}`);
    });
  }

  waitType(type: string): Promise<Message> {
    return this.wait(`message of type ${type}`, (message) => message.type === type);
  }

  /** Resolves once the other side has handled all messages sent before, and its answers are received. */
  async settle(patienceMs = PATIENCE_MS): Promise<void> {
    const id = `SETTLE${this.nextOut}`;
    this.send(TEST_REQUEST, [[112, id]]);
    await this.wait("heartbeat", (message) => message.type === HEARTBEAT && message.get(112) === id, patienceMs);
  }

  /** Resolves at the end of the connection; rejects after PATIENCE_MS. */
  waitClosed(): Promise<void> {
    return within(this.closed, PATIENCE_MS, () => new Error(`${this.compId}: still connected`));
  }

  /** Sends a Logout, once. */
  sendLogout(): void {
    if (this.loggedOn && !this.logoutSent) this.send(LOGOUT);
  }

  async logout(): Promise<void> {
    this.send(LOGOUT);
    await this.waitClosed();
  }

  private nextMessage(splitter: Splitter): Message | null {
    try {
      return splitter.next();
    } catch (error) {
      this.fault((error as Error).message);
      this.drop();
      return null;
    }
  }

  private message(message: Message): void {
    if (this.keepsAll) this.received.push(message);
    this.onMessage(message);
    const { type } = message;
    if (message.get(49) !== this.peerCompId || message.get(56) !== this.compId) this.fault(`CompIDs: ${message}`);
    if (!this.loggedOn && type === LOGOUT) this.refused(message);
    else if (!this.loggedOn && type !== LOGON) this.fault(`not logged on: ${message}`);
    if (type === LOGON && message.get(141) === "Y") this.resetIn();
    const isReset = type === SEQUENCE_RESET && message.get(123) !== "Y";
    if (!isReset) this.checkOrder(message);
    const { sequence } = message;
    if (isReset) this.reset(message);
    else if (sequence > this.nextIn) this.early(message);
    else if (sequence < this.nextIn) this.again(message);
    else this.inOrder(message);
  }

  private resetIn(): void {
    this.nextIn = 1;
    this.history.clear();
    this.lastNew = 0;
    this.gapTo = 0;
  }

  /** Checks that new messages of a connection have consecutive numbers. */
  private checkOrder(message: Message): void {
    if (message.possDup || message.sequence < this.nextIn) return;
    if (this.lastNew !== 0 && message.sequence !== this.lastNew + 1)
      this.fault(`after number ${this.lastNew} came ${message}`);
    this.lastNew = message.type === SEQUENCE_RESET ? message.number(36) - 1 : message.sequence;
  }

  private reset(message: Message): void {
    this.nextIn = message.number(36);
    this.lastNew = this.nextIn - 1;
    this.gapTo = 0;
    this.inbox.add(message);
  }

  /** Handles a message behind a gap: Logon, Logout and ResendRequest at once, then requests a resend. */
  private early(message: Message): void {
    const { type } = message;
    if (type === LOGON || type === LOGOUT) this.deliver(message);
    if (type === RESEND_REQUEST && this.automatic) this.resend(message);
    if (type === LOGOUT || !this.automatic) return;
    if (this.gapTo !== 0 && this.clock.nowNs - this.gapAtNs < ASK_AGAIN_NS) return;
    this.gapTo = message.sequence;
    this.askResend(this.nextIn);
  }

  /** Handles a repeated number: it must have PossDupFlag and the same content as before. */
  private again(message: Message): void {
    this.repeats++;
    if (!message.possDup) return this.fault(`MsgSeqNum too low, ${this.nextIn} was next: ${message}`);
    if (message.type === SEQUENCE_RESET) return this.gapFill(message);
    const wrong = this.history.compare(message);
    if (wrong !== null) this.fault(wrong);
  }

  private inOrder(message: Message): void {
    if (message.type === SEQUENCE_RESET) this.gapFill(message);
    else {
      this.nextIn = message.sequence + 1;
      this.history.add(message);
    }
    if (this.nextIn > this.gapTo) this.gapTo = 0;
    this.deliver(message);
  }

  /** Handles a gap fill. */
  private gapFill(message: Message): void {
    const next = message.number(36);
    const { sequence } = message;
    if (!(next > sequence)) return this.fault(`NewSeqNo: ${message}`);
    const held = this.history.fill(sequence, next);
    if (held > 0 && this.expectsRepeats) this.fault(`number ${held} came before: ${message}`);
    if (next > this.nextIn) this.nextIn = next;
  }

  private deliver(message: Message): void {
    const { type } = message;
    if (type === LOGON) this.logonCame(message);
    else if (type === TEST_REQUEST && this.automatic) this.send(HEARTBEAT, [[112, message.text(112)]]);
    else if (type === RESEND_REQUEST && this.automatic) this.resend(message);
    else if (type === LOGOUT && this.loggedOn) this.logoutCame();
    else if (type === REJECT) this.rejected(message);
    else if (!isAdministrative(type)) this.application(message);
    this.inbox.add(message);
  }

  /** Handles a Logon; an acceptor answers it. A Logon with ResetSeqNumFlag resets our numbers, too. */
  private logonCame(message: Message): void {
    if (!this.initiates) {
      const resets = message.get(141) === "Y";
      if (resets) this.resetOut();
      this.answerLogon(message, resets ? [[141, "Y"]] : []);
    }
    this.loggedOn = this.transport !== null && !this.logoutSent;
  }

  protected answerLogon(message: Message, more: readonly Field[]): void {
    this.send(LOGON, [[98, 0], [108, message.get(108) ?? "30"], ...more, ...this.logonMore]);
  }

  /** Resets outgoing numbers and forgets the sent messages. */
  resetOut(): void {
    this.nextOut = 1;
    this.sent.clear();
  }

  private logoutCame(): void {
    if (!this.answersLogout) return;
    if (!this.logoutSent) this.send(LOGOUT);
    this.transport?.end();
  }

  /** Answers a ResendRequest: application messages with PossDupFlag and OrigSendingTime, gap fills for the others. */
  resend(request: Message): void {
    this.resendsAnswered++;
    const begin = request.number(7);
    const end = Math.min(Number(request.text(16)) || this.nextOut - 1, this.nextOut - 1);
    this.sent.resend(
      begin,
      end,
      (sequence, sent) => this.writeAgain(sequence, sent),
      (from, next) => this.sendAs(SEQUENCE_RESET, from, `123=Y|36=${next}|`, `43=Y|122=${this.now()}|`),
    );
  }

  private writeAgain(sequence: number, sent: Sent): void {
    // Not after SendingTime, also where the clock was set back since.
    const now = this.now();
    this.sendAs(sent.type, sequence, sent.body, `43=Y|122=${sent.time < now ? sent.time : now}|`);
  }
}
