/*  FIX messages as plain strings, written from the standard. This folder checks our engine independently: it imports nothing
 *  from src/fix, so that both sides cannot share a mistake.
 */

export const SOH = "\x01";

export const HEARTBEAT = "0";
export const TEST_REQUEST = "1";
export const RESEND_REQUEST = "2";
export const REJECT = "3";
export const SEQUENCE_RESET = "4";
export const LOGOUT = "5";
export const LOGON = "A";

export type Field = readonly [tag: number, value: string | number];
/** Fields, or their text with "|" behind each: `11=A1|38=100|`. */
export type Body = string | readonly Field[];

/** "10=123|" */
const TRAILER_BYTES = 7;
const MAX_LENGTH_DIGITS = 10;
/** Fields that may differ when a message is sent again. */
const OF_THE_SENDING = /(?:^|\x01)(?:8|9|10|43|52|122|369)=[^\x01]*/g;

/** By tag: SOH, tag and `=`. */
const KEYS: string[] = [];

function keyOf(tag: number): string {
  KEYS[tag] ??= `${SOH}${tag}=`;
  return KEYS[tag];
}

/** One received message. */
export class Message {
  readonly type: string;
  readonly sequence: number;
  readonly possDup: boolean;
  private parsed: (readonly [tag: number, value: string])[] | null = null;

  constructor(readonly raw: string) {
    this.type = this.text(35);
    this.sequence = this.number(34);
    this.possDup = this.get(43) === "Y";
  }

  /** All fields, in their order. */
  get fields(): readonly (readonly [tag: number, value: string])[] {
    this.parsed ??= this.raw
      .slice(0, -1)
      .split(SOH)
      .map((field) => {
        const at = field.indexOf("=");
        return [Number(field.slice(0, at)), field.slice(at + 1)] as const;
      });
    return this.parsed;
  }

  /** The first value of a tag. */
  get(tag: number): string | undefined {
    const { raw } = this;
    const key = keyOf(tag);
    // The first field has no SOH before it.
    const at = tag === 8 ? -1 : raw.indexOf(key);
    if (at < 0 && tag !== 8) return undefined;
    const from = at + key.length;
    return raw.slice(from, raw.indexOf(SOH, from));
  }

  /** The first value of a tag, or the empty text. */
  text(tag: number): string {
    return this.get(tag) ?? "";
  }

  /** The first value of a tag, or NaN. */
  number(tag: number): number {
    const value = this.text(tag);
    return value === "" ? Number.NaN : Number(value);
  }

  /** Returns `tag=value|` text from the first field with one of these tags on, without CheckSum: groups at the end. */
  tail(...tags: readonly number[]): string {
    const { raw } = this;
    const found = tags.map((tag) => raw.indexOf(keyOf(tag))).filter((at) => at >= 0);
    return found.length === 0 ? "" : raw.slice(Math.min(...found) + 1, -TRAILER_BYTES).replaceAll(SOH, "|");
  }

  /** The fields that are equal in every resend. */
  get content(): string {
    return this.raw.replace(OF_THE_SENDING, "");
  }

  /** With "|" for SOH. */
  toString(): string {
    return this.raw.replaceAll(SOH, "|");
  }
}

/** Returns a body as message text. */
export function bodyText(body: Body): string {
  if (typeof body === "string") return body.replaceAll("|", SOH);
  let text = "";
  for (const [tag, value] of body) text += `${tag}=${value}${SOH}`;
  return text;
}

/** Returns the fields of a text such as `11=A1|38=100|`. */
export function fields(text: string): Field[] {
  return text
    .split("|")
    .slice(0, -1)
    .map((field) => {
      const at = field.indexOf("=");
      return [Number(field.slice(0, at)), field.slice(at + 1)] as const;
    });
}

/** Returns the CheckSum of `text` from `from` to `to`. */
function checksum(text: string, from = 0, to = text.length): string {
  let sum = 0;
  for (let i = from; i < to; i++) sum += text.charCodeAt(i);
  return String(sum & 255).padStart(3, "0");
}

/** BeginString, BodyLength and CheckSum around a body that begins with MsgType. */
export function frame(body: Body, beginString = "FIX.4.4"): string {
  return frameText(bodyText(body), beginString);
}

/** As `frame`, for a body as message text. */
export function frameText(text: string, beginString: string): string {
  return sealed(`8=${beginString}${SOH}9=${text.length}${SOH}${text}`);
}

/** Adds the CheckSum to a message without one. */
export function sealed(text: string): string {
  return `${text}10=${checksum(text)}${SOH}`;
}

let stampedMs = Number.NaN;
let stamped = "";

/** Returns microseconds since 1970 as a UTCTimestamp with milliseconds. */
export function utcTimestamp(wallUs: number): string {
  const ms = Math.floor(wallUs / 1000);
  if (ms !== stampedMs) {
    stamped = new Date(ms).toISOString().replace(/[-Z]/g, "").replace("T", "-");
    stampedMs = ms;
  }
  return stamped;
}

/** Returns the current time as a UTCTimestamp. */
export function now(): string {
  return utcTimestamp(Date.now() * 1000);
}

/** Cuts a byte stream into messages and checks BeginString, BodyLength and CheckSum of each. */
export class Splitter {
  private text = "";
  private at = 0;
  private readonly head: string;

  constructor(beginString = "FIX.4.4") {
    this.head = `8=${beginString}${SOH}9=`;
  }

  add(text: string): void {
    this.text = this.text.slice(this.at) + text;
    this.at = 0;
  }

  /** Returns the next whole message, or null. Throws when a message is not well-formed. */
  next(): Message | null {
    const { text, at, head } = this;
    if (!text.startsWith(head, at)) {
      if (head.startsWith(text.slice(at))) return null;
      throw this.error("a message does not begin");
    }
    const from = at + head.length;
    const body = text.indexOf(SOH, from) + 1;
    if (body === 0) {
      if (text.length - from > MAX_LENGTH_DIGITS) throw this.error("BodyLength does not end");
      return null;
    }
    const length = text.slice(from, body - 1);
    if (!/^\d+$/.test(length)) throw this.error("BodyLength is no number");
    const trailer = body + Number(length);
    if (text.length < trailer + TRAILER_BYTES) return null;
    const expected = `10=${checksum(text, at, trailer)}${SOH}`;
    if (!text.startsWith(expected, trailer)) throw this.error(`BodyLength or CheckSum, ${expected} expected`);
    this.at = trailer + TRAILER_BYTES;
    return new Message(text.slice(at, this.at));
  }

  private error(what: string): Error {
    return new Error(`${what}: ${this.text.slice(this.at, this.at + 400).replaceAll(SOH, "|")}`);
  }
}
