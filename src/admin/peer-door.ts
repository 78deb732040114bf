import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import type { Peer } from "./access.ts";
import { Door } from "./door.ts";
import type { PeerRank } from "./peer-rank.ts";
import type { Places } from "./places.ts";
import { RequestDoor } from "./request-door.ts";

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

/** Passes requests of the API's unix socket on, each with the kernel's word about the peer that makes it. */
export class PeerDoor {
  private readonly requests: RequestDoor<Peer>;
  private readonly door: Door;

  constructor(private readonly parts: PeerDoorParts) {
    this.door = new Door(parts.places);
    this.requests = new RequestDoor(parts.behind);
  }

  /** Who makes a request that came through here; null: it did not. */
  peer(request: Request): Peer | null {
    return this.requests.who(request);
  }

  async start(): Promise<void> {
    const { path } = this.parts;
    await removeUnused(path);
    await this.door.listen({ path }, (socket) => this.take(socket));
    chmodSync(path, SOCKET_MODE);
  }

  stop(): void {
    this.door.stop();
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
    if (this.door.admit(socket, owner, rank)) this.requests.take(socket, { pid, uid, gid });
  }
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
