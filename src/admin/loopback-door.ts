import { connect, type Socket } from "node:net";
import { Door } from "./door.ts";
import { OF_ADDRESSES, type Places } from "./places.ts";
import { END_OF_HEAD, HEAD_WITHIN_MS } from "./request-door.ts";

/** Passes connections of a loopback address on to the HTTP server, which does not count its own. */
export class LoopbackDoor {
  private readonly door: Door;

  constructor(
    places: Places,
    /** Unix socket of the HTTP server behind it. */
    private readonly behind: string,
    private readonly host: string,
    private readonly asked: number,
    private readonly headWithinMs = HEAD_WITHIN_MS,
  ) {
    this.door = new Door(places);
  }

  /** Resolves with the port; where it is to be any, the one that it got. */
  start(): Promise<number> {
    return this.door.listen({ host: this.host, port: this.asked }, (socket) => this.take(socket));
  }

  stop(): void {
    this.door.stop();
  }

  private take(socket: Socket): void {
    if (!this.door.admit(socket, OF_ADDRESSES, "known")) return;
    socket.setNoDelay(true);
    this.expectHead(socket);
    const inner = connect({ path: this.behind });
    socket.once("close", () => inner.destroy());
    // A client that ends its side is gone, as on the unix socket.
    socket.once("end", () => socket.destroy());
    inner.on("error", () => socket.destroy());
    inner.once("close", () => socket.end());
    socket.pipe(inner, { end: false });
    inner.pipe(socket);
  }

  /** Who sends no whole head of a first request in time must not keep its place. */
  private expectHead(socket: Socket): void {
    const timer = setTimeout(() => socket.destroy(), this.headWithinMs);
    socket.once("close", () => clearTimeout(timer));
    let last = Buffer.alloc(0);
    const look = (chunk: Buffer): void => {
      const bytes = Buffer.concat([last, chunk]);
      last = bytes.subarray(1 - END_OF_HEAD.length);
      if (!bytes.includes(END_OF_HEAD)) return;
      clearTimeout(timer);
      socket.off("data", look);
    };
    socket.on("data", look);
  }
}
