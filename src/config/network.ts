import { isIP } from "node:net";

/** A range of addresses: an IPv6 prefix in network order, IPv4 mapped into it. */
export interface NetworkRange {
  readonly address: Uint8Array;
  /** Length of the prefix, of 128 bits. */
  readonly bits: number;
}

/** Reads `10.0.0.0/8`, `192.0.2.7`, `2001:db8::/32` or `::1`. Returns null for other texts. */
export function readNetwork(text: unknown): NetworkRange | null {
  const [host, length, ...rest] = typeof text === "string" ? text.split("/") : [];
  const family = host === undefined ? 0 : isIP(host);
  if (host === undefined || family === 0 || rest.length > 0 || host.includes("%")) return null;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return null;
  const most = family === 4 ? 32 : 128;
  const bits = length === undefined ? most : Number(length);
  if (bits > most) return null;
  const address = new Uint8Array(16);
  if (family === 6) address.set(ipv6Bytes(host));
  else {
    address.fill(255, 10, 12);
    address.set(host.split(".").map(Number), 12);
  }
  return { address, bits: family === 4 ? 96 + bits : bits };
}

/** Whether an address, as `readNetwork` reads it, is within a range. */
export function inNetwork(address: Uint8Array, { address: start, bits }: NetworkRange): boolean {
  return start.every((byte, i) => {
    const left = Math.max(0, 8 * (i + 1) - bits);
    return left >= 8 || byte >> left === address[i]! >> left;
  });
}

const LOOPBACK = ["127.0.0.0/8", "::1"].map((range) => readNetwork(range)!);

/** Whether only this machine reaches an address. */
export function isLoopback(address: Uint8Array): boolean {
  return LOOPBACK.some((range) => inNetwork(address, range));
}

function ipv6Bytes(host: string): number[] {
  // A URL's host is normalised: groups of hexadecimal digits and at most one `::`.
  const text = new URL(`http://[${host}]`).hostname.slice(1, -1);
  const [before, after] = text.split("::").map((part) => (part === "" ? [] : part.split(":")));
  const missing = after === undefined ? 0 : 8 - before!.length - after.length;
  const groups = [...before!, ...new Array<string>(missing).fill("0"), ...(after ?? [])];
  return groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
}
