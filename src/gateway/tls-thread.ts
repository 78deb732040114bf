import { Worker } from "node:worker_threads";
import { Wakeup } from "../../ffi/poller.ts";
import type { FromHandshakes, HandshakesData, ToHandshakes } from "../tls/words.ts";

const STOP_WITHIN_MS = 3_000;

export interface TlsThreadParts {
  /** Module URL of the process's entry. */
  readonly entry: string;
  /** Called with all that the thread says. */
  readonly said: (message: FromHandshakes) => void;
  readonly failed: (error: Error) => void;
}

/** A thread of TLS handshakes, as the main thread has it. */
export class TlsThread {
  private worker: Worker | null = null;
  private wakeup: Wakeup | null = null;
  private stopped: () => void = () => {};

  constructor(private readonly parts: TlsThreadParts) {}

  /** Resolves once the thread takes connections. */
  start(workerData: HandshakesData): Promise<void> {
    const { entry, said, failed: gatewayFailed } = this.parts;
    const worker = new Worker(new URL(entry), { workerData });
    this.worker = worker;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        reject(error);
        gatewayFailed(error);
      };
      worker.on("message", (message: FromHandshakes) => {
        const { ready, stopped, failed } = message;
        if (ready !== undefined) {
          this.wakeup = new Wakeup(ready.wakeupFd);
          resolve();
        }
        said(message);
        if (stopped === true) this.stopped();
        if (failed !== undefined) fail(new Error(`the thread "${workerData.thread}": ${failed}`));
      });
      worker.on("error", fail);
    });
  }

  send(message: ToHandshakes): void {
    this.worker?.postMessage(message);
    this.wakeup?.wake();
  }

  async stop(): Promise<void> {
    if (this.worker === null) return;
    const stopped = new Promise<void>((resolve) => {
      this.stopped = resolve;
    });
    this.send({ stop: true });
    await Promise.race([stopped, Bun.sleep(STOP_WITHIN_MS)]);
    this.worker.unref();
  }
}
