/** MsgSeqNum in both directions, and how often they were reset. */
export class SequenceNumbers {
  /** MsgSeqNum we expect next. */
  nextIn = 1;
  /** MsgSeqNum we send next. */
  nextOut = 1;
  /** Resets so far. */
  epoch = 0;
  /** Number of our last message before the last reset. */
  lastBefore = 0;
  /** Our Logon that resets the numbers is sent; until the peer's comes, its messages have the old numbers. */
  restarting = false;

  /** The epoch of incoming messages. */
  get epochIn(): number {
    return this.restarting ? this.epoch - 1 : this.epoch;
  }

  get areFresh(): boolean {
    return this.nextOut === 1 && this.nextIn === 1;
  }

  /** The number of a rejected message is used up if it was the next. */
  useUp(sequence: number): void {
    if (sequence === this.nextIn) this.nextIn++;
  }

  /** Begins a new epoch; `nextOut` stays when our Logon has its number already. */
  resetIn(): void {
    this.nextIn = 1;
    this.epoch++;
  }

  resetOut(): void {
    this.lastBefore = this.nextOut - 1;
    this.nextOut = 1;
  }

  /** Begins a new epoch with our Logon; the peer's numbers follow with its Logon. */
  beginRestart(): void {
    this.resetOut();
    this.epoch++;
    this.restarting = true;
  }
}
