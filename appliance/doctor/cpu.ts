import { parseCpuList } from "../../ffi/thread.ts";
import type { Box } from "./box.ts";
import { bootOption, cpuListText, cpuSet, isOnline, isolated, online } from "./files.ts";
import { type Finding, fail, notApplicable, ok, type Subject, warn } from "./finding.ts";

const CPU = "/sys/devices/system/cpu";
/** Wake-up time of a CPU above which orders become visibly slower. */
const WAKE_US_MAX = 10;
/** Steal time in percent that warns, and that fails. */
const STEAL_WARN = 0.1;
const STEAL_FAIL = 2;
const NO_LANE = "no lane has its own CPU";

export function laneCpus({ files, laneCpus, config }: Box): Finding {
  const subject = cpu(
    "lane CPUs",
    "a lane without its own CPU shares one with everything else; the gateway runs all the same",
  );
  if (config === null) return notApplicable(subject, "no configuration was given");
  const absent = config.lanes.place.map(({ cpu: one }) => one).filter((one) => one !== null && !isOnline(files, one));
  if (absent.length > 0)
    return warn(
      subject,
      `CPU ${cpuListText(absent as number[])} is not there: the gateway starts, and its lane runs unpinned`,
      `Name CPUs of this machine in the configuration: ${cpuListText(online(files))}.`,
    );
  if (laneCpus.length === 0) return warn(subject, NO_LANE, "Isolate CPUs, or name them in lanes.cpus.");
  return ok(subject, `CPU ${cpuListText(laneCpus)}`);
}

export function isolatedCpus({ files, laneCpus }: Pick<Box, "files" | "laneCpus">): Finding {
  const subject = cpu("isolated CPUs", "on a CPU that is not isolated the scheduler lets other programs run between");
  const alone = isolated(files);
  const exposed = laneCpus.filter((one) => !alone.includes(one));
  const remedy = "Boot with isolcpus=managed_irq,domain,LIST for the CPUs of the lanes.";
  if (online(files).length === 0) return notApplicable(subject, "the kernel does not report its CPUs");
  if (alone.length === 0) return warn(subject, "no CPU is isolated", remedy);
  if (exposed.length > 0) return warn(subject, `lanes' CPU ${cpuListText(exposed)} is not isolated`, remedy);
  return ok(subject, `CPU ${cpuListText(alone)}`);
}

export function nohzFull({ files, laneCpus }: Box): Finding {
  const subject = cpu("nohz_full", "the scheduler's tick interrupts a lane 100 to 1,000 times a second");
  const quiet = cpuSet(files, `${CPU}/nohz_full`);
  if (quiet === undefined) return notApplicable(subject, "the kernel has no nohz_full");
  if (laneCpus.length === 0) return notApplicable(subject, NO_LANE);
  const ticking = laneCpus.filter((one) => !quiet.includes(one));
  if (ticking.length === 0) return ok(subject, `CPU ${cpuListText(quiet)}`);
  return warn(
    subject,
    `the tick runs on lanes' CPU ${cpuListText(ticking)}`,
    "Boot with nohz_full=LIST, and measure with soak: calls into the kernel become a little slower.",
  );
}

export function rcuCallbacks({ files, laneCpus }: Box): Finding {
  const subject = cpu(
    "rcu_nocbs",
    "the kernel's deferred frees run on the CPU that caused them, unless sent elsewhere",
  );
  const boot = bootOption(files, "rcu_nocbs");
  const quiet = cpuSet(files, `${CPU}/nohz_full`) ?? [];
  if (files.read("/proc/cmdline") === undefined) return notApplicable(subject, "the kernel's command line is hidden");
  if (laneCpus.length === 0) return notApplicable(subject, NO_LANE);
  const all = boot === "all" || boot === "";
  const offloaded = all ? [...laneCpus] : [...parseCpuList(boot ?? ""), ...quiet];
  const loaded = laneCpus.filter((one) => !offloaded.includes(one));
  if (loaded.length === 0) return ok(subject, `CPU ${cpuListText(laneCpus)} is relieved of them`);
  return warn(subject, `they run on lanes' CPU ${cpuListText(loaded)}`, "Boot with rcu_nocbs=LIST.");
}

export function siblings({ files, laneCpus }: Box): Finding {
  const subject = cpu("SMT siblings", "two threads of one core share its units: a busy sibling halves a lane's speed");
  const active = files.read(`${CPU}/smt/active`);
  if (active === "0") return ok(subject, "no core runs two threads");
  if (active === undefined) return notApplicable(subject, "the kernel does not report it");
  if (laneCpus.length === 0) return notApplicable(subject, NO_LANE);
  const shared = laneCpus.filter((one) => siblingsOf({ files }, one).length > 1);
  if (shared.length === 0) return ok(subject, "the siblings of lanes' CPUs are offline");
  const pairs = shared.map((one) => cpuListText(siblingsOf({ files }, one))).join(" ");
  return warn(subject, `cores of two threads: ${pairs}`, "Switch the siblings off (CPU/online, or nosmt at boot).");
}

function siblingsOf({ files }: Pick<Box, "files">, one: number): number[] {
  return cpuSet(files, `${CPU}/cpu${one}/topology/thread_siblings_list`) ?? [one];
}

export function governor({ files, laneCpus }: Pick<Box, "files" | "laneCpus">): Finding {
  const subject = cpu("governor", "a CPU that saves power is slow for the first orders after a quiet moment");
  const governors = looked({ files, laneCpus })
    .map((one) => files.read(`${CPU}/cpu${one}/cpufreq/scaling_governor`))
    .filter((name) => name !== undefined);
  if (governors.length === 0) return notApplicable(subject, "the CPUs' speed is not the kernel's to set");
  const others = [...new Set(governors.filter((name) => name !== "performance"))];
  if (others.length === 0) return ok(subject, "performance");
  return warn(subject, others.join(", "), "`sallyport tune` sets performance; a boot-time unit makes it last.");
}

export function idleStates({ files, laneCpus }: Box): Finding {
  const subject = cpu("C-states", "a CPU in deep sleep takes up to some hundred µs to wake; a lane that parks sleeps");
  let deepest = { name: "", wakeUs: 0 };
  let seen = 0;
  for (const one of looked({ files, laneCpus })) {
    for (const state of files.list(`${CPU}/cpu${one}/cpuidle`)) {
      const at = `${CPU}/cpu${one}/cpuidle/${state}`;
      const wakeUs = Number(files.read(`${at}/latency`) ?? Number.NaN);
      if (Number.isNaN(wakeUs)) continue;
      seen++;
      if (files.read(`${at}/disable`) !== "1" && wakeUs >= deepest.wakeUs)
        deepest = { name: files.read(`${at}/name`) ?? state, wakeUs };
    }
  }
  if (seen === 0) return notApplicable(subject, "the kernel does not manage idle states");
  const what = `deepest allowed is ${deepest.name}, ${deepest.wakeUs} µs to wake`;
  if (deepest.wakeUs <= WAKE_US_MAX) return ok(subject, what);
  return warn(
    subject,
    what,
    "Let lanes spin, disable the states in cpuidle, or let the gateway hold /dev/cpu_dma_latency (lanes.cpuLatency).",
  );
}

/** The CPUs of lanes, or all of them where no lane has one. */
function looked({ files, laneCpus }: Pick<Box, "files" | "laneCpus">): readonly number[] {
  return laneCpus.length > 0 ? laneCpus : online(files);
}

export function realTimeThrottling({ files, config }: Box): Finding {
  const subject = cpu(
    "RT throttling",
    "a lane that spins under a real-time policy would stand still for the rest of each period; under the ordinary one it does not",
  );
  const runtimeUs = Number(files.read("/proc/sys/kernel/sched_rt_runtime_us") ?? Number.NaN);
  if (Number.isNaN(runtimeUs)) return notApplicable(subject, "the kernel does not report it");
  if (runtimeUs === -1) return ok(subject, "off");
  const periodUs = files.read("/proc/sys/kernel/sched_rt_period_us") ?? "?";
  const seen = `${runtimeUs} of ${periodUs} µs`;
  if (config === null || config.lanes.fifoPriority === 0)
    return notApplicable(subject, `${seen}; lanes run under the ordinary scheduler`);
  // With idle = "auto" a lane spins on an isolated CPU.
  const quiet = isolated(files).length > 0;
  const spins = config.lanes.place.some(({ idle }) => idle === "spin" || (idle === "auto" && quiet));
  if (!spins) return ok(subject, `${seen}; lanes park`);
  return warn(
    subject,
    `${seen}: a lane that spins is refused SCHED_FIFO`,
    "`sysctl kernel.sched_rt_runtime_us=-1` on a machine whose lanes have isolated CPUs, or lanes.fifoPriority = 0.",
  );
}

export function steal({ files, laneCpus }: Box): Finding {
  const subject = cpu("steal", "time that the hypervisor gave to others while a lane wanted to run");
  let stealTime = 0;
  let all = 0;
  let found = false;
  for (const line of (files.read("/proc/stat") ?? "").split("\n")) {
    const match = /^cpu(\d+) +(.+)$/.exec(line);
    if (match === null || (laneCpus.length > 0 && !laneCpus.includes(Number(match[1])))) continue;
    // user nice system idle iowait irq softirq steal; the later columns are included in user and nice.
    const ticks = match[2]!.split(" ").slice(0, 8).map(Number);
    found = true;
    stealTime += ticks[7] ?? 0;
    all += ticks.reduce((sum, one) => sum + one, 0);
  }
  if (!found || all === 0) return notApplicable(subject, "/proc/stat does not report it");
  const percent = (stealTime / all) * 100;
  const seen = `${percent.toFixed(2)} % of all time since boot`;
  const remedy = "Ask for dedicated CPUs, or take a machine without a hypervisor.";
  if (percent >= STEAL_FAIL) return fail(subject, seen, remedy);
  return percent >= STEAL_WARN ? warn(subject, seen, remedy) : ok(subject, seen);
}

function cpu(name: string, why: string): Subject {
  return { name, theme: "cpu", why };
}

export const cpuChecks = [
  laneCpus,
  isolatedCpus,
  nohzFull,
  rcuCallbacks,
  siblings,
  governor,
  idleStates,
  realTimeThrottling,
  steal,
];
