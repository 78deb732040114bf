/** Messages for tests, framed by plain string code of their own. */

export const SOH = "\x01";

/** Frames a body whose fields are separated by `|`. */
export function frame(body: string, beginString = "FIX.4.4"): string {
  const text = body.replaceAll("|", SOH);
  return sealed(`8=${beginString}${SOH}9=${text.length}${SOH}${text}`);
}

/** Adds the CheckSum to what stands before it. */
export function sealed(head: string): string {
  let sum = 0;
  for (const byte of Buffer.from(head, "latin1")) sum += byte;
  return `${head}10=${String(sum % 256).padStart(3, "0")}${SOH}`;
}

/** Bytes over a buffer of their own. */
export function bytesOf(text: string, room = 8192): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(Math.max(room, text.length)));
  bytes.set(Buffer.from(text, "latin1"));
  return bytes;
}

/** A message as readable text. */
export function readable(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.slice(from, to)).toString("latin1").replaceAll(SOH, "|");
}

/** The fields of one message by tag; the last of a tag wins. Throws when BodyLength or CheckSum is wrong. */
export function fields(message: string): Map<number, string> {
  const text = message.replaceAll("|", SOH);
  const end = text.lastIndexOf(`${SOH}10=`) + 1;
  if (sealed(text.slice(0, end)) !== text) throw new Error(`CheckSum of ${message}`);
  const body = text.indexOf(SOH, text.indexOf(`${SOH}9=`) + 1) + 1;
  const length = Number(/\x019=(\d+)/.exec(text)?.[1]);
  if (end - body !== length) throw new Error(`BodyLength of ${message}: says ${length}, is ${end - body}`);
  return new Map(
    text
      .split(SOH)
      .filter((field) => field !== "")
      .map((field) => [Number(field.slice(0, field.indexOf("="))), field.slice(field.indexOf("=") + 1)]),
  );
}

/** UTCTimestamp in milliseconds of microseconds since 1970, by the platform's own calendar. */
export function stamp(wallUs: number): string {
  return new Date(Math.floor(wallUs / 1000)).toISOString().replace(/[-Z]/g, "").replace("T", "-");
}
