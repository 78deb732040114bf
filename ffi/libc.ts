import { dlopen, type FFIFunction, FFIType } from "bun:ffi";

/*
 * The one table of libc functions. Two rules keep calls free of allocation:
 *
 *  - results that are sizes and counts are declared i32 (ours are below 2^31), addresses i64_fast: both are plain numbers,
 *    and -1 stays -1. With "ptr" the result of a failed mmap would be a BigInt.
 *  - addresses are passed as numbers from memory.ts, never as typed arrays.
 *
 * glibc has no wrappers for the NUMA calls, and its gettid and mlock2 are newer than the libc that Bun requires: these calls
 * use syscall().
 */
const table = {
  __errno_location: { args: [], returns: FFIType.i64_fast },
  syscall: { args: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"], returns: FFIType.i64_fast },

  memcpy: { args: ["ptr", "ptr", "u64"], returns: "void" },
  memmove: { args: ["ptr", "ptr", "u64"], returns: "void" },
  memset: { args: ["ptr", "i32", "u64"], returns: "void" },
  mmap: { args: ["ptr", "u64", "i32", "i32", "i32", "i64"], returns: FFIType.i64_fast },
  mprotect: { args: ["ptr", "u64", "i32"], returns: "i32" },
  munmap: { args: ["ptr", "u64"], returns: "i32" },
  madvise: { args: ["ptr", "u64", "i32"], returns: "i32" },
  mlockall: { args: ["i32"], returns: "i32" },
  munlockall: { args: [], returns: "i32" },
  munlock: { args: ["ptr", "u64"], returns: "i32" },
  mincore: { args: ["ptr", "u64", "ptr"], returns: "i32" },

  sigaction: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" },

  open: { args: ["ptr", "i32", "i32"], returns: "i32" },
  pipe2: { args: ["ptr", "i32"], returns: "i32" },
  dup3: { args: ["i32", "i32", "i32"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
  read: { args: ["i32", "ptr", "u64"], returns: "i32" },
  write: { args: ["i32", "ptr", "u64"], returns: "i32" },
  pread: { args: ["i32", "ptr", "u64", "i64"], returns: "i32" },
  lseek: { args: ["i32", "i64", "i32"], returns: "i32" },
  pwrite: { args: ["i32", "ptr", "u64", "i64"], returns: "i32" },
  fallocate: { args: ["i32", "i32", "i64", "i64"], returns: "i32" },
  ftruncate: { args: ["i32", "i64"], returns: "i32" },
  sync_file_range: { args: ["i32", "i64", "i64", "u32"], returns: "i32" },
  fdatasync: { args: ["i32"], returns: "i32" },
  fsync: { args: ["i32"], returns: "i32" },
  fcntl: { args: ["i32", "i32", "ptr"], returns: "i32" },
  flock: { args: ["i32", "i32"], returns: "i32" },
  rename: { args: ["ptr", "ptr"], returns: "i32" },

  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  bind: { args: ["i32", "ptr", "i32"], returns: "i32" },
  listen: { args: ["i32", "i32"], returns: "i32" },
  accept4: { args: ["i32", "ptr", "ptr", "i32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "i32"], returns: "i32" },
  recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i32" },
  send: { args: ["i32", "ptr", "u64", "i32"], returns: "i32" },
  sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "i32"], returns: "i32" },
  shutdown: { args: ["i32", "i32"], returns: "i32" },
  getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "i32"], returns: "i32" },
  getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  getpeername: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  inet_pton: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  inet_ntop: { args: ["i32", "ptr", "ptr", "i32"], returns: FFIType.i64_fast },
  if_nametoindex: { args: ["ptr"], returns: "i32" },

  poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
  epoll_create1: { args: ["i32"], returns: "i32" },
  epoll_ctl: { args: ["i32", "i32", "i32", "ptr"], returns: "i32" },
  epoll_wait: { args: ["i32", "ptr", "i32", "i32"], returns: "i32" },
  eventfd: { args: ["i32", "i32"], returns: "i32" },

  clock_gettime: { args: ["i32", "ptr"], returns: "i32" },
  getrusage: { args: ["i32", "ptr"], returns: "i32" },
  adjtimex: { args: ["ptr"], returns: "i32" },

  sched_setaffinity: { args: ["i32", "u64", "ptr"], returns: "i32" },
  sched_getaffinity: { args: ["i32", "u64", "ptr"], returns: "i32" },
  sched_setscheduler: { args: ["i32", "i32", "ptr"], returns: "i32" },
  sched_getscheduler: { args: ["i32"], returns: "i32" },
  sched_getparam: { args: ["i32", "ptr"], returns: "i32" },
  prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
} as const satisfies Record<string, FFIFunction>;

type Table = typeof table;
type Numbers<Args extends readonly unknown[]> = { [Index in keyof Args]: number };
type Libc = {
  readonly [Name in keyof Table]: (
    ...args: Numbers<Table[Name]["args"]>
  ) => Table[Name]["returns"] extends "void" ? void : number;
};

function load(): Libc {
  try {
    return dlopen("libc.so.6", table).symbols as unknown as Libc;
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    const remedy = /JIT/.test(what)
      ? "memory that is writable and executable is forbidden here: set MemoryDenyWriteExecute=no in the unit, and leave BUN_JSC_useJIT alone"
      : "Sallyport needs Linux with glibc";
    throw new Error(`libc.so.6: ${what} (${remedy})`, { cause });
  }
}

/** All libc functions that Sallyport calls; addresses and sizes are numbers. */
export const libc: Libc = load();
