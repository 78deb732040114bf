import { SOH, sealed } from "../../../src/counterparty/message.ts";

// Messages of the counterparty's text as bytes, and back.

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
