import { version } from "../../package.json";
import { readConfig } from "../../src/config/config-file.ts";
import { problemLine } from "../../src/config/problem.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import type { DoctorJob } from "../../src/gateway/operation/doctor.ts";
import { nearestToCard, type Topology } from "../../src/host/memory/topology.ts";
import type { DoctorReport } from "../../src/operation/doctor.ts";
import { planGateway } from "../../src/plan/plan.ts";
import { binaryChecks } from "./binary.ts";
import type { Box } from "./box.ts";
import { clockChecks } from "./clock.ts";
import { cpuChecks } from "./cpu.ts";
import { diskChecks } from "./disk.ts";
import { type Files, FilesOf, isOnline, isolated, MachineFiles } from "./files.ts";
import type { Finding, Report, Verdict } from "./finding.ts";
import { tradingChecks } from "./kill-switch.ts";
import { limitChecks } from "./limits.ts";
import { lookAtDisk, measureClock, measureDisk, measureExecutable, readKillSwitch } from "./measure.ts";
import { memoryChecks, settingChecks } from "./memory.ts";
import { networkChecks } from "./network.ts";
import { measureTls, tlsChecks } from "./tls.ts";

/** Exit code of `doctor` and `tune` when something failed. */
export const SOMETHING_FAILED = 3;
const DEFAULT_DATA = "./sallyport-data";

const CHECKS: readonly ((box: Box) => Finding)[] = [
  ...cpuChecks,
  ...memoryChecks,
  ...settingChecks,
  ...networkChecks,
  ...clockChecks,
  ...limitChecks,
  ...diskChecks,
  ...binaryChecks,
  ...tradingChecks,
];

export interface DoctorOptions {
  readonly config?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/**
 * Checks this machine and, when there is a configuration, its CPUs, ports and data directory.
 * Returns  0; 1 when the configuration has problems; 3 when a check failed.
 */
export function doctor(options: DoctorOptions): number {
  const read = configOf(options.config);
  if (read === undefined) return 1;
  const { config } = read;
  const files = new MachineFiles();
  const report = examine({
    files,
    laneCpus: laneCpusOf(files, config),
    config,
    timeSync: measureClock(),
    disk: measureDisk(options.data ?? config?.gateway.data ?? DEFAULT_DATA),
    executable: measureExecutable(),
    tls: measureTls(config),
    nowMs: Date.now(),
    killSwitch: readKillSwitch(options.data ?? config?.gateway.data ?? DEFAULT_DATA),
  });
  console.log(options.json === true ? JSON.stringify(report, null, 2) : reportText(report));
  return report.verdict === "fail" ? SOMETHING_FAILED : 0;
}

/** Runs the checks for a gateway that runs, in a process beside it: what the kernel says of the gateway counts. */
export function examineRunning({ config, dir, pid, laneCpus, killSwitch }: DoctorJob): DoctorReport {
  return examine({
    files: new FilesOf(pid),
    ...{ laneCpus, config, killSwitch },
    timeSync: measureClock(),
    disk: lookAtDisk(dir),
    executable: measureExecutable(pid),
    tls: measureTls(config),
    nowMs: Date.now(),
    isRunning: true,
  });
}

/** Configuration of a file; null when no file is given; undefined when it has problems, which are printed to stderr. */
export function configOf(fileName: string | undefined): { config: GatewayConfig | null } | undefined {
  if (fileName === undefined) return { config: null };
  const { config, problems } = readConfig(fileName);
  if (config !== undefined) return { config };
  for (const problem of problems) console.error(problemLine(problem));
  return undefined;
}

/** The CPUs that lanes will run on: those configured that are there, then isolated ones; without a configuration all isolated ones. */
export function laneCpusOf(files: Files, config: GatewayConfig | null, topology?: Topology): number[] {
  const alone = isolated(files);
  if (config === null) return alone;
  const places = planGateway(config).lanes.map(({ place }) => place.cpu);
  const listening = config.client.listen.map(({ host }) => host);
  const free = nearestToCard(alone, listening, topology).filter((cpu) => !places.includes(cpu));
  // As `run` does: a CPU that is not there counts as none.
  const cpus = places
    .map((cpu) => (cpu !== null && isOnline(files, cpu) ? cpu : (free.shift() ?? null)))
    .filter((cpu) => cpu !== null);
  return [...new Set(cpus)].sort((a, b) => a - b);
}

/** Runs every check. */
export function examine(box: Box): Report {
  const checks = [...CHECKS.map((check) => check(box)), ...tlsChecks(box)];
  const has = (verdict: Verdict): boolean => checks.some((one) => one.verdict === verdict);
  const verdict = has("fail") ? "fail" : has("warn") ? "warn" : "ok";
  return { version, verdict, laneCpus: [...box.laneCpus], checks };
}

const MARKS: Record<Verdict, string> = { ok: "ok  ", warn: "WARN", fail: "FAIL", "not applicable": "n/a " };

/** The report as text: one line for each check; below a warning or failure, why it matters and how to change it. */
export function reportText({ checks }: Report): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines: string[] = [];
  let theme = "";
  for (const check of checks) {
    if (check.theme !== theme) lines.push(...(theme === "" ? [] : [""]), (theme = check.theme));
    lines.push(`  ${MARKS[check.verdict]}  ${check.name.padEnd(width)}  ${check.seen}`);
    if (check.remedy !== "") lines.push(`        why: ${check.why}`, `        do:  ${check.remedy}`);
  }
  const count = (verdict: Verdict): number => checks.filter((one) => one.verdict === verdict).length;
  const sum = `${count("fail")} failed, ${count("warn")} warnings, ${count("ok")} ok, ${count("not applicable")} not applicable`;
  return [...lines, "", sum].join("\n");
}
