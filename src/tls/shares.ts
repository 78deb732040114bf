/** Counts the handshakes under way, in all and by address. */
export class Shares {
  private readonly counts = new Map<string, number>();

  constructor(private readonly mostPerAddress: number) {}

  /** False where an address has its share already; else it counts. */
  take(address: string): boolean {
    const count = this.counts.get(address) ?? 0;
    if (count >= this.mostPerAddress) return false;
    this.counts.set(address, count + 1);
    return true;
  }

  give(address: string): void {
    const count = this.counts.get(address)! - 1;
    if (count > 0) this.counts.set(address, count);
    else this.counts.delete(address);
  }
}
