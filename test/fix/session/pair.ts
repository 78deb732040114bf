import { DisconnectReason } from "../../../src/base/disconnect-reason.ts";
import { LaneTime } from "../../../src/base/lane-time.ts";
import { frame, utcTimestamp } from "../../../src/counterparty/message.ts";
import type { SessionProfile } from "../../../src/fix/session/profile.ts";
import { FixSession } from "../../../src/fix/session/session.ts";
import { MessageBuffer } from "../../../src/fix/wire/message-buffer.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import { FIX44 } from "../../../src/fix/wire/version.ts";
import { APPLICATION, CLOSE, INCOMPLETE, REJECTED, type SessionHost } from "../../../src/session/protocol.ts";
import { bytesOf, fields, readable } from "../wire/messages.ts";

export const WALL = Date.UTC(2026, 10, 24, 1, 2, 3) * 1000;

/** A session with a host that keeps what it sends, and a peer that is written by hand. */
export class Rig implements SessionHost {
  readonly session: FixSession;
  readonly sent: Map<number, string>[] = [];
  readonly resends: [number, number][] = [];
  readonly applications: string[] = [];
  /** What was journalled about open orders. */
  readonly kept: [type: number, windowMs: number][] = [];
  closed = false;
  resets = 0;
  /** Text with which the peer has ended the connection. */
  peerSaid = "";
  private readonly time = new LaneTime();
  private readonly scanner = new Scanner(8192);
  private peerSequence = 1;

  constructor(profile: Partial<SessionProfile> = {}) {
    const all = { version: FIX44, compId: "GATEWAY", peerCompId: "CLIENT", initiator: false, heartBtIntS: 30 };
    const full = { ...all, resetOnLogon: false, logonTimeoutMs: 5000, ...profile };
    this.time.nowNs = 1e9;
    this.time.wallUs = WALL;
    this.session = new FixSession(full, this, this.time, this.scanner, new MessageBuffer(65_536));
    this.session.connected();
  }

  /** Time passes. */
  pass(seconds: number): this {
    this.time.nowNs += seconds * 1e9;
    this.time.wallUs = WALL + (this.time.nowNs - 1e9) / 1000;
    if (this.session.tick() !== DisconnectReason.NONE) this.closed = true;
    return this;
  }

  /** The peer sends a body without its header; `sequence` and the header's other fields can be set. */
  receive(
    type: string,
    body = "",
    more: { sequence?: number; header?: string; from?: string; begin?: string } = {},
  ): this {
    const sequence = more.sequence ?? this.peerSequence;
    this.peerSequence = sequence + 1;
    const sent = utcTimestamp(this.time.wallUs);
    const number = sequence < 0 ? "" : `34=${sequence}|`;
    const header = more.header ?? `49=${more.from ?? "CLIENT"}|52=${sent}|56=GATEWAY|`;
    const begin = more.begin ?? this.session.profile.version.beginString;
    const text = frame(`35=${type}|${number}${header}${body}`, begin);
    const bytes = bytesOf(text);
    let at = 0;
    for (;;) {
      const { kind, next } = this.session.receive(bytes, at, text.length);
      if (kind === INCOMPLETE) return this;
      at = next;
      if (kind === APPLICATION || kind === REJECTED) this.applications.push(String.fromCharCode(this.scanner.msgType));
      if (kind === CLOSE) this.closed = true;
    }
  }

  logon(body = "98=0|108=30|", sequence = 1): this {
    return this.receive("A", body, { sequence });
  }

  /** MsgTypes of what was sent since the last call, and those messages. */
  take(): Map<number, string>[] {
    return this.sent.splice(0);
  }

  types(): string {
    return this.take()
      .map((message) => message.get(35))
      .join("");
  }

  message(): void {
    const { bytes, from, at } = this.session.out.writer;
    this.sent.push(fields(readable(bytes, from, at)));
  }
  reset(): void {
    this.resets++;
  }
  aside(): void {
    this.message();
  }
  received(): void {}
  skipped(): void {}
  peerLogout(bytes: Uint8Array, from: number, to: number): void {
    this.peerSaid = readable(bytes, from, to);
  }
  resend(begin: number, end: number): void {
    this.resends.push([begin, end]);
  }
  loggedOn(): void {}
  cancelTerms(type: number, windowMs: number): void {
    this.kept.push([type, windowMs]);
  }
}
