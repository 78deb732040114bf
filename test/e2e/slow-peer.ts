import { IPPROTO_TCP, SO_RCVBUF, SOCK_NONBLOCK, SOCK_STREAM, SOL_SOCKET } from "../../ffi/abi.ts";
import { ECONNRESET, EINPROGRESS, EPIPE } from "../../ffi/errno.ts";
import { libc } from "../../ffi/libc.ts";
import { addressOf } from "../../ffi/memory.ts";
import { closeSocket, connectResult, parseAddress, receive, send, setOption } from "../../ffi/socket.ts";
import { until } from "../eventually.ts";
import { Cutter, type Field, frame, type Message, now } from "./fix-message.ts";

/** tcp(7): the longest segment that the other side may send; with small ones the kernel keeps little between the two. */
const TCP_MAXSEG = 2;
const SEGMENT_BYTES = 536;
const WINDOW_BYTES = 4096;
const BUFFER_BYTES = 1 << 18;
/** At a time, so that one peer does not keep the others waiting. */
const READS = 16;
const memory = Buffer.from(new ArrayBuffer(BUFFER_BYTES));
const memoryAt = addressOf(memory.buffer);

/** A client whose kernel takes next to nothing for it: what it does not read stays with the gateway. */
export class SlowPeer {
  /** Numbers of the messages that came, which must be 1, 2, 3 … */
  expected = 1;
  readonly counts = new Map<string, number>();
  ended = false;
  private fd = -1;
  private nextOut = 1;
  private readonly said: string[] = [];
  private unsent = Buffer.alloc(0);
  private readonly cutter = new Cutter();

  constructor(
    readonly compId: string,
    private readonly port: number,
  ) {}

  async connect(): Promise<void> {
    const address = parseAddress("127.0.0.1", this.port);
    this.fd = libc.socket(address.family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setOption(this.fd, IPPROTO_TCP, TCP_MAXSEG, SEGMENT_BYTES);
    setOption(this.fd, SOL_SOCKET, SO_RCVBUF, WINDOW_BYTES);
    libc.connect(this.fd, address.address, address.bytes);
    await until("a connection", () => connectResult(this.fd) !== -EINPROGRESS);
    this.say("A", [
      [98, 0],
      [108, 60],
      [141, "Y"],
    ]);
    await this.until("a Logon", () => this.count("A") > 0);
  }

  count(type: string): number {
    return this.counts.get(type) ?? 0;
  }

  say(type: string, body: readonly Field[]): void {
    const header: Field[] = [
      [35, type],
      [49, this.compId],
      [56, "GATEWAY"],
      [34, this.nextOut++],
      [52, now()],
    ];
    this.said.push(frame([...header, ...body]));
  }

  /** Sends what the kernel takes. Returns true once all is sent. */
  flush(): boolean {
    if (this.said.length > 0)
      this.unsent = Buffer.concat([this.unsent, Buffer.from(this.said.splice(0).join(""), "latin1")]);
    while (this.unsent.length > 0 && !this.ended) {
      const count = send(this.fd, memoryAt, this.unsent.copy(memory, 0, 0, BUFFER_BYTES));
      if (count === -ECONNRESET || count === -EPIPE) this.ended = true;
      if (count <= 0) return this.ended;
      this.unsent = this.unsent.subarray(count);
    }
    return true;
  }

  /** From now on it reads as fast as others. */
  widen(): void {
    setOption(this.fd, SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES);
  }

  /** Reads once. Returns true if there was something. */
  read(): boolean {
    if (this.ended) return false;
    const count = receive(this.fd, memoryAt, BUFFER_BYTES);
    if (count > 0) for (const message of this.cutter.add(memory.toString("latin1", 0, count))) this.take(message);
    else if (count === 0 || count === -ECONNRESET) this.ended = true;
    return count > 0;
  }

  async until(what: string, done: () => boolean, patienceMs = 15_000): Promise<void> {
    const step = (): boolean => {
      this.flush();
      for (let i = 0; i < READS && this.read(); i++);
      return done();
    };
    await until(`${what} for ${this.compId}`, step, patienceMs, () => [...this.counts]);
  }

  close(): void {
    closeSocket(this.fd);
  }

  private take(message: Message): void {
    if (message.sequence !== this.expected++) throw new Error(`${this.compId}: ${message} is not the next`);
    this.counts.set(message.type, this.count(message.type) + 1);
  }
}
