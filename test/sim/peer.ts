import { addressOf } from "../../ffi/memory.ts";
import type { PipeNetwork } from "../../src/net/pipe.ts";
import { Cutter, framed, stamp, type Text } from "./fix-text.ts";
import type { Random } from "./random.ts";

/** What all that take part share. */
export interface Scene {
  readonly network: PipeNetwork;
  readonly random: Random;
  nowNs: number;
  wallUs: number;
  /** No more faults: everybody does what is left to do, and rests. */
  calm: boolean;
  readonly log: string[] | null;
  /** Mixes into the run's fingerprint. */
  note(value: number): void;
  /** An invariant does not hold. */
  fail(what: string): never;
}

interface Sent {
  readonly type: string;
  readonly body: string;
  readonly stamp: string;
}

const scratch = new Uint8Array(new ArrayBuffer(65_536));
const scratchAt = addressOf(scratch.buffer);
/** Session-level types: they are not sent again but gap-filled. */
const ADMIN = "01245A";
const RETRY_NS = 5e9;

/** A FIX 4.4 session of the simulator's own, and the connection under it. It checks all that the gateway says in it. */
export abstract class Peer {
  fd = -1;
  loggedOn = false;
  nextOut = 1;
  nextIn = 1;
  asleepUntilNs = 0;
  /** It writes, but does not read. */
  deafUntilNs = 0;
  protected readonly sent: Sent[] = [];
  protected heartBtIntS = 2;
  /** Application messages by number as first heard. */
  private readonly heard = new Map<number, string>();
  private readonly cutter = new Cutter();
  private output = "";
  private lastHeardNs = 0;
  private lastSentNs = 0;
  private testSent = false;
  private leaving = false;
  private gapAtNs = 0;
  private gapTo = 0;
  /** Last number on this connection that was not said before; 0: none yet. */
  private wired = 0;

  constructor(
    readonly name: string,
    protected readonly gatewayName: string,
    protected readonly scene: Scene,
  ) {}

  /** An application message in sequence. */
  protected abstract application(message: Text): void;
  protected abstract initiates: boolean;
  /** Its part of one turn of the run. */
  abstract turn(): void;

  protected log(what: string): void {
    this.scene.log?.push(`${(this.scene.nowNs / 1e9).toFixed(6)} ${this.name} ${what}`);
  }

  protected fail(what: string): never {
    return this.scene.fail(`${this.name}: ${what}`);
  }

  attach(fd: number): void {
    this.fd = fd;
    this.cutter.clear();
    this.output = "";
    this.loggedOn = false;
    this.leaving = false;
    this.testSent = false;
    this.gapTo = 0;
    this.wired = 0;
    this.lastHeardNs = this.scene.nowNs;
    this.log("connected");
    if (this.initiates) this.say("A", `98=0|108=${this.heartBtIntS}|`);
  }

  hangUp(abort: boolean): void {
    if (this.fd < 0) return;
    if (abort) this.scene.network.abortSocket(this.fd);
    else this.scene.network.closeSocket(this.fd);
    this.gone("hung up");
  }

  protected gone(why: string): void {
    this.log(`disconnected: ${why}; next in ${this.nextIn}, next out ${this.nextOut}`);
    this.fd = -1;
    this.loggedOn = false;
  }

  /** Orderly: the gateway answers and closes. */
  logout(): void {
    if (!this.loggedOn || this.leaving) return;
    this.say("5", "");
    this.leaving = true;
  }

  /** Says it with the next number; without a connection it is kept for the resend that will be asked for. */
  say(type: string, body: string): number {
    const sequence = this.nextOut++;
    const sent = { type, body, stamp: stamp(this.scene.wallUs) };
    this.sent[sequence] = sent;
    if (this.fd >= 0 && (this.loggedOn || type === "A" || type === "5")) this.put(sequence, sent, false);
    return sequence;
  }

  /** Something said before, again and unasked. */
  protected repeat(sequence: number): void {
    const sent = this.sent[sequence];
    if (sent !== undefined && this.loggedOn && !ADMIN.includes(sent.type)) this.put(sequence, sent, true);
  }

  /** Bytes that are no message. */
  protected garble(): void {
    if (this.loggedOn) this.output += framed("35=0|34=1|").replace("10=", "10=9");
  }

  /** Reads, answers and writes. */
  poll(): void {
    if (this.fd < 0) return;
    if (this.scene.nowNs >= this.deafUntilNs) this.read();
    if (this.fd >= 0) this.keepTime();
    if (this.fd >= 0) this.write();
  }

  get unsent(): number {
    return this.output.length;
  }

  /** Wants to hear all of it once more. Returns 1. */
  askAgain(): number {
    this.say("2", "7=1|16=0|");
    return 1;
  }

  /** Nothing is missing of what the gateway has said, and all of its own is out. */
  get inStep(): boolean {
    return this.gapTo === 0 && this.output === "";
  }

  private put(sequence: number, sent: Sent, again: boolean): void {
    const now = stamp(this.scene.wallUs);
    const dup = again ? "43=Y|" : "";
    const orig = again ? `122=${sent.stamp}|` : "";
    const head = `35=${sent.type}|34=${sequence}|${dup}49=${this.name}|52=${now}|56=${this.gatewayName}|${orig}`;
    this.send(head + sent.body);
  }

  private send(body: string): void {
    this.log(`> ${body}`);
    this.output += framed(body);
    this.lastSentNs = this.scene.nowNs;
  }

  private write(): void {
    if (this.output === "") return;
    const length = Math.min(this.output.length, scratch.length);
    scratch.set(Buffer.from(this.output.slice(0, length), "latin1"));
    const count = this.scene.network.send(this.fd, scratchAt, length);
    if (count >= 0) this.output = this.output.slice(count);
    else if (count !== -11) this.hangUp(true);
  }

  private read(): void {
    const count = this.scene.network.receive(this.fd, scratchAt, scratch.length);
    if (count > 0) {
      this.cutter.add(Buffer.from(scratch.buffer, 0, count).toString("latin1"));
      this.lastHeardNs = this.scene.nowNs;
      this.testSent = false;
    }
    for (let message = this.nextText(); message !== null && this.fd >= 0; message = this.nextText()) {
      this.log(`< ${message}`);
      this.scene.note(message.number(34) * 31 + message.raw.length);
      this.take(message);
    }
    if (this.fd >= 0 && count <= 0 && count !== -11) {
      this.scene.network.closeSocket(this.fd);
      this.gone(count === 0 ? "ended" : "broken");
    }
  }

  private nextText(): Text | null {
    try {
      return this.cutter.next();
    } catch (error) {
      return this.fail((error as Error).message);
    }
  }

  private take(message: Text): void {
    if (message.get(49) !== this.gatewayName || message.get(56) !== this.name) this.fail(`CompIDs of ${message}`);
    const type = message.get(35);
    const sequence = message.number(34);
    const dup = message.get(43) === "Y";
    if (!this.loggedOn) {
      if (type === "5") return this.refused(message);
      if (type !== "A") this.fail(`the first message is no Logon: ${message}`);
      this.loggedOn = true;
      if (!this.initiates) this.say("A", `98=0|108=${message.get(108)}|`);
    }
    if (!dup) this.order(message, sequence);
    if (sequence > this.nextIn) this.gap(message, type, sequence);
    else if (sequence < this.nextIn) this.again(message, sequence, dup);
    else this.inOrder(message, type, sequence);
  }

  private refused(message: Text): void {
    if (message.get(58).includes("too low")) this.fail(`the gateway has lost count: ${message}`);
    this.scene.network.closeSocket(this.fd);
    this.gone(`refused: ${message.get(58)}`);
  }

  /** On one connection what is new comes in the order of its numbers, none left out. */
  private order(message: Text, sequence: number): void {
    if (this.wired !== 0 && sequence !== this.wired + 1) this.fail(`after number ${this.wired} came ${message}`);
    this.wired = sequence;
  }

  private gap(message: Text, type: string, sequence: number): void {
    if (type === "2") this.resend(message);
    if (type === "5") return this.farewell();
    if (this.gapTo !== 0 && this.scene.nowNs - this.gapAtNs < RETRY_NS) return;
    this.gapTo = sequence;
    this.gapAtNs = this.scene.nowNs;
    this.say("2", `7=${this.nextIn}|16=0|`);
  }

  private again(message: Text, sequence: number, dup: boolean): void {
    if (!dup) this.fail(`MsgSeqNum too low, expecting ${this.nextIn}: ${message}`);
    const first = this.heard.get(sequence);
    if (message.get(35) !== "4" && first !== undefined && first !== message.body) {
      this.fail(`number ${sequence} was ${first.replaceAll("\x01", "|")}, and comes again as ${message}`);
    }
  }

  private inOrder(message: Text, type: string, sequence: number): void {
    if (type === "4") {
      const next = message.number(36);
      if (!(next > sequence)) this.fail(`NewSeqNo of ${message}`);
      this.nextIn = next;
      if (next > this.gapTo) this.gapTo = 0;
      return;
    }
    this.nextIn = sequence + 1;
    if (sequence >= this.gapTo) this.gapTo = 0;
    if (type === "1") this.say("0", `112=${message.get(112)}|`);
    else if (type === "2") this.resend(message);
    else if (type === "5") this.farewell();
    else if (!ADMIN.includes(type)) {
      this.heard.set(sequence, message.body);
      this.application(message);
    }
  }

  private farewell(): void {
    if (!this.leaving) this.say("5", "");
    this.write();
    this.hangUp(false);
  }

  private resend(message: Text): void {
    const end = message.number(16);
    const last = end === 0 ? this.nextOut - 1 : Math.min(end, this.nextOut - 1);
    let gapFrom = 0;
    const fill = (next: number): void => {
      if (gapFrom === 0) return;
      this.put(gapFrom, { type: "4", body: `123=Y|36=${next}|`, stamp: stamp(this.scene.wallUs) }, true);
      gapFrom = 0;
    };
    for (let sequence = message.number(7); sequence <= last; sequence++) {
      const sent = this.sent[sequence]!;
      if (ADMIN.includes(sent.type)) gapFrom ||= sequence;
      else {
        fill(sequence);
        this.put(sequence, sent, true);
      }
    }
    fill(last + 1);
  }

  private keepTime(): void {
    const now = this.scene.nowNs;
    const beat = this.heartBtIntS * 1e9;
    if (now - this.lastHeardNs > 2.4 * beat + 1e9) return this.hangUp(true);
    if (!this.loggedOn) return;
    if (now - this.lastHeardNs > 1.2 * beat && !this.testSent) {
      this.testSent = true;
      this.say("1", "112=TEST|");
    } else if (now - this.lastSentNs >= beat) this.say("0", "");
    if (this.gapTo !== 0 && now - this.gapAtNs > RETRY_NS) {
      this.gapAtNs = now;
      this.say("2", `7=${this.nextIn}|16=0|`);
    }
  }
}
