import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onlineCpus, threadCpus } from "../../ffi/thread.ts";
import { readMachine } from "../../src/host/machine.ts";

const ROOT = mkdtempSync(join(tmpdir(), "sallyport-machine-"));
afterAll(() => rmSync(ROOT, { recursive: true }));

function tree(name: string, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(ROOT, name, path)), { recursive: true });
    writeFileSync(join(ROOT, name, path), text);
  }
  return join(ROOT, name);
}

test("isolated CPUs and the real-time limit are read as the kernel writes them", () => {
  const isolated = tree("isolated", {
    "sys/devices/system/cpu/isolated": "2-3,6\n",
    "proc/sys/kernel/sched_rt_runtime_us": "-1\n",
    "proc/sys/kernel/sched_rt_period_us": "1000000\n",
  });
  expect(readMachine(isolated)).toMatchObject({ isolated: [2, 3, 6], realTimeUs: -1, realTimePeriodUs: 1_000_000 });
  const none = tree("none", { "sys/devices/system/cpu/isolated": "\n", "proc/sys/kernel/sched_rt_runtime_us": "x" });
  expect(readMachine(none)).toMatchObject({ isolated: [], realTimeUs: null, realTimePeriodUs: null });
  expect(readMachine(join(ROOT, "nowhere"))).toMatchObject({ isolated: [], realTimeUs: null });
});

test("the deepest idle state that a CPU may enter is found; none is none", () => {
  const idle = "sys/devices/system/cpu/cpu0/cpuidle";
  const states = (disabled: string) => ({
    [`${idle}/state0/latency`]: "0\n",
    [`${idle}/state1/latency`]: "2\n",
    [`${idle}/state1/disable`]: "0\n",
    [`${idle}/state2/latency`]: "133\n",
    [`${idle}/state2/disable`]: disabled,
  });
  expect(readMachine(tree("deep", states("0\n"))).deepestIdleUs).toBe(133);
  expect(readMachine(tree("shallow", states("1\n"))).deepestIdleUs).toBe(2);
  expect(readMachine(tree("no-idle", {})).deepestIdleUs).toBe(0);
});

test("this machine lets the process have what it runs on, of what is online", () => {
  const { permitted, started } = readMachine();
  expect(started).toEqual(threadCpus(0));
  for (const cpu of started) expect(permitted).toContain(cpu);
  for (const cpu of permitted) expect(onlineCpus()).toContain(cpu);
});
