/** Kinds of the entries that the core writes; the journal's layout gives them their numbers. */
export const ENTRY_ORDER = 1;
export const ENTRY_REPORT = 2;
export const ENTRY_CONTROL = 3;
export const ENTRY_OUTCOME = 10;
/** Where the tag begins in the index of an ENTRY_OUTCOME, and how much of the report's record it has. */
export const OUTCOME_TAG_SHIFT = 8;
export const OUTCOME_BYTES = 96;

/** What the core needs of a journal; the stream writer is one. */
export interface InputJournal {
  /** True when entries of `bytes` bytes can be appended now. */
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
