import { Worker } from "node:worker_threads";
import { permittedCpus } from "../../ffi/thread.ts";
import { PeriodicTasks } from "../../src/base/periodic-tasks.ts";
import { NS_PER_US } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { cpuSweep } from "../../src/host/thread-sweep.ts";
import { STATE_WORD, STOP_LANE, STOP_WORD, THREAD_WORD } from "../../src/lane/words.ts";
import { StealTimePublisher } from "../../src/stalls/steal-time.ts";
import { configOf, laneCpusOf } from "../doctor/doctor.ts";
import { isolated, MachineFiles, online } from "../doctor/files.ts";
import { soakReport, soakText } from "./report.ts";
import { SOAK_BYTES, type SoakData } from "./words.ts";

const THRESHOLD_US = 10;
const STARTED_WITHIN_MS = 10_000;

export interface SoakOptions {
  readonly seconds: number;
  readonly cpu?: number;
  readonly config?: string;
  readonly thresholdUs?: number;
  readonly json?: boolean;
  /** The module that workers start from. */
  readonly entry: string;
}

/** Message of the measuring thread at its end. */
interface Ended {
  readonly seconds?: number;
  readonly absent?: string[];
  readonly failed?: string;
}

/**
 * Measures the interruptions of a lane's CPU. Ctrl-C ends it early with the results so far.
 * Returns  0, or 1 when it cannot measure.
 */
export async function soak(options: SoakOptions): Promise<number> {
  const read = configOf(options.config);
  if (read === undefined) return 1;
  const files = new MachineFiles();
  const alone = isolated(files);
  const cpu = options.cpu ?? laneCpusOf(files, read.config)[0] ?? online(files).at(-1) ?? 0;
  if (!alone.includes(cpu))
    console.error(`CPU ${cpu} is not isolated: other programs of this machine are measured too`);
  const thresholdUs = options.thresholdUs ?? THRESHOLD_US;
  const views = new Views(new SharedArrayBuffer(SOAK_BYTES));
  const ended = await measure(views, options, { cpu, thresholdUs });
  if (ended.failed !== undefined) {
    console.error(`sallyport: ${ended.failed}`);
    return 1;
  }
  const { seconds = 0, absent = [] } = ended;
  const facts = { cpu, isolated: alone.includes(cpu), seconds, thresholdUs, notTold: absent };
  const report = soakReport(views, facts);
  console.log(options.json === true ? JSON.stringify(report, null, 2) : soakText(report));
  return 0;
}

async function measure(
  views: Views,
  { seconds, entry }: SoakOptions,
  { cpu, thresholdUs }: { cpu: number; thresholdUs: number },
): Promise<Ended> {
  const shared = views.buffer as SharedArrayBuffer;
  const workerData: SoakData = { role: "soak", cpu, seconds, thresholdNs: thresholdUs * NS_PER_US, shared };
  const worker = new Worker(new URL(entry), { workerData });
  const ended = new Promise<Ended>((resolve) => {
    worker.on("message", resolve);
    worker.on("error", (error: Error) => resolve({ failed: error.message }));
  });
  const stop = (): void => void Atomics.store(views.ints, STOP_WORD, STOP_LANE);
  const rest = permittedCpus().filter((one) => one !== cpu);
  const housekeeping = cpuSweep(rest, () => new Set([Atomics.load(views.ints, THREAD_WORD)]));
  const stealTime = new StealTimePublisher();
  const periodicTasks = new PeriodicTasks();
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    periodicTasks.start();
    stealTime.start([{ wordsAt: 0 }], views, [cpu], periodicTasks);
    const runs = await Promise.race([started(views), ended.then(() => false)]);
    if (runs && rest.length > 0) housekeeping.start(periodicTasks);
    else if (runs) console.error("this is the only CPU: the process's other threads share it");
    return await ended;
  } finally {
    periodicTasks.stop();
    stealTime.stop();
    housekeeping.stop();
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

async function started(views: Views): Promise<boolean> {
  const deadline = performance.now() + STARTED_WITHIN_MS;
  while (Atomics.load(views.ints, STATE_WORD) === 0 && performance.now() < deadline) await Bun.sleep(2);
  return Atomics.load(views.ints, STATE_WORD) !== 0;
}
