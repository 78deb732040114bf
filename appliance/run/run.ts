import type { GatewayConfig } from "../../src/config/schema.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import type { Watchdog } from "../../src/host/systemd/watchdog.ts";
import { readConfig } from "../config/config-file.ts";
import { engineEnvironment, restartWith } from "./engine-options.ts";
import { compilerSlow, needCompiler } from "./jit.ts";

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
  await restartWith(engineEnvironment(config.memory));
  const stopped = stopSignals();
  const killSwitch = new KillSignals();
  let watchdog: Watchdog;
  let gateway: Gateway | string;
  try {
    watchdog = await openVigil();
    gateway = await Promise.race([stopped, start(config, options, watchdog)]);
  } catch (error) {
    return failed(oneLine(error));
  }
  if (typeof gateway === "string") {
    // Nobody was on yet, and what the journal holds is as sound as after a kill.
    say(`${gateway}: ended before it was ready`);
    return 0;
  }
  killSwitch.take(gateway);
  await watchdog.begin(gateway);
  console.log("sallyport: ready");
  const fault = await Promise.race([stopped, gateway.failed]);
  killSwitch.take(null);
  if (fault instanceof Error) {
    say(oneLine(fault));
    return BROKEN;
  }
  say(`${fault}: stopping; once more ends it at once`);
  await watchdog.stopping();
  return stop(gateway).finally(() => watchdog.end());
}

/** Finds the service manager; what it said to this process is not for the processes it starts. */
async function openVigil(): Promise<Watchdog> {
  await needCompiler(process.env);
  const slow = compilerSlow(process.env);
  if (slow !== null) say(`warning: ${slow}`);
  const { ServiceManager } = await import("../../src/host/systemd/service-manager.ts");
  const { Watchdog } = await import("../../src/host/systemd/watchdog.ts");
  const manager = new ServiceManager(process.env, say);
  for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete process.env[name];
  return new Watchdog(manager, say);
}

async function start(config: GatewayConfig, options: RunOptions, watchdog: Watchdog): Promise<Gateway> {
  const { onlineCpus } = await import("../../ffi/thread.ts");
  dropAbsentCpus(config, onlineCpus(), say);
  const { startGateway } = await import("../../src/gateway/gateway.ts");
  const dataDir = options.dataDir ?? config.gateway.data;
  const starting = (what: string): void => watchdog.manager.starting(what);
  return startGateway(config, { dataDir, entry: options.entry, log: say, starting });
}

/** A CPU that this machine has not got is no error: the configuration is good on another, and the lane runs without. */
export function dropAbsentCpus(config: GatewayConfig, online: readonly number[], log: (line: string) => void): void {
  for (const place of config.lanes.place) {
    if (place.cpu === null || online.includes(place.cpu)) continue;
    log(`warning: CPU ${place.cpu} for ${place.agents.join(", ")} is not there: the lane runs unpinned`);
    place.cpu = null;
  }
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

/** SIGUSR1 and SIGUSR2, from before the start on: one that comes while the journal is read is kept, not fatal. */
class KillSignals {
  private gateway: Gateway | null = null;
  private wanted: boolean | null = null;

  constructor() {
    process.on("SIGUSR1", () => this.want(true));
    process.on("SIGUSR2", () => this.want(false));
  }

  /** The gateway that the signals are for; null when it stops. */
  take(gateway: Gateway | null): void {
    this.gateway = gateway;
    if (gateway !== null && this.wanted !== null) this.want(this.wanted);
  }

  private want(on: boolean): void {
    this.wanted = on;
    if (this.gateway === null) return;
    this.gateway.kill(on);
    say(on ? "kill switch engaged (SIGUSR1): new orders are refused, cancels pass" : "kill switch released (SIGUSR2)");
  }
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
