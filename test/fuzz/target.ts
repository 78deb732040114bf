import { addressOf } from "../../ffi/memory.ts";
import { LaneTime } from "../../src/base/lane-time.ts";
import { UNIT_E8 } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { builtIn } from "../../src/fix/dictionary/built-in.ts";
import { Dictionary } from "../../src/fix/dictionary/dictionary.ts";
import { Aside } from "../../src/fix/orders/aside.ts";
import { GroupReader } from "../../src/fix/orders/groups-in.ts";
import { GroupWriter } from "../../src/fix/orders/groups-out.ts";
import { PeerFields } from "../../src/fix/orders/message-fields.ts";
import { ReportReader } from "../../src/fix/orders/report-in.ts";
import { ReportWriter } from "../../src/fix/orders/report-out.ts";
import { FAULTY, OrderReader } from "../../src/fix/orders/request-in.ts";
import { VenueId } from "../../src/fix/orders/venue-id.ts";
import { FixSession } from "../../src/fix/session/session.ts";
import { STATE_ACTIVE } from "../../src/fix/session/states.ts";
import { MessageBuffer } from "../../src/fix/wire/message-buffer.ts";
import { Scanner } from "../../src/fix/wire/scan.ts";
import * as tag from "../../src/fix/wire/tags.ts";
import { type FixVersion, versionOf } from "../../src/fix/wire/version.ts";
import { BackwardReader } from "../../src/journal/backward-reader.ts";
import { SequenceIndex } from "../../src/journal/sequence-index.ts";
import { Input } from "../../src/net/input.ts";
import { PipeNetwork } from "../../src/net/pipe.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { Stream } from "../../src/net/stream.ts";
import { EXEC_NEW, REPORT_EXECUTION, SIDE_BUY, STATUS_NEW } from "../../src/record/codes.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { GROUP_SLOT_BYTES } from "../../src/record/groups.ts";
import { OrderRequest } from "../../src/record/order-request.ts";
import { Link } from "../../src/session/link.ts";
import type { LinkHandler } from "../../src/session/link-handler.ts";
import { INVALID, REJECTED, type SessionHost, type Verdict } from "../../src/session/protocol.ts";
import { Resender } from "../../src/session/resender.ts";
import type { Random } from "../crash/random.ts";
import { codec, records } from "../fix/wire/captured-session.ts";
import { Rig as JournalRig, scratchDirectory } from "../journal/rig.ts";
import { TestPool } from "../pool/pool.ts";
import { Outgoing } from "./outgoing.ts";

const DICTIONARY = new Dictionary(builtIn("FIX.4.4")!);
const FIELDS = new PeerFields(DICTIONARY, versionOf("FIX.4.4"), { user: true, unknown: true });
const DOOR = "127.0.0.1:1";
const MAX_MESSAGE = 8192;
/** What the lane of a gateway has once, so has this process. */
const POOL = new TestPool(8);
const INPUT = new Input(codec.input, codec.inputAddress);
/** Longer than this a few bytes keep nobody busy. */
const MOST_TURNS = 4_000;

/** A link with its scanner, session, stream and journal, over a connection in memory; and the readers behind it. */
export class Target implements LinkHandler<Link<FixSession>>, Disposable {
  readonly time = new LaneTime();
  readonly link: Link<FixSession>;
  readonly outgoing: Outgoing;
  connections = 0;
  applications = 0;
  /** Messages whose groups were read. */
  carried = 0;
  private readonly network = new PipeNetwork();
  private readonly reactor = new Reactor(4, false, this.network, POOL.lanes[0]!, undefined, INPUT);
  private readonly stream = new Stream(this.reactor, 65_536, 262_144);
  private readonly scanner = new Scanner(MAX_MESSAGE, codec);
  private readonly dir = scratchDirectory();
  private readonly journal: JournalRig;
  private readonly listening = this.network.listenTcp("127.0.0.1", 1, 4);
  private readonly buffer = new Uint8Array(new ArrayBuffer(65_536));
  private readonly bufferAt = addressOf(this.buffer.buffer);
  private readonly orders = new OrderReader(codec);
  private readonly reports = new ReportReader(new VenueId(1_700_000_000), codec);
  private readonly writer = new ReportWriter(codec);
  private readonly request = new OrderRequest(records).aim(1024);
  private readonly report = new ExecutionReport(records).aim(2048);
  private readonly ours = new ExecutionReport(records).aim(4096);
  private readonly groupReader = new GroupReader(DICTIONARY);
  private readonly groupWriter = new GroupWriter(DICTIONARY, new Scanner(MAX_MESSAGE));
  private readonly aside = new Aside();
  private readonly groupSlot = Views.allocate(GROUP_SLOT_BYTES + 64);
  private far = -1;
  private seenIn = 1;
  private seenEpoch = 0;
  private index = 0;

  constructor(
    readonly version: FixVersion,
    readonly initiator: boolean,
    private readonly random: Random,
    wallUs: number,
  ) {
    this.time.nowNs = 1e9;
    this.time.wallUs = wallUs;
    this.journal = new JournalRig(this.dir.path, "client0", { segmentBytes: 1 << 20 });
    const profile = {
      version,
      compId: "GATEWAY",
      peerCompId: "PEER",
      initiator,
      heartBtIntS: 30,
      resetOnLogon: false,
      logonTimeoutMs: 5000,
    };
    const bytes = MAX_MESSAGE + 1024;
    const protocol = (host: SessionHost) =>
      new FixSession(profile, host, this.time, this.scanner, new MessageBuffer(bytes));
    this.link = new Link(1, "PEER", protocol, this, this.journal.writer, this.time, bytes);
    const backwardReader = new BackwardReader(this.journal.writer, this.dir.path);
    const maxAgeUs = random.chance(0.5) ? 1e6 : Number.POSITIVE_INFINITY;
    this.link.resender = new Resender(new SequenceIndex(), backwardReader, maxAgeUs, 3 * MAX_MESSAGE);
    this.outgoing = new Outgoing(version.beginString);
    const { ours } = this;
    ours.clear();
    Object.assign(ours, { kind: REPORT_EXECUTION, execType: EXEC_NEW, ordStatus: STATUS_NEW, side: SIDE_BUY });
  }

  get connected(): boolean {
    return this.link.stream !== null;
  }

  connect(): void {
    if (this.far >= 0) this.network.closeSocket(this.far);
    this.far = this.network.connect(DOOR);
    this.stream.open(this.network.acceptTcp(this.listening), false);
    this.outgoing.connected();
    this.link.attach(this.stream);
    this.connections++;
  }

  /** The peer sends bytes, in pieces as chance has it, and takes what comes. */
  feed(bytes: Uint8Array, length: number): void {
    this.buffer.set(bytes.subarray(0, length));
    for (let at = 0; at < length && this.connected; ) {
      const piece = this.random.chance(0.85) ? length - at : this.random.int(1, length - at);
      const sent = this.network.send(this.far, this.bufferAt + at, piece);
      if (sent > 0) at += sent;
      this.turns();
    }
    this.hold();
  }

  /** Something of ours, as an agent sends it. */
  say(): void {
    const { session } = this.link;
    this.ours.quantity = BigInt(++this.index) * UNIT_E8;
    this.writer.write(session, this.ours, this.time.wallUs, FIELDS.of(tag.EXECUTION_REPORT), 0, true);
    session.out.end(this.index);
    this.turns();
  }

  pass(ms: number): void {
    this.time.nowNs += ms * 1e6;
    this.time.wallUs += ms * 1000;
    this.link.tick();
    this.turns();
  }

  /** The connection breaks from the peer's side. */
  hangUp(): void {
    this.network.abortSocket(this.far);
    this.far = -1;
    this.turns();
  }

  /** Turns until there is nothing to do. */
  private turns(): void {
    for (let count = 0; ; count++) {
      this.reactor.wait(0);
      let work = this.link.pollOut() + this.link.pollIn(false) + this.link.pollOut();
      work += this.takeOut();
      if (work === 0 && (this.link.live || !this.connected)) break;
      if (count > MOST_TURNS) throw new Error("it is busy for ever");
    }
    this.journal.keeper.poll(this.time.nowNs);
  }

  private takeOut(): number {
    if (this.far < 0) return 0;
    const count = this.network.receive(this.far, this.bufferAt + 32_768, 32_768);
    if (count > 0) this.outgoing.take(this.buffer.subarray(32_768, 32_768 + count));
    return Math.max(0, count);
  }

  /** What must be true of a session after each input, whatever it was. */
  private hold(): void {
    const { session } = this.link;
    const { state } = session;
    const { nextIn, nextOut, epoch } = session.numbers;
    if (epoch === this.seenEpoch && nextIn < this.seenIn)
      throw new Error(`nextIn went from ${this.seenIn} to ${nextIn}`);
    if (epoch < this.seenEpoch) throw new Error(`epoch went from ${this.seenEpoch} to ${epoch}`);
    if (!Number.isSafeInteger(nextIn) || nextIn < 1) throw new Error(`nextIn is ${nextIn}`);
    if (!Number.isSafeInteger(nextOut) || nextOut < 1) throw new Error(`nextOut is ${nextOut}`);
    if (!this.connected && state !== 0) throw new Error(`state ${state} without a connection`);
    if (this.connected && this.link.live && state >= STATE_ACTIVE && this.outgoing.next !== nextOut)
      throw new Error(`nextOut is ${nextOut}, the wire had ${this.outgoing.next - 1} last`);
    this.seenIn = nextIn;
    this.seenEpoch = epoch;
  }

  ready(): boolean {
    return this.journal.writer.room(64 * 1024);
  }

  receiveBatch(): number {
    return 0;
  }

  application(link: Link<FixSession>, { kind, msgSeqNum }: Verdict): void {
    if (kind === INVALID) return;
    this.applications++;
    const { session } = link;
    const scan = this.scanner;
    if (kind === REJECTED) {
      link.resender!.find(link, scan.int(tag.RefSeqNum));
      return;
    }
    this.carry(scan);
    this.reports.read(scan, this.report);
    if (this.orders.read(scan, this.request) !== FAULTY) return;
    session.rejects.reject(scan, msgSeqNum, this.orders.reason, this.orders.refTag, this.orders.text);
  }

  /** Whatever a message has of groups: they fit their slot, and their own version has a place for all but strangers. */
  private carry(scan: Scanner): void {
    const { bytes } = this.groupSlot;
    this.groupReader.find(scan, true);
    const length = this.groupReader.take(this.groupSlot, 0, this.aside);
    if (bytes[GROUP_SLOT_BYTES] !== 0 || length > GROUP_SLOT_BYTES) throw new Error(`groups of ${length} bytes`);
    if (length <= 0) return;
    this.carried++;
    this.groupWriter.write(this.groupSlot, 0, FIELDS.of(scan.msgType));
    if (this.groupWriter.unknownTag === 0 && this.groupWriter.length > this.groupSlot.ints[0]!)
      throw new Error("groups have grown");
  }

  loggedOn(): void {
    const { numbers } = this.link.session;
    if (!this.initiator || numbers.epoch === this.seenEpoch) return;
    // Our Logon is on the wire.
    this.takeOut();
    this.outgoing.resetByPeer();
  }
  closed(): void {}
  stale(): void {}
  staleJournalled(): boolean {
    return true;
  }

  [Symbol.dispose](): void {
    if (this.stream.isOpen) this.stream.close(true);
    this.reactor.close();
    this.journal.close();
    this.dir[Symbol.dispose]();
  }
}
