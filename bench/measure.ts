/** Runs as part of the tests: a thousandth of the work checks the bench's answer; its figures mean nothing. */
export const TINY = process.env.BENCH_TINY === "1";

const REPEATS = TINY ? 1 : 7;

/** Returns `count`, or a thousandth of it (at least `least`) when the bench runs tiny. */
export function scaled(count: number, least = 100): number {
  return TINY ? Math.max(least, Math.ceil(count / 1000)) : count;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Prints one figure as `name: value unit`. */
export function report(name: string, value: number, unit: string): void {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  console.log(`${name}: ${value.toFixed(digits)} ${unit}`);
}

/** Fails the bench when its answer is wrong. */
export function check(what: string, got: unknown, expected: unknown): void {
  if (!Object.is(got, expected)) throw new Error(`${what}: expected ${expected}, got ${got}`);
}

/**
 * Times `run(operations)`, which does that many operations and returns its answer, in this thread: one warm-up, then
 * the median of some repeats. Every answer is checked.
 * Returns  nanoseconds per operation, after printing them.
 */
export function bench(name: string, operations: number, run: (operations: number) => number, expected: number): number {
  const times: number[] = [];
  for (let repeat = -1; repeat < REPEATS; repeat++) {
    const began = Bun.nanoseconds();
    const answer = run(operations);
    const took = Bun.nanoseconds() - began;
    check(name, answer, expected);
    if (repeat >= 0) times.push(took / operations);
  }
  const nanoseconds = median(times);
  report(name, nanoseconds, "ns");
  return nanoseconds;
}

/**
 * As `bench`, for measurements in other threads or processes: `run` does one whole measurement, checks its answer and
 * returns the figure.
 * Returns  the median, after printing it.
 */
export async function benchRuns(name: string, unit: string, run: () => Promise<number>): Promise<number> {
  const figures: number[] = [];
  await run();
  for (let repeat = 0; repeat < REPEATS; repeat++) figures.push(await run());
  const figure = median(figures);
  report(name, figure, unit);
  return figure;
}
