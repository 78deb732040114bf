import { expect, test } from "bun:test";
import type { Box } from "../../../appliance/doctor/box.ts";
import * as cpu from "../../../appliance/doctor/cpu.ts";
import type { Finding, Verdict } from "../../../appliance/doctor/finding.ts";
import { box, config } from "./made-up.ts";

const CPU = "/sys/devices/system/cpu";
const FOUR = { [`${CPU}/online`]: "0-3", [`${CPU}/isolated`]: "2-3" };

type Row = [
  check: (box: Box) => Finding,
  tree: Record<string, string | number>,
  lanes: number[],
  verdict: Verdict,
  seen: RegExp,
];

test.each<Row>([
  [cpu.isolatedCpus, {}, [], "not applicable", /does not report/],
  [cpu.isolatedCpus, { [`${CPU}/online`]: "0-3", [`${CPU}/isolated`]: "" }, [], "warn", /no CPU/],
  [cpu.isolatedCpus, FOUR, [], "ok", /^CPU 2-3$/],
  [cpu.isolatedCpus, FOUR, [2], "ok", /^CPU 2-3$/],
  [cpu.isolatedCpus, FOUR, [1, 2], "warn", /CPU 1 is not/],
  [cpu.nohzFull, FOUR, [2], "not applicable", /no nohz_full/],
  [cpu.nohzFull, { [`${CPU}/nohz_full`]: "(null)" }, [2], "not applicable", /no nohz_full/],
  [cpu.nohzFull, { [`${CPU}/nohz_full`]: "2-3" }, [], "not applicable", /no lane/],
  [cpu.nohzFull, { [`${CPU}/nohz_full`]: "2-3" }, [2, 3], "ok", /2-3/],
  [cpu.nohzFull, { [`${CPU}/nohz_full`]: "3" }, [2, 3], "warn", /CPU 2$/],
  [cpu.rcuCallbacks, {}, [2], "not applicable", /hidden/],
  [cpu.rcuCallbacks, { "/proc/cmdline": "quiet" }, [2], "warn", /CPU 2$/],
  [cpu.rcuCallbacks, { "/proc/cmdline": "quiet rcu_nocbs=2-3 x" }, [2], "ok", /relieved/],
  [cpu.rcuCallbacks, { "/proc/cmdline": "rcu_nocbs=all" }, [2, 9], "ok", /relieved/],
  [cpu.rcuCallbacks, { "/proc/cmdline": "nohz_full=2", [`${CPU}/nohz_full`]: "2" }, [2, 3], "warn", /CPU 3$/],
  [cpu.siblings, {}, [2], "not applicable", /does not report/],
  [cpu.siblings, { [`${CPU}/smt/active`]: "0" }, [2], "ok", /no core/],
  [
    cpu.siblings,
    { [`${CPU}/smt/active`]: 1, [`${CPU}/cpu2/topology/thread_siblings_list`]: "2,6" },
    [2],
    "warn",
    /2,6/,
  ],
  [
    cpu.siblings,
    { [`${CPU}/smt/active`]: 1, [`${CPU}/cpu2/topology/thread_siblings_list`]: "2" },
    [2],
    "ok",
    /offline/,
  ],
  [cpu.governor, FOUR, [], "not applicable", /not the kernel's/],
  [cpu.governor, { ...FOUR, [`${CPU}/cpu0/cpufreq/scaling_governor`]: "powersave" }, [], "warn", /^powersave$/],
  [cpu.governor, { ...FOUR, [`${CPU}/cpu0/cpufreq/scaling_governor`]: "powersave" }, [2], "not applicable", /./],
  [cpu.governor, { ...FOUR, [`${CPU}/cpu2/cpufreq/scaling_governor`]: "performance\n" }, [2], "ok", /performance/],
  [cpu.idleStates, FOUR, [2], "not applicable", /does not manage/],
  [
    cpu.idleStates,
    { ...FOUR, [`${CPU}/cpu2/cpuidle/state1/latency`]: 133, [`${CPU}/cpu2/cpuidle/state1/name`]: "C6" },
    [2],
    "warn",
    /C6, 133 µs/,
  ],
  [
    cpu.idleStates,
    {
      ...FOUR,
      [`${CPU}/cpu2/cpuidle/state0/latency`]: 2,
      [`${CPU}/cpu2/cpuidle/state1/latency`]: 133,
      [`${CPU}/cpu2/cpuidle/state1/disable`]: "1",
    },
    [2],
    "ok",
    /state0, 2 µs/,
  ],
  [cpu.realTimeThrottling, {}, [], "not applicable", /does not report/],
  [cpu.realTimeThrottling, { "/proc/sys/kernel/sched_rt_runtime_us": -1 }, [], "ok", /off/],
  [cpu.realTimeThrottling, { "/proc/sys/kernel/sched_rt_runtime_us": 950000 }, [], "not applicable", /950000/],
  [cpu.steal, {}, [], "not applicable", /does not report/],
  [cpu.steal, { "/proc/stat": "cpu  9 9 9 9 9 9 9 999\ncpu0 100 0 0 900 0 0 0 0 0 0" }, [], "ok", /^0.00 %/],
  [cpu.steal, { "/proc/stat": "cpu0 0 0 0 998 0 0 0 2 0 0\ncpu1 0 0 0 2 0 0 0 998 0 0" }, [0], "warn", /^0.20 %/],
  [cpu.steal, { "/proc/stat": "cpu0 0 0 0 998 0 0 0 2 0 0\ncpu1 0 0 0 2 0 0 0 998 0 0" }, [1], "fail", /^99.80 %/],
])("%p %#", (check, tree, laneCpus, verdict, seen) => {
  const found = check(box(tree, { laneCpus }));
  expect(found).toMatchObject({ verdict, theme: "cpu", seen: expect.stringMatching(seen) });
  expect(found.remedy === "").toBe(verdict === "ok" || verdict === "not applicable");
});

test("RT throttling matters to lanes that spin under SCHED_FIFO", () => {
  const tree = { ...FOUR, "/proc/sys/kernel/sched_rt_runtime_us": 950000, "/proc/sys/kernel/sched_rt_period_us": 1e6 };
  const judged = (lanes: string, more = {}) =>
    cpu.realTimeThrottling(box({ ...tree, ...more }, { laneCpus: [2], config: config(`[lanes]\n${lanes}`) }));
  expect(judged('idle = "spin"').verdict).toBe("not applicable");
  expect(judged('idle = "park"\nfifoPriority = 5')).toMatchObject({
    verdict: "ok",
    seen: expect.stringContaining("lanes park"),
  });
  expect(judged('idle = "spin"\nfifoPriority = 5')).toMatchObject({
    verdict: "warn",
    seen: expect.stringContaining("refused SCHED_FIFO"),
  });
  expect(judged("fifoPriority = 5").verdict).toBe("warn");
  expect(judged('idle = "spin"\nfifoPriority = 5', { "/proc/sys/kernel/sched_rt_runtime_us": -1 }).verdict).toBe("ok");
});

test("lanes on CPUs that are not there fail", () => {
  expect(cpu.laneCpus(box(FOUR, { laneCpus: [2] })).verdict).toBe("not applicable");
  const absent = config('[lanes]\npreset = "two"\ncpus = [2, 7]');
  expect(cpu.laneCpus(box(FOUR, { laneCpus: [2], config: absent }))).toMatchObject({
    verdict: "warn",
    seen: "CPU 7 is not there: the gateway starts, and its lane runs unpinned",
  });
  expect(cpu.laneCpus(box(FOUR, { laneCpus: [2], config: config() })).verdict).toBe("ok");
  expect(cpu.laneCpus(box(FOUR, { config: config() })).verdict).toBe("warn");
});
