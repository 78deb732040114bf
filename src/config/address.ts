import { isIP } from "node:net";

/** An IPv4 or IPv6 address (no brackets) and a port. */
export interface Address {
  host: string;
  port: number;
}

const ADDRESS = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/;

/**
 * Reads `127.0.0.1:9001`, `[::1]:9001` or `localhost:9001`.
 * Returns  the parts, or null, also for other names: a name lookup waits for a server, and its answer may change.
 */
export function readAddress(text: unknown, lowestPort: number): Address | null {
  const match = typeof text === "string" ? ADDRESS.exec(text) : null;
  if (match === null) return null;
  const port = Number(match[3]);
  if (port < lowestPort || port > 65_535) return null;
  if (match[1] !== undefined) return isIP(match[1]) === 6 ? { host: match[1], port } : null;
  const host = match[2] === "localhost" ? "127.0.0.1" : match[2]!;
  return isIP(host) === 4 ? { host, port } : null;
}

/** An address as text. */
export function addressText(address: Address): string {
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** Whether two listeners use the same port of the same interface. */
export function sameListener(a: Address, b: Address): boolean {
  if (a.port !== b.port || a.port === 0) return false;
  return a.host === b.host || isEverywhere(a.host) || isEverywhere(b.host);
}

/** Whether a listener with this host listens on every interface. */
export function isEverywhere(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** Whether an address is reached from this machine alone. */
export function isLoopback({ host }: Address): boolean {
  return host === "::1" || host.startsWith("127.");
}

/** Whether a URL's host name is one of this machine's own. */
export function isLoopbackName(name: string): boolean {
  return name === "localhost" || name === "[::1]" || isLoopback({ host: name, port: 0 });
}
