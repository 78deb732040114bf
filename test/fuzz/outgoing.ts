const SOH = 1;

/** What the gateway sends, byte by byte as the standard has it, with code of its own: each message whole, each number in turn. */
export class Outgoing {
  /** The number that comes next. */
  next = 1;
  messages = 0;
  private rest = new Uint8Array(0);
  private readonly begin: string;
  /** On this connection nothing has come yet. */
  private fresh = true;
  private loggedOn = false;

  constructor(beginString: string) {
    this.begin = `8=${beginString}\x019=`;
  }

  connected(): void {
    this.rest = new Uint8Array(0);
    this.fresh = true;
    this.loggedOn = false;
  }

  /** The peer has reset our numbers without being asked: our Logon, which it has seen, is the first message. */
  resetByPeer(): void {
    this.next = 2;
  }

  take(bytes: Uint8Array): void {
    let all = bytes;
    if (this.rest.length > 0) {
      all = new Uint8Array(this.rest.length + bytes.length);
      all.set(this.rest);
      all.set(bytes, this.rest.length);
    }
    let at = 0;
    for (let end = this.frame(all, at); end > 0; end = this.frame(all, at)) {
      this.message(all, at, end);
      at = end;
    }
    this.rest = all.slice(at);
  }

  /** Where the frame that begins at `at` ends; 0 when it is not all there. */
  private frame(bytes: Uint8Array, at: number): number {
    const { begin } = this;
    if (bytes.length - at < begin.length + 8) return 0;
    for (let i = 0; i < begin.length; i++) if (bytes[at + i] !== begin.charCodeAt(i)) this.wrong("begins", bytes, at);
    let length = 0;
    let body = at + begin.length;
    for (; bytes[body] !== SOH; body++) {
      if (body === bytes.length) return 0;
      length = length * 10 + bytes[body]! - 48;
    }
    const trailer = body + 1 + length;
    if (trailer + 7 > bytes.length) return 0;
    let sum = 0;
    for (let i = at; i < trailer; i++) sum += bytes[i]!;
    const told = `10=${String(sum & 255).padStart(3, "0")}\x01`;
    for (let i = 0; i < told.length; i++) if (bytes[trailer + i] !== told.charCodeAt(i)) this.wrong("ends", bytes, at);
    return trailer + 7;
  }

  private message(bytes: Uint8Array, from: number, to: number): void {
    this.messages++;
    const sequence = this.int(bytes, from, to, 34);
    const type = this.char(bytes, from, to, 35);
    const resets = type === "A" && this.char(bytes, from, to, 141) === "Y";
    if (resets) this.next = sequence;
    // Refuses a Logon that would have reset the numbers: it counts in neither.
    if (!this.loggedOn && type === "5" && sequence === 1) return;
    if (type === "A") this.loggedOn = true;
    if (this.char(bytes, from, to, 43) === "Y") return this.again(bytes, from, to, sequence, type);
    // A Logon of a session that has spoken while nobody was there: the peer sees the gap and asks.
    if (this.fresh && sequence > this.next) this.next = sequence;
    if (sequence !== this.next) this.wrong(`has not number ${this.next}`, bytes, from);
    this.fresh = false;
    this.next = sequence + 1;
  }

  private again(bytes: Uint8Array, from: number, to: number, sequence: number, type: string): void {
    if (sequence >= this.next) this.wrong(`repeats what never was, ${this.next} is next`, bytes, from);
    if (type !== "4") return;
    const newSeqNo = this.int(bytes, from, to, 36);
    if (newSeqNo <= sequence || newSeqNo > this.next) this.wrong("fills what is no gap", bytes, from);
  }

  private find(bytes: Uint8Array, from: number, to: number, tag: number): number {
    const text = `${tag}=`;
    for (let at = from; at + text.length < to; at++) {
      if (at > from && bytes[at - 1] !== SOH) continue;
      let i = 0;
      while (i < text.length && bytes[at + i] === text.charCodeAt(i)) i++;
      if (i === text.length) return at + i;
    }
    return -1;
  }

  private int(bytes: Uint8Array, from: number, to: number, tag: number): number {
    const at = this.find(bytes, from, to, tag);
    if (at < 0) this.wrong(`lacks ${tag}`, bytes, from);
    let value = 0;
    for (let i = at; bytes[i] !== SOH; i++) value = value * 10 + bytes[i]! - 48;
    return value;
  }

  private char(bytes: Uint8Array, from: number, to: number, tag: number): string {
    const at = this.find(bytes, from, to, tag);
    return at < 0 || bytes[at + 1] !== SOH ? "" : String.fromCharCode(bytes[at]!);
  }

  private wrong(what: string, bytes: Uint8Array, at: number): never {
    const text = Buffer.from(bytes.subarray(at, at + 400))
      .toString("latin1")
      .replaceAll("\x01", "|");
    throw new Error(`what it sends ${what}: ${text}`);
  }
}
