import { spawn } from "node:child_process";
import type { Receiver, Sent } from "./delivery.ts";
import type { AlarmEvent } from "./event.ts";

/** More of what it says is not kept. */
const MOST_SAID = 1_000;

/** Runs a program for each event, without a shell: JSON on its standard input, exit code 0 when it has taken it. */
export class Command implements Receiver {
  readonly name = "command";

  constructor(
    private readonly words: readonly string[],
    private readonly source: string,
    private readonly timeoutMs: number,
  ) {}

  send(event: AlarmEvent): Promise<Sent> {
    const { promise, resolve } = Promise.withResolvers<Sent>();
    const [program, ...rest] = this.words;
    const child = spawn(program!, rest, {
      // Nothing of the gateway's environment is for it.
      env: { PATH: process.env.PATH ?? "/usr/bin:/bin", LANG: "C.UTF-8" },
      stdio: ["pipe", "ignore", "pipe"],
      // A process group of its own: what it has started ends with it.
      detached: true,
    });
    let said = "";
    const end = (why: string): void => {
      clearTimeout(timer);
      resolve(why === "" ? { taken: true } : { taken: false, why: `${program}: ${why}`, again: true });
    };
    const timer = setTimeout(() => {
      end(`not ended within ${this.timeoutMs} ms${endGroup(child.pid)}`);
    }, this.timeoutMs);
    child.stderr.on("data", (bytes: Buffer) => {
      said = `${said}${bytes}`.slice(0, MOST_SAID);
    });
    child.on("error", (error) => end(error.message));
    child.on("exit", (code) => {
      if (code === 0) end("");
    });
    // All that it said is there now.
    child.on("close", (code, signal) => end(`ended with ${signal ?? code}: ${said.trim().replaceAll(/\s+/g, " ")}`));
    // A program that does not read its input has taken the event all the same when it ends with 0.
    child.stdin.on("error", () => {});
    child.stdin.end(`${JSON.stringify({ ...event, source: this.source })}\n`);
    return promise;
  }
}

/** Kills a program and all that it has started. Returns  "", or that it can't be killed: one of another user, for instance. */
function endGroup(pid: number | undefined): string {
  if (pid === undefined) return "";
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ESRCH: it has ended meanwhile.
    if (code !== "ESRCH") return `, and it can't be killed: ${code}`;
  }
  return "";
}
