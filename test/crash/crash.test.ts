import { expect, setDefaultTimeout, test } from "bun:test";
import { CrashRun, durabilities } from "./run.ts";

setDefaultTimeout(90_000);

/** `npm run test:crash -- --kills 1000` does more. */
const KILLS = 25;
const ways = durabilities().flatMap((durability) => [
  { preset: "one" as const, durability },
  { preset: "wide" as const, durability },
]);

for (const [i, way] of ways.entries()) {
  const kills = Math.floor((KILLS + i) / ways.length);
  test(`killed ${kills} times under load, nothing is lost or doubled; preset ${way.preset}, durability ${way.durability}`, async () => {
    const { wrong, figures } = await new CrashRun({ ...way, kills, seed: i + 1, auditEvery: 7 }).run();
    expect(wrong).toEqual([]);
    expect(figures.kills).toBe(kills);
    expect(figures["exposures from snapshots"]).toBeGreaterThan(0);
    expect(figures.fills).toBeGreaterThan(50);
  });
}
