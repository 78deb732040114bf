/** Most rows of a table that the main thread looks at in one turn: a few hundred microseconds. */
export const ROWS_A_TURN = 16_384;

/**
 * Gives `look` all rows of a table in parts: the first one at once, each other in a turn of its own, so that nothing else of the main thread
 * waits for more than one part. `isLast` says that no more follows.
 */
export async function walkRows(
  rows: number,
  look: (from: number, to: number, isLast: boolean) => void,
  most = ROWS_A_TURN,
): Promise<void> {
  for (let from = 0; ; from += most) {
    const isLast = from + most >= rows;
    look(from, isLast ? rows : from + most, isLast);
    if (isLast) return;
    await nextTurn();
  }
}

/** Lets what else waits for the main thread have a turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
