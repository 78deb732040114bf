/** What became of something that an operator asked for. */
export interface Outcome {
  readonly result: "applied" | "unchanged" | "refused";
  /** Of a refused one: a stable word for programs, such as `unknown-name`, and one line for people. */
  readonly code: string;
  readonly reason: string;
}

/** Who asks for something, and why. */
export interface Asked {
  readonly by: string;
  readonly why: string;
}
