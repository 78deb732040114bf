import type { GatewayConfig } from "../src/config/schema.ts";
import type { Gateway } from "../src/gateway.ts";
import { readConfig } from "./config-file.ts";

/** Longest orderly stop; then the process ends as it is, and the next start replays the journal. */
const STOP_WITHIN_MS = 10_000;

const FAILED = 1;
/** A fault of our own (EX_SOFTWARE of sysexits.h), so that a supervisor can tell it from a configuration that is wrong. */
const BROKEN = 70;

export interface RunOptions {
  configFile: string;
  /** Instead of the configuration's. */
  dataDir?: string;
  /** The module that a lane's worker starts from. */
  entry: string;
}

/**
 * Runs the gateway until a signal or a fault ends it.
 * Returns  0 after an orderly stop, 1 when it cannot start or not stop in time, 70 when an invariant of ours broke.
 */
export async function runGateway(options: RunOptions): Promise<number> {
  const { config, problems } = readConfig(options.configFile);
  if (config === undefined) {
    const [first] = problems;
    const more =
      problems.length === 1 ? "" : ` (and ${problems.length - 1} more: sallyport check --config ${options.configFile})`;
    return failed(`${first?.where}: ${first?.what}${more}`);
  }
  const stopped = stopSignals();
  let gateway: Gateway;
  try {
    gateway = await start(config, options);
  } catch (error) {
    return failed(startFault(error));
  }
  const kill = killSignals(gateway);
  console.log("sallyport: ready");
  const fault = await Promise.race([stopped, gateway.failed]);
  kill.ignore();
  if (fault instanceof Error) {
    say(oneLine(fault));
    return BROKEN;
  }
  say(`${fault}: stopping; once more ends it at once`);
  return stop(gateway);
}

async function start(config: GatewayConfig, options: RunOptions): Promise<Gateway> {
  // Loading these opens libc, which fails where the JIT is off.
  const { onlineCpus } = await import("../ffi/thread.ts");
  for (const line of cpuWarnings(config, onlineCpus())) say(line);
  const { startGateway } = await import("../src/gateway.ts");
  return startGateway(config, { dataDir: options.dataDir ?? config.gateway.data, entry: options.entry, log: say });
}

/** The configuration is good on another machine, and the gateway runs without; so it is no error. */
export function cpuWarnings(config: GatewayConfig, online: readonly number[]): string[] {
  return config.lanes.place
    .filter(({ cpu }) => cpu !== null && !online.includes(cpu))
    .map(
      ({ cpu, agents }) => `warning: CPU ${cpu} of the lane with ${agents.join(", ")} is not there: it runs unpinned`,
    );
}

/** What keeps the gateway from starting, in a line that says what to do. */
export function startFault(error: unknown): string {
  const text = oneLine(error);
  if (!/requires the JIT/.test(text)) return text;
  return "the JIT is off, and calls to the kernel need it: allow memory that is written and executed (systemd: MemoryDenyWriteExecute=no) and unset BUN_JSC_useJIT";
}

/** Resolves with the name of the first signal to end; the second one ends the process at once. */
function stopSignals(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    const take = (signal: string, number: number) => {
      if (asked) process.exit(128 + number);
      asked = true;
      resolve(signal);
    };
    process.on("SIGINT", () => take("SIGINT", 2));
    process.on("SIGTERM", () => take("SIGTERM", 15));
  });
}

function killSignals(gateway: Gateway): { ignore(): void } {
  let live = true;
  const set = (on: boolean) => {
    if (!live) return;
    gateway.kill(on);
    say(on ? "kill switch engaged (SIGUSR1): new orders are refused, cancels pass" : "kill switch released (SIGUSR2)");
  };
  process.on("SIGUSR1", () => set(true));
  process.on("SIGUSR2", () => set(false));
  return {
    ignore() {
      live = false;
    },
  };
}

async function stop(gateway: Gateway): Promise<number> {
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), STOP_WITHIN_MS);
  try {
    const fault = await Promise.race([gateway.stop(), gateway.failed, late.promise]);
    if (fault === undefined) return 0;
    if (fault !== "late") {
      say(oneLine(fault));
      return BROKEN;
    }
    return failed(`not stopped within ${STOP_WITHIN_MS / 1000} s; ended as it was, the next start reads the journal`);
  } catch (error) {
    return failed(oneLine(error));
  } finally {
    clearTimeout(timer);
  }
}

function failed(line: string): number {
  say(line);
  return FAILED;
}

function say(line: string): void {
  console.error(`sallyport: ${line}`);
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ");
}
