import { frame, utcTimestamp } from "../../../src/counterparty/message.ts";
import type { SessionHost, SessionProfile } from "../../../src/fix/session/outgoing.ts";
import { APPLICATION, CLOSE, NOT_HELD, Session } from "../../../src/fix/session/session.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import { FIX44 } from "../../../src/fix/wire/version.ts";
import { Writer } from "../../../src/fix/wire/write.ts";
import { bytesOf, fields, readable } from "../wire/messages.ts";

export const WALL = Date.UTC(2026, 10, 24, 1, 2, 3) * 1000;

/** A session with a host that keeps what it sends, and a peer that is written by hand. */
export class Rig implements SessionHost {
  readonly session: Session;
  readonly sent: Map<number, string>[] = [];
  readonly resends: [number, number][] = [];
  readonly applications: string[] = [];
  closed = false;
  resets = 0;
  private nowNs = 1e9;
  private readonly scanner = new Scanner(8192);
  private peerSequence = 1;

  constructor(profile: Partial<SessionProfile> = {}) {
    const all = { version: FIX44, compId: "GATEWAY", peerCompId: "CLIENT", initiator: false, heartBtIntS: 30 };
    const full = { ...all, resetOnLogon: false, logonTimeoutMs: 5000, ...profile };
    this.session = new Session(full, this, new Writer(bytesOf("", 65_536), full.version.timeDecimals));
    this.pass(0);
    this.session.connected();
  }

  /** Time passes. */
  pass(seconds: number): this {
    this.nowNs += seconds * 1e9;
    this.session.turn(this.nowNs, WALL + (this.nowNs - 1e9) / 1000);
    if (seconds > 0 && this.session.tick() === CLOSE) this.closed = true;
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
    const sent = utcTimestamp(WALL + (this.nowNs - 1e9) / 1000);
    const number = sequence < 0 ? "" : `34=${sequence}|`;
    const header = more.header ?? `49=${more.from ?? "CLIENT"}|52=${sent}|56=GATEWAY|`;
    const begin = more.begin ?? this.session.profile.version.beginString;
    const text = frame(`35=${type}|${number}${header}${body}`, begin);
    if (this.scanner.scan(bytesOf(text), 0, text.length) <= 0) throw new Error(`garbled: ${text}`);
    let verdict = this.session.receive(this.scanner);
    while (verdict !== NOT_HELD) {
      if (verdict === APPLICATION) this.applications.push(String.fromCharCode(this.scanner.msgType));
      if (verdict === CLOSE) this.closed = true;
      verdict = this.session.receiveHeld(this.scanner);
    }
    return this;
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

  aim(session: Session): void {
    session.writer.at = 0;
  }
  message(session: Session): void {
    this.sent.push(fields(readable(session.writer.bytes, session.writer.from, session.writer.at)));
  }
  reset(): void {
    this.resets++;
  }
  resend(_session: Session, begin: number, end: number): void {
    this.resends.push([begin, end]);
  }
  loggedOn(): void {}
}
