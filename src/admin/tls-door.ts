import { createServer, type Server, type Socket } from "node:net";
import { peerText } from "../telemetry/disconnect-record.ts";
import { endWith, NO_PLACE, OF_ADDRESSES, type Places } from "./places.ts";
import { HEAD_WITHIN_MS, RequestDoor } from "./request-door.ts";

/** The other end of a connection with TLS, as its handshake has shown it. */
export interface TlsPeer {
  /** Such as `10.0.0.7`. */
  readonly address: string;
  /** Subject of its certificate; "" without one. */
  readonly subject: string;
  /** All that its certificate says it is (tls/identities.ts). */
  readonly identities: readonly string[];
}

/** What the thread of TLS says first about a connection, in a line of JSON. */
interface Line {
  /** Address and port, 5 words. */
  readonly peer: readonly number[];
  readonly subject: string;
  readonly identities: readonly string[];
}

const LINE_END = 10;
const MOST_LINE_BYTES = 65_536;

/**
 * Takes connections of addresses with TLS from the thread that has their handshakes. Its unix socket is in a directory that this
 * user alone may enter: nobody else says who a peer is.
 */
export class TlsDoor {
  private readonly open = new Set<Socket>();
  private readonly requests: RequestDoor<TlsPeer>;
  private server: Server | null = null;

  constructor(
    private readonly path: string,
    /** Unix socket of the HTTP server behind it. */
    behind: string,
    private readonly places: Places,
  ) {
    // A page of another site is known by the host that its browser names.
    this.requests = new RequestDoor(behind, "");
  }

  /** Who makes a request that came through here; null: it did not. */
  peer(request: Request): TlsPeer | null {
    return this.requests.who(request);
  }

  async start(): Promise<void> {
    const server = createServer((socket) => this.take(socket));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.path, resolve);
    });
    this.server = server;
  }

  stop(): void {
    this.server?.close();
    for (const socket of this.open) socket.destroy();
  }

  private take(socket: Socket): void {
    socket.on("error", () => socket.destroy());
    if (!this.places.take(socket, OF_ADDRESSES, "known")) {
      endWith(socket, NO_PLACE);
      return;
    }
    this.open.add(socket);
    const timer = setTimeout(() => socket.destroy(), HEAD_WITHIN_MS);
    socket.once("close", () => {
      clearTimeout(timer);
      this.places.leave(socket);
      this.open.delete(socket);
    });
    let first = Buffer.alloc(0);
    const collect = (chunk: Buffer): void => {
      first = Buffer.concat([first, chunk]);
      const end = first.indexOf(LINE_END);
      if (end < 0 && first.length <= MOST_LINE_BYTES) return;
      clearTimeout(timer);
      socket.off("data", collect);
      if (end < 0) socket.destroy();
      else this.requests.take(socket, peerOf(first.subarray(0, end).toString()), first.subarray(end + 1));
    };
    socket.on("data", collect);
  }
}

function peerOf(text: string): TlsPeer {
  const { peer, subject, identities } = JSON.parse(text) as Line;
  const address = peerText(new Uint8Array(Int32Array.from(peer).buffer, 0, 16), 0).replace(/:0$/, "");
  return { address, subject, identities };
}
