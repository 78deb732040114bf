import { acceptTcp, closeSocket, connectTcp, listenTcp, localPort, setNoDelay } from "../../ffi/socket.ts";
import { untilSync } from "../eventually.ts";

/** Two ends of one loopback connection: `near` for the code under test, `far` for the test. */
export function connection(): { near: number; far: number } {
  const listening = listenTcp("127.0.0.1", 0, 16);
  const far = connectTcp("127.0.0.1", localPort(listening));
  const near = untilSync("a connection", () => {
    const fd = acceptTcp(listening);
    return fd >= 0 ? fd : null;
  });
  closeSocket(listening);
  setNoDelay(near);
  setNoDelay(far);
  return { near, far };
}
