import type { Socket } from "node:net";
import type { PeerRank } from "./peer-rank.ts";

/** All connections of addresses count as those of one owner: who is at their other end only a token, or a certificate, says. */
export const OF_ADDRESSES = -2;

/** Connections of all that are not known: they only get told so. */
const MOST_UNKNOWN = 4;

/** Open connections of the API on its unix socket and its addresses: at most `max`, and nobody has all of them. */
export class Places {
  /** Each with its owner. */
  private readonly open = new Map<object, number>();

  constructor(private readonly max: number) {}

  /** Gives a connection a place until `leave`. Returns false where there is none for its owner. */
  take(connection: object, owner: number, rank: PeerRank): boolean {
    if (this.open.size >= this.max || this.countOf(owner) >= this.mostOf(rank)) return false;
    this.open.set(connection, owner);
    return true;
  }

  leave(connection: object): void {
    this.open.delete(connection);
  }

  private countOf(owner: number): number {
    let count = 0;
    for (const one of this.open.values()) if (one === owner) count++;
    return count;
  }

  /** No other owner than a privileged one can take all places. */
  private mostOf(rank: PeerRank): number {
    if (rank === "privileged") return this.max;
    return rank === "known" ? Math.max(1, this.max >> 1) : Math.min(MOST_UNKNOWN, this.max - 1);
  }
}

/** The answer to a connection without a place. */
export const NO_PLACE = "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
const ENDS_WITHIN_MS = 1_000;

/** Ends a connection with an answer, also where the peer neither reads nor ends its side: it must not keep a descriptor of this process. */
export function endWith(socket: Socket, answer: string): void {
  const timer = setTimeout(() => socket.destroy(), ENDS_WITHIN_MS);
  socket.once("close", () => clearTimeout(timer));
  socket.resume();
  socket.end(answer, () => socket.destroy());
}
