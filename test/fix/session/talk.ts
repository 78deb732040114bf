import { ascii } from "../../../src/base/ascii.ts";
import { DisconnectReason } from "../../../src/base/disconnect-reason.ts";
import { LaneTime } from "../../../src/base/lane-time.ts";
import { frame, SOH, utcTimestamp } from "../../../src/counterparty/message.ts";
import type { SessionProfile } from "../../../src/fix/session/profile.ts";
import { FixSession } from "../../../src/fix/session/session.ts";
import { MessageBuffer } from "../../../src/fix/wire/message-buffer.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import * as tag from "../../../src/fix/wire/tags.ts";
import { FIX44 } from "../../../src/fix/wire/version.ts";
import { APPLICATION, CLOSE, INCOMPLETE, REJECTED, type SessionHost } from "../../../src/session/protocol.ts";
import { bytesOf, fields, readable } from "../wire/messages.ts";
import { WALL } from "./pair.ts";

/** One of two sessions that talk to each other over wires in memory; it keeps what it sent, for resends. */
export class Side implements SessionHost {
  readonly session: FixSession;
  readonly said: string[] = [];
  readonly heard: string[] = [];
  /** All that went onto the wire, as text with `|`. */
  readonly log: string[] = [];
  /** On its way to the peer. */
  readonly wire: string[] = [];
  /** The session has ended the connection. */
  closed = false;
  connected = false;
  logons = 0;
  /** Of each message: its copy for the journal is another one. */
  readonly masked: boolean[] = [];
  private kept: { sequence: number; text: string; application: boolean }[] = [];
  private readonly scanner = new Scanner(65_536);
  private readonly time = new LaneTime();

  constructor(profile: Partial<SessionProfile> & { compId: string; peerCompId: string; initiator: boolean }) {
    const full = { version: FIX44, heartBtIntS: 30, resetOnLogon: false, logonTimeoutMs: 5000, ...profile };
    this.session = new FixSession(full, this, this.time, this.scanner, new MessageBuffer(65_536));
    this.at(0);
  }

  /** Tells it the time, in seconds since the beginning. */
  at(seconds: number): void {
    this.time.nowNs = 1e9 + seconds * 1e9;
    this.time.wallUs = WALL + (this.time.nowNs - 1e9) / 1000;
  }

  get wallUs(): number {
    return this.time.wallUs;
  }

  tick(): void {
    if (this.connected && this.session.tick() !== DisconnectReason.NONE) this.closed = true;
  }

  connect(): void {
    this.connected = true;
    this.closed = false;
    this.wire.length = 0;
    this.session.connected();
  }

  disconnect(): void {
    this.connected = false;
    this.wire.length = 0;
    this.session.disconnected();
  }

  /** Says something now, whether or not anybody is there; what is said while nobody is comes with a later resend. */
  say(text: string): void {
    this.said.push(text);
    this.session.out.begin(tag.EXECUTION_REPORT).text(tag.Text, ascii(text));
    this.session.out.end(1);
  }

  hear(text: string): void {
    if (!this.connected || this.closed) return;
    const raw = text.replaceAll("|", SOH);
    const received = bytesOf(raw, 65_536);
    let at = 0;
    for (;;) {
      const { kind, next } = this.session.receive(received, at, raw.length);
      if (kind === INCOMPLETE) break;
      at = next;
      const { bytes, from, to } = this.scanner;
      if (kind === APPLICATION || kind === REJECTED)
        this.heard.push(fields(readable(bytes, from, to)).get(tag.Text) ?? "");
      if (kind === CLOSE) this.closed = true;
    }
    if (at !== raw.length) throw new Error(`garbled: ${text}`);
  }

  /** MsgTypes of what it sent since the last call. */
  types(): string {
    return this.log
      .splice(0)
      .map((text) => /\|35=(\w+)/.exec(text)![1])
      .join("");
  }

  message(
    _address: number,
    _bytes: number,
    journalAddress: number,
    _length: number,
    sequence: number,
    index: number,
  ): void {
    const { bytes, from, at, address } = this.session.out.writer;
    const text = readable(bytes, from, at);
    this.kept.push({ sequence, text, application: index > 0 });
    this.masked.push(journalAddress !== address);
    if (this.connected && (this.session.active || index === 0)) this.out(text);
  }

  reset(): void {
    this.kept = [];
  }

  /** Application messages again, one gap fill for each run of others; by plain string code. */
  aside(): void {
    const { bytes, from, at } = this.session.out.writer;
    this.out(readable(bytes, from, at));
  }
  received(): void {}
  skipped(): void {}
  peerLogout(): void {}
  resend(begin: number, end: number): void {
    let gapFrom = 0;
    const fill = (next: number): void => {
      if (gapFrom > 0) this.again("4", gapFrom, this.stamp, `36=${next}|123=Y|`);
      gapFrom = 0;
    };
    for (const { sequence, text, application } of this.kept) {
      if (sequence < begin || sequence > end) continue;
      if (application) {
        fill(sequence);
        const message = fields(text);
        this.again("8", sequence, message.get(52)!, `58=${message.get(58)}|`);
      } else if (gapFrom === 0) gapFrom = sequence;
    }
    fill(end + 1);
  }

  loggedOn(): void {
    this.logons++;
  }

  cancelTerms(): void {}

  private get stamp(): string {
    return utcTimestamp(this.wallUs);
  }

  private again(type: string, sequence: number, first: string, body: string): void {
    const { compId, peerCompId } = this.session.profile;
    const head = `35=${type}|34=${sequence}|43=Y|49=${compId}|52=${this.stamp}|56=${peerCompId}|122=${first}|`;
    this.out(frame(head + body).replaceAll(SOH, "|"));
  }

  private out(text: string): void {
    this.wire.push(text);
    this.log.push(text);
  }
}

/** Two sides and the time. */
export class Talk {
  readonly gateway: Side;
  readonly venue: Side;
  seconds = 0;

  constructor(gateway: Partial<SessionProfile> = {}, venue: Partial<SessionProfile> = {}) {
    this.gateway = new Side({ compId: "GATEWAY", peerCompId: "VENUE", initiator: true, ...gateway });
    this.venue = new Side({ compId: "VENUE", peerCompId: "GATEWAY", initiator: false, ...venue });
  }

  connect(): this {
    this.venue.connect();
    this.gateway.connect();
    return this;
  }

  /** The connection breaks: what is on its way is lost. */
  cut(): this {
    this.venue.disconnect();
    this.gateway.disconnect();
    return this;
  }

  /** One message from one side to the other, if one is on its way. A side that has closed cuts the connection once empty. */
  step(from: Side): boolean {
    const to = from === this.gateway ? this.venue : this.gateway;
    const text = from.wire.shift();
    if (text === undefined) return false;
    to.hear(text);
    return true;
  }

  /** Until nothing is on its way; fails when the two never stop talking. */
  settle(): this {
    for (let i = 0; this.step(this.gateway) || this.step(this.venue); i++) {
      if (i > 10_000)
        throw new Error(`they talk for ever: ${this.gateway.log.slice(-4)} / ${this.venue.log.slice(-4)}`);
    }
    return this;
  }

  pass(seconds: number): this {
    this.seconds += seconds;
    for (const side of [this.gateway, this.venue]) {
      side.at(this.seconds);
      side.tick();
    }
    return this.settle();
  }
}
