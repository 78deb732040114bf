import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deadline, until } from "../eventually.ts";
import { ControlGroup } from "./cgroup.ts";

const BOOT_MS = 60_000;
const STOP_MS = 20_000;
const COMMAND_MS = 60_000;

export interface Said {
  readonly code: number;
  readonly out: string;
}

/** A machine booted from a tree, in memory: what it writes is gone with it. It shares the network of this one. */
export class Machine {
  private constructor(
    private readonly child: Bun.Subprocess,
    private readonly firstPid: number,
    private readonly group: ControlGroup,
    private readonly directory: string,
  ) {}

  /** Resolves once systemd says that it runs. */
  static async boot(tree: string): Promise<Machine> {
    const words = ["--quiet", "--volatile=overlay", "--register=no", "--keep-unit", "--boot", "--console=pipe"];
    const directory = mkdtempSync(join(tmpdir(), "sallyport-booted-"));
    const group = new ControlGroup();
    const log = join(directory, "nspawn.log");
    const child = Bun.spawn(group.wrap(["systemd-nspawn", ...words, "-D", tree]), {
      env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: "1" },
      stdin: "ignore",
      stdout: "ignore",
      stderr: Bun.file(log),
    });
    const first = await until(
      "a first process",
      () => {
        if (child.exitCode !== null) throw new Error(`systemd-nspawn ended with ${child.exitCode}`);
        return firstChild(child.pid);
      },
      BOOT_MS,
    ).catch((error) => {
      child.kill("SIGKILL");
      group.remove();
      throw new Error(readFileSync(log, "utf8"), { cause: error });
    });
    const machine = new Machine(child, first, group, directory);
    try {
      await until(
        "systemd that runs",
        async () => (await machine.run("systemctl", "is-system-running")).out === "running",
        BOOT_MS,
      );
    } catch (error) {
      const { out: failed } = await machine.run("systemctl", "--failed", "--no-pager");
      await machine.remove();
      throw new Error(failed, { cause: error });
    }
    return machine;
  }

  /** Runs a command inside to its end; meanwhile the test's peers go on. */
  async run(...command: string[]): Promise<Said> {
    const child = Bun.spawn(["nsenter", "-t", String(this.firstPid), "-a", ...command], {
      cwd: "/",
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: COMMAND_MS,
    });
    const said = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { code: await child.exited, out: said.join("").trim() };
  }

  /** The same where it must succeed; returns what was said. */
  async must(...command: string[]): Promise<string> {
    const { code, out } = await this.run(...command);
    if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${out}`);
    return out;
  }

  /** A path inside as this machine sees it. */
  path(inside: string): string {
    return `/proc/${this.firstPid}/root${inside}`;
  }

  /** One property of a unit. */
  property(unit: string, name: string): Promise<string> {
    return this.must("systemctl", "show", "--value", "-p", name, unit);
  }

  /** A unit's main process, by the number that it has out here; 0 when there is none. */
  async mainPid(unit: string): Promise<number> {
    const inside = await this.property(unit, "MainPID");
    if (inside === "0") return 0;
    // Descendants of the machine alone: another namespace may have the same number.
    return descendants(this.firstPid).find((pid) => innerPid(pid) === inside) ?? 0;
  }

  async journal(unit: string): Promise<string> {
    return (await this.run("journalctl", "--no-pager", "-o", "cat", "-u", unit)).out;
  }

  async remove(): Promise<void> {
    await this.run("systemctl", "poweroff", "--force");
    using _bound = deadline(STOP_MS, () => this.child.kill("SIGKILL"));
    await this.child.exited;
    this.group.remove();
    rmSync(this.directory, { recursive: true });
  }
}

function children(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text.split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function descendants(pid: number): number[] {
  return children(pid).flatMap((child) => [child, ...descendants(child)]);
}

/** The machine's init, once it is that. */
function firstChild(pid: number): number | null {
  const found = children(pid).find((child) => innerPid(child) === "1" && nameOf(child) === "systemd");
  return found ?? null;
}

/** The number that a process has in its own namespace. */
function innerPid(pid: number): string | undefined {
  return /^NSpid:.*\s(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1];
}

function nameOf(pid: number): string {
  return read(`/proc/${pid}/comm`).trim();
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
