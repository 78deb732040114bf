import { addressOf } from "../../ffi/memory.ts";
import { abortSocket, closeSocket, receive, send } from "../../ffi/socket.ts";
import { ascii } from "../../src/base/ascii.ts";
import { LaneTime } from "../../src/base/lane-time.ts";
import { MIB } from "../../src/base/units.ts";
import { frame, utcTimestamp } from "../../src/counterparty/message.ts";
import type { SessionProfile } from "../../src/fix/session/profile.ts";
import { FixSession } from "../../src/fix/session/session.ts";
import { MessageBuffer } from "../../src/fix/wire/message-buffer.ts";
import { Scanner } from "../../src/fix/wire/scan.ts";
import { FIX44 } from "../../src/fix/wire/version.ts";
import { BackwardReader } from "../../src/journal/backward-reader.ts";
import { SequenceIndex } from "../../src/journal/sequence-index.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { Stream } from "../../src/net/stream.ts";
import { Link } from "../../src/session/link.ts";
import type { LinkHandler } from "../../src/session/link-handler.ts";
import type { SessionHost, Verdict } from "../../src/session/protocol.ts";
import { Resender } from "../../src/session/resender.ts";
import { untilSync } from "../eventually.ts";
import { WALL } from "../fix/session/pair.ts";
import { fields } from "../fix/wire/messages.ts";
import { Rig as JournalRig, scratchDirectory } from "../journal/rig.ts";
import { connection } from "../net/sockets.ts";
import { TestPool } from "../pool/pool.ts";

export const SESSION = 1;
const MAX_MESSAGE = 2048;
const ROOM = 4 * MAX_MESSAGE;

export type Fields = Map<number, string>;

interface Options {
  profile?: Partial<SessionProfile>;
  maxAgeUs?: number;
  outBytes?: number;
  segmentBytes?: number;
  /** Spans of a pool that its backlog is in; left out: none, all of it is in `outBytes`. */
  spans?: number;
  mostUnsent?: number;
  /** Without a journal everything is gap-filled. */
  journal?: boolean;
}

/** A link over loopback with its journal; the test is its peer and writes every message by hand. */
export class LinkRig implements LinkHandler<Link<FixSession>>, Disposable {
  readonly time = new LaneTime();
  readonly link: Link<FixSession>;
  readonly verdicts: Pick<Verdict, "kind" | "msgSeqNum" | "epoch" | "refTag">[] = [];
  readonly journal: JournalRig;
  readonly applications: string[] = [];
  readonly stales: string[] = [];
  /** `number: bytes` of messages that are too long to be sent again. */
  readonly tooLongs: string[] = [];
  /** What `stale` said is in the journal. */
  isTold = true;
  readonly closings: number[] = [];
  logons = 0;
  /** So often `ready` says yes. */
  rooms = Number.POSITIVE_INFINITY;
  peerNext = 1;
  readonly pool: TestPool | null;
  private readonly reactor: Reactor;
  private readonly stream: Stream;
  private readonly scanner = new Scanner(MAX_MESSAGE);
  private readonly dir = scratchDirectory();
  private readonly buffer = new Uint8Array(new ArrayBuffer(MIB));
  private readonly bufferAt = addressOf(this.buffer.buffer);
  private far = -1;
  private unread = "";

  constructor({ profile = {}, maxAgeUs = Number.POSITIVE_INFINITY, outBytes = MIB, ...more }: Options = {}) {
    this.pool = more.spans === undefined ? null : new TestPool(more.spans);
    this.reactor = new Reactor(4, false, undefined, this.pool?.lanes[0] ?? null);
    this.time.nowNs = 1e9;
    this.time.wallUs = WALL;
    this.journal = new JournalRig(this.dir.path, "client0", { segmentBytes: more.segmentBytes });
    const journal = more.journal === false ? null : this.journal.writer;
    const ours = { version: FIX44, compId: "GATEWAY", peerCompId: "PEER", initiator: false, heartBtIntS: 30 };
    const full = { ...ours, resetOnLogon: false, logonTimeoutMs: 5000, ...profile };
    const protocol = (host: SessionHost) =>
      new FixSession(full, host, this.time, this.scanner, new MessageBuffer(MAX_MESSAGE));
    this.link = new Link(SESSION, "PEER", protocol, this, journal, this.time, MAX_MESSAGE);
    if (journal !== null) {
      const backwardReader = new BackwardReader(journal, this.dir.path);
      const room = 2 * MAX_MESSAGE;
      this.link.resender = new Resender(new SequenceIndex(), backwardReader, maxAgeUs, room);
    }
    this.stream = new Stream(this.reactor, 65_536, outBytes, more.mostUnsent);
  }

  /** Makes a connection; an initiator's Logon goes out with the next turn. */
  connect(): this {
    const { near, far } = connection();
    this.far = far;
    this.unread = "";
    this.stream.open(near, false);
    this.link.attach(this.stream);
    return this;
  }

  /** Connects and logs the peer on; what was sent is in `taken`. */
  logon(body = "98=0|108=30|"): this {
    this.connect().say("A", body);
    return this.turnUntil(() => this.logons > 0);
  }

  /** The peer writes a message with its next number, or the one given. */
  say(type: string, body = "", sequence = this.peerNext): this {
    this.peerNext = sequence + 1;
    return this.write(this.peerFrame(type, body, sequence));
  }

  peerFrame(type: string, body: string, sequence: number): string {
    return frame(`35=${type}|34=${sequence}|49=PEER|52=${utcTimestamp(this.time.wallUs)}|56=GATEWAY|${body}`);
  }

  write(text: string): this {
    this.buffer.set(Buffer.from(text, "latin1"));
    if (send(this.far, this.bufferAt, text.length) !== text.length) throw new Error("the peer could not write");
    return this;
  }

  pass(seconds: number): this {
    this.time.nowNs += seconds * 1e9;
    this.time.wallUs += seconds * 1e6;
    this.link.tick();
    return this;
  }

  /** One turn of the lane. */
  turn(): number {
    this.reactor.wait(0);
    if (!this.journal.writer.room(ROOM)) this.journal.settle();
    return this.link.pollOut() + this.link.pollIn(false) + this.link.pollOut();
  }

  turnUntil(done: () => boolean): this {
    untilSync("what the peer said", () => {
      this.turn();
      return done();
    });
    return this;
  }

  /** Takes the first message of a connection that an acceptor has read already. */
  first(): void {
    const stream = this.link.stream!;
    if (this.scanner.scan(stream.in, stream.inFrom, stream.inTo) <= 0) throw new Error("no whole message");
    this.link.first();
  }

  waitFor(done: () => boolean): void {
    untilSync("what was sent", done);
  }

  /** The peer sends a TestRequest; turns until its answer has come. Returns all that came before the answer. */
  settle(): Fields[] {
    const id = `T${this.peerNext}`;
    this.say("1", `112=${id}|`);
    const all: Fields[] = [];
    this.turnUntil(() => {
      all.push(...this.take());
      return all.some((message) => message.get(112) === id);
    });
    const end = all.findIndex((message) => message.get(112) === id);
    return all.toSpliced(end, 1);
  }

  /** An application message of ours, as an agent writes one. */
  report(text: string, index = 1): this {
    const session = this.link.session;
    session.out.begin("8".charCodeAt(0)).text(58, ascii(text));
    session.out.end(index);
    return this;
  }

  /** Whole messages that the peer has received since the last call, each with right BodyLength and CheckSum. */
  take(): Fields[] {
    return this.takeTexts().map(fields);
  }

  takeTexts(): string[] {
    const count = receive(this.far, this.bufferAt, this.buffer.length);
    if (count > 0) this.unread += Buffer.from(this.buffer.slice(0, count)).toString("latin1");
    const messages: string[] = [];
    for (;;) {
      const end = /\x0110=\d{3}\x01/.exec(this.unread);
      if (end === null) return messages;
      const cut = end.index + end[0].length;
      messages.push(this.unread.slice(0, cut));
      this.unread = this.unread.slice(cut);
    }
  }

  /** The peer's connection ends, whether or not the link closes its own end. */
  hangUpUnseen(): this {
    closeSocket(this.far);
    this.far = -1;
    return this;
  }

  /** The peer's connection ends, or breaks. */
  hangUp(abort = false): this {
    const before = this.closings.length;
    this.turnUntil(() => this.link.pollOut() === 0);
    if (abort) abortSocket(this.far);
    else closeSocket(this.far);
    this.far = -1;
    return this.turnUntil(() => this.closings.length > before);
  }

  ready(): boolean {
    return this.journal.writer.room(ROOM) && this.rooms-- > 0;
  }
  receiveBatch(): number {
    return 0;
  }

  application(_link: Link<FixSession>, { kind, msgSeqNum, epoch, refTag }: Verdict): void {
    const scan = this.scanner;
    const field = scan.find(58);
    this.verdicts.push({ kind, msgSeqNum, epoch, refTag });
    this.applications.push(
      field < 0
        ? String.fromCharCode(scan.msgType)
        : Buffer.from(scan.bytes.slice(scan.starts[field]!, scan.ends[field]!)).toString(),
    );
  }
  loggedOn(): void {
    this.logons++;
  }
  closed(_link: Link<FixSession>, reason: number): void {
    this.closings.push(reason);
  }
  staleJournalled(): boolean {
    return this.isTold;
  }
  stale(_link: Link<FixSession>, sequence: number, tooLong: number): void {
    if (tooLong > 0) this.tooLongs.push(`${sequence}: ${tooLong}`);
    const scan = this.scanner;
    const field = scan.find(58);
    this.stales.push(Buffer.from(scan.bytes.slice(scan.starts[field]!, scan.ends[field]!)).toString());
  }

  [Symbol.dispose](): void {
    if (this.stream.isOpen) this.stream.close(true);
    if (this.far >= 0) closeSocket(this.far);
    this.reactor.close();
    this.journal.close();
    this.dir[Symbol.dispose]();
  }
}

/** Messages in short: `8 one` for a report, `4 2>5` for a gap fill from 2 to 5, with `*` where PossDupFlag is set. */
export function short(messages: readonly Fields[]): string[] {
  return messages.map((message) => {
    const dup = message.get(43) === "Y" ? "*" : "";
    const type = message.get(35);
    if (type === "4") return `4${dup} ${message.get(34)}>${message.get(36)}`;
    return `${type}${dup} ${message.get(34)}${message.has(58) ? ` ${message.get(58)}` : ""}`;
  });
}
