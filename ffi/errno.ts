import { type Pointer, toArrayBuffer } from "bun:ffi";
import { libc } from "./libc.ts";

export const EPERM = 1;
export const ENOENT = 2;
export const ESRCH = 3;
export const EINTR = 4;
const EIO = 5;
export const EBADF = 9;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EACCES = 13;
export const EFAULT = 14;
const EBUSY = 16;
export const EEXIST = 17;
const EXDEV = 18;
const ENODEV = 19;
const ENOTDIR = 20;
const EISDIR = 21;
export const EINVAL = 22;
export const ENFILE = 23;
export const EMFILE = 24;
export const EFBIG = 27;
export const ENOSPC = 28;
const EROFS = 30;
const EMLINK = 31;
export const EPIPE = 32;
export const ENAMETOOLONG = 36;
export const ENOSYS = 38;
const ELOOP = 40;
const EOVERFLOW = 75;
export const ENOTSOCK = 88;
const EDESTADDRREQ = 89;
const EMSGSIZE = 90;
const EPROTOTYPE = 91;
const ENOPROTOOPT = 92;
const EPROTONOSUPPORT = 93;
export const EOPNOTSUPP = 95;
const EAFNOSUPPORT = 97;
export const EADDRINUSE = 98;
const EADDRNOTAVAIL = 99;
const ENETDOWN = 100;
const ENETUNREACH = 101;
const ENETRESET = 102;
export const ECONNABORTED = 103;
export const ECONNRESET = 104;
const ENOBUFS = 105;
const EISCONN = 106;
const ENOTCONN = 107;
export const ETIMEDOUT = 110;
export const ECONNREFUSED = 111;
const EHOSTDOWN = 112;
const EHOSTUNREACH = 113;
const EALREADY = 114;
export const EINPROGRESS = 115;
const EDQUOT = 122;
const EHWPOISON = 133;

const names: Readonly<Record<string, number>> = {
  EPERM,
  ENOENT,
  ESRCH,
  EINTR,
  EIO,
  EBADF,
  EAGAIN,
  ENOMEM,
  EACCES,
  EFAULT,
  EBUSY,
  EEXIST,
  EXDEV,
  ENODEV,
  ENOTDIR,
  EISDIR,
  EINVAL,
  ENFILE,
  EMFILE,
  EFBIG,
  ENOSPC,
  EROFS,
  EMLINK,
  EPIPE,
  ENAMETOOLONG,
  ENOSYS,
  ELOOP,
  EOVERFLOW,
  ENOTSOCK,
  EDESTADDRREQ,
  EMSGSIZE,
  EPROTOTYPE,
  ENOPROTOOPT,
  EPROTONOSUPPORT,
  EOPNOTSUPP,
  EAFNOSUPPORT,
  EADDRINUSE,
  EADDRNOTAVAIL,
  ENETDOWN,
  ENETUNREACH,
  ENETRESET,
  ECONNABORTED,
  ECONNRESET,
  ENOBUFS,
  EISCONN,
  ENOTCONN,
  ETIMEDOUT,
  ECONNREFUSED,
  EHOSTDOWN,
  EHOSTUNREACH,
  EALREADY,
  EINPROGRESS,
  EDQUOT,
  EHWPOISON,
};

/** Errno by name. */
export const ERRNO_NAMES = names;

const nameOf = new Map(Object.entries(names).map(([name, number]) => [number, name]));

/** Remedies for the operator; `call NAME` takes precedence over `NAME`. */
const remedies: Readonly<Record<string, string>> = {
  "bind EACCES": "ports below 1024 need CAP_NET_BIND_SERVICE: grant it, or take a higher port",
  "bind EADDRNOTAVAIL": "no interface of this machine has that address: correct it, or listen on 0.0.0.0 or [::]",
  EADDRINUSE: "another program holds that port: stop it, or take another port",
  EADDRNOTAVAIL: "no local address or port is left for it: check the interface, and net.ipv4.ip_local_port_range",
  EAFNOSUPPORT: "this address family is turned off in the kernel: give an address of the other one",
  ECONNREFUSED: "no program listens there: start it, or correct the address",
  ECONNRESET: "the peer reset the connection: its log may have the reason",
  ETIMEDOUT: "no answer: check the address, the route and firewalls in between",
  EHOSTUNREACH: "no route to that host: check the address, the route and firewalls in between",
  ENETUNREACH: "no route to that network: check the address and the interface",
  EMFILE: "this process has reached its limit of descriptors: raise LimitNOFILE",
  ENFILE: "the machine has reached its limit of descriptors: raise fs.file-max",
  ENOSPC: "the disk is full: free space there, or move the data directory",
  EDQUOT: "the disk quota is used up: raise it, or move the data directory",
  EFBIG: "the file would be larger than allowed: raise LimitFSIZE",
  EROFS: "that file system is read-only: give a directory that can be written",
  EIO: "the device failed: check the kernel log and the disk",
  ENOENT: "no such file or directory: correct the path, or create it",
  ENOTDIR: "part of that path is a file, not a directory: correct the path",
  EISDIR: "that is a directory: give a file",
  EACCES: "permission denied: correct owner and mode, or run as the right user",
  ENAMETOOLONG: "the path is too long: give a shorter one",
  "mlockall ENOMEM": "the limit on locked memory is too low: set LimitMEMLOCK=infinity, or grant CAP_IPC_LOCK",
  "mlockall EPERM": "locked memory is forbidden here: set LimitMEMLOCK=infinity, or grant CAP_IPC_LOCK",
  "mlockall EAGAIN": "some of it could not be locked: free memory on this machine",
  "mlock2 ENOMEM": "the limit on locked memory is too low: set LimitMEMLOCK=infinity, or grant CAP_IPC_LOCK",
  "mlock2 EPERM": "locked memory is forbidden here: set LimitMEMLOCK=infinity, or grant CAP_IPC_LOCK",
  "mlock2 EAGAIN": "some of it could not be locked: free memory on this machine",
  "mbind EPERM": "a sandbox forbids the call: permit mbind and set_mempolicy, or grant CAP_SYS_NICE",
  "mbind EINVAL": "that node has no memory, or the cpuset excludes it: see AllowedMemoryNodes",
  "mbind EIO": "pages stayed on another node: free memory on the wanted one",
  "set_mempolicy EPERM": "a sandbox forbids the call: permit mbind and set_mempolicy, or grant CAP_SYS_NICE",
  "set_mempolicy EINVAL": "that node has no memory, or the cpuset excludes it: see AllowedMemoryNodes",
  "mmap EAGAIN": "the limit on locked memory is too low: set LimitMEMLOCK=infinity",
  "sched_setaffinity EINVAL":
    "none of these CPUs is online and allowed here: correct the list, see AllowedCPUs and taskset",
  "sched_setaffinity EPERM": "that thread is not ours: grant CAP_SYS_NICE",
  "sched_setscheduler EPERM":
    "a real-time policy is not permitted here: set LimitRTPRIO and RestrictRealtime=no in the unit, or grant CAP_SYS_NICE",
  "setsockopt EPERM":
    "grant CAP_NET_ADMIN; for SO_BUSY_POLL, sysctl net.core.busy_read has the same effect; for TCP_CONGESTION, if sysctl net.ipv4.tcp_allowed_congestion_control names it",
  "setsockopt ENOENT": "this kernel has none of that name: see sysctl net.ipv4.tcp_available_congestion_control",
  "setsockopt ENOPROTOOPT": "this kernel was built without that option",
  ENOMEM: "not enough memory or mappings: free memory, or raise vm.max_map_count",
  EPERM: "not permitted: grant the capability, or run as the right user",
  ENOSYS: "this kernel does not know the call: a newer one does",
};

const location = new Int32Array(toArrayBuffer(libc.__errno_location() as Pointer, 0, 4));

/**
 * The errno of this thread's last failed call; read it before any other call.
 * Thread  any; each has its own errno.
 */
export function errno(): number {
  return location[0]!;
}

/** Converts the result -1 of a call to -errno; other results are unchanged. */
export function result(returned: number): number {
  return returned < 0 ? 0 - location[0]! : returned;
}

/** `ECONNREFUSED` for 111 or -111. */
export function errnoName(number: number): string {
  return nameOf.get(Math.abs(number)) ?? `errno ${Math.abs(number)}`;
}

/** Remedy for an errno, or an empty text. */
export function remedyFor(call: string, number: number): string {
  const name = errnoName(number);
  return remedies[`${call} ${name}`] ?? remedies[name] ?? "";
}

/** `ECONNREFUSED (no program listens there: …)`: an errno by name, and in words where there are some. */
export function errnoText(call: string, number: number): string {
  const remedy = remedyFor(call, number);
  return `${errnoName(number)}${remedy === "" ? "" : ` (${remedy})`}`;
}

/** An unexpected failure of a kernel call; its message has the call, its object, the errno and a remedy. */
export class SystemError extends Error {
  readonly call: string;
  readonly errno: number;
  readonly code: string;

  /** `call` may carry its object (`connect 127.0.0.1:9001`); `number` is an errno or -errno. */
  constructor(call: string, number: number) {
    const verb = call.split(" ", 1)[0]!;
    super(`${call}: ${errnoText(verb, number)}`);
    this.name = "SystemError";
    this.call = verb;
    this.errno = Math.abs(number);
    this.code = errnoName(number);
  }
}

/** For cold calls: returns the result, or throws a SystemError with the errno of the call. */
export function checked(call: string, returned: number): number {
  if (returned < 0) throw new SystemError(call, errno());
  return returned;
}
