// Cost of the assertions in core and rings: an order and its fill in the core (risk.ts), with them and without, each in a
// process of its own, in turn.
import { join } from "node:path";
import { check, median, report, TINY } from "./measure.ts";

const PAIRS = TINY ? 1 : 9;
const ORDERS = TINY ? "500" : "300000";
const PRELOAD = ["--preload", join(import.meta.dir, "without-assertions.ts")];

/** Nanoseconds of an order and its fill, and how many assertions were left out. */
function measure(options: readonly string[]): { ns: number; removed: number } {
  const child = Bun.spawnSync([process.execPath, ...options, join(import.meta.dir, "risk.ts")], {
    env: { ...process.env, RISK_ORDERS: ORDERS },
  });
  const output = child.stdout.toString();
  check("exit code of risk.ts", child.exitCode, 0);
  const [, ns] = /^core: order \+ fill: ([\d.]+) ns$/m.exec(output)!;
  const removed = [...output.matchAll(/^removed: (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  return { ns: Number(ns), removed };
}

const on: number[] = [];
const off: number[] = [];
let removed = 0;
for (let pair = 0; pair < PAIRS; pair++) {
  const asserted = measure([]);
  const bare = measure(PRELOAD);
  check("assertions left out without being asked", asserted.removed, 0);
  on.push(asserted.ns);
  off.push(bare.ns);
  removed = bare.removed;
}
check("some assertions were left out", removed > 10, true);
report("assertions in core and rings", removed, "places");
report("order + fill with them", median(on), "ns");
report("order + fill without", median(off), "ns");
report("cost, median of pairs", median(on.map((ns, i) => (100 * (ns - off[i]!)) / off[i]!)), "%");
