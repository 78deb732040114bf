/** Where messages are written before they are sent; `journal/writer.ts` is one. */
export interface LinkJournal {
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
}

/** Holds a connection's output back; `journal/gate.ts` is one. */
export interface LinkGate {
  /** A connection begins, of which so many bytes were written. */
  begin(end: number): void;
  limit(end: number): number;
}
