// What properties are checked with: the same cases in every run, so that a failure is the change's and not the draw's.

const SEED = 20_261_124;
const SEEDS = 2 ** 31;

/** The seed that a setting of SALLYPORT_TEST_SEED asks for. */
export function seedOf(text: string | undefined): number {
  if (text === undefined || text === "") return SEED;
  if (text === "random") return Math.floor(Math.random() * SEEDS);
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed < SEEDS) return seed;
  throw new Error(
    `SALLYPORT_TEST_SEED: expected "random" or a whole number from 0 to ${SEEDS - 1}, got ${JSON.stringify(text)}`,
  );
}

const asked = process.env.SALLYPORT_TEST_SEED;
const seed = seedOf(asked);
if (asked === "random") console.log(`properties: SALLYPORT_TEST_SEED=${seed}`);

/** Whether the cases are those of every run: others may miss what is rare among them. */
export const isUsual = seed === SEED;

/** SALLYPORT_TEST_LONG=1 draws three times as many cases. */
const times = process.env.SALLYPORT_TEST_LONG === "1" ? 3 : 1;

/** What fast-check is told for a property of so many cases. */
export function drawn(numRuns = 100): { numRuns: number; seed: number } {
  return { numRuns: numRuns * times, seed };
}
