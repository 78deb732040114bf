// The other end of a session on the stage: writes whatever it is told to, keeps count of what it gets. Cold.

import { EAGAIN } from "../../ffi/errno.ts";
import { addressOf } from "../../ffi/memory.ts";
import { abortSocket, closeSocket, receive, send, setNoDelay } from "../../ffi/socket.ts";

const BUFFER_BYTES = 1 << 20;
const SOH = "\x01";
/** "10=123|" */
const CHECKSUM_BYTES = 7;

/** A message with a place for each field that a script may want to be wrong. */
export interface Message {
  readonly type: string;
  /** `tag=value` fields, each ended by "|". */
  readonly body?: string;
  readonly sequence?: number | string;
  /** More header fields. */
  readonly header?: string;
  readonly time?: string;
  readonly from?: string;
  readonly begin?: string;
}

/** One end of a FIX session over a socket that never waits. */
export class Peer {
  fd = -1;
  nextOut = 1;
  /** Reads nothing, so that what is sent to it piles up. */
  deaf = false;
  /** How often each kind of message has come: MsgType, and what tells its kind. */
  readonly seen = new Map<string, number>();
  /** Our clock, as the messages write it; told once a turn. */
  time = "";
  private readonly memory = new ArrayBuffer(2 * BUFFER_BYTES);
  private readonly address = addressOf(this.memory);
  private readonly input = Buffer.from(this.memory, 0, BUFFER_BYTES);
  private readonly output = Buffer.from(this.memory, BUFFER_BYTES, BUFFER_BYTES);
  private inTo = 0;
  private outFrom = 0;
  private outTo = 0;

  constructor(
    readonly compId: string,
    readonly peerCompId: string,
    readonly begin: string,
  ) {}

  attach(fd: number): void {
    this.fd = fd;
    setNoDelay(fd);
    this.inTo = 0;
    this.outFrom = 0;
    this.outTo = 0;
    this.deaf = false;
  }

  get connected(): boolean {
    return this.fd >= 0;
  }

  /** Sends with the next number. */
  send(type: string, body = "", header = ""): void {
    this.write(this.text({ type, body, header, sequence: this.nextOut++ }));
  }

  /** A whole message as it goes out. */
  text(message: Message): string {
    const { type, body = "", sequence = this.nextOut, header = "", time = this.time } = message;
    const head = `35=${type}|34=${sequence}|49=${message.from ?? this.compId}|52=${time}|56=${this.peerCompId}|`;
    const fields = `${head}${header}${body}`.replaceAll("|", SOH);
    const begin = `8=${message.begin ?? this.begin}${SOH}9=${fields.length}${SOH}`;
    return closed(begin + fields);
  }

  write(text: string): void {
    if (this.outTo + text.length > BUFFER_BYTES) this.flush();
    if (this.outTo + text.length > BUFFER_BYTES) return;
    this.outTo += this.output.write(text, this.outTo, "latin1");
  }

  /** Sends what the kernel takes. */
  flush(): void {
    if (this.fd < 0 || this.outTo === this.outFrom) return;
    const sent = send(this.fd, this.address + BUFFER_BYTES + this.outFrom, this.outTo - this.outFrom);
    if (sent > 0) this.outFrom += sent;
    if (this.outFrom < this.outTo && this.outFrom > 0) this.output.copyWithin(0, this.outFrom, this.outTo);
    this.outTo -= this.outFrom;
    this.outFrom = 0;
  }

  /** Takes what has come. Returns how many messages. */
  poll(): number {
    this.flush();
    if (this.fd < 0 || this.deaf) return 0;
    const got = receive(this.fd, this.address + this.inTo, BUFFER_BYTES - this.inTo);
    if (got > 0) {
      this.inTo += got;
      return this.takeAll();
    }
    if (got === 0 || this.isBroken(got)) this.drop(false);
    return 0;
  }

  drop(abort: boolean): void {
    if (this.fd < 0) return;
    if (abort) abortSocket(this.fd);
    else closeSocket(this.fd);
    this.fd = -1;
  }

  count(kind: string): void {
    this.seen.set(kind, (this.seen.get(kind) ?? 0) + 1);
  }

  /** What to do with a message; `get` looks fields up in it. */
  protected take(_type: string, _message: string): void {}

  private isBroken(result: number): boolean {
    return result < 0 && result !== -EAGAIN;
  }

  private takeAll(): number {
    const text = this.input.toString("latin1", 0, this.inTo);
    let count = 0;
    let from = 0;
    for (;;) {
      const at = text.indexOf(`${SOH}10=`, from);
      if (at < 0 || at + 1 + CHECKSUM_BYTES > text.length) break;
      const message = text.slice(from, at + 1 + CHECKSUM_BYTES);
      from = at + 1 + CHECKSUM_BYTES;
      count++;
      this.take(get(message, 35), message);
    }
    if (from > 0) this.input.copyWithin(0, from, this.inTo);
    this.inTo -= from;
    return count;
  }
}

const KEYS = Array.from({ length: 500 }, (_, tag) => `${SOH}${tag}=`);

/** A field's value, or nothing. */
export function get(message: string, tag: number): string {
  const key = KEYS[tag]!;
  const at = message.indexOf(key);
  if (at < 0) return "";
  return message.slice(at + key.length, message.indexOf(SOH, at + 1));
}

/** `text` with its CheckSum. */
function closed(text: string): string {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum += text.charCodeAt(i);
  return `${text}10=${String(sum & 255).padStart(3, "0")}${SOH}`;
}
