import { parentPort, workerData } from "node:worker_threads";
import { monotonicNs } from "../../ffi/clock.ts";
import { EBADF, ENOENT, errno } from "../../ffi/errno.ts";
import { libc } from "../../ffi/libc.ts";
import { cString, viewAt } from "../../ffi/memory.ts";
import { Wakeup } from "../../ffi/poller.ts";
import { pinThread, setThreadName, threadCpus, threadId } from "../../ffi/thread.ts";

/** The other thread of the tests beside this file: does what it is asked and tells what it saw. */
const asked = workerData as { ring?: number; look?: { address: number; bytes: number }; cpu?: number };

let errnoMistakes = 0;
for (let i = 0; i < 20_000; i++) {
  libc.close(-1);
  if (errno() !== EBADF) errnoMistakes++;
  libc.open(cString("/nowhere"), 0, 0);
  if (errno() !== ENOENT) errnoMistakes++;
}

let saw = -1;
if (asked.look !== undefined) {
  const ints = new Int32Array(viewAt(asked.look.address, asked.look.bytes));
  saw = Atomics.load(ints, 0);
  Atomics.store(ints, 1, saw + 1);
}

setThreadName("other-thread");
if (asked.cpu !== undefined) pinThread(0, [asked.cpu]);

// Stays until it is terminated, so that it can be looked at.
parentPort!.on("message", () => {});
parentPort!.postMessage({ thread: threadId(), cpus: threadCpus(0), now: monotonicNs(), saw, errnoMistakes });
if (asked.ring !== undefined) new Wakeup(asked.ring).wake();
