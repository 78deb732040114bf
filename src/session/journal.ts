import type { Views } from "../base/views.ts";

/** Journal of messages before they are sent or handled; implemented by `journal/writer.ts`. */
export interface LinkJournal {
  /** Memory of the claimed payload, which begins at `address`. */
  readonly views: Views;
  readonly address: number;
  /** True when entries of `bytes` in total can be written now. */
  room(bytes: number): boolean;
  /** Claims an entry, whose payload is written at the returned offset in `views`, and which `commit` appends. */
  claim(payloadBytes: number): number;
  commit(kind: number, session: number, sequence: number, timeUs: number, index: number, epoch: number): number;
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
