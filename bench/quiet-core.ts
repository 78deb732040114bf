// Effect of each measure for a quiet core: a separate gateway process (the executable if it is built), one lane that spins
// on CPU 0, over loopback TCP, one order after the other; three times without and with the measure by turns, so that a
// change of the machine is visible. Client and venue are this thread, on another CPU. A machine with two CPUs, no isolated
// CPU and no network card shows little of isolation, busy polling and idle states.
// bun bench/quiet-core.ts [--neighbour] [MEASURE…] takes about 40 s a measure; --neighbour runs another program beside it.
import { join } from "node:path";
import { permittedCpus, pinThread } from "../ffi/thread.ts";
import { GatewayRun, gatewayCommand } from "./gateway-run.ts";
import { check, median, report, scaled, TINY } from "./measure.ts";

const ROUNDS = TINY ? 1 : 3;
const ORDERS = scaled(50_000, 20);
const FIRST = scaled(1_000, 10);
const CPUS = permittedCpus();
const LANE = CPUS[0]!;
const PINNED = `cpus = [${LANE}]`;

/** Configuration without and with the measure, and lines of [lanes] in both. `needs`: text that the log must have. */
interface Measure {
  readonly off: string;
  readonly on: string;
  readonly lanes?: string;
  readonly tables?: (on: boolean) => string;
  readonly needs?: RegExp;
}

const MEASURES: Record<string, Measure> = {
  pinning: { off: "", on: PINNED },
  "helpers-moved": { off: "keepOthersOff = false", on: "keepOthersOff = true", lanes: PINNED },
  "lock-and-prefault": { off: "", on: "", lanes: PINNED, tables: (on) => `[memory]\nlock = ${on}\nprefault = ${on}\n` },
  "warm-up": { off: 'warmUp = "off"', on: 'warmUp = "on"', lanes: PINNED },
  fifo: { off: "", on: "fifoPriority = 10", lanes: PINNED, needs: /SCHED_FIFO 10, timer slack/ },
  "cpu-latency": { off: 'cpuLatency = "off"', on: 'cpuLatency = "on"', lanes: PINNED, needs: /held at 0/ },
  "quick-ack": { off: "", on: "", lanes: PINNED, tables: (on) => `[sockets]\nquickAck = ${on}\n` },
  "busy-poll": { off: "", on: "", lanes: PINNED, tables: (on) => `[sockets]\nbusyPollUs = ${on ? 50 : 0}\n` },
};

type Way = "off" | "on";
/** A start is slow: tests run only the configuration with the measure. */
const WAYS: readonly Way[] = TINY ? ["on"] : ["off", "on"];

interface Figures {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly longest: number;
  readonly firstMs: number;
}

const asked = process.argv.slice(2).filter((word) => word !== "--neighbour");
const unknown = asked.filter((name) => !(name in MEASURES));
if (unknown.length > 0) throw new Error(`no measure ${unknown}; there are: ${Object.keys(MEASURES).join(", ")}`);
const neighbour = process.argv.includes("--neighbour")
  ? Bun.spawn([process.execPath, join(import.meta.dir, "neighbour.ts")], { stdio: ["ignore", "ignore", "inherit"] })
  : null;
console.log(row("measure", "run", "p50 us", "p99 us", "p99.9 us", "longest us", `first ${FIRST} ms`));
try {
  for (const name of asked.length > 0 ? asked : Object.keys(MEASURES)) await compare(name, MEASURES[name]!);
} finally {
  neighbour?.kill();
}

/** A B A B A B. */
async function compare(name: string, measure: Measure): Promise<void> {
  const runs: Record<Way, Figures[]> = { off: [], on: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of WAYS) {
      const figures = await trial(name, measure, way === "on");
      runs[way].push(figures);
      const { p50, p99, p999, longest, firstMs } = figures;
      console.log(
        row(`${name} ${way}`, `${round + 1}`, ...[p50, p99, p999, longest, firstMs].map((x) => x.toFixed(1))),
      );
    }
  }
  for (const way of WAYS) {
    report(`${name} ${way}, round trip p50`, median(runs[way].map(({ p50 }) => p50)), "us");
    report(`${name} ${way}, round trip p99`, median(runs[way].map(({ p99 }) => p99)), "us");
  }
}

async function trial(name: string, measure: Measure, on: boolean): Promise<Figures> {
  const run = new GatewayRun();
  try {
    // The gateway starts with all CPUs; then this thread leaves the lane's CPU, as clients and venues on other machines do.
    pinThread(0, CPUS);
    await run.start(gatewayCommand(), configOf(measure, on));
    if (CPUS.length > 1) pinThread(0, CPUS.slice(1));
    if (on && measure.needs !== undefined && !measure.needs.test(run.log))
      console.log(`${name}: not in force here: ${run.log.split("\n").find((line) => line.includes("warning")) ?? ""}`);
    const took = new Float64Array(ORDERS);
    for (let i = 0; i < ORDERS; i++) took[i] = run.trade() / 1_000;
    check("orders filled", run.trader.seen.get("8 F"), ORDERS);
    check("orders at the venue", run.venue.seen.get("D"), ORDERS);
    const firstMs = took.subarray(0, FIRST).reduce((sum, one) => sum + one, 0) / 1_000;
    took.sort();
    const at = (share: number): number => took[Math.min(ORDERS - 1, Math.floor(ORDERS * share))]!;
    return { p50: at(0.5), p99: at(0.99), p999: at(0.999), longest: took.at(-1)!, firstMs };
  } finally {
    await run.end();
  }
}

function configOf({ off, on, lanes = "", tables }: Measure, isOn: boolean): string {
  const own = isOn ? on : off;
  // In the tests there is no free CPU and little time.
  const idle = TINY ? 'idle = "park"\nwarmUpMaxMs = 200' : 'idle = "spin"';
  const warmUp = own.includes("warmUp") ? "" : `warmUp = "${TINY ? "off" : "on"}"`;
  return `[lanes]\n${idle}\n${warmUp}\n${lanes}\n${own}\n${tables?.(isOn) ?? ""}`;
}

function row(name: string, ...cells: string[]): string {
  return name.padEnd(24) + cells.map((cell) => cell.padStart(14)).join("");
}
