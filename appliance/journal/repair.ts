import { existsSync } from "node:fs";
import { DirectoryLock } from "../../src/journal/store/lock.ts";
import { readNames } from "../../src/journal/store/names.ts";
import { takeUp } from "../../src/journal/store/open.ts";
import { applyRepair, planRepair } from "../../src/journal/store/repair.ts";

const OK = 0;
const FAILED = 1;

/**
 * Prints the damage in the journal in `dir` and how it would be repaired; with `yes` repairs it. No gateway may use
 * the directory at the same time.
 * Returns  the process's exit code: 1 while something is left to be done.
 */
export async function journalRepair(dir: string, yes: boolean): Promise<number> {
  try {
    if (!existsSync(dir)) throw new Error(`${dir}: no such directory; give a gateway's data directory`);
    const lock = new DirectoryLock(dir);
    try {
      const names = readNames(dir);
      if (names !== null) takeUp(dir, names);
      return repair(dir, yes);
    } finally {
      lock.leave();
    }
  } catch (error) {
    console.error(`sallyport: ${(error as Error).message}`);
    return FAILED;
  }
}

function repair(dir: string, yes: boolean): number {
  const steps = planRepair(dir);
  for (const step of steps) {
    console.log(`${step.file}: ${step.found}`);
    console.log(`    ${step.apply === null ? "by hand: " : yes ? "" : "would be repaired: "}${step.will}`);
  }
  if (steps.length === 0) {
    console.log(`${dir}: nothing to repair`);
    return OK;
  }
  const open = steps.filter((step) => step.apply === null).length;
  if (!yes) {
    console.log(`nothing is changed yet; --yes repairs ${steps.length - open} of ${steps.length}`);
    return FAILED;
  }
  applyRepair(dir, steps);
  const left = planRepair(dir).length;
  console.log(
    left === 0 ? "repaired; the next start can read the journal" : `repaired as far as possible; ${left} left`,
  );
  return left === 0 ? OK : FAILED;
}
