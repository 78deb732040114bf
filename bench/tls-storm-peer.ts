// Clients of a storm of TLS handshakes: a thread of a lower priority, as they would be other machines.
import { getPriority, setPriority } from "node:os";
import { workerData } from "node:worker_threads";
import { Poller } from "../ffi/poller.ts";
import { abortSocket, connectResult, connectTcp } from "../ffi/socket.ts";
import { beginClient, freeSession, HANDSHAKE_DONE, HANDSHAKE_FAILED, handshake, makeContext } from "../ffi/tls.ts";

/** Words of the shared state: what to do, and of the last storm how many got in, and how many did not. */
export const STATE = 0;
export const IN = 1;
export const OUT = 2;
export const REST = 0;
export const STORM = 1;
export const END = 2;

export interface StormJob {
  readonly shared: SharedArrayBuffer;
  readonly port: number;
  readonly ca: string;
  readonly count: number;
}

/** Of its priority than that of the others. */
const LESS = 10;
const WAIT_MS = 100;
const MOST_MS = 60_000;

function storm(poller: Poller, context: number, { port, count }: StormJob): { made: number; failed: number } {
  const sessions = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const fd = connectTcp("127.0.0.1", port);
    sessions.set(fd, 0);
    poller.add(fd, fd, true);
  }
  let made = 0;
  let failed = 0;
  const untilMs = performance.now() + MOST_MS;
  const isOver = (fd: number): boolean => {
    if (sessions.get(fd) === 0) {
      if (connectResult(fd) !== 0) return false;
      sessions.set(fd, beginClient(context, fd, "127.0.0.1", true));
    }
    const session = sessions.get(fd)!;
    const state = handshake(session);
    if (state === HANDSHAKE_DONE) made++;
    else if (state === HANDSHAKE_FAILED) failed++;
    else poller.watch(fd, fd, false);
    return state === HANDSHAKE_DONE || state === HANDSHAKE_FAILED;
  };
  const done: number[] = [];
  while (made + failed < count && performance.now() < untilMs) {
    const events = poller.wait(WAIT_MS);
    for (let i = 0; i < events; i++) {
      const fd = poller.token(i);
      if (!isOver(fd)) continue;
      poller.remove(fd);
      freeSession(sessions.get(fd)!);
      sessions.delete(fd);
      done.push(fd);
    }
  }
  for (const fd of [...done, ...sessions.keys()]) abortSocket(fd);
  return { made, failed };
}

function run(job: StormJob): void {
  setPriority(Math.min(19, getPriority() + LESS));
  const words = new Int32Array(job.shared);
  const context = makeContext({ ca: job.ca, isServer: false, minVersion: "1.3", clientCertificate: "none" });
  const poller = new Poller();
  for (;;) {
    Atomics.wait(words, STATE, REST);
    if (Atomics.load(words, STATE) === END) return;
    const { made, failed } = storm(poller, context, job);
    words[IN] = made;
    words[OUT] = failed;
    Atomics.store(words, STATE, REST);
  }
}

if (workerData !== null) run(workerData as StormJob);
