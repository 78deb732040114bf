/** Which connections: of clients, or of drop copy clients. */
export type ServerName = "client" | "dropCopy";

/** What the thread of handshakes needs of one kind of listeners. All addresses and descriptors are of this process. */
export interface ServerData {
  readonly name: ServerName;
  readonly listenFds: readonly number[];
  /** SSL_CTX of new handshakes. */
  readonly context: number;
  /** The lane's pipe. */
  readonly pipeFd: number;
  readonly timeoutMs: number;
  readonly mostHandshakes: number;
  readonly mostPerAddress: number;
}

/** Input of the thread. */
export interface HandshakesData {
  readonly role: "tls";
  readonly servers: readonly ServerData[];
}

/** What the main thread says to it. */
export interface ToHandshakes {
  /** A new SSL_CTX for one kind of listeners: the former one is given back. */
  readonly context?: { readonly name: ServerName; readonly context: number };
  readonly stop?: true;
}

/** What it says to the main thread. */
export interface FromHandshakes {
  /** Descriptor that wakes it. */
  readonly ready?: { readonly wakeupFd: number };
  readonly stopped?: true;
  readonly failed?: string;
}

/** What a lane needs of the TLS of one kind of listeners. */
interface LaneTls {
  readonly pipeFd: number;
  readonly listenFds: readonly number[];
}

/** The same of all lanes, by whose listeners they are. */
export type LanesTls = Readonly<Partial<Record<ServerName, LaneTls>>>;
