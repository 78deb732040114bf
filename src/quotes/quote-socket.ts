import { chmodSync, existsSync, lstatSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import type { Socket, UnixSocketListener } from "bun";
import { QuoteStream, type StreamParts } from "./quote-stream.ts";

const MOST_CONNECTIONS = 8;
/** Whoever is of the gateway's group may send quotes. */
const MODE = 0o660;

interface SocketParts extends StreamParts {
  /** Called with one line when a connection begins or ends. */
  readonly changed: (what: string) => void;
}

/** Takes quotes on a unix socket, from up to MOST_CONNECTIONS connections. */
export class QuoteSocket {
  private listener: UnixSocketListener<QuoteStream | null> | null = null;
  private opened = 0;
  /** Connections now. */
  connections = 0;

  constructor(
    private readonly path: string,
    private readonly parts: SocketParts,
  ) {}

  /** Throws where something else has the path. */
  async open(): Promise<void> {
    await this.clear();
    this.listener = Bun.listen<QuoteStream | null>({
      unix: this.path,
      socket: {
        open: (socket) => this.begin(socket),
        data: (socket, bytes) => socket.data?.push(bytes, this.parts.nowMs()),
        close: (socket) => this.ended(socket),
        error: () => {},
      },
    });
    chmodSync(this.path, MODE);
  }

  close(): void {
    if (this.listener === null) return;
    this.listener.stop(true);
    this.listener = null;
    if (existsSync(this.path)) unlinkSync(this.path);
  }

  /** Removes the socket of a gateway that was killed. */
  private async clear(): Promise<void> {
    if (!existsSync(this.path)) return;
    if (!lstatSync(this.path).isSocket())
      throw new Error(`quotes.socket: expected a path that is free, got a file: ${this.path}`);
    if (await isAnswered(this.path))
      throw new Error(
        `quotes.socket: expected a path that is free, got a socket on which something listens: ${this.path}`,
      );
    unlinkSync(this.path);
  }

  private begin(socket: Socket<QuoteStream | null>): void {
    if (this.connections >= MOST_CONNECTIONS) {
      socket.data = null;
      socket.end();
      this.parts.problem(`expected at most ${MOST_CONNECTIONS} connections, got one more, which was ended`);
      return;
    }
    this.connections++;
    const name = `connection ${++this.opened}`;
    socket.data = new QuoteStream(name, this.parts);
    this.parts.changed(`${name} has begun`);
  }

  private ended(socket: Socket<QuoteStream | null>): void {
    const stream = socket.data;
    if (stream === null || stream === undefined) return;
    stream.end();
    this.connections--;
    this.parts.changed(`${stream.name} has ended, ${this.connections} left`);
  }
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
