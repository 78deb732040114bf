import { addressOf } from "../../ffi/memory.ts";
import { frame, utcTimestamp } from "../../src/counterparty/message.ts";
import type { PipeNetwork } from "../../src/net/pipe.ts";
import type { Random } from "./random.ts";

/** Room for what is sent and received at once. */
const BYTES = 65_536;
const sending = new Uint8Array(new ArrayBuffer(BYTES));
const sendingAt = addressOf(sending.buffer);
const receiving = new Uint8Array(new ArrayBuffer(BYTES));
const receivingAt = addressOf(receiving.buffer);
const MESSAGE = /8=FIX[^\x01]*\x019=\d+\x0135=([^\x01]+)\x01.*?\x0110=\d{3}\x01/gs;

/** What the strangers of a run share. */
export interface Street {
  readonly network: PipeNetwork;
  readonly random: Random;
  wallUs: number;
  turns: number;
}

/** A peer that says what it wants to, in pieces as chance has it, and keeps all that it hears. */
export class Stranger {
  fd = -1;
  nextOut = 1;
  /** Whether it is logged on, and its next Logon resets the numbers. */
  isOn = false;
  resets = true;
  heard = "";
  /** Until this turn it does not read. */
  deafUntil = 0;
  private rest = "";
  private unsent = "";

  constructor(
    readonly compId: string,
    readonly street: Street,
    readonly beginString: string,
    readonly applVerId: string,
    /** Does something about a message; the session's own are answered here. */
    private readonly hears: (type: string, text: string) => void,
    /** Says something with a number that the other side misses. */
    private readonly fills: (sequence: number) => void,
  ) {}

  field(text: string, tag: number): string {
    return new RegExp(`\x01${tag}=([^\x01]*)\x01`).exec(text)?.[1] ?? "";
  }

  open(fd: number): void {
    this.fd = fd;
    this.unsent = "";
    this.rest = "";
  }

  logon(): void {
    if (this.resets) this.nextOut = 1;
    const version = this.applVerId === "" ? "" : `1137=${this.applVerId}|`;
    this.say("A", `98=0|108=30|${this.resets ? "141=Y|" : ""}${version}`);
    this.resets = false;
  }

  say(type: string, body: string, more: Partial<Header> = {}): void {
    this.write(this.message(type, body, more));
  }

  message(type: string, body: string, more: Partial<Header> = {}): string {
    const { sequence = this.nextOut++, sender = this.compId, begin = this.beginString, extra = "" } = more;
    const time = utcTimestamp(more.timeUs ?? this.street.wallUs);
    return frame(`35=${type}|34=${sequence}|49=${sender}|52=${time}|56=GATEWAY|${extra}${body}`, begin);
  }

  write(text: string): void {
    if (this.fd >= 0) this.unsent += text;
  }

  /** Sends some of its messages, and hears what there is. */
  turn(): void {
    if (this.fd < 0) return;
    const { network, random, turns } = this.street;
    const most = Math.min(BYTES, this.unsent.length);
    const bytes = random.chance(0.6) ? most : random.below(most + 1);
    sending.set(Buffer.from(this.unsent.slice(0, bytes), "latin1"));
    const sent = bytes === 0 ? 0 : network.send(this.fd, sendingAt, bytes);
    if (sent > 0) this.unsent = this.unsent.slice(sent);
    if (turns >= this.deafUntil) this.read();
  }

  private read(): void {
    const { network } = this.street;
    const count = network.receive(this.fd, receivingAt, BYTES);
    if (count > 0) {
      const text = Buffer.from(receiving.subarray(0, count)).toString("latin1");
      this.heard += text;
      this.rest += text;
      let end = 0;
      for (const match of this.rest.matchAll(MESSAGE)) {
        end = match.index + match[0].length;
        this.take(match[1]!, match[0]);
      }
      this.rest = this.rest.slice(end);
    } else if (count === 0 || !network.sockets.has(this.fd) || network.sockets.get(this.fd)!.reset) this.hangUp();
  }

  hangUp(): void {
    if (this.fd >= 0) this.street.network.abortSocket(this.fd);
    this.heard += "\n";
    this.fd = -1;
    this.isOn = false;
  }

  private take(type: string, text: string): void {
    if (type === "A") this.isOn = true;
    else if (type === "1") this.say("0", `112=${this.field(text, 112)}|`);
    else if (type === "2") this.fill(Number(this.field(text, 7)));
    else if (type === "5") this.resets = true;
    this.hears(type, text);
  }

  /** Answers a ResendRequest: something comes as if for the first time, the rest not at all. */
  private fill(from: number): void {
    let begin = from;
    for (; begin < this.nextOut && this.street.random.chance(0.5); begin++) this.fills(begin);
    const time = utcTimestamp(this.street.wallUs);
    const extra = `43=Y|122=${time}|`;
    if (begin < this.nextOut) this.say("4", `36=${this.nextOut}|123=Y|`, { sequence: begin, extra });
  }
}

export interface Header {
  readonly sequence: number;
  readonly sender: string;
  readonly begin: string;
  readonly timeUs: number;
  /** Further fields of the header. */
  readonly extra: string;
}
