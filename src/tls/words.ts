/** Which connections: of clients, of drop copy clients, or of the API. */
export type ServerName = "client" | "dropCopy" | "admin";

/** What the thread of handshakes needs of one kind of listeners. All addresses and descriptors are of this process. */
export interface ServerData {
  readonly name: ServerName;
  readonly listenFds: readonly number[];
  /** The lane's pipe; null: of the API, whose HTTP server comes later. */
  readonly pipeFd: number | null;
  readonly timeoutMs: number;
  readonly mostHandshakes: number;
  readonly mostPerAddress: number;
}

/** An address of a venue. */
export interface TargetData {
  /** Name of its context. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Name that its certificate must have; "": the address itself. */
  readonly serverName: string;
  /** Fingerprints of which its certificate must have one: SHA-256, upper case with colons; empty: any. */
  readonly pins: readonly string[];
}

/** Pipes by which a lane asks for connections, and gets them. */
export interface DialFds {
  readonly requestFd: number;
  readonly answerFd: number;
}

/** Input of the thread. */
export interface HandshakesData {
  readonly role: "tls";
  /** Name of the thread. */
  readonly thread: string;
  /** Its nice value. */
  readonly nice: number;
  /** SSL_CTX of new handshakes by name: that of a server, or `venues.X`. */
  readonly contexts: Readonly<Record<string, number>>;
  readonly servers: readonly ServerData[];
  readonly targets: readonly TargetData[];
  readonly dials: readonly DialFds[];
}

/** What the main thread says to it. */
export interface ToHandshakes {
  /** A new SSL_CTX: the former one of that name, if there is one, is given back. */
  readonly context?: { readonly name: string; readonly context: number };
  /** Addresses of another venue: their numbers follow those before. */
  readonly targets?: readonly TargetData[];
  /** Unix socket of the main thread for connections of the API: from now on they are taken. */
  readonly api?: string;
  readonly stop?: true;
}

/** A connection that was refused. */
export interface RefusedPeer {
  readonly reason: number;
  readonly text: string;
  /** Address and port: 5 words as in net/handed.ts. */
  readonly peer: Int32Array;
}

/** What it says to the main thread. */
export interface FromHandshakes {
  /** Descriptor that wakes it. */
  readonly ready?: { readonly wakeupFd: number };
  readonly stopped?: true;
  /** Addresses of venues that it knows. */
  readonly targets?: number;
  /** A connection of the API that was refused. */
  readonly refused?: RefusedPeer;
  /** For the log. */
  readonly warning?: string;
  readonly failed?: string;
}

/** What a lane needs of the TLS of one kind of listeners. */
interface LaneTls {
  readonly pipeFd: number;
  readonly listenFds: readonly number[];
}

/** What lanes need: of listeners, and of venues. */
export interface LanesTls extends Readonly<Partial<Record<Exclude<ServerName, "admin">, LaneTls>>> {
  /** By lane. */
  readonly dials: readonly DialFds[];
  /** Of each venue: the number of its first address among all. */
  readonly targets: Readonly<Record<string, number>>;
}
