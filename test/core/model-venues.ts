/** Which venues are up, and which of them get new orders. */
export class ModelVenues {
  private readonly ids = new Set<number>();
  /** Up, but the statuses of their open orders are asked for first. */
  private readonly asking = new Set<number>();

  has(venue: number): boolean {
    return this.ids.has(venue);
  }

  takes(venue: number): boolean {
    return this.ids.has(venue) && !this.asking.has(venue);
  }

  set(venue: number, isUp: boolean, asksFirst: boolean): void {
    if (isUp) this.ids.add(venue);
    else this.ids.delete(venue);
    if (isUp && asksFirst) this.asking.add(venue);
    else this.asking.delete(venue);
  }

  /** Returns false where nothing was asked for. */
  ready(venue: number): boolean {
    return this.asking.delete(venue);
  }
}
