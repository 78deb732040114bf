import { info, type Log, type LogLine, warning } from "../../src/base/log.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import type { ReloadChange, ReloadReport } from "../../src/operation/reload.ts";

const SIGNAL = "SIGHUP";
/** Changes with a line of their own. */
const LINES = 40;

/** SIGHUP reads the configuration file again; during the start it waits for the end of the start. */
export class ReloadSignals {
  private gateway: Pick<Gateway, "reload"> | null = null;
  private waits = false;

  constructor(private readonly log: Log) {
    process.on(SIGNAL, () => this.take());
  }

  /** The gateway is started. */
  begin(gateway: Pick<Gateway, "reload">): void {
    this.gateway = gateway;
    if (this.waits) this.take();
  }

  private take(): void {
    if (this.gateway !== null) {
      this.gateway.reload(SIGNAL).then(
        (report) => {
          for (const line of reloadLines(SIGNAL, report)) this.log.line(line);
        },
        (error: Error) => this.log.error(`${SIGNAL}: ${error.message}; nothing has changed`),
      );
      return;
    }
    if (!this.waits) this.log.info(`${SIGNAL}: waits until the start is complete`);
    this.waits = true;
  }
}

/** The log lines about a reload. */
export function reloadLines(
  by: string,
  { file, sha256, result, changes, problems, warnings, inForceAlready }: ReloadReport,
): LogLine[] {
  if (result === "refused") {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more: sallyport check --config ${file})` : "";
    const changed = inForceAlready === undefined ? ", nothing has changed" : "";
    return [{ level: "error", what: `${by}: ${file} is refused${changed}: ${problems[0]}${more}` }];
  }
  const read = `${by}: ${file} (SHA-256 ${sha256.slice(0, 12)})`;
  if (changes.length === 0) {
    const said = result === "applied" ? warnings : [];
    return [info(`${read} has nothing else than what is in force`), ...said.map(warning)];
  }
  const counted = (effect: ReloadChange["effect"], what: string): string[] => {
    const count = changes.filter((change) => change.effect === effect).length;
    return count === 0 ? [] : [`${count} ${what}`];
  };
  const counts = [
    ...counted("applied", "applied"),
    ...counted("operator", "as an operator has set them"),
    ...counted("restart", "not in force without a restart"),
  ];
  const left = changes.length - LINES;
  return [
    info(`${read}: ${changes.length} ${changes.length === 1 ? "change" : "changes"}: ${counts.join(", ")}`),
    ...changes.slice(0, LINES).map(changeLine),
    ...(left > 0 ? [info(`and ${left} more: sallyport ctl reload --dry-run shows what is not in force`)] : []),
    ...warnings.map(warning),
  ];
}

function changeLine({ key, before, after, effect, how }: ReloadChange): LogLine {
  const what = `${key}: ${before} → ${after}`;
  if (effect === "applied") return info(`${what}, ${how}`);
  if (effect === "operator") return warning(`${what}: not applied: ${how}`);
  return warning(`${what}: needs a restart: ${how}`);
}
