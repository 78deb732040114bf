import {
  AF_INET6,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
  LINGER_BYTES,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  MSG_PEEK,
  POLLFD_EVENTS_AT,
  POLLOUT,
  SHUT_RDWR,
  SHUT_WR,
  SO_BUSY_POLL,
  SO_ERROR,
  SO_INCOMING_CPU,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_PEERCRED,
  SO_PREFER_BUSY_POLL,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_SNDBUF,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOCKADDR_IN_ADDRESS_AT,
  SOCKADDR_IN6_ADDRESS_AT,
  SOL_SOCKET,
  TCP_CONGESTION,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
  TCP_QUICKACK,
  TCP_USER_TIMEOUT,
  UCRED_BYTES,
} from "./abi.ts";
import {
  parseAddress,
  SOCKET_ADDRESS_BYTES,
  type SocketAddress,
  socketAddressPort,
  socketAddressText,
} from "./address.ts";
import { EINPROGRESS, EINTR, errno, result, SystemError } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf, SCRATCH_BYTES } from "./memory.ts";

export { parseAddress, type SocketAddress, unixAddress } from "./address.ts";

/*  scratch  0 option value, up to 16 bytes │ 64 length of it │ 128 a pollfd │ 192 an address of either family */
const OPTION_AT = 0;
const LENGTH_AT = 64;
const POLLFD_AT = 128;
const NAME_AT = 192;
/** TCP_CA_NAME_MAX of the kernel, with the NUL. */
const CONGESTION_BYTES = 16;
const scratch = new ArrayBuffer(SCRATCH_BYTES);
const ints = new Int32Array(scratch);
const scratchAt = addressOf(scratch);
const optionAt = scratchAt + OPTION_AT;
const lengthAt = scratchAt + LENGTH_AT;
const pollfdAt = scratchAt + POLLFD_AT;
const nameAt = scratchAt + NAME_AT;

/** `::ffff:` before an IPv4 address: bytes 00 00 ff ff. */
const MAPPED_IPV4 = 0xffff0000 | 0;

const SOCKET_TYPE = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
const RECEIVE_FLAGS = MSG_DONTWAIT;
const SEND_FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL;

/**
 * Listens on an address of this machine; port 0 takes a free one. An IPv6 address accepts only IPv6, whatever the machine's
 * default is: for both, listen twice.
 */
export function listenTcp(host: string, port: number, backlog: number): number {
  const address = parseAddress(host, port);
  const fd = libc.socket(address.family, SOCKET_TYPE, 0);
  if (fd < 0) throw new SystemError(`socket ${address.text}`, errno());
  const failed = prepareListener(fd, address, backlog);
  if (failed === "") return fd;
  const why = errno();
  libc.close(fd);
  throw new SystemError(`${failed} ${address.text}`, why);
}

/** Returns  name of the call that failed, or undefined. */
function prepareListener(fd: number, address: SocketAddress, backlog: number): string {
  if (setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1) < 0) return "setsockopt";
  if (address.family === AF_INET6 && setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) < 0) return "setsockopt";
  if (libc.bind(fd, address.address, address.bytes) < 0) return "bind";
  return libc.listen(fd, backlog) < 0 ? "listen" : "";
}

/** Takes no connections any more; the descriptor stays valid, also for another thread that accepts from it. */
export function endListening(fd: number): void {
  libc.shutdown(fd, SHUT_RDWR);
}

/** Reads received bytes and leaves them there. Returns  as `receive`. */
export function peekReceived(fd: number, address: number, bytes: number): number {
  return result(libc.recv(fd, address, bytes, RECEIVE_FLAGS | MSG_PEEK));
}

/**
 * Accepts the next connection, non-blocking.
 * Returns  its descriptor, or -errno: -EAGAIN when there is none, -EMFILE when no descriptor is left (the connection
 *          stays in the queue), -ECONNABORTED when its peer has reset it.
 */
export function acceptTcp(listenFd: number): number {
  return result(libc.accept4(listenFd, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

/**
 * Starts to connect, without waiting.
 * Returns  a descriptor that becomes writable when there is a `connectResult`, or -errno.
 */
export function connectTo(address: SocketAddress): number {
  const fd = libc.socket(address.family, SOCKET_TYPE, 0);
  if (fd < 0) return result(fd);
  const started = result(libc.connect(fd, address.address, address.bytes));
  // A signal does not stop a connect: it continues as after EINPROGRESS.
  if (started === 0 || started === -EINPROGRESS || started === -EINTR) return fd;
  libc.close(fd);
  return started;
}

/** Starts to connect, without waiting; resolves the address at each call. */
export function connectTcp(host: string, port: number): number {
  const address = parseAddress(host, port);
  const fd = connectTo(address);
  if (fd < 0) throw new SystemError(`connect ${address.text}`, fd);
  return fd;
}

/** Returns  0 when connected, -EINPROGRESS while it is in progress, else -errno. */
export function connectResult(fd: number): number {
  ints[POLLFD_AT >> 2] = fd;
  ints[(POLLFD_AT + POLLFD_EVENTS_AT) >> 2] = POLLOUT;
  const decided = result(libc.poll(pollfdAt, 1, 0));
  if (decided === 0 || decided === -EINTR) return -EINPROGRESS;
  if (decided < 0) return decided;
  const error = getOption(fd, SOL_SOCKET, SO_ERROR);
  if (error !== 0) return error < 0 ? error : -error;
  // The kernel reports the error once; later only the missing peer shows the failure.
  ints[LENGTH_AT >> 2] = SOCKET_ADDRESS_BYTES;
  return result(libc.getpeername(fd, nameAt, lengthAt));
}

/** Returns  number of bytes received, 0 when the peer has closed its side, -EAGAIN when there are none, or -errno. */
export function receive(fd: number, address: number, bytes: number): number {
  return result(libc.recv(fd, address, bytes, RECEIVE_FLAGS));
}

/** Returns  number of bytes sent (possibly fewer), -EAGAIN when the kernel's buffer is full, or -errno. */
export function send(fd: number, address: number, bytes: number): number {
  return result(libc.send(fd, address, bytes, SEND_FLAGS));
}

/** Closes our sending side cleanly: the peer reads the bytes in transit, then the end. Returns 0 or -errno. */
export function endSending(fd: number): number {
  return result(libc.shutdown(fd, SHUT_WR));
}

/** Closes; the kernel still sends its buffered bytes. */
export function closeSocket(fd: number): void {
  libc.close(fd);
}

/** Closes with a reset: bytes in transit are dropped, and the port is free immediately. */
export function abortSocket(fd: number): void {
  ints[OPTION_AT >> 2] = 1;
  ints[(OPTION_AT >> 2) + 1] = 0;
  libc.setsockopt(fd, SOL_SOCKET, SO_LINGER, optionAt, LINGER_BYTES);
  libc.close(fd);
}

/** Disables Nagle's algorithm (TCP_NODELAY). Returns 0 or -errno. */
export function setNoDelay(fd: number): number {
  return setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

/**
 * Lets receives poll the network card's queue for this long (SO_BUSY_POLL).
 * Returns  0 or -errno (-EPERM: some kernels require CAP_NET_ADMIN).
 */
export function setBusyPoll(fd: number, us: number): number {
  return setOption(fd, SOL_SOCKET, SO_BUSY_POLL, us);
}

/**
 * Keeps the network card's interrupts masked while receives poll its queue (SO_PREFER_BUSY_POLL).
 * Returns  0 or -errno (-EPERM: it requires CAP_NET_ADMIN; -ENOPROTOOPT: a kernel without busy polling).
 */
export function preferBusyPoll(fd: number): number {
  return setOption(fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, 1);
}

/** Acknowledges received bytes immediately (TCP_QUICKACK), until our next send makes the kernel delay again. Returns 0 or -errno. */
export function setQuickAck(fd: number): number {
  return setOption(fd, IPPROTO_TCP, TCP_QUICKACK, 1);
}

/**
 * Ends a connection whose peer is gone: after `idleS` without data the kernel asks every `intervalS`, and gives up after
 * `count` questions without an answer (SO_KEEPALIVE). Returns 0 or -errno.
 */
export function setKeepAlive(fd: number, idleS: number, intervalS: number, count: number): number {
  const idle = setOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, idleS);
  const interval = setOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, intervalS);
  const probes = setOption(fd, IPPROTO_TCP, TCP_KEEPCNT, count);
  const on = setOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  return idle < 0 ? idle : interval < 0 ? interval : probes < 0 ? probes : on;
}

/** Ends a connection when sent data is not acknowledged for this long (TCP_USER_TIMEOUT). Returns 0 or -errno. */
export function setUserTimeout(fd: number, ms: number): number {
  return setOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, ms);
}

/** Name of a congestion control algorithm of the kernel, as `reno` or `cubic`, encoded for it. Lives as long as the thread. */
export class CongestionControl {
  readonly text: ArrayBuffer;
  readonly address: number;

  constructor(readonly name: string) {
    this.text = new ArrayBuffer(CONGESTION_BYTES);
    new TextEncoder().encodeInto(name, new Uint8Array(this.text, 0, CONGESTION_BYTES - 1));
    this.address = addressOf(this.text);
  }
}

/** Returns  0 or -errno (-ENOENT: the kernel has none of that name; -EPERM: it requires CAP_NET_ADMIN). */
export function setCongestionControl(fd: number, { address }: CongestionControl): number {
  return result(libc.setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, address, CONGESTION_BYTES));
}

/** Name of a connection's congestion control, or -errno. */
export function congestionControl(fd: number): string | number {
  ints[LENGTH_AT >> 2] = CONGESTION_BYTES;
  const read = result(libc.getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, optionAt, lengthAt));
  if (read < 0) return read;
  const text = Buffer.from(scratch, OPTION_AT, CONGESTION_BYTES).toString("latin1");
  return text.slice(0, text.indexOf("\0"));
}

/** CPU that received a connection's last packet, -1 while there was none, or -errno. */
export function incomingCpu(fd: number): number {
  return getOption(fd, SOL_SOCKET, SO_INCOMING_CPU);
}

/** Sets the sizes of the kernel's buffers; it doubles them, and caps them at net.core.{r,w}mem_max. Returns 0 or -errno. */
export function setBufferSizes(fd: number, receiveBytes: number, sendBytes: number): number {
  const received = setOption(fd, SOL_SOCKET, SO_RCVBUF, receiveBytes);
  return received < 0 ? received : setOption(fd, SOL_SOCKET, SO_SNDBUF, sendBytes);
}

/** Sets an option that is one int. Returns 0 or -errno. */
export function setOption(fd: number, level: number, name: number, value: number): number {
  ints[OPTION_AT >> 2] = value;
  return result(libc.setsockopt(fd, level, name, optionAt, 4));
}

/** Reads an option that is one int and never negative, or -errno. */
export function getOption(fd: number, level: number, name: number): number {
  ints[LENGTH_AT >> 2] = 4;
  const read = result(libc.getsockopt(fd, level, name, optionAt, lengthAt));
  return read < 0 ? read : ints[OPTION_AT >> 2]!;
}

/** The port a socket is bound to. */
export function localPort(fd: number): number {
  ints[LENGTH_AT >> 2] = SOCKET_ADDRESS_BYTES;
  if (libc.getsockname(fd, nameAt, lengthAt) < 0) throw new SystemError("getsockname", errno());
  return socketAddressPort(scratch, NAME_AT);
}

/**
 * Writes the peer's address into `words`: four words with the IPv6 address in network order (IPv4 mapped into it), and one
 * with the port. All are 0 without a peer.
 */
export function readPeer(fd: number, words: Int32Array): void {
  ints[LENGTH_AT >> 2] = SOCKET_ADDRESS_BYTES;
  const at = NAME_AT >> 2;
  const known = libc.getpeername(fd, nameAt, lengthAt) === 0;
  const six = known && (ints[at]! & 0xffff) === AF_INET6;
  for (let i = 0; i < 4; i++) words[i] = six ? ints[at + (SOCKADDR_IN6_ADDRESS_AT >> 2) + i]! : 0;
  if (known && !six) {
    words[2] = MAPPED_IPV4;
    words[3] = ints[at + (SOCKADDR_IN_ADDRESS_AT >> 2)]!;
  }
  // The port is in network order in the upper half of the first word.
  const port = (ints[at]! >>> 16) & 0xffff;
  words[4] = known ? ((port & 255) << 8) | (port >> 8) : 0;
}

/** The peer's address, as `127.0.0.1:9001` or `[::1]:9001`. */
export function peerAddress(fd: number): string {
  ints[LENGTH_AT >> 2] = SOCKET_ADDRESS_BYTES;
  if (libc.getpeername(fd, nameAt, lengthAt) < 0) throw new SystemError("getpeername", errno());
  return socketAddressText(scratch, NAME_AT);
}

/** The process at the other end of a connected unix socket, as it was when it connected (SO_PEERCRED). */
export function peerCredentials(fd: number): { pid: number; uid: number; gid: number } {
  ints[LENGTH_AT >> 2] = UCRED_BYTES;
  if (libc.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, optionAt, lengthAt) < 0)
    throw new SystemError("getsockopt SO_PEERCRED", errno());
  const [pid, uid, gid] = new Uint32Array(scratch, OPTION_AT, 3);
  return { pid: pid!, uid: uid!, gid: gid! };
}
