import type { Socket } from "bun";
import { Cutter, type Field, frame, type Message, now } from "../e2e/fix-message.ts";

const HEARTBEAT = "0";
const TEST_REQUEST = "1";
const RESEND_REQUEST = "2";
const REJECT = "3";
const SEQUENCE_RESET = "4";
const LOGOUT = "5";
const LOGON = "A";
const SESSION_LEVEL = new Set([HEARTBEAT, TEST_REQUEST, RESEND_REQUEST, REJECT, SEQUENCE_RESET, LOGOUT, LOGON]);
/** Fields that may differ when a message comes again. */
const OF_THE_SENDING = new Set([8, 9, 10, 43, 52, 122]);

interface Sent {
  readonly type: string;
  readonly body: readonly Field[];
  readonly time: string;
}

/**
 * One side of a FIX 4.4 session that keeps books: what it sent, for resends, and what it heard under which number, so
 * that a number that is used twice shows. It lives on while the gateway dies, and shares no code with it.
 */
export abstract class Peer {
  nextOut = 1;
  nextIn = 1;
  loggedOn = false;
  /** What broke the standard or a promise; must stay empty. */
  readonly faults: string[] = [];
  /** ResendRequests: asked by us, asked of us; and messages that came again. */
  asked = 0;
  answered = 0;
  repeats = 0;
  protected socket: Socket<undefined> | null = null;
  /** What came, as it came; for whoever looks into a failure. */
  readonly came: string[] = [];
  private readonly sent: Sent[] = [];
  /** By number: what the application message was; 0 for one of the session. */
  private readonly heard: (number | bigint)[] = [];
  private pending: Buffer[] = [];
  private blocked = false;
  private cutter = new Cutter();
  private gapAsked = 0;
  /** Nothing goes before our Logon. */
  private introduced = false;

  constructor(
    readonly compId: string,
    readonly peerCompId: string,
  ) {}

  /** An application message, in sequence, each once. */
  protected abstract application(message: Message): void;

  protected abstract logonCame(message: Message): void;

  fault(text: string): void {
    if (this.faults.length < 20) this.faults.push(`${this.compId}: ${text}`);
  }

  protected handlers() {
    return {
      data: (socket: Socket<undefined>, bytes: Buffer) => {
        if (socket === this.socket) this.take(bytes.toString("latin1"));
      },
      drain: () => this.flush(),
      close: (socket: Socket<undefined>) => this.lost(socket),
      error: () => {},
    };
  }

  protected attach(socket: Socket<undefined>): void {
    socket.setNoDelay(true);
    this.socket = socket;
    this.loggedOn = false;
    this.pending = [];
    this.blocked = false;
    this.cutter = new Cutter();
    this.gapAsked = 0;
    this.introduced = false;
  }

  /** With nobody connected the message only gets its number; the gateway asks for it when it is back. */
  send(type: string, body: readonly Field[] = []): void {
    const time = now();
    this.sent.push({ type, body, time });
    const sequence = this.nextOut++;
    if (type === LOGON) this.introduced = true;
    if (this.socket !== null && this.introduced) this.write(type, sequence, time, [], body);
  }

  /** Asks for what came already, as the standard allows at any time. */
  askAgain(from: number): void {
    if (!this.loggedOn || this.gapAsked > 0) return;
    this.requestResend(from);
  }

  drop(): void {
    this.socket?.terminate();
  }

  private write(type: string, sequence: number, time: string, extra: readonly Field[], body: readonly Field[]): void {
    const header: Field[] = [
      [35, type],
      [49, this.compId],
      [56, this.peerCompId],
      [34, sequence],
      [52, time],
    ];
    this.pending.push(Buffer.from(frame([...header, ...extra, ...body]), "latin1"));
    if (!this.blocked) this.flush();
  }

  private flush(): void {
    if (this.socket === null || this.pending.length === 0) return;
    const all = this.pending.length === 1 ? this.pending[0]! : Buffer.concat(this.pending);
    const written = Math.max(0, this.socket.write(all));
    this.blocked = written < all.length;
    this.pending = this.blocked ? [all.subarray(written)] : [];
  }

  private lost(socket: Socket<undefined>): void {
    if (socket !== this.socket) return;
    this.socket = null;
    this.loggedOn = false;
  }

  private take(text: string): void {
    try {
      for (const message of this.cutter.add(text)) this.message(message);
    } catch (error) {
      this.fault(String(error));
      this.drop();
    }
  }

  private message(message: Message): void {
    const { type, sequence } = message;
    this.came.push(`${now()} next ${this.nextIn}: ${message}`);
    if (type === LOGON) this.logon(message);
    if (sequence > this.nextIn) {
      // What must not wait for the gap is looked at all the same.
      if (type === RESEND_REQUEST) this.resend(message);
      if (this.gapAsked === 0) this.requestResend(this.nextIn);
      return;
    }
    if (sequence < this.nextIn) return this.again(message);
    this.nextIn = sequence + 1;
    this.gapAsked = 0;
    const application = !SESSION_LEVEL.has(type);
    this.heard[sequence] = application ? fingerprint(message) : 0;
    if (application) this.application(message);
    else if (type === TEST_REQUEST) this.send(HEARTBEAT, [[112, message.get(112) ?? ""]]);
    else if (type === RESEND_REQUEST) this.resend(message);
    else if (type === SEQUENCE_RESET) this.fill(message, sequence);
    else if (type === LOGOUT) this.logoutCame();
    else if (type === REJECT) this.fault(`rejected: ${message}`);
  }

  private logon(message: Message): void {
    this.loggedOn = true;
    this.logonCame(message);
  }

  /** A number that came before: as it was then, and marked, or something has been counted twice. */
  private again(message: Message): void {
    this.repeats++;
    if (!message.possDup) return this.fault(`MsgSeqNum too low, ${this.nextIn} was next: ${message}`);
    const first = this.heard[message.sequence];
    if (message.type === SEQUENCE_RESET) return this.fill(message, message.sequence);
    if (first !== fingerprint(message)) this.fault(`another message under a number of before: ${message}`);
  }

  /** A gap fill says that these numbers held nothing of ours. */
  private fill(message: Message, from: number): void {
    const next = Number(message.get(36));
    if (message.get(123) !== "Y" || !(next > from)) return this.fault(`not a gap fill: ${message}`);
    for (let at = from; at < next; at++) {
      if (at < this.heard.length && (this.heard[at] ?? 0) !== 0) this.fault(`number ${at} was heard, now filled`);
      this.heard[at] ??= 0;
    }
    if (next > this.nextIn) this.nextIn = next;
  }

  private logoutCame(): void {
    if (this.sent.at(-1)?.type !== LOGOUT) this.send(LOGOUT);
    this.socket?.end();
  }

  private requestResend(from: number): void {
    this.gapAsked = this.nextIn;
    this.asked++;
    this.send(RESEND_REQUEST, [
      [7, from],
      [16, 0],
    ]);
  }

  /** Application messages again with PossDupFlag and OrigSendingTime, the others as gap fills. */
  private resend(request: Message): void {
    this.answered++;
    const begin = Number(request.get(7));
    const end = Math.min(Number(request.get(16)) || this.nextOut - 1, this.nextOut - 1);
    let gapFrom = 0;
    const fill = (to: number) => {
      if (gapFrom > 0) {
        this.write(
          SEQUENCE_RESET,
          gapFrom,
          now(),
          [[43, "Y"]],
          [
            [123, "Y"],
            [36, to],
          ],
        );
      }
      gapFrom = 0;
    };
    for (let sequence = begin; sequence <= end; sequence++) {
      const { type, body, time } = this.sent[sequence - 1]!;
      if (SESSION_LEVEL.has(type)) {
        if (gapFrom === 0) gapFrom = sequence;
        continue;
      }
      fill(sequence);
      const extra: Field[] = [
        [43, "Y"],
        [122, time],
      ];
      this.write(type, sequence, now(), extra, body);
    }
    fill(end + 1);
  }
}

/** What a message says, whenever and however often it is sent. */
function fingerprint(message: Message): number | bigint {
  const said = message.fields.filter(([tag]) => !OF_THE_SENDING.has(tag));
  return Bun.hash(said.map(([tag, value]) => `${tag}=${value}`).join("|"));
}
