/** Journal of messages before they are sent; implemented by `journal/writer.ts`. */
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

/** Holds a connection's output back; implemented by `journal/gate.ts`. */
export interface LinkGate {
  /** Begins a connection; `end` is the count of its bytes written so far. */
  begin(end: number): void;
  limit(end: number): number;
}
