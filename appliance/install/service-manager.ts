import { existsSync } from "node:fs";

/** Result of a program. */
export interface ProgramResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Longest that systemctl takes: a start waits for READY, and a stop before it for the sessions. */
const PATIENCE_MS = 180_000;

/** The service manager of the machine, through `systemctl` or a program that takes the same words. */
export class ServiceManager {
  private constructor(private readonly program: string) {}

  /**
   * systemd of this machine when the root is `/` and it runs; or `program`, for any root.
   * Returns  null where there is none.
   */
  static find(root: string, program: string | undefined): ServiceManager | null {
    if (program !== undefined) return new ServiceManager(program);
    if (root !== "/" || !existsSync("/run/systemd/system")) return null;
    const found = Bun.which("systemctl");
    return found === null ? null : new ServiceManager(found);
  }

  reload(): void {
    this.must("daemon-reload");
  }

  /** Returns null once the unit is ready, or the error when it failed. */
  restart(unit: string): string | null {
    // After many failures in a short time systemd would refuse to start the new executable too.
    this.ask("reset-failed", unit);
    return this.fault("restart", unit);
  }

  stop(unit: string): string | null {
    return this.fault("stop", unit);
  }

  disable(unit: string): void {
    this.ask("disable", "--quiet", unit);
  }

  isActive(unit: string): boolean {
    return ["active", "activating", "reloading", "deactivating"].includes(this.ask("is-active", unit).out.trim());
  }

  isReady(unit: string): boolean {
    return this.ask("is-active", unit).out.trim() === "active";
  }

  /** A property of a unit, "" where it has none. */
  property(unit: string, name: string): string {
    return this.ask("show", "--value", "-p", name, unit).out.trim();
  }

  private fault(...words: string[]): string | null {
    const { code, out, err } = this.ask(...words);
    return code === 0 ? null : `${err.trim() || out.trim() || `systemctl ${words.join(" ")} ended with ${code}`}`;
  }

  private must(...words: string[]): void {
    const fault = this.fault(...words);
    if (fault !== null) throw new Error(`systemctl ${words.join(" ")}: ${fault.replaceAll("\n", " ")}`);
  }

  private ask(...words: string[]): ProgramResult {
    return runProgram([this.program, ...words], PATIENCE_MS);
  }
}

/** Runs a program to its end. The code is not 0 when it cannot start or does not end in time. */
export function runProgram(words: string[], timeoutMs: number, cwd?: string): ProgramResult {
  try {
    const { exitCode, signalCode, stdout, stderr } = Bun.spawnSync(words, {
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      stdin: "ignore",
      ...(cwd === undefined ? {} : { cwd }),
    });
    const ended = signalCode === undefined ? "" : `ended by ${signalCode}`;
    return { code: exitCode ?? 1, out: stdout.toString(), err: `${stderr.toString()}${ended}` };
  } catch (error) {
    return { code: 127, out: "", err: (error as Error).message };
  }
}
