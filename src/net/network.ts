import { Poller, Wakeup } from "../../ffi/poller.ts";
import {
  abortSocket,
  acceptTcp,
  type CongestionControl,
  closeSocket,
  connectResult,
  connectTo,
  incomingCpu,
  listenTcp,
  localPort,
  preferBusyPoll,
  readPeer,
  receive,
  type SocketAddress,
  send,
  setBusyPoll,
  setCongestionControl,
  setKeepAlive,
  setNoDelay,
  setQuickAck,
  setUserTimeout,
} from "../../ffi/socket.ts";

/** Reports which descriptors are ready; the kernel's is `ffi/poller.ts`. */
export interface Readiness {
  add(fd: number, token: number, writable: boolean): number;
  watch(fd: number, token: number, writable: boolean): number;
  remove(fd: number): number;
  wait(timeoutMs: number): number;
  token(index: number): number;
  readable(index: number): boolean;
  writable(index: number): boolean;
  close(): void;
}

/**
 * Socket calls: the kernel's, or in-memory ones in the simulator (`net/pipe.ts`). A process uses only one of them, so the
 * compiler keeps calls direct. All return what the kernel does: a count, a descriptor, or -errno.
 */
export interface Network {
  receive(fd: number, address: number, bytes: number): number;
  send(fd: number, address: number, bytes: number): number;
  closeSocket(fd: number): void;
  abortSocket(fd: number): void;
  connectTo(address: SocketAddress): number;
  connectResult(fd: number): number;
  listenTcp(host: string, port: number, backlog: number): number;
  localPort(fd: number): number;
  readPeer(fd: number, words: Int32Array): void;
  acceptTcp(fd: number): number;
  setNoDelay(fd: number): number;
  setBusyPoll(fd: number, us: number): number;
  preferBusyPoll(fd: number): number;
  setQuickAck(fd: number): number;
  setKeepAlive(fd: number, idleS: number, intervalS: number, count: number): number;
  setUserTimeout(fd: number, ms: number): number;
  setCongestionControl(fd: number, control: CongestionControl): number;
  incomingCpu(fd: number): number;
  poller(): Readiness;
  wakeup(): Wakeup;
}

export const KERNEL: Network = {
  receive,
  send,
  closeSocket,
  abortSocket,
  connectTo,
  connectResult,
  listenTcp,
  localPort,
  readPeer,
  acceptTcp,
  setNoDelay,
  setBusyPoll,
  preferBusyPoll,
  setQuickAck,
  setKeepAlive,
  setUserTimeout,
  setCongestionControl,
  incomingCpu,
  poller,
  wakeup,
};

/** Makes the lane's epoll descriptor. */
function poller(): Readiness {
  return new Poller();
}

/** Makes the descriptor that wakes the lane. */
function wakeup(): Wakeup {
  return new Wakeup();
}
