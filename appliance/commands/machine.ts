import { command, flag, otherwise, required, text, whole } from "./command.ts";

const page = "hosts";
const json = flag("print JSON");

export const doctor = command({
  name: "doctor",
  summary: "examine this machine: what costs latency or prevents a start, why, and how to change it",
  options: {
    config: text("FILE", "also examine this configuration's CPUs, ports and data directory"),
    data: text("DIR", "measure the disk of this directory, instead of gateway.data in the configuration"),
    json,
  },
  notes: ["It changes nothing and needs no privileges. Exit code 0, or 3 if a check failed."],
  page,
  run: async (options) => {
    const { doctor: examine } = await import("../doctor/doctor.ts");
    return examine(options);
  },
});

export const tune = command({
  name: "tune",
  summary: "apply the settings that doctor recommends and a running kernel accepts",
  options: {
    config: text("FILE", "move interrupts and work queues off this configuration's CPUs; otherwise off isolated CPUs"),
    dryRun: flag("print the settings, and change nothing"),
    undo: flag("restore the previous settings"),
    state: text("FILE", "where the previous settings are recorded; otherwise /var/lib/sallyport/tune.json"),
    root: text("DIR", "use the proc and sys below this directory instead of the machine's"),
  },
  notes: ["It needs root. The settings last until the machine restarts. Exit code 0, or 3 if a setting was refused."],
  page,
  run: async (options) => {
    const { tuneCommand } = await import("../tune/tune.ts");
    return tuneCommand(options);
  },
});

export const soak = command({
  name: "soak",
  summary: "measure the interruptions of a lane's CPU with a busy loop: gaps and their causes",
  options: {
    seconds: required(whole("N", "duration", 1, 86_400)),
    cpu: whole("N", "the CPU; otherwise the configuration's first lane, an isolated CPU, or the last one", 0, 8191),
    config: text("FILE", "take the CPU from this configuration"),
    threshold: whole("US", "find the cause of gaps from this many microseconds", 1, 1_000_000),
    json,
  },
  page,
  run: async ({ threshold, ...options }, { entry }) => {
    const { soak: measure } = await import("../soak/soak.ts");
    return measure({ ...options, ...(threshold === undefined ? {} : { thresholdUs: threshold }), entry });
  },
});

export const stalls = command({
  name: "stalls",
  summary: "show when a gateway's lanes stood still, how long and why; while it runs or afterwards",
  options: {
    config: text("FILE", "configuration whose gateway.data is read"),
    data: text("DIR", "data directory, instead of gateway.data in the configuration"),
    last: otherwise(whole("N", "number of recent stalls to list", 0, 100_000), 20),
    json: flag("print the whole record as JSON"),
  },
  page,
  run: async (options) => {
    const { stallsCommand } = await import("../stalls/stalls.ts");
    return stallsCommand(options);
  },
});
