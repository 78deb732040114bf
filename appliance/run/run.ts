import { version } from "../../package.json";
import { type Log, type LogLine, warning } from "../../src/base/log.ts";
import { type ReadResult, readConfig, repeatedReader } from "../../src/config/config-file.ts";
import { problemLine } from "../../src/config/problem.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import type { CommandOutcome } from "../../src/control/commands.ts";
import type { LastLine } from "../../src/gateway/cut-files.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import type { RunningConfiguration } from "../../src/gateway/operation/running-configuration.ts";
import { withLimits } from "../../src/host/memory/room.ts";
import type { Watchdog } from "../../src/host/systemd/watchdog.ts";
import { JournalLost } from "../../src/journal/store/damaged.ts";
import { pages } from "../manual/pages.ts";
import { engineEnvironment, restartWith } from "./engine-options.ts";
import { compilerSlow, needCompiler } from "./jit.ts";
import { automaticFormat, type LogFormat, logLine, lostLine, openLog } from "./log-format.ts";
import { LogOutput } from "./log-output.ts";
import { ReloadSignals } from "./reload-signals.ts";
import { logStart, logVersion } from "./start-lines.ts";

/**
 * Longest clean stop; then the process exits anyway, and the next start replays the journal. Sessions and lanes take less than
 * half of it; the rest is the disk's. The service manager waits for 30 s.
 */
/** For bench/published.ts: with this variable, latencies of orders are not measured. */
const UNMEASURED = "SALLYPORT_UNMEASURED";
const STOP_WITHIN_MS = 25_000;

const KILL_SWITCH = "kill switch";

const STDOUT = 1;
const STDERR = 2;

const FAILED = 1;
/** A fault of our own (EX_SOFTWARE of sysexits.h); a supervisor can distinguish it from a wrong configuration. */
const BROKEN = 70;
/** The files of the journal were removed or cut while the gateway ran (EX_IOERR). */
const LOST = 74;
/** Drained under a service manager, which must not start it again; elsewhere the code is 0. */
const DRAINED = 3;

export interface RunOptions {
  configFile: string;
  /** Replaces the configuration's. */
  dataDir?: string;
  /** Module URL that a lane's worker runs. */
  entry: string;
  /** What becomes of open orders of clients and venues that the configuration no longer has; left out: no start. */
  orphans?: "keep" | "cancel";
  /** What suits the standard error output, where it is left out. */
  logFormat?: LogFormat;
}

/**
 * Runs the gateway until a signal or a fault ends it.
 * Returns  0 after a clean stop, 3 after a drain under a service manager, 1 when it cannot start or stop in time, 70 when an invariant of ours broke.
 */
export async function runGateway(options: RunOptions): Promise<number> {
  const read = readConfig(options.configFile);
  if (read.config === undefined) {
    const { problems } = read;
    const [first] = problems;
    const more =
      problems.length === 1 ? "" : ` (and ${problems.length - 1} more: sallyport check --config ${options.configFile})`;
    return failed(`${first?.where}: ${first?.what}${more}`);
  }
  const { config } = read;
  await restartWith(engineEnvironment(config.memory));
  try {
    await needCompiler(process.env);
  } catch (error) {
    return failed(oneLine(error));
  }
  const format = options.logFormat ?? automaticFormat(process.env);
  const { Output } = await import("../../ffi/output.ts");
  const stderr = new Output(STDERR);
  const output = new LogOutput(stderr, lostLine(format));
  const line = (who: string, what: string): string => logLine(format, new Date(), "error", who, what);
  const lastLine = { fd: stderr.descriptor, isSocket: stderr.isSocket, line };
  try {
    return await runToEnd(read, options, { format, output, lastLine });
  } finally {
    await output.end();
  }
}

interface Outputs {
  readonly format: LogFormat;
  readonly output: LogOutput;
  readonly lastLine: LastLine;
}

async function runToEnd(
  { config, file, source, warnings }: Extract<ReadResult, { config: GatewayConfig }>,
  options: RunOptions,
  { format, output, lastLine }: Outputs,
): Promise<number> {
  const log = openLog(format, (line) => output.line(line));
  const stopped = stopSignals();
  const reloads = new ReloadSignals(log.of("configuration"));
  const killSwitch = new KillSignals(log);
  for (const warning of warnings) log.of("configuration").warning(problemLine(warning));
  const running = { version, source, file, read: repeatedReader(source.path), manual: pages };
  let watchdog: Watchdog;
  let gateway: Gateway | string;
  const unready = new Unready(log);
  try {
    watchdog = await openWatchdog(log);
    gateway = await Promise.race([stopped, start(config, running, options, lastLine, watchdog, log, unready.begun)]);
  } catch (error) {
    unready.end();
    output.line(`sallyport: ${oneLine(error instanceof Error ? withLimits(error) : error)}`);
    return FAILED;
  }
  if (typeof gateway === "string") {
    unready.end();
    log.info(`${gateway}: ended before it was ready`);
    return 0;
  }
  killSwitch.begin(gateway);
  reloads.begin(gateway);
  await watchdog.begin(gateway);
  logStart(log, config, gateway);
  log.info(`ready: ${gateway.status()}`);
  await logReady(format);
  const drained = gateway.drained.then((why) => new Drained(why));
  const fault = await Promise.race([stopped, gateway.failed, drained]);
  if (fault instanceof Error) {
    gateway.logEvents();
    log.error(oneLine(fault));
    return codeOf(fault);
  }
  const why = fault instanceof Drained ? fault.why : fault;
  log.info(`${why}: stopping; a second signal ends the process at once`);
  await watchdog.stopping();
  const code = await stop(gateway, log).finally(() => watchdog.end());
  return code === 0 && fault instanceof Drained && watchdog.notifier.isThere ? DRAINED : code;
}

/** An operator has drained the gateway. */
class Drained {
  constructor(readonly why: string) {}
}

/** Finds the service manager. Its variables are removed: they are not for processes that this one starts. */
async function openWatchdog(log: Log): Promise<Watchdog> {
  const slow = compilerSlow(process.env);
  if (slow !== null) log.warning(slow);
  const { ServiceNotifier } = await import("../../src/host/systemd/service-notifier.ts");
  const { Watchdog } = await import("../../src/host/systemd/watchdog.ts");
  const manager = new ServiceNotifier(process.env, log.of("service manager"));
  for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete process.env[name];
  return new Watchdog(manager, log.of("watchdog"));
}

async function start(
  config: GatewayConfig,
  running: RunningConfiguration,
  options: RunOptions,
  lastLine: LastLine,
  watchdog: Watchdog,
  log: Log,
  begun: (leave: () => void) => void,
): Promise<Gateway> {
  const dataDir = options.dataDir ?? config.gateway.data;
  logVersion(log, options.configFile, dataDir);
  const { onlineCpus } = await import("../../ffi/thread.ts");
  dropAbsentCpus(config, onlineCpus(), log.of("lane CPUs"));
  const { startGateway } = await import("../../src/gateway/gateway.ts");
  const starting = (what: string): void => watchdog.notifier.starting(what);
  const { entry, orphans } = options;
  const measures = process.env[UNMEASURED] === undefined;
  return startGateway(config, { dataDir, entry, log, running, starting, lastLine, orphans, begun, measures });
}

/** A start that is not complete, and what it must give back where it never will be. */
class Unready {
  private leave: () => void = () => {};

  constructor(private readonly log: Log) {}

  readonly begun = (leave: () => void): void => {
    this.leave = leave;
  };

  /** The process ends before it was ready. What can't be given back is left as by a kill, which the next start mends. */
  end(): void {
    try {
      this.leave();
    } catch (error) {
      this.log.of("journal").warning(`left as by a kill: ${oneLine(error)}`);
    }
  }
}

/** Removes CPUs that this machine lacks: no error, as the configuration may be for another machine; the lane runs unpinned. */
export function dropAbsentCpus(config: GatewayConfig, online: readonly number[], log: Log): void {
  for (const place of config.lanes.place) {
    if (place.cpu === null || online.includes(place.cpu)) continue;
    log.warning(`CPU ${place.cpu} for ${place.agents.join(", ")} is not there: the lane runs unpinned`);
    place.cpu = null;
  }
}

/** Resolves with the name of the first signal to stop; a second one exits at once. */
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

/** SIGUSR1 engages the kill switch, SIGUSR2 releases it; the last one during the start is carried out after it. */
class KillSignals {
  private gateway: Gateway | null = null;
  private wanted: KillSignal | null = null;

  constructor(private readonly log: Log) {
    process.on("SIGUSR1", () => this.want({ name: "SIGUSR1", on: true }));
    process.on("SIGUSR2", () => this.want({ name: "SIGUSR2", on: false }));
  }

  /** The gateway is started. */
  begin(gateway: Gateway): void {
    this.gateway = gateway;
    if (this.wanted !== null) void this.carryOut(gateway, this.wanted);
  }

  private want(signal: KillSignal): void {
    this.wanted = signal;
    if (this.gateway === null) this.log.of(KILL_SWITCH).info(`${signal.name}: waits until the start is complete`);
    else void this.carryOut(this.gateway, signal);
  }

  private async carryOut(gateway: Gateway, signal: KillSignal): Promise<void> {
    this.log.of(KILL_SWITCH).line(killLine(signal, await gateway.kill(signal.on, signal.name)));
  }
}

interface KillSignal {
  readonly name: "SIGUSR1" | "SIGUSR2";
  readonly on: boolean;
}

/** The log line about a kill switch signal: its effect, or why it has none. */
export function killLine({ name, on }: KillSignal, { applied, changed, reason }: CommandOutcome): LogLine {
  const what = on ? "engaged" : "released";
  if (!applied) return { level: "alarm", what: `NOT ${what} (${name}): ${reason}` };
  const before = changed ? "" : ", as it was before";
  return warning(`${what} (${name})${before}${on ? ": new orders and replaces are refused, cancels pass" : ""}`);
}

async function stop(gateway: Gateway, log: Log): Promise<number> {
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), STOP_WITHIN_MS);
  try {
    const fault = await Promise.race([gateway.stop(), gateway.failed, late.promise]);
    if (fault === undefined) return 0;
    if (fault !== "late") {
      log.error(oneLine(fault));
      return codeOf(fault);
    }
    const within = `not stopped within ${STOP_WITHIN_MS / 1000} s (${gateway.stopping})`;
    log.error(`${within}; ended as it was, the next start reads the journal`);
    return FAILED;
  } catch (error) {
    log.error(oneLine(error));
    return error instanceof JournalLost ? LOST : FAILED;
  } finally {
    clearTimeout(timer);
  }
}

/** Exit code of a lane's end by a fault. */
function codeOf(fault: Error): number {
  return fault instanceof JournalLost ? LOST : BROKEN;
}

/** For scripts that wait for it. Where journald reads, the service manager knows. */
async function logReady(format: LogFormat): Promise<void> {
  if (format === "journald") return;
  const { Output } = await import("../../ffi/output.ts");
  const ready = format === "text" ? "sallyport: ready" : logLine(format, new Date(), "info", "gateway", "ready");
  new LogOutput(new Output(STDOUT), lostLine(format)).line(ready);
}

/** The command's one line about why it did not start. */
function failed(why: string): number {
  console.error(`sallyport: ${why}`);
  return FAILED;
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ");
}
