import { acceptTcp, closeSocket, connectTcp, listenTcp, localPort, setNoDelay } from "../../ffi/socket.ts";

/** Two ends of one loopback connection: `near` for the code under test, `far` for the test. */
export function connection(): { near: number; far: number } {
  const listening = listenTcp("127.0.0.1", 0, 16);
  const far = connectTcp("127.0.0.1", localPort(listening));
  const near = until("a connection", () => {
    const fd = acceptTcp(listening);
    return fd >= 0 ? fd : null;
  });
  closeSocket(listening);
  setNoDelay(near);
  setNoDelay(far);
  return { near, far };
}

const PATIENCE_NS = 20e9;

/** Asks until there is an answer; fails when there is none for seconds. It bounds, it does not measure. */
export function until<T>(what: string, ask: () => T | null | undefined | false): T {
  const began = Bun.nanoseconds();
  for (;;) {
    const answer = ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Bun.nanoseconds() - began > PATIENCE_NS) throw new Error(`${what} did not come`);
    Bun.sleepSync(1);
  }
}
