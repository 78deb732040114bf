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
  setNoDelay,
  setQuickAck,
} from "../../ffi/socket.ts";

/** Tells which descriptors have something; the kernel's is `ffi/poller.ts`. */
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
 * Where connections come from: the kernel, or memory in the simulator (`net/pipe.ts`). A process has one of them, so its
 * calls stay direct. What they return is what the kernel does: a count, a descriptor, or -errno.
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
  setCongestionControl,
  incomingCpu,
  poller,
  wakeup,
};

/** Cold: once a lane. */
function poller(): Readiness {
  return new Poller();
}

/** Cold: once a lane. */
function wakeup(): Wakeup {
  return new Wakeup();
}
