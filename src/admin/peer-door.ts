import { randomBytes } from "node:crypto";
import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Peer } from "./access.ts";
import type { PeerRank } from "./peer-rank.ts";
import { endWith, NO_PLACE, type Places } from "./places.ts";

/*  The unix socket of the API. The HTTP server does not say who is at the other end of a socket, so each connection goes through here:
 *
 *    operator ──▶ admin.sock: the kernel's word about the peer ──▶ head of the request with that word ──▶ HTTP server (inner-sockets.ts)
 *
 *  The word carries a key that only this process knows. A connection carries one request.
 */
const PEER_HEADER = "x-sallyport-peer";
const MOST_HEAD_BYTES = 16_384;
export const HEAD_WITHIN_MS = 10_000;
const HEAD_TOO_LARGE = "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
export const END_OF_HEAD = Buffer.from("\r\n\r\n");
/** Anyone may connect; who may do what is decided by the kernel's word. */
const SOCKET_MODE = 0o666;

export interface PeerDoorParts {
  readonly path: string;
  /** Unix socket of the HTTP server behind it. */
  readonly behind: string;
  readonly places: Places;
  /** The kernel's word about the other end of a connected unix socket. */
  readonly peerOf: (fd: number) => Peer;
  /** Who it is: its own connections are kept free of others'. */
  readonly rankOf: (uid: number) => PeerRank;
}

/** All that are not known count as one. */
const UNKNOWN = -1;

/** Passes requests of a unix socket on, each with the peer that makes it. */
export class PeerDoor {
  private readonly key = randomBytes(32).toString("hex");
  private readonly open = new Set<Socket>();
  private server: Server | null = null;

  constructor(private readonly parts: PeerDoorParts) {}

  /** Who makes a request that came through here; null: it did not. */
  peer(request: Request): Peer | null {
    const [key, pid, uid, gid] = (request.headers.get(PEER_HEADER) ?? "").split(" ");
    return key === this.key ? { pid: Number(pid), uid: Number(uid), gid: Number(gid) } : null;
  }

  async start(): Promise<void> {
    const { path } = this.parts;
    await removeUnused(path);
    const server = createServer((socket) => this.take(socket));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    chmodSync(path, SOCKET_MODE);
    this.server = server;
  }

  stop(): void {
    this.server?.close();
    for (const socket of this.open) socket.destroy();
    try {
      unlinkSync(this.parts.path);
    } catch {
      // Closing the server has removed it.
    }
  }

  private take(socket: Socket): void {
    const { pid, uid, gid } = this.parts.peerOf(fdOf(socket));
    const rank = this.parts.rankOf(uid);
    const owner = rank === "unknown" ? UNKNOWN : uid;
    const { places } = this.parts;
    socket.on("error", () => socket.destroy());
    if (!places.take(socket, owner, rank)) {
      endWith(socket, NO_PLACE);
      return;
    }
    this.open.add(socket);
    socket.once("close", () => {
      places.leave(socket);
      this.open.delete(socket);
    });
    const word = `${PEER_HEADER}: ${this.key} ${pid} ${uid} ${gid}`;
    let head = Buffer.alloc(0);
    const timer = setTimeout(() => socket.destroy(), HEAD_WITHIN_MS);
    const collect = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(END_OF_HEAD);
      if (end < 0 && head.length <= MOST_HEAD_BYTES) return;
      clearTimeout(timer);
      socket.off("data", collect);
      socket.pause();
      if (end < 0 || end > MOST_HEAD_BYTES) {
        endWith(socket, HEAD_TOO_LARGE);
        return;
      }
      this.passOn(socket, withWord(head.subarray(0, end).toString("latin1"), word), head.subarray(end));
    };
    socket.on("data", collect);
    // Who has ended its side has gone: its question need not be answered, and it must not keep its place.
    socket.once("end", () => socket.destroy());
    socket.once("close", () => clearTimeout(timer));
  }

  private passOn(socket: Socket, head: string, rest: Buffer): void {
    const inner = connect({ path: this.parts.behind });
    const end = (): void => {
      socket.destroy();
      inner.destroy();
    };
    inner.on("error", end);
    socket.once("close", end);
    inner.once("close", () => socket.end());
    inner.write(Buffer.concat([Buffer.from(head, "latin1"), rest]));
    socket.pipe(inner, { end: false });
    inner.pipe(socket);
  }
}

/** The head with the word about the peer, and without what others say in its place; it says no other host, and the connection ends. */
function withWord(head: string, word: string): string {
  const [first, ...fields] = head.split("\r\n");
  const kept = fields.filter((field) => !/^(x-sallyport-peer|connection|keep-alive|host)\s*:/i.test(field));
  return [first, "host: localhost", word, "connection: close", ...kept].join("\r\n");
}

function fdOf(socket: Socket): number {
  return (socket as unknown as { _handle: { fd: number } })._handle.fd;
}

/** Removes the socket that an earlier run has left. Throws when another process listens on it, or when it is something else. */
async function removeUnused(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket())
    throw new Error(`admin.socket: expected ${path} to be a socket or not to exist, got another file`);
  const isUsed = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
  if (isUsed) throw new Error(`admin.socket: expected ${path} to be free, got one on which another process listens`);
  unlinkSync(path);
}
