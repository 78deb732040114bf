// A separate gateway process, one spinning lane, over loopback TCP: its first orders, one after the other, with and without
// a warm-up. Client and venue are this thread, which spins as well.
import { join } from "node:path";
import { GatewayRun } from "./gateway-run.ts";
import { check, report, scaled, TINY } from "./measure.ts";

const FIRST = scaled(1_000, 10);
const MANY = scaled(20_000, 20);
const SOURCE = [process.execPath, join(import.meta.dir, "../appliance/main.ts")];

for (const warmUp of ["off", "on"]) await measure(warmUp);

async function measure(warmUp: string): Promise<void> {
  const run = new GatewayRun();
  const idle = TINY ? 'idle = "park"\nwarmUpMaxMs = 200' : 'idle = "spin"';
  try {
    const startMs = await run.start(SOURCE, `[lanes]\n${idle}\nwarmUp = "${warmUp}"\n`);
    report(`warm-up ${warmUp}, start until ready`, startMs, "ms");
    const took = new Float64Array(MANY);
    for (let i = 0; i < MANY; i++) took[i] = run.trade();
    check("orders filled", run.trader.seen.get("8 F"), MANY);
    check("orders at the venue", run.venue.seen.get("D"), MANY);
    report(`warm-up ${warmUp}, first ${FIRST} orders`, sum(took.subarray(0, FIRST)) / 1e6, "ms");
    report(`warm-up ${warmUp}, first ${MANY} orders`, sum(took) / 1e6, "ms");
    report(`warm-up ${warmUp}, longest round trip`, Math.max(...took) / 1e6, "ms");
  } finally {
    await run.end();
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
