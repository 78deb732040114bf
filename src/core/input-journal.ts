/** What the core needs of a journal; the stream writer is one. */
export interface InputJournal {
  /** Address of the stream's words in the core's memory: its code appends there (journal/assembly). */
  readonly at: number;
  /** Throws: nothing more can ever be appended, because the disk is full. */
  full(): never;
}
