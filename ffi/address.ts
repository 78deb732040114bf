import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  INET6_ADDRSTRLEN,
  SOCKADDR_IN_ADDRESS_AT,
  SOCKADDR_IN_BYTES,
  SOCKADDR_IN6_ADDRESS_AT,
  SOCKADDR_IN6_BYTES,
  SOCKADDR_IN6_SCOPE_AT,
  SOCKADDR_PORT_AT,
  SOCKADDR_UN_PATH_AT,
} from "./abi.ts";
import { libc } from "./libc.ts";
import { addressOf, cString, SCRATCH_BYTES } from "./memory.ts";

/** Size of an address of either family, bytes. */
export const SOCKET_ADDRESS_BYTES = SOCKADDR_IN6_BYTES;

/** An address to listen on or connect to, encoded once for the kernel. */
export class SocketAddress {
  readonly address: number;
  readonly bytes: number;
  private readonly memory: ArrayBuffer;

  constructor(
    /** As text: `127.0.0.1:9001`, `[::1]:9001`. */
    readonly text: string,
    readonly family: number,
    memory: ArrayBuffer,
    bytes = family === AF_INET ? SOCKADDR_IN_BYTES : SOCKADDR_IN6_BYTES,
  ) {
    this.memory = memory;
    this.address = addressOf(this.memory);
    this.bytes = bytes;
  }
}

/** Longest path of a unix socket, without the zero at its end. */
const PATH_MAX_BYTES = 107;

/** The address of a unix socket. */
export function unixAddress(path: string): SocketAddress {
  const name = new TextEncoder().encode(path);
  if (name.length > PATH_MAX_BYTES)
    throw new Error(`${path}: expected a path of at most ${PATH_MAX_BYTES} bytes, got ${name.length}`);
  const memory = new ArrayBuffer(SCRATCH_BYTES);
  new DataView(memory).setUint16(0, AF_UNIX, true);
  new Uint8Array(memory).set(name, SOCKADDR_UN_PATH_AT);
  return new SocketAddress(path, AF_UNIX, memory, SOCKADDR_UN_PATH_AT + name.length + 1);
}

/**
 * Reads an IPv4 or IPv6 address (with or without brackets, a zone after `%`) and a port.
 * Fails  for names other than `localhost`: a name lookup waits for a server, and its answer may change.
 */
export function parseAddress(host: string, port: number): SocketAddress {
  if (!(Number.isInteger(port) && port >= 0 && port <= 65535))
    throw new RangeError(`address ${host}:${port}: expected a port from 0 to 65535`);
  const bracketed = /^\[(.*)\]$/.exec(host);
  const plain = host === "localhost" ? "127.0.0.1" : (bracketed?.[1] ?? host);
  const memory = new ArrayBuffer(SCRATCH_BYTES);
  const view = new DataView(memory);
  view.setUint16(SOCKADDR_PORT_AT, port);
  const ipv4At = addressOf(memory) + SOCKADDR_IN_ADDRESS_AT;
  if (bracketed === null && libc.inet_pton(AF_INET, cString(plain), ipv4At) === 1) {
    view.setUint16(0, AF_INET, true);
    return new SocketAddress(`${plain}:${port}`, AF_INET, memory);
  }
  const zoneAt = plain.indexOf("%");
  const literal = zoneAt < 0 ? plain : plain.slice(0, zoneAt);
  if (libc.inet_pton(AF_INET6, cString(literal), addressOf(memory) + SOCKADDR_IN6_ADDRESS_AT) === 1) {
    view.setUint16(0, AF_INET6, true);
    if (zoneAt >= 0) view.setUint32(SOCKADDR_IN6_SCOPE_AT, zoneIndex(plain.slice(zoneAt + 1), host), true);
    return new SocketAddress(`[${plain}]:${port}`, AF_INET6, memory);
  }
  throw new Error(
    `address ${host}:${port}: expected an IPv4 or IPv6 address, got the name "${host}" (names are not looked up: write its address)`,
  );
}

function zoneIndex(zone: string, host: string): number {
  const index = /^\d+$/.test(zone) ? Number(zone) : libc.if_nametoindex(cString(zone));
  if (index > 0) return index;
  throw new Error(`address ${host}: no network interface "${zone}" (see: ip link)`);
}

const textMemory = new ArrayBuffer(SCRATCH_BYTES);
const textBytes = new Uint8Array(textMemory);
const textAt = addressOf(textMemory);

/** Port of an address that the kernel wrote at `at`. */
export function socketAddressPort(memory: ArrayBuffer, at: number): number {
  return new DataView(memory).getUint16(at + SOCKADDR_PORT_AT);
}

/** Text of an address that the kernel wrote at `at`. */
export function socketAddressText(memory: ArrayBuffer, at: number): string {
  const six = new DataView(memory).getUint16(at, true) === AF_INET6;
  const family = six ? AF_INET6 : AF_INET;
  const from = addressOf(memory) + at + (six ? SOCKADDR_IN6_ADDRESS_AT : SOCKADDR_IN_ADDRESS_AT);
  libc.inet_ntop(family, from, textAt, INET6_ADDRSTRLEN);
  const text = new TextDecoder().decode(textBytes.subarray(0, textBytes.indexOf(0)));
  const port = socketAddressPort(memory, at);
  return six ? `[${text}]:${port}` : `${text}:${port}`;
}
