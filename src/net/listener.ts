import { EAGAIN, ECONNABORTED, EINTR } from "../../ffi/errno.ts";
import type { Network } from "./network.ts";
import type { Reactor } from "./reactor.ts";
import type { Stream } from "./stream.ts";

const BACKLOG = 1024;
/** No connection is waiting. */
export const NO_CONNECTION = -1;
/** The process or the system is out of descriptors; the connection stays in the queue. */
export const NO_DESCRIPTOR = -2;

/** A connection that was refused before it came here: `reason` says why. */
export const TURNED_AWAY = -3;

/** Where an acceptor's connections come from. */
export interface ConnectionSource {
  /** Set by the reactor: connections wait. */
  ready: boolean;
  /** Takes one waiting connection: its descriptor, NO_CONNECTION, NO_DESCRIPTOR or TURNED_AWAY. */
  accept(): number;
  pause(): void;
  resume(): void;
  peerOf(fd: number, words: Int32Array): void;
  /** Gives the stream what the connection brings along, once it is open. */
  secure(stream: Stream): void;
  /** Closes an accepted connection for which there is no room. */
  refuse(fd: number): void;
  close(): void;
  /** Why the last connection was turned away, and more of it: `text[textFrom, textTo)`. */
  readonly reason: number;
  readonly text: Uint8Array;
  readonly textFrom: number;
  readonly textTo: number;
}

const NO_TEXT = new Uint8Array(0);

/** A listening TCP socket. */
export class Listener implements ConnectionSource {
  readonly fd: number;
  readonly port: number;
  ready = false;
  readonly reason = 0;
  readonly text = NO_TEXT;
  readonly textFrom = 0;
  readonly textTo = 0;
  private readonly network: Network;

  /** Throws a SystemError that names the address when it can't be bound. */
  constructor(
    private readonly reactor: Reactor,
    host: string,
    port: number,
  ) {
    this.network = reactor.network;
    this.fd = this.network.listenTcp(host, port, BACKLOG);
    this.port = this.network.localPort(this.fd);
    reactor.addListener(this);
  }

  /** Takes one waiting connection: its descriptor, NO_CONNECTION or NO_DESCRIPTOR. */
  accept(): number {
    const fd = this.network.acceptTcp(this.fd);
    if (fd >= 0) return fd;
    this.ready = false;
    return fd === -EAGAIN || fd === -EINTR || fd === -ECONNABORTED ? NO_CONNECTION : NO_DESCRIPTOR;
  }

  /** Leaves waiting connections in the queue: the reactor does not announce them until `resume`. */
  pause(): void {
    this.ready = false;
    this.reactor.pauseListener(this);
  }

  resume(): void {
    this.reactor.resumeListener(this);
  }

  /** Reads the peer's address of an accepted connection; see `readPeer`. */
  peerOf(fd: number, words: Int32Array): void {
    this.network.readPeer(fd, words);
  }

  /** Its connections have no TLS. */
  secure(_stream: Stream): void {}

  /** Closes an accepted connection for which there is no room. */
  refuse(fd: number): void {
    this.network.closeSocket(fd);
  }

  close(): void {
    this.reactor.removeListener(this);
    this.network.closeSocket(this.fd);
  }
}
