import { workerData } from "node:worker_threads";
import { monotonicNs } from "../../ffi/clock.ts";
import { Views } from "../../src/base/views.ts";
import { Keeper } from "../../src/journal/keeper.ts";

/** A lane with nothing but a keeper on it; keeper.test.ts ends it. */
const { shared, wordsAt, address, ...parts } = workerData;
const keeper = new Keeper({ shared: new Views(shared), streams: [{ name: "core", wordsAt, address }], ...parts });
keeper.open(monotonicNs());
for (;;) if (keeper.poll(monotonicNs()) === 0) Bun.sleepSync(0.1);
