import { IPPROTO_TCP, SO_BUSY_POLL, SO_PREFER_BUSY_POLL, SOL_SOCKET, TCP_QUICKACK } from "../../ffi/abi.ts";
import { SystemError } from "../../ffi/errno.ts";
import {
  CongestionControl,
  closeSocket,
  congestionControl,
  getOption,
  listenTcp,
  preferBusyPoll,
  setBusyPoll,
  setCongestionControl,
  setQuickAck,
} from "../../ffi/socket.ts";
import { info, type LogLine, warning } from "../base/log.ts";
import { type SocketOptions, SYSTEM } from "../net/reactor.ts";

/** Tries the socket options of every connection on a test socket. Returns one log line for each option. */
export function trySockets(options: SocketOptions): LogLine[] {
  const { busyPollUs, preferBusyPoll: prefers, quickAck, congestionControl: control } = options;
  const lines: LogLine[] = [];
  if (busyPollUs === 0 && !prefers && !quickAck && control === SYSTEM) return lines;
  const fd = listenTcp("127.0.0.1", 0, 1);
  const report = (field: string, option: string, set: number, got: number | string, wanted: number | string): void => {
    if (set < 0) lines.push(warning(`sockets.${field}: ${new SystemError(`setsockopt ${option}`, set).message}`));
    else if (got !== wanted) lines.push(warning(`sockets.${field}: asked for ${option} ${wanted}, got ${got}`));
    else lines.push(info(`sockets.${field}: ${option} is ${got} on every connection, read back`));
  };
  if (busyPollUs > 0) {
    const set = setBusyPoll(fd, busyPollUs);
    report("busyPollUs", "SO_BUSY_POLL", set, getOption(fd, SOL_SOCKET, SO_BUSY_POLL), busyPollUs);
  }
  if (prefers) {
    const set = preferBusyPoll(fd);
    report("preferBusyPoll", "SO_PREFER_BUSY_POLL", set, getOption(fd, SOL_SOCKET, SO_PREFER_BUSY_POLL), 1);
  }
  if (quickAck) report("quickAck", "TCP_QUICKACK", setQuickAck(fd), getOption(fd, IPPROTO_TCP, TCP_QUICKACK), 1);
  if (control !== SYSTEM) {
    const set = setCongestionControl(fd, new CongestionControl(control));
    const got = congestionControl(fd);
    // It is on by default, so only a failure is reported.
    if (got !== control) report("congestionControl", "TCP_CONGESTION", set, got, control);
  }
  closeSocket(fd);
  return lines;
}
