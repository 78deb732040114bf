/** First word of the second half of an IPv4 address that is mapped into IPv6. */
const MAPPED_WORD = -65_536;

/** Whose share a connection is of: an IPv4 address; of IPv6 the network of 64 bits, within which a host takes addresses as it likes. */
export function shareOf(peer: Int32Array): string {
  const isMapped = peer[0] === 0 && peer[1] === 0 && peer[2] === MAPPED_WORD;
  return isMapped ? `${peer[3]}` : `${peer[0]} ${peer[1]}`;
}

/** Counts the handshakes under way by share. */
export class Shares {
  private readonly counts = new Map<string, number>();

  constructor(private readonly mostPerAddress: number) {}

  isFull(share: string): boolean {
    return this.countOf(share) >= this.mostPerAddress;
  }

  /** False where somebody has the whole share already; else it counts. */
  take(share: string): boolean {
    if (this.isFull(share)) return false;
    this.counts.set(share, this.countOf(share) + 1);
    return true;
  }

  /** Handshakes of a share under way. */
  countOf(share: string): number {
    return this.counts.get(share) ?? 0;
  }

  give(share: string): void {
    const count = this.countOf(share) - 1;
    if (count > 0) this.counts.set(share, count);
    else this.counts.delete(share);
  }
}
