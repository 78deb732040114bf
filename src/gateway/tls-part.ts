import { Worker } from "node:worker_threads";
import { closeFd } from "../../ffi/file.ts";
import { openSslVersion } from "../../ffi/openssl.ts";
import { makePipe } from "../../ffi/pipe.ts";
import { Wakeup } from "../../ffi/poller.ts";
import { closeSocket, listenTcp, localPort } from "../../ffi/socket.ts";
import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { ServerTls } from "../config/tls.ts";
import { certificateOf, serverContext, serversOf, stampOf } from "../tls/files.ts";
import type { FromHandshakes, HandshakesData, LanesTls, ServerName, ToHandshakes } from "../tls/words.ts";
import type { ListenPorts } from "./lane-context.ts";
import type { Part } from "./supervisor.ts";

const BACKLOG = 1024;
const STOP_WITHIN_MS = 3_000;
/** Interval at which the files are looked at. */
const WATCH_MS = 5_000;

interface Server {
  readonly name: ServerName;
  readonly tls: ServerTls;
  readonly listenFds: readonly number[];
  readonly pipe: { readonly readFd: number; readonly writeFd: number };
  stamp: string;
  /** Why the files as they are now are not in use; "" where they are. */
  problem: string;
}

/** TLS of what listens: its sockets, its certificates, and the thread that does handshakes. Nothing where none is configured. */
export class TlsPart implements Part {
  readonly name = "TLS";
  private readonly servers: Server[] = [];
  private worker: Worker | null = null;
  private wakeup: Wakeup | null = null;
  private endWatch: (() => void) | null = null;
  private stopped: () => void = () => {};

  constructor(
    private readonly config: Pick<GatewayConfig, "client" | "dropCopy">,
    private readonly ports: ListenPorts,
    /** Module URL of the process's entry. */
    private readonly entry: string,
    private readonly tasks: PeriodicTasks,
    private readonly log: Log,
    private readonly failed: (error: Error) => void,
  ) {}

  /** For the lanes, once it has started. */
  get lanes(): LanesTls {
    return Object.fromEntries(
      this.servers.map(({ name, pipe, listenFds }) => [name, { pipeFd: pipe.readFd, listenFds }]),
    );
  }

  /** Throws an error of one line where OpenSSL, a file or an address can't be used. */
  async start(): Promise<void> {
    const wanted = serversOf(this.config);
    if (wanted.length === 0) return;
    this.log.info(`uses ${openSslVersion()}`);
    const servers = wanted.map(([name, tls]) => {
      const context = serverContext(name, tls);
      const listenFds = tls.listen.map(({ host, port }) => listenTcp(host, port, BACKLOG));
      this.ports[`${name}Tls`] = listenFds.map(localPort);
      const server = { name, tls, listenFds, pipe: makePipe(), stamp: stampOf(tls), problem: "" };
      this.servers.push(server);
      this.logCertificate(server);
      return {
        ...{ name, listenFds, context, pipeFd: server.pipe.writeFd, timeoutMs: tls.handshakeTimeoutMs },
        ...{ mostHandshakes: tls.maxHandshakes, mostPerAddress: tls.maxHandshakesPerAddress },
      };
    });
    await this.open({ role: "tls", servers });
    this.endWatch = this.tasks.every(WATCH_MS, () => this.look());
  }

  private open(workerData: HandshakesData): Promise<void> {
    const worker = new Worker(new URL(this.entry), { workerData });
    this.worker = worker;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        reject(error);
        this.failed(error);
      };
      worker.on("message", ({ ready, stopped, failed }: FromHandshakes) => {
        if (ready !== undefined) {
          this.wakeup = new Wakeup(ready.wakeupFd);
          resolve();
        }
        if (stopped === true) this.stopped();
        if (failed !== undefined) fail(new Error(`the thread of TLS handshakes: ${failed}`));
      });
      worker.on("error", fail);
    });
  }

  /** Takes the files anew, also where they look as before. Returns  why some can't be used, and the ones before stay; null: all are in use. */
  readonly renew = (): string | null => {
    for (const server of this.servers) this.take(server);
    return this.servers.find(({ problem }) => problem !== "")?.problem ?? null;
  };

  private look(): void {
    for (const server of this.servers) if (stampOf(server.tls) !== server.stamp) this.take(server);
  }

  private take(server: Server): void {
    const { name, tls } = server;
    // Before they are read: a change meanwhile is another one.
    server.stamp = stampOf(tls);
    let context: number;
    try {
      context = serverContext(name, tls);
    } catch (error) {
      server.problem = (error as Error).message;
      this.log.error(`${server.problem}; handshakes go on with the files as they were`);
      return;
    }
    server.problem = "";
    this.send({ context: { name, context } });
    this.logCertificate(server);
  }

  private logCertificate({ name, tls }: Server): void {
    const certificate = certificateOf(tls);
    if (certificate === null) return;
    const { subject, issuer, until, sha256 } = certificate;
    this.log.info(
      `${name}.tls: certificate ${subject} of ${issuer}, until ${until.toISOString().slice(0, 19)}Z, SHA-256 ${sha256}`,
    );
  }

  private send(message: ToHandshakes): void {
    this.worker?.postMessage(message);
    this.wakeup?.wake();
  }

  async stop(): Promise<void> {
    this.endWatch?.();
    if (this.worker === null) return;
    const stopped = new Promise<void>((resolve) => {
      this.stopped = resolve;
    });
    this.send({ stop: true });
    await Promise.race([stopped, Bun.sleep(STOP_WITHIN_MS)]);
    this.worker.unref();
    for (const { listenFds, pipe } of this.servers) {
      for (const fd of listenFds) closeSocket(fd);
      closeFd(pipe.writeFd);
    }
  }
}
