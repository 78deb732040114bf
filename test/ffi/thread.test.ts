import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { monotonicNs } from "../../ffi/clock.ts";
import { ENOTSOCK, ESRCH } from "../../ffi/errno.ts";
import { closeFd, O_RDONLY, openFile } from "../../ffi/file.ts";
import { mapAnonymous, viewAt } from "../../ffi/memory.ts";
import { receive } from "../../ffi/socket.ts";
import {
  CpuMask,
  confineThread,
  cpuListText,
  isolatedCpus,
  onlineCpus,
  parseCpuList,
  permittedCpus,
  pinThread,
  setThreadName,
  setTimerSlack,
  threadCpus,
  threadId,
  timerSlack,
} from "../../ffi/thread.ts";

type Seen = { thread: number; cpus: number[]; now: number; saw: number; errnoMistakes: number };

function otherThread(workerData: object): { worker: Worker; seen: Promise<Seen> } {
  const worker = new Worker(new URL("./other-thread.ts", import.meta.url), { workerData });
  const seen = new Promise<Seen>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  return { worker, seen };
}

test("threads have the kernel's numbers", () => {
  expect(existsSync(`/proc/self/task/${threadId()}`)).toBe(true);
});

test("pinning restricts a thread, and can be taken back", () => {
  const all = threadCpus(0);
  const last = all.at(-1)!;
  pinThread(0, [last]);
  expect(threadCpus(threadId())).toEqual([last]);
  pinThread(threadId(), all);
  expect(threadCpus(0)).toEqual(all);
});

test("confining moves only a thread that may run elsewhere, and one that is gone is told", () => {
  const all = threadCpus(0);
  const mask = new CpuMask([all.at(-1)!]);
  pinThread(0, mask.cpus);
  expect(confineThread(threadId(), mask)).toBe(0);
  pinThread(0, all);
  expect(confineThread(0, mask)).toBe(all.length > 1 ? 1 : 0);
  expect(threadCpus(0)).toEqual([...mask.cpus]);
  pinThread(0, all);
  expect(confineThread(2 ** 30, mask)).toBe(-ESRCH);
  expect(() => new CpuMask([])).toThrow("EINVAL");
});

test("what may be had is more than what one is on, and asking changes nothing", () => {
  const all = permittedCpus();
  pinThread(0, [all[0]!]);
  expect(permittedCpus()).toEqual(all);
  expect(threadCpus(0)).toEqual([all[0]!]);
  pinThread(0, all);
  for (const cpu of all) expect(onlineCpus()).toContain(cpu);
});

test("CPUs and threads that are not there are errors with a remedy, and change nothing", () => {
  const all = threadCpus(0);
  expect(() => pinThread(0, [8191])).toThrow("to CPU 8191: EINVAL (none of these CPUs is online and allowed here");
  expect(() => pinThread(0, [])).toThrow("EINVAL");
  expect(() => pinThread(0, [-1])).toThrow("EINVAL");
  expect(() => pinThread(0, [100_000])).toThrow("EINVAL");
  expect(() => pinThread(2 ** 30, [0])).toThrow("ESRCH");
  expect(() => threadCpus(2 ** 30)).toThrow("ESRCH");
  expect(threadCpus(0)).toEqual(all);
});

test("another thread has its own errno and scratch, shares memory by address, and the clock's origin", async () => {
  const address = mapAnonymous(4096);
  const ints = new Int32Array(viewAt(address, 4096));
  Atomics.store(ints, 0, 123);
  const before = monotonicNs();
  const cpu = threadCpus(0)[0]!;
  const { worker, seen } = otherThread({ look: { address, bytes: 4096 }, cpu });
  const file = openFile("/dev/null", O_RDONLY);
  let mistakes = 0;
  for (let i = 0; i < 100_000; i++) if (receive(file, 0, 0) !== -ENOTSOCK) mistakes++;
  expect(mistakes).toBe(0);
  closeFd(file);
  const said = await seen;
  expect(said).toMatchObject({ saw: 123, errnoMistakes: 0, cpus: [cpu] });
  expect(said.thread).not.toBe(threadId());
  expect(readFileSync(`/proc/self/task/${said.thread}/comm`, "utf8")).toBe("other-thread\n");
  expect(Atomics.load(ints, 1)).toBe(124);
  expect(said.now).toBeGreaterThan(before);
  expect(said.now).toBeLessThan(monotonicNs());
  // Pinning it did not touch this thread; from here it can be moved again.
  expect(threadCpus(said.thread)).toEqual([cpu]);
  pinThread(said.thread, threadCpus(0));
  expect(threadCpus(said.thread)).toEqual(threadCpus(0));
  worker.terminate();
});

test("names are kept to the kernel's 15 bytes", () => {
  const comm = `/proc/self/task/${threadId()}/comm`;
  const before = readFileSync(comm, "utf8").trim();
  setThreadName("a-name-of-more-than-15");
  expect(readFileSync(comm, "utf8")).toBe("a-name-of-more-\n");
  setThreadName(before);
});

test("timer slack is set for this thread", () => {
  const before = timerSlack();
  setTimerSlack(1);
  expect(timerSlack()).toBe(1);
  setTimerSlack(before);
});

test("CPU lists are read as the kernel writes them", () => {
  expect(parseCpuList("0-2,5\n")).toEqual([0, 1, 2, 5]);
  expect(parseCpuList("7")).toEqual([7]);
  expect(parseCpuList("\n")).toEqual([]);
  for (const text of ["", "3", "0-2,5,7"]) expect(cpuListText(parseCpuList(text))).toBe(text);
  const online = onlineCpus();
  expect(online.length).toBeGreaterThan(0);
  for (const cpu of threadCpus(0)) expect(online).toContain(cpu);
  for (const cpu of isolatedCpus()) expect(online).toContain(cpu);
});
