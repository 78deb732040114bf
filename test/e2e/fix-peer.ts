import type { Socket } from "bun";
import { PATIENCE_MS, within } from "../eventually.ts";
import { Cutter, type Field, frame, type Message, now } from "./fix-message.ts";

export const LOGON = "A";
export const LOGOUT = "5";
export const HEARTBEAT = "0";
export const TEST_REQUEST = "1";
export const RESEND_REQUEST = "2";
export const REJECT = "3";
export const SEQUENCE_RESET = "4";
const SESSION_LEVEL = [HEARTBEAT, TEST_REQUEST, RESEND_REQUEST, REJECT, SEQUENCE_RESET, LOGOUT, LOGON];

interface Sent {
  readonly sequence: number;
  readonly type: string;
  readonly body: readonly Field[];
  readonly time: string;
}

interface Waiter {
  readonly found: (message: Message) => boolean;
  readonly take: (message: Message) => void;
}

/**
 * One side of a FIX session, of 4.4 unless told otherwise. Its sequence numbers outlive its connections. Application messages are delivered in
 * the order of their numbers and each once, as the standard asks; `received` keeps all that came, in the order it came.
 */
export class FixPeer {
  nextOut = 1;
  nextIn = 1;
  heartBtInt = 30;
  /** All that came, all connections. */
  readonly received: Message[] = [];
  /** What broke the standard: a number too low, a wrong CheckSum, a wrong CompID. Must stay empty. */
  readonly faults: string[] = [];
  /** Answers TestRequest, ResendRequest and gaps by itself. */
  automatic = true;
  onApplication: (message: Message) => void = () => {};
  /** Of the session; over FIXT its Logon names the version. */
  beginString = "FIX.4.4";
  logonMore: readonly Field[] = [];
  /** Of the last connection. */
  closed: Promise<void> = Promise.resolve();
  loggedOn = false;
  protected socket: Socket<undefined> | null = null;
  private readonly undelivered: Message[] = [];
  private readonly waiters: Waiter[] = [];
  private readonly sent: Sent[] = [];
  /** Not yet taken by the kernel; `blocked` until it has room. */
  private pending: Buffer[] = [];
  private blocked = false;
  private cutter = new Cutter();
  private gapAsked = 0;
  private closing: () => void = () => {};

  constructor(
    readonly compId: string,
    readonly peerCompId: string,
  ) {}

  get connected(): boolean {
    return this.socket !== null;
  }

  /** The socket's callbacks; one set serves one connection. */
  handlers() {
    return {
      data: (_socket: Socket<undefined>, bytes: Buffer) => this.take(bytes.toString("latin1")),
      drain: () => this.flush(),
      close: (socket: Socket<undefined>) => this.lost(socket),
      error: () => {},
    };
  }

  attach(socket: Socket<undefined>): void {
    socket.setNoDelay(true);
    this.socket = socket;
    this.loggedOn = false;
    this.pending = [];
    this.blocked = false;
    this.cutter = new Cutter(this.beginString);
    this.gapAsked = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.closing = resolve;
  }

  /** Sends a message with the next number. While there is no connection it is only kept, and can be asked for later. */
  send(type: string, body: readonly Field[] = []): number {
    const sequence = this.nextOut++;
    const time = now();
    this.sent.push({ sequence, type, body, time });
    if (this.socket !== null) this.write(frame([...this.header(type, sequence, time), ...body], this.beginString));
    return sequence;
  }

  /** A message with a number and header fields of the test's choice; the peer's own numbers stay. */
  sendAs(type: string, sequence: number, body: readonly Field[] = [], extra: readonly Field[] = []): void {
    this.write(frame([...this.header(type, sequence, now()), ...extra, ...body], this.beginString));
  }

  header(type: string, sequence: number, time: string): Field[] {
    return [
      [35, type],
      [49, this.compId],
      [56, this.peerCompId],
      [34, sequence],
      [52, time],
    ];
  }

  write(text: string): void {
    this.pending.push(Buffer.from(text, "latin1"));
    if (!this.blocked) this.flush();
  }

  /** The next message that fits and that no earlier `wait` took; already delivered ones first. */
  wait(what: string, found: (message: Message) => boolean, patienceMs = PATIENCE_MS): Promise<Message> {
    const at = this.undelivered.findIndex(found);
    if (at >= 0) return Promise.resolve(this.undelivered.splice(at, 1)[0]!);
    const came = Promise.withResolvers<Message>();
    const waiter: Waiter = {
      found,
      take: (message) => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        came.resolve(message);
      },
    };
    this.waiters.push(waiter);
    const last = () => {
      this.waiters.splice(this.waiters.indexOf(waiter), 1);
      return this.received.slice(-6).join("\n  ");
    };
    return within(`${what} for ${this.compId}`, came.promise, patienceMs, last);
  }

  waitType(type: string): Promise<Message> {
    return this.wait(`message of type ${type}`, (message) => message.type === type);
  }

  /** Resolves once the gateway has taken all that was sent before and its answers have come. */
  async settle(patienceMs = PATIENCE_MS): Promise<void> {
    const id = `SETTLE${this.nextOut}`;
    this.send(TEST_REQUEST, [[112, id]]);
    await this.wait("heartbeat", (message) => message.type === HEARTBEAT && message.get(112) === id, patienceMs);
  }

  /** Ends the connection without a Logout. */
  drop(): void {
    this.socket?.terminate();
  }

  /** The connection's end, bounded. */
  async waitClosed(): Promise<void> {
    await within(`end of ${this.compId}'s connection`, this.closed);
  }

  async logout(): Promise<void> {
    this.send(LOGOUT);
    await this.waitClosed();
  }

  pause(): void {
    this.socket?.pause();
  }

  resume(): void {
    this.socket?.resume();
  }

  protected flush(): void {
    if (this.socket === null || this.pending.length === 0) return;
    const all = this.pending.length === 1 ? this.pending[0]! : Buffer.concat(this.pending);
    const written = Math.max(0, this.socket.write(all));
    this.blocked = written < all.length;
    this.pending = this.blocked ? [all.subarray(written)] : [];
  }

  protected lost(socket: Socket<undefined>): void {
    if (socket !== this.socket) return;
    this.socket = null;
    this.loggedOn = false;
    this.closing();
  }

  private take(text: string): void {
    try {
      for (const message of this.cutter.add(text)) this.message(message);
    } catch (error) {
      this.faults.push(String(error));
      this.drop();
    }
  }

  private message(message: Message): void {
    this.received.push(message);
    if (message.get(49) !== this.peerCompId || message.get(56) !== this.compId) this.faults.push(`CompIDs: ${message}`);
    if (message.type === LOGON && message.get(141) === "Y") this.nextIn = 1;
    const isReset = message.type === SEQUENCE_RESET && message.get(123) !== "Y";
    if (isReset) this.nextIn = Number(message.get(36));
    else if (message.sequence > this.nextIn) return this.early(message);
    else if (message.sequence < this.nextIn) {
      if (!message.possDup) this.faults.push(`number too low, ${this.nextIn} was next: ${message}`);
      return;
    } else this.nextIn = message.sequence + 1;
    if (message.type === SEQUENCE_RESET && !isReset) this.nextIn = Number(message.get(36));
    if (this.nextIn > this.gapAsked) this.gapAsked = 0;
    this.deliver(message);
  }

  /** A gap shows; what must not wait for it is looked at all the same. */
  private early(message: Message): void {
    if (message.type === LOGON) this.deliver(message);
    if (message.type === RESEND_REQUEST && this.automatic) this.resend(message);
    if (!this.automatic || this.gapAsked > 0) return;
    this.gapAsked = message.sequence;
    this.send(RESEND_REQUEST, [
      [7, this.nextIn],
      [16, 0],
    ]);
  }

  private deliver(message: Message): void {
    if (message.type === LOGON) this.logonCame(message);
    else if (message.type === TEST_REQUEST && this.automatic) this.send(HEARTBEAT, [[112, message.get(112) ?? ""]]);
    else if (message.type === RESEND_REQUEST && this.automatic) this.resend(message);
    else if (message.type === LOGOUT && this.loggedOn) this.logoutCame();
    else if (!SESSION_LEVEL.includes(message.type)) this.onApplication(message);
    const waiter = this.waiters.find(({ found }) => found(message));
    if (waiter === undefined) this.undelivered.push(message);
    else waiter.take(message);
  }

  protected logonCame(_message: Message): void {
    this.loggedOn = true;
  }

  private logoutCame(): void {
    if (this.sent.at(-1)?.type !== LOGOUT) this.send(LOGOUT);
    this.socket?.end();
  }

  /** Application messages again with PossDupFlag and OrigSendingTime, the others as gap fills. */
  resend(request: Message): void {
    const begin = Number(request.get(7));
    const end = Number(request.get(16)) || this.nextOut - 1;
    let gapFrom = 0;
    const fill = (to: number) => {
      if (gapFrom > 0) {
        this.sendAs(
          SEQUENCE_RESET,
          gapFrom,
          [
            [123, "Y"],
            [36, to],
          ],
          [[43, "Y"]],
        );
      }
      gapFrom = 0;
    };
    for (const { sequence, type, body, time } of this.sent) {
      if (sequence < begin || sequence > end) continue;
      if (SESSION_LEVEL.includes(type)) {
        if (gapFrom === 0) gapFrom = sequence;
        continue;
      }
      fill(sequence);
      this.sendAs(type, sequence, body, [
        [43, "Y"],
        [122, time],
      ]);
    }
    fill(end + 1);
  }

  /** Both numbers begin again, as ResetSeqNumFlag asks. */
  protected forget(): void {
    this.nextOut = 1;
    this.sent.length = 0;
  }
}

/** A trading client. */
export class Client extends FixPeer {
  private orders = 0;

  constructor(
    compId: string,
    private readonly port: number,
    peerCompId = "GATEWAY",
  ) {
    super(compId, peerCompId);
  }

  async connect(): Promise<void> {
    const socket = await Bun.connect<undefined>({ hostname: "127.0.0.1", port: this.port, socket: this.handlers() });
    this.attach(socket);
  }

  async logon(): Promise<Message> {
    await this.connect();
    return this.sayLogon();
  }

  sayLogon(): Promise<Message> {
    this.send(LOGON, [[98, 0], [108, this.heartBtInt], ...this.logonMore]);
    return this.waitType(LOGON);
  }

  /** Sends a NewOrderSingle, by default a limit order to buy 100 AAPL at 150; returns its ClOrdID. */
  order(change: Record<number, string | number | null> = {}): string {
    const clOrdId = String(change[11] ?? `${this.compId}-${++this.orders}`);
    this.send("D", this.orderBody({ ...change, 11: clOrdId }));
    return clOrdId;
  }

  orderBody(change: Record<number, string | number | null>): Field[] {
    return fields({ 1: "ACC1", 21: 1, 55: "AAPL", 54: 1, 60: now(), 38: 100, 40: 2, 44: "150", 59: 0, ...change });
  }

  cancel(orig: string, change: Record<number, string | number | null> = {}): string {
    const clOrdId = `${this.compId}-${++this.orders}`;
    this.send("F", fields({ 1: "ACC1", 41: orig, 11: clOrdId, 55: "AAPL", 54: 1, 60: now(), ...change }));
    return clOrdId;
  }

  replace(orig: string, change: Record<number, string | number | null> = {}): string {
    const clOrdId = `${this.compId}-${++this.orders}`;
    this.send("G", [[41, orig], ...this.orderBody({ 11: clOrdId, ...change })]);
    return clOrdId;
  }

  status(clOrdId: string): void {
    this.send("H", fields({ 1: "ACC1", 11: clOrdId, 55: "AAPL", 54: 1 }));
  }

  /** The next ExecutionReport for a ClOrdID, of one ExecType if given. */
  report(clOrdId: string, execType?: string): Promise<Message> {
    return this.wait(
      `report${execType === undefined ? "" : ` with ExecType ${execType}`} for ${clOrdId}`,
      (message) =>
        message.type === "8" &&
        message.get(11) === clOrdId &&
        (execType === undefined || message.get(150) === execType),
    );
  }

  cancelReject(clOrdId: string): Promise<Message> {
    return this.wait(`cancel reject for ${clOrdId}`, (message) => message.type === "9" && message.get(11) === clOrdId);
  }
}

/** Values by tag as fields; null leaves a field out. */
function fields(values: Record<number, string | number | null>): Field[] {
  const list: Field[] = [];
  for (const [tag, value] of Object.entries(values)) if (value !== null) list.push([Number(tag), value]);
  return list;
}
