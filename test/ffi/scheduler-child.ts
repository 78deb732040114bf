import { Worker } from "node:worker_threads";
import { type Scheduling, scheduling, setFifo, setOrdinary } from "../../ffi/scheduler.ts";
import { threadId } from "../../ffi/thread.ts";

/** A process of its own, started by scheduler.test.ts, for what it becomes it stays: it tells what it was answered. */
const before = scheduling(0);
const set = setFifo(0, 7);
const own = scheduling(threadId());
const worker = new Worker(
  `import { parentPort } from "node:worker_threads";
   import { scheduling } from ${JSON.stringify(new URL("../../ffi/scheduler.ts", import.meta.url).href)};
   parentPort.postMessage(scheduling(0));`,
  { eval: true },
);
const child = await new Promise<Scheduling>((resolve, reject) => {
  worker.once("message", resolve);
  worker.once("error", reject);
});
console.log(JSON.stringify({ before, set, own, child, back: setOrdinary(0), after: scheduling(0) }));
process.exit(0);
