/** A broken invariant: the lane stops, the process exits non-zero, and a restart replays the journal. */
export class Broken extends Error {
  constructor(
    readonly code: string,
    readonly value: number,
  ) {
    super(`broken invariant ${code} (value ${value}): this is a fault of Sallyport, please report it`);
    this.name = "Broken";
  }
}

/** Stops the lane. A peer's fault is never a broken invariant: its protocol has an answer for it. */
export function broken(code: string, value: number): never {
  throw new Broken(code, value);
}
