import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineEnvironment } from "../../appliance/run/engine-options.ts";
import { removeBuffers } from "../../src/journal/store/buffers.ts";
import { deadline, PATIENCE_MS, until } from "../eventually.ts";
import { freePort } from "./ports.ts";

export { freePort };

const START_MS = 40_000;
const STOP_MS = 30_000;

/** The executable under test. */
export function executable(): string {
  const path = process.env.SALLYPORT_BIN ?? join(import.meta.dir, "../../dist/sallyport");
  if (existsSync(path)) return path;
  throw new Error(`${path} is missing: "npm run build" makes it ("npm test" does so by itself)`);
}

export function temporary(): string {
  return mkdtempSync(join(tmpdir(), "sallyport-e2e-"));
}

export interface Setting {
  clientPort: number;
  venuePort: number;
  preset?: "one" | "two" | "wide";
  /** By default lanes park. */
  lanes?: string;
  /** More lines in the table of the name: `lanes` (instead), `client`, `core`, `journal`, `venues.VENUE`. */
  client?: string;
  venue?: string;
  risk?: string;
  tables?: string;
  segmentMiB?: number;
  maxOrders?: number;
}

/** Two client sessions, one venue, and one account per limit, so that no test runs into another's. */
export function configOf(setting: Setting): string {
  return `
[gateway]
compId = "GATEWAY"
[lanes]
preset = "${setting.preset ?? "one"}"
${setting.lanes ?? 'idle = "park"'}
[client]
listen = "127.0.0.1:${setting.clientPort}"
${setting.client ?? ""}
[client.sessions.ALICE]
accounts = ["ACC1", "SLOW", "FEW"]
[client.sessions.BOB]
accounts = ["ACC1"]
[venues.VENUE]
address = "127.0.0.1:${setting.venuePort}"
reconnectMinMs = 20
reconnectMaxMs = 100
resendOrdersWithinS = 120
${setting.venue ?? ""}
[routing]
default = "VENUE"
[symbols.AAPL]
referencePrice = "150"
[risk]
collarPercent = 10
${setting.risk ?? ""}
[risk.accounts.ACC1]
maxOrderQty = 100_000
maxOrderNotional = 10_000_000
maxOpenOrders = 10_000
ordersPerSecond = 1_000_000
[risk.accounts.SLOW]
maxOrderQty = 100_000
maxOrderNotional = 10_000_000
maxOpenOrders = 10_000
ordersPerSecond = 1
[risk.accounts.FEW]
maxOrderQty = 100_000
maxOrderNotional = 10_000_000
maxOpenOrders = 2
ordersPerSecond = 1_000_000
[core]
maxOrders = ${setting.maxOrders ?? 16_384}
[journal]
segmentMiB = ${setting.segmentMiB ?? 4}
bufferMiB = 2
${setting.tables ?? ""}
`;
}

/** A run of the executable that ended by itself. */
export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs the executable to its end; it is killed where it does not end. */
export async function runToEnd(args: string[], wrapper: string[] = []): Promise<Ended> {
  const child = Bun.spawn([...wrapper, executable(), ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  using _bound = deadline(START_MS, () => child.kill("SIGKILL"));
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}

/** One gateway process over one directory of its own, which outlives the process so that it can be started again. */
export class Gateway {
  readonly directory = temporary();
  readonly clientPort = freePort();
  readonly venuePort = freePort();
  readonly data = join(this.directory, "data");
  /** All it wrote to its error output, over all starts. */
  log = "";
  private child: Bun.Subprocess<"ignore", "pipe", "pipe"> | null = null;
  private wrapped = false;

  constructor(setting: Omit<Setting, "clientPort" | "venuePort"> = {}) {
    const config = configOf({ ...setting, clientPort: this.clientPort, venuePort: this.venuePort });
    writeFileSync(this.configFile, config);
  }

  /** Asks its API as an operator does. */
  readonly ctl = (...words: string[]): Promise<Ended> =>
    runToEnd(["ctl", ...words, "--socket", join(this.data, "admin.sock")]);

  get configFile(): string {
    return join(this.directory, "gateway.toml");
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** Starts it, through `wrapper` if there is one, with `more` options, and resolves once it accepts. */
  async start(wrapper: string[] = [], more: string[] = []): Promise<void> {
    this.wrapped = wrapper.length > 0;
    const command = [...wrapper, executable(), "run", "--config", this.configFile, "--data", this.data, ...more];
    // As the unit does: it need not start itself anew.
    const env = { ...process.env, ...engineEnvironment({ limitMiB: 0 }) };
    const child = Bun.spawn(command, { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    this.child = child;
    this.follow(child.stderr);
    child.exited.then((code) => {
      this.log += `(process ended: ${child.signalCode ?? code})\n`;
    });
    using _bound = deadline(START_MS, () => child.kill("SIGKILL"));
    let out = "";
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      out += decoder.decode(chunk, { stream: true });
      if (out.includes("sallyport: ready\n")) break;
    }
    if (!out.includes("sallyport: ready\n")) throw new Error(`the gateway did not start:\n${out}${this.log}`);
  }

  get isRunning(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  signal(name: "SIGUSR1" | "SIGUSR2" | "SIGTERM" | "SIGHUP"): void {
    this.child?.kill(name);
  }

  /** Resolves once its error output has had a text, from `from` on. */
  async said(text: string | RegExp, from = 0, withinMs = PATIENCE_MS): Promise<void> {
    const said = () => this.log.slice(from).search(text) >= 0;
    await until(`${text} in the log`, said, withinMs, () => this.log.slice(from));
  }

  /** As a power cut would end it. */
  async crash(): Promise<void> {
    if (this.child !== null && this.child.exitCode === null && this.wrapped) this.crashWrapped();
    this.child?.kill("SIGKILL");
    await this.child?.exited;
    this.child = null;
  }

  /** A tracer that is killed lets go of the gateway, which would live on: it is the one whose pid the lock has. */
  private crashWrapped(): void {
    const pid = Number.parseInt(readFileSync(join(this.data, "lock"), "utf8"), 10);
    if (pid > 0) process.kill(pid, "SIGKILL");
  }

  /** An orderly stop; returns the exit code. One that does not end is killed, and its code says so. */
  async stop(): Promise<number> {
    const child = this.child;
    if (child === null) return 0;
    this.child = null;
    child.kill("SIGTERM");
    using _bound = deadline(STOP_MS, () => child.kill("SIGKILL"));
    return await child.exited;
  }

  /** Ends it and removes its directory. With SALLYPORT_SHOW its error output is shown. */
  async remove(): Promise<void> {
    await this.crash();
    if (process.env.SALLYPORT_SHOW !== undefined) console.error(this.log);
    removeBuffers(this.data);
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async follow(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.log += decoder.decode(chunk, { stream: true });
  }
}
