import { expect, test } from "bun:test";
import { Worker } from "node:worker_threads";
import { ESRCH, SystemError } from "../../ffi/errno.ts";
import { permittedCpus, pinThread, threadCpus, threadId } from "../../ffi/thread.ts";
import { PeriodicTasks } from "../../src/base/periodic-tasks.ts";
import { cpuSweep, threads } from "../../src/host/thread-sweep.ts";
import { PATIENCE_MS, until } from "../eventually.ts";

const all = permittedCpus();

/** A thread that stays, and its number. */
async function other(): Promise<{ worker: Worker; tid: number }> {
  const worker = new Worker(new URL("../ffi/other-thread.ts", import.meta.url), { workerData: {} });
  const tid = await new Promise<number>((resolve, reject) => {
    worker.once("message", (said: { thread: number }) => resolve(said.thread));
    worker.once("error", reject);
  });
  return { worker, tid };
}

/** Whether a thread is on exactly these CPUs; one that has ended since is where it should be. */
function isOn(tid: number, cpus: readonly number[]): boolean {
  try {
    return Bun.deepEquals(threadCpus(tid), cpus);
  } catch (error) {
    if (error instanceof SystemError && error.errno === ESRCH) return true;
    throw error;
  }
}

test.skipIf(all.length < 2)(
  "every thread but those spared is on the given CPUs, late ones too (needs two CPUs)",
  async () => {
    const before = threadCpus(0);
    const [lane, ...rest] = all as [number, ...number[]];
    const { worker, tid } = await other();
    pinThread(tid, [lane]);
    const housekeeping = cpuSweep(rest, () => new Set([tid]));
    const rounds = new PeriodicTasks();
    try {
      housekeeping.start(rounds);
      rounds.start();
      // A thread that began meanwhile has the mask of whoever needed it, until the next sweep.
      const astray = () => threads().filter((one) => one !== tid && !isOn(one, rest));
      await until("threads in their place", () => astray().length === 0, PATIENCE_MS, astray);
      expect(threadCpus(tid)).toEqual([lane]);
      expect(housekeeping.changed.has(threadId())).toBe(true);
      // What is where it belongs is not touched again; what is found now began since.
      const placed = [...housekeeping.changed];
      housekeeping.changed.clear();
      housekeeping.sweep();
      expect(placed.filter((one) => housekeeping.changed.has(one))).toEqual([]);
      const late = await other();
      pinThread(late.tid, [lane]);
      await until("a late thread in its place", () => threadCpus(late.tid)[0] !== lane);
      expect(threadCpus(late.tid)).toEqual(rest);
      expect(housekeeping.changed.has(late.tid)).toBe(true);
      await late.worker.terminate();
    } finally {
      housekeeping.stop();
      rounds.stop();
      for (const one of threads()) {
        try {
          pinThread(one, before);
        } catch {
          // It has ended since.
        }
      }
      await worker.terminate();
    }
  },
);
