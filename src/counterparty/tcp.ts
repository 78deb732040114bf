import type { Socket, TLSOptions } from "bun";
import type { PeerSession } from "./session.ts";
import type { Transport } from "./transport.ts";

/** A connection on Bun's event loop, for asynchronous tests and benches. */
class TcpTransport implements Transport {
  /** Output that the kernel has not taken yet; `blocked` until it has room. */
  private pending: Buffer[] = [];
  private blocked = false;
  private isFlushDue = false;

  constructor(
    private readonly socket: Socket<TcpTransport>,
    private readonly session: PeerSession,
  ) {
    socket.setNoDelay(true);
    session.attach(this);
  }

  set paused(paused: boolean) {
    if (paused) this.socket.pause();
    else this.socket.resume();
  }

  /** Collects the writes of one turn of the event loop into one send. */
  write(text: string): void {
    this.pending.push(Buffer.from(text, "latin1"));
    if (this.blocked || this.isFlushDue) return;
    this.isFlushDue = true;
    queueMicrotask(() => this.flush());
  }

  end(): void {
    this.flush();
    this.socket.end();
  }

  abort(): void {
    this.flush();
    this.socket.terminate();
  }

  data(bytes: Buffer): void {
    try {
      this.session.take(this, bytes.toString("latin1"));
    } catch (error) {
      this.session.fault(String(error));
      this.abort();
    }
  }

  flush(): void {
    this.isFlushDue = false;
    if (this.pending.length === 0) return;
    const all = this.pending.length === 1 ? this.pending[0]! : Buffer.concat(this.pending);
    const written = Math.max(0, this.socket.write(all));
    this.blocked = written < all.length;
    this.pending = this.blocked ? [all.subarray(written)] : [];
  }

  lost(): void {
    this.session.disconnected(this);
  }
}

function handlers(session: PeerSession) {
  return {
    open: (socket: Socket<TcpTransport>) => {
      socket.data = new TcpTransport(socket, session);
    },
    data: (socket: Socket<TcpTransport>, bytes: Buffer) => socket.data.data(bytes),
    // What was written before the handshake was done waits for it.
    handshake: (socket: Socket<TcpTransport>) => socket.data.flush(),
    drain: (socket: Socket<TcpTransport>) => socket.data.flush(),
    close: (socket: Socket<TcpTransport>) => socket.data?.lost(),
    error: () => {},
  };
}

/** Connects a session to a port of this machine; with `tls` over TLS. */
export async function connectTo(session: PeerSession, port: number, tls?: TLSOptions): Promise<void> {
  const options = { hostname: "127.0.0.1", port, socket: handlers(session) };
  await Bun.connect<TcpTransport>(tls === undefined ? options : { ...options, tls });
}

/** Listens for a session on a port of this machine; the newest connection counts. */
export function listenFor(
  session: PeerSession,
  port: number,
  tls?: TLSOptions,
): { stop(closeConnections: boolean): void } {
  const options = { hostname: "127.0.0.1", port, socket: handlers(session) };
  return Bun.listen<TcpTransport>(tls === undefined ? options : { ...options, tls });
}
