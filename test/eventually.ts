/*  The one place where tests wait. A test waits for what it needs to be true, never for a time in which it hopes that it becomes so.
 *  Every wait has a bound. The bound ends a test that hangs; it measures nothing.
 */

/** A test that waits longer has failed. */
export const PATIENCE_MS = 20_000;
/** Between two looks: short at first, then longer, so that a long wait costs no CPU. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 20;

type NotYet = null | undefined | false;

function isAnswer<T>(answer: T | NotYet): answer is T {
  return answer !== null && answer !== undefined && answer !== false;
}

/**
 * Asks until the answer is not null, undefined or false, and returns it. Other code of this thread runs between two looks.
 * Fails  after `withinMs`, with what was awaited and what `seen` gives, by default the last answer.
 */
export async function until<T>(
  what: string,
  ask: () => T | NotYet | Promise<T | NotYet>,
  withinMs = PATIENCE_MS,
  seen: (() => unknown) | null = null,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    // The last look comes after the end: this process itself may have stood still.
    const isLast = performance.now() > end;
    const answer = await ask();
    if (isAnswer(answer)) return answer;
    if (isLast) throw late(what, withinMs, seen === null ? answer : seen());
    await Bun.sleep(pauseMs);
  }
}

/** As `until`, for a condition that needs no other code of this thread. */
export function untilSync<T>(what: string, ask: () => T | NotYet, withinMs = PATIENCE_MS): T {
  const end = performance.now() + withinMs;
  for (;;) {
    const isLast = performance.now() > end;
    const answer = ask();
    if (isAnswer(answer)) return answer;
    if (isLast) throw late(what, withinMs, answer);
    Bun.sleepSync(FIRST_PAUSE_MS);
  }
}

/** Calls `late` if its scope is not left within that time. */
export function deadline(withinMs: number, late: () => void): Disposable {
  const timer = setTimeout(late, withinMs);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** The result of a promise; fails if it takes longer, with what `seen` gives. */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  withinMs = PATIENCE_MS,
  seen: () => unknown = () => "nothing",
): Promise<T> {
  const tooLate = Promise.withResolvers<never>();
  using _bound = deadline(withinMs, () => tooLate.reject(late(what, withinMs, seen())));
  return await Promise.race([promise, tooLate.promise]);
}

/** One turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets the product's own time pass. Only for what the product does by time; say at the call which time that is. */
export function passes(ms: number): Promise<void> {
  return Bun.sleep(ms);
}

function late(what: string, withinMs: number, seen: unknown): Error {
  const last = typeof seen === "string" ? seen : Bun.inspect(seen);
  return new Error(`no ${what} within ${withinMs} ms; last seen: ${last}`);
}
