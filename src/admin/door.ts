import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { PeerRank } from "./peer-rank.ts";
import { endWith, NO_PLACE, type Places } from "./places.ts";

/** Listens, and gives each connection a place until it closes. */
export class Door {
  private readonly open = new Set<Socket>();
  private server: Server | null = null;

  constructor(private readonly places: Places) {}

  /** Calls `take` with each connection. Resolves with the port; of a unix socket with 0. */
  async listen(at: { path: string } | { host: string; port: number }, take: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      take(socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(at, resolve);
    });
    this.server = server;
    return "path" in at ? 0 : (server.address() as AddressInfo).port;
  }

  /** Returns  false where there is no place for a connection of this owner: it gets an answer that says so, and ends. */
  admit(socket: Socket, owner: number, rank: PeerRank): boolean {
    if (!this.places.take(socket, owner, rank)) {
      endWith(socket, NO_PLACE);
      return false;
    }
    this.open.add(socket);
    socket.once("close", () => {
      this.places.leave(socket);
      this.open.delete(socket);
    });
    return true;
  }

  stop(): void {
    this.server?.close();
    for (const socket of this.open) socket.destroy();
  }
}
