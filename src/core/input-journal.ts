/** What the core needs of a journal; the stream writer is one. */
export interface InputJournal {
  /** True when entries of `bytes` bytes can be appended now. */
  fits(bytes: number): boolean;
  /** The same. Throws when nothing more ever can, because the disk is full. */
  room(bytes: number): boolean;
  /** True while the disk has no room for more than is prepared. */
  readonly starved: boolean;
  /**
   * Appends one input, as it stands at an address of this process.
   * Returns  its position.
   */
  append(
    kind: number,
    session: number,
    sequence: number,
    timeUs: number,
    index: number,
    epoch: number,
    fromAddress: number,
    payloadBytes: number,
  ): number;
  /** The same of one in two parts. */
  appendBoth(
    kind: number,
    session: number,
    sequence: number,
    timeUs: number,
    index: number,
    epoch: number,
    fromAddress: number,
    bytes: number,
    moreAddress: number,
    moreBytes: number,
  ): number;
}
