import { expect, setDefaultTimeout, test } from "bun:test";
import { CrashRun } from "./run.ts";

setDefaultTimeout(90_000);

/** 25 kills in all. `npm run test:crash -- --kills 1000` does more. */
for (const [preset, durability, kills, seed] of [
  ["one", "process", 13, 1],
  ["wide", "process", 12, 2],
] as const) {
  test(`killed ${kills} times under load, nothing is lost or doubled; preset ${preset}, durability ${durability}`, async () => {
    const { wrong, figures } = await new CrashRun({ kills, seed, preset, durability, auditEvery: 7 }).run();
    expect(wrong).toEqual([]);
    expect(figures.kills).toBe(kills);
    expect(figures.fills).toBeGreaterThan(50);
  });
}
