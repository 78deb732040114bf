import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { closeSocket, listenTcp, localPort } from "../../ffi/socket.ts";
import { gatewayCommand, stopped } from "../gateway-run.ts";
import { TINY } from "../measure.ts";
import { built } from "./build.ts";

const PATIENCE_MS = 40_000;
/** On a machine that does other work, the load, the relay and Sallyport run before all else. The Go gateway does not. */
export const FIFO = process.env.FIFO === "1";
export const FIFO_PRIORITY = 20;
const CONFIGURATION = join(import.meta.dir, "../yardstick.toml");

export interface Ports {
  readonly client: number;
  readonly venue: number;
}

export interface Contestant {
  readonly name: string;
  /** A relay passes the client's logon on, so the client connects first. */
  readonly clientFirst: boolean;
  /** Runs anew for each load. */
  readonly fresh: boolean;
  /** Command of a run; `dir` is a new folder, `cpu` is -1 when there is one CPU only. */
  command(ports: Ports, dir: string, cpu: number): string[];
}

/** The contestants that can be built, the relay first. */
export function contestants(names: readonly string[]): Contestant[] {
  return names.flatMap((name) => {
    if (name === "sallyport") return gateways();
    const path = built(name === "relay" ? "relay" : "gateway-go");
    if (path === null) return [];
    const mode = name === "relay" ? [] : [name.replace("go-", "")];
    return [
      {
        name,
        clientFirst: name === "relay",
        fresh: name !== "relay",
        command: ({ client, venue }, dir, cpu) =>
          name === "relay"
            ? [path, `${client}`, `${venue}`, `${cpu}`]
            : ["env", "GOGC=10", "GOMEMLIMIT=4GiB", path, `${client}`, `${venue}`, dir, ...mode, `${cpu}`],
      },
    ];
  });
}

function gateways(): Contestant[] {
  const asked = process.env.GATEWAYS?.split(",").map((path) => [path]);
  return (asked ?? [gatewayCommand()]).map((command) => ({
    name: asked === undefined ? "sallyport" : basename(command[0]!),
    clientFirst: false,
    fresh: false,
    command: (ports, dir, cpu) => {
      const file = join(dir, "gateway.toml");
      writeFileSync(file, configuration(ports, cpu));
      return [...command, "run", "--config", file, "--data", join(dir, "data")];
    },
  }));
}

/** The yardstick's configuration with these ports and this CPU. A single CPU is shared with the load: the lane parks. */
export function configuration(ports: Ports, cpu: number): string {
  const text = readFileSync(CONFIGURATION, "utf8")
    .replace("19401", `${ports.client}`)
    .replace("19402", `${ports.venue}`)
    .replace("cpus = [0]", cpu < 0 ? "" : `cpus = [${cpu}]`)
    .replace('idle = "spin"', cpu < 0 ? 'idle = "park"' : 'idle = "spin"');
  if (FIFO) return text.replace('warmUp = "on"', 'warmUp = "on"\nwarmUpMaxMs = 30_000');
  return TINY ? text.replace('warmUp = "on"', 'warmUp = "off"') : text;
}

/** One running process of a contestant. */
export class Running {
  readonly ports: Ports = { client: freePort(), venue: freePort() };
  readonly directory = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
  private readonly log = join(this.directory, "log");
  private readonly child: Bun.Subprocess<"ignore", "pipe">;

  constructor(
    readonly contestant: Contestant,
    cpu: number,
  ) {
    const command = contestant.command(this.ports, this.directory, cpu);
    this.child = Bun.spawn(command, {
      cwd: this.directory,
      stdin: "ignore",
      stdout: "pipe",
      stderr: Bun.file(this.log),
    });
  }

  get pid(): number {
    return this.child.pid;
  }

  async ready(): Promise<void> {
    const timer = setTimeout(() => this.child.kill("SIGKILL"), PATIENCE_MS);
    let text = "";
    for await (const chunk of this.child.stdout) {
      text += new TextDecoder().decode(chunk);
      if (text.includes("ready")) break;
    }
    clearTimeout(timer);
    if (!text.includes("ready"))
      throw new Error(`${this.contestant.name} did not start: ${readFileSync(this.log, "utf8")}`);
    if (FIFO) for (const [tid, priority] of this.priorities()) Bun.spawnSync(["chrt", "-f", "-p", `${priority}`, tid]);
  }

  /** Threads that spin have the load's priority; the others, which share the load's CPU, more: they work rarely and briefly. */
  private priorities(): [tid: string, priority: number][] {
    if (this.contestant.name.startsWith("go-")) return [];
    const tasks = `/proc/${this.pid}/task`;
    const tids = readdirSync(tasks);
    const spins = (tid: string): boolean => /^lane (?!keeper)/.test(readFileSync(`${tasks}/${tid}/comm`, "utf8"));
    return tids.map((tid) => [tid, tids.length === 1 || spins(tid) ? FIFO_PRIORITY : FIFO_PRIORITY + 5]);
  }

  async end(): Promise<void> {
    await stopped(this.child);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function freePort(): number {
  const fd = listenTcp("127.0.0.1", 0, 1);
  const port = localPort(fd);
  closeSocket(fd);
  return port;
}
