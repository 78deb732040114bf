/*  FIX on the simulator's wires, with plain strings and from the standard alone: a mistake that peer and gateway shared
 *  would not be seen.
 */
export const SOH = "\x01";

/** Everything a peer asks of one message it has taken off its wire. */
export class Text {
  constructor(readonly raw: string) {}

  /** The first field of a tag, or "". */
  get(tag: number): string {
    const key = `${SOH}${tag}=`;
    const at = this.raw.indexOf(key);
    if (at < 0) return "";
    const from = at + key.length;
    return this.raw.slice(from, this.raw.indexOf(SOH, from));
  }

  number(tag: number): number {
    const value = this.get(tag);
    return value === "" ? Number.NaN : Number(value);
  }

  /** What follows the header: equal in a message and in its resends. */
  get body(): string {
    const target = this.raw.indexOf(`${SOH}56=`);
    let from = this.raw.indexOf(SOH, target + 1) + 1;
    if (this.raw.startsWith("122=", from)) from = this.raw.indexOf(SOH, from) + 1;
    return this.raw.slice(from, -7);
  }

  toString(): string {
    return this.raw.replaceAll(SOH, "|");
  }
}

/** Cuts whole messages off what has come. */
export class Cutter {
  private rest = "";

  clear(): void {
    this.rest = "";
  }

  add(text: string): void {
    this.rest += text;
  }

  /** The next whole message; null when there is none. Throws what is wrong with its frame. */
  next(): Text | null {
    const rest = this.rest;
    if (rest.length < 20) return null;
    const from = rest.indexOf(`${SOH}9=`) + 3;
    const body = rest.indexOf(SOH, from) + 1;
    if (!rest.startsWith("8=FIX.4.4\x019=") || body === 0)
      throw new Error(`frame begins ${JSON.stringify(rest.slice(0, 40))}`);
    const end = body + Number(rest.slice(from, body - 1)) + 7;
    if (rest.length < end) return null;
    const raw = rest.slice(0, end);
    this.rest = rest.slice(end);
    if (raw !== sealed(raw.slice(0, -7))) throw new Error(`BodyLength or CheckSum of ${new Text(raw)}`);
    return new Text(raw);
  }
}

/** A whole message of what stands behind BodyLength, `|` between its fields. */
export function framed(body: string): string {
  const text = body.replaceAll("|", SOH);
  return sealed(`8=FIX.4.4${SOH}9=${text.length}${SOH}${text}`);
}

function sealed(head: string): string {
  let sum = 0;
  for (let i = 0; i < head.length; i++) sum += head.charCodeAt(i);
  return `${head}10=${String(sum & 255).padStart(3, "0")}${SOH}`;
}

/** UTCTimestamp in milliseconds. */
export function stamp(wallUs: number): string {
  return new Date(Math.floor(wallUs / 1000)).toISOString().replace(/[-Z]/g, "").replace("T", "-");
}
