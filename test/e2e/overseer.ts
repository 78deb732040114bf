import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deadline, until } from "../eventually.ts";
import { NotifyListener } from "../host/systemd/notify-listener.ts";

const STOP_MS = 12_000;
/** A start beside other tests takes its time; one that has to fail has less. */
export const START_MS = 60_000;

/** What happens to a request besides its answer. */
export type Hook = (words: readonly string[], moment: "before" | "after") => Promise<void> | void;

/**
 * Stands for systemd where there is none: a notify socket, one service whose processes are real, and a `systemctl` that
 * asks it. A start is over with READY=1, with the end of the process, or with its patience.
 */
export class Overseer {
  readonly systemctl: string;
  /** All that was asked for, but for what only looks. */
  readonly asked: string[] = [];
  hook: Hook = () => {};
  startMs = START_MS;
  /** All that the service wrote. */
  log = "";
  private readonly notify: NotifyListener;
  private readonly server: Bun.Server<undefined>;
  private child: Bun.Subprocess<"ignore", "pipe", "pipe"> | null = null;
  private jobs: Promise<unknown> = Promise.resolve();
  private heardFrom = 0;
  private state: "active" | "inactive" | "activating" | "failed" = "inactive";

  constructor(
    directory: string,
    private readonly command: readonly string[],
  ) {
    const socket = join(directory, "overseer.socket");
    this.notify = new NotifyListener(`@${directory}/notify`);
    this.server = Bun.serve({
      unix: socket,
      fetch: (request, server) => {
        // A start takes what it takes.
        server.timeout(request, 0);
        return this.answer(request);
      },
    });
    this.systemctl = join(directory, "systemctl");
    const client = join(import.meta.dir, "systemctl.ts");
    writeFileSync(this.systemctl, `#!/bin/sh\nexec "${process.execPath}" "${client}" "${socket}" "$@"\n`);
    chmodSync(this.systemctl, 0o755);
  }

  get pid(): number {
    return this.isRunning() ? this.child!.pid : 0;
  }

  /** As `systemctl start` and `restart`. Returns "" or what is wrong. */
  async start(): Promise<string> {
    await this.stop();
    this.state = "activating";
    this.notify.read();
    this.heardFrom = this.notify.said.length;
    const child = Bun.spawn([...this.command], {
      env: { PATH: process.env.PATH ?? "", NOTIFY_SOCKET: this.notify.address },
      cwd: "/",
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) this.follow(stream);
    child.exited.then(() => {
      if (this.child === child) this.state = "failed";
    });
    const isReady = (): boolean => this.notify.count(/^READY=1$/m, this.heardFrom) > 0;
    const inTime = await until(
      "READY=1, or the process's end",
      () => isReady() || !this.isRunning(),
      this.startMs,
    ).catch(() => false);
    if (inTime && isReady()) {
      this.state = "active";
      return "";
    }
    if (inTime) return "Job for sallyport.service failed because the control process exited.";
    await this.stop("SIGKILL");
    this.state = "failed";
    return "Job for sallyport.service failed because a timeout was exceeded.";
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.child;
    this.child = null;
    this.state = "inactive";
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    using _bound = deadline(STOP_MS, () => child.kill("SIGKILL"));
    await child.exited;
  }

  async remove(): Promise<void> {
    await this.stop("SIGKILL");
    this.server.stop(true);
    this.notify.close();
  }

  private isRunning(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  private async answer(request: Request): Promise<Response> {
    const words = (await request.json()) as string[];
    await this.hook(words, "before");
    const said = await this.obey(words);
    await this.hook(words, "after");
    return Response.json(said);
  }

  /** One after the other, whoever asked and whether they still wait: as systemd does its jobs. */
  private job<T>(work: () => Promise<T>): Promise<T> {
    const done = this.jobs.then(work);
    this.jobs = done.catch(() => {});
    return done;
  }

  /** Resolves once nothing that was asked for is going on. */
  async idle(): Promise<void> {
    for (let last: unknown; last !== this.jobs; ) {
      last = this.jobs;
      await this.jobs;
    }
  }

  private async obey(words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const [verb, ...rest] = words;
    const ok = (out = "") => ({ code: 0, out, err: "" });
    if (verb !== "show" && verb !== "is-active") this.asked.push(words.join(" "));
    const unit = rest.find((word) => word.startsWith("sallyport"));
    switch (verb) {
      case "daemon-reload":
      case "reset-failed":
      case "disable":
        return ok();
      case "start":
      case "restart": {
        const fault = await this.job(() => this.start());
        return { code: fault === "" ? 0 : 1, out: "", err: fault };
      }
      case "stop":
        if (unit === "sallyport.service") await this.job(() => this.stop());
        return ok();
      case "is-active":
        return { code: this.state === "active" ? 0 : 3, out: `${this.state}\n`, err: "" };
      case "show":
        return ok(`${this.property(rest[rest.indexOf("-p") + 1]!)}\n`);
      default:
        return { code: 1, out: "", err: `Unknown command verb ${verb}.` };
    }
  }

  /** Of the one service. */
  property(name: string): string {
    if (name === "MainPID") return String(this.pid);
    if (name === "ActiveState") return this.state;
    if (name !== "StatusText") return "";
    this.notify.read();
    const said = this.notify.said.slice(this.heardFrom).flatMap((text) => /^STATUS=(.*)$/m.exec(text)?.[1] ?? []);
    return said.at(-1) ?? "";
  }

  private async follow(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.log += decoder.decode(chunk, { stream: true });
  }
}
