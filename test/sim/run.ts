// npm run sim -- --seeds N [--seed S] [--lines L] [--with desk=0.1 …]: runs N seeds from S on; a seed that fails is run again with its log.

import { parseArgs } from "node:util";
import { simulate } from "./world.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    lines: { type: "string", default: "100" },
    /** Numbers of the shape, in the place of what the seed chooses. */
    with: { type: "string", multiple: true, default: [] },
    /** Runs them here; otherwise in processes of a batch each, since memory whose address was given away stays. */
    here: { type: "boolean", default: false },
  },
});
const first = Number(values.seed);
const count = Number(values.seeds);
const given = Object.fromEntries(
  values.with.map((one) => one.split("=")).map(([name, value]) => [name, Number(value)]),
);
const BATCH = 500;
/** Of so many failing seeds the log is shown; of others only what was wrong. */
const LOGS_TOLD = 3;

function runHere(): number {
  let failed = 0;
  const sum = { turns: 0, lives: 0, orders: 0, fills: 0 };
  for (let seed = first; seed < first + count; seed++) {
    try {
      const outcome = simulate(seed, null, undefined, given);
      for (const key of ["turns", "lives", "orders", "fills"] as const) sum[key] += outcome[key];
    } catch (error) {
      failed++;
      tell(seed, error as Error, failed <= LOGS_TOLD);
    }
  }
  const { turns, lives, orders, fills } = sum;
  const said = `${turns} turns, ${lives} lives of the gateway, ${orders} orders, ${fills} fills`;
  console.log(`seeds ${first} to ${first + count - 1}: ${count - failed} held, ${failed} failed; ${said}`);
  return failed;
}

/** The same again, so that the log shows what led to it. */
function tell(seed: number, error: Error, withLog: boolean): void {
  const log: string[] = [];
  let again: Error | null = null;
  try {
    simulate(seed, log, undefined, given);
  } catch (second) {
    again = second as Error;
  }
  if (withLog && values.lines !== "0") console.log(log.slice(-Number(values.lines)).join("\n"));
  console.log(`seed ${seed}: ${error.name === "Violation" ? error.message : error.stack}`);
  if (again?.message !== error.message) console.log(`seed ${seed} ran otherwise the second time: ${again?.message}`);
}

async function runInBatches(): Promise<number> {
  let failed = 0;
  for (let seed = first; seed < first + count; seed += BATCH) {
    const seeds = Math.min(BATCH, first + count - seed);
    const args = [
      "--here",
      "--seed",
      `${seed}`,
      "--seeds",
      `${seeds}`,
      "--lines",
      values.lines,
      ...values.with.flatMap((one) => ["--with", one]),
    ];
    const child = Bun.spawn([process.execPath, import.meta.path, ...args], { stdout: "inherit", stderr: "inherit" });
    if ((await child.exited) !== 0) failed++;
  }
  return failed;
}

process.exit((values.here ? runHere() : await runInBatches()) === 0 ? 0 : 1);
