/*  FIX on the wire, written with plain strings and from the standard alone: these tests would not see a mistake that
 *  the peer shared with the gateway, so nothing here comes from src/.
 */

export const SOH = "\x01";

export type Field = readonly [tag: number, value: string | number];

/** One message as it came. */
export class Message {
  readonly fields: readonly (readonly [tag: number, value: string])[];

  constructor(readonly raw: string) {
    this.fields = raw
      .slice(0, -1)
      .split(SOH)
      .map((field) => {
        const at = field.indexOf("=");
        return [Number(field.slice(0, at)), field.slice(at + 1)] as const;
      });
  }

  get(tag: number): string | undefined {
    return this.fields.find(([its]) => its === tag)?.[1];
  }

  get type(): string {
    return this.get(35) ?? "";
  }

  get sequence(): number {
    return Number(this.get(34));
  }

  get possDup(): boolean {
    return this.get(43) === "Y";
  }

  /** For a failure's text. */
  toString(): string {
    return this.raw.replaceAll(SOH, "|");
  }
}

export function now(): string {
  const text = new Date().toISOString();
  return `${text.slice(0, 10).replaceAll("-", "")}-${text.slice(11, 23)}`;
}

export function checksum(text: string): string {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum += text.charCodeAt(i);
  return String(sum & 255).padStart(3, "0");
}

/** BeginString, BodyLength and CheckSum around fields that begin with MsgType. */
export function frame(fields: readonly Field[], beginString = "FIX.4.4"): string {
  const body = fields.map(([tag, value]) => `${tag}=${value}${SOH}`).join("");
  const text = `8=${beginString}${SOH}9=${body.length}${SOH}${body}`;
  return `${text}10=${checksum(text)}${SOH}`;
}

/** Cuts a byte stream into messages and holds each to its BodyLength and CheckSum. */
export class Cutter {
  private rest = "";
  private readonly head: RegExp;

  constructor(beginString = "FIX.4.4") {
    this.head = new RegExp(`^8=${beginString.replaceAll(".", "\\.")}\x019=(\\d+)\x01`);
  }

  /** Throws on anything that is no well-formed message. */
  add(text: string): Message[] {
    this.rest += text;
    const messages: Message[] = [];
    for (let next = this.cut(); next !== null; next = this.cut()) messages.push(next);
    return messages;
  }

  private cut(): Message | null {
    const head = this.head.exec(this.rest);
    if (head === null) {
      if (this.rest.length > 30)
        throw new Error(`no message begins with ${this.rest.slice(0, 60).replaceAll(SOH, "|")}`);
      return null;
    }
    const end = head[0].length + Number(head[1]) + "10=000|".length;
    if (this.rest.length < end) return null;
    const raw = this.rest.slice(0, end);
    this.rest = this.rest.slice(end);
    const trailer = `10=${checksum(raw.slice(0, -7))}${SOH}`;
    if (!raw.endsWith(trailer)) throw new Error(`not ended by ${trailer}: ${raw.replaceAll(SOH, "|")}`);
    return new Message(raw);
  }
}
