import type { Socket } from "node:net";
import { peerText } from "../telemetry/disconnect-record.ts";
import { Door } from "./door.ts";
import { OF_ADDRESSES, type Places } from "./places.ts";
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
  private readonly door: Door;
  private readonly requests: RequestDoor<TlsPeer>;

  constructor(
    private readonly path: string,
    /** Unix socket of the HTTP server behind it. */
    behind: string,
    places: Places,
  ) {
    this.door = new Door(places);
    this.requests = new RequestDoor(behind);
  }

  /** Who makes a request that came through here; null: it did not. */
  peer(request: Request): TlsPeer | null {
    return this.requests.who(request);
  }

  async start(): Promise<void> {
    await this.door.listen({ path: this.path }, (socket) => this.take(socket));
  }

  stop(): void {
    this.door.stop();
  }

  private take(socket: Socket): void {
    if (!this.door.admit(socket, OF_ADDRESSES, "known")) return;
    const timer = setTimeout(() => socket.destroy(), HEAD_WITHIN_MS);
    socket.once("close", () => clearTimeout(timer));
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
