/** An invariant of our own that does not hold: the lane stops, the process exits non-zero, a restart replays the journal. */
export class Broken extends Error {
  constructor(
    readonly code: string,
    readonly value: number,
  ) {
    super(`broken invariant ${code} (value ${value}): this is a fault of Sallyport, please report it`);
    this.name = "Broken";
  }
}

/** Stops the line. Peers' faults never come here; they are answered by their protocol. */
export function broken(code: string, value: number): never {
  throw new Broken(code, value);
}
