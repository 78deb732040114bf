import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where hierarchies of control groups may be: of both versions side by side, or the second alone. */
const UNIFIED = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].find((dir) => existsSync(`${dir}/cgroup.procs`));
const NAMED = "/sys/fs/cgroup/systemd";

const PREFIX = "sallyport-booted-";

/**
 * A control group of a machine's own, so that two at a time do not take each other's processes for theirs. What a test
 * that was killed has left running goes.
 */
export class ControlGroup {
  private readonly directories: readonly string[];

  constructor() {
    const own = readFileSync("/proc/self/cgroup", "utf8");
    const parent = (dir: string | undefined, line: RegExp): string[] => {
      const path = line.exec(own)?.[1];
      return dir === undefined || path === undefined ? [] : [`${dir}${path}`];
    };
    const parents = [...parent(UNIFIED, /^0::(.*)$/m), ...parent(NAMED, /^\d+:name=systemd:(.*)$/m)];
    for (const dir of parents) for (const name of leftIn(dir)) end(join(dir, name));
    this.directories = parents.map((dir) => join(dir, `${PREFIX}${process.pid}`));
    for (const dir of this.directories) mkdirSync(dir);
  }

  /** A command that runs another in the group. */
  wrap(command: readonly string[]): string[] {
    const enter = this.directories.map((dir) => `echo $$ >${dir}/cgroup.procs`).join(" && ");
    return ["sh", "-c", `${enter} && exec "$@"`, "sh", ...command];
  }

  /** Kills what is left in it. */
  remove(): void {
    for (const dir of this.directories) end(dir);
  }
}

/** Groups whose test is no more. */
function leftIn(dir: string): string[] {
  return readdirSync(dir).filter(
    (name) => name.startsWith(PREFIX) && !existsSync(`/proc/${name.slice(PREFIX.length)}`),
  );
}

function end(dir: string): void {
  if (existsSync(`${dir}/cgroup.kill`)) writeFileSync(`${dir}/cgroup.kill`, "1");
  removeTree(dir);
}

function removeTree(dir: string): void {
  try {
    for (const entry of readdirSync(dir, { withFileTypes: true }))
      if (entry.isDirectory()) removeTree(`${dir}/${entry.name}`);
    rmdirSync(dir);
  } catch {
    // What has just been killed is still in it: an empty group is no harm.
  }
}
