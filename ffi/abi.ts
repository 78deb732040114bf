/*
 * Constants of the C headers: numbers of calls, flags, and offsets of fields. test/ffi/abi.test.ts compares every name with
 * the C compiler's value, and explains names that C spells differently. Where x86-64 and aarch64 differ, both values are here.
 */
const arm = process.arch === "arm64";

export const PAGE_BYTES = 4096;

export const SYS_write = arm ? 64 : 1;
export const SYS_sendto = arm ? 206 : 44;
export const SYS_gettid = arm ? 178 : 186;
export const SYS_mbind = arm ? 235 : 237;
export const SYS_get_mempolicy = arm ? 236 : 239;
export const SYS_set_mempolicy = arm ? 237 : 238;
export const SYS_mlock2 = arm ? 284 : 325;
export const SYS_sched_setattr = arm ? 274 : 314;
export const SYS_sched_getattr = arm ? 275 : 315;

export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const SEEK_END = 2;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_NONBLOCK = 0o4000;
export const O_DIRECTORY = arm ? 0o40000 : 0o200000;
export const O_CLOEXEC = 0o2000000;
export const SYNC_FILE_RANGE_WRITE = 2;
export const LOCK_EX = 2;
export const LOCK_NB = 4;
export const F_OFD_GETLK = 36;
export const F_OFD_SETLK = 37;
export const F_RDLCK = 0;
export const F_WRLCK = 1;
export const F_UNLCK = 2;
export const FLOCK_START_AT = 8;
export const FLOCK_LENGTH_AT = 16;

export const PROT_NONE = 0;
export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const PROT_EXEC = 4;
export const MAP_SHARED = 0x01;
export const MAP_PRIVATE = 0x02;
export const MAP_FIXED = 0x10;
export const MAP_ANONYMOUS = 0x20;
export const MAP_NORESERVE = 0x4000;
export const MADV_DONTNEED = 4;
export const MADV_HUGEPAGE = 14;
export const MADV_DONTDUMP = 16;
export const MADV_POPULATE_WRITE = 23;
export const MADV_DONTNEED_LOCKED = 24;
export const MCL_CURRENT = 1;
export const MCL_FUTURE = 2;
export const MCL_ONFAULT = 4;
export const MLOCK_ONFAULT = 1;
export const MPOL_DEFAULT = 0;
export const MPOL_PREFERRED = 1;
export const MPOL_BIND = 2;
export const MPOL_F_NODE = 1;
export const MPOL_F_ADDR = 2;
export const MPOL_MF_MOVE = 2;

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const MSG_DONTWAIT = 0x40;
export const MSG_NOSIGNAL = 0x4000;
export const MSG_PEEK = 2;
export const SHUT_WR = 1;
export const SHUT_RDWR = 2;
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_ERROR = 4;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SO_KEEPALIVE = 9;
export const SO_LINGER = 13;
export const SO_PEERCRED = 17;
/** struct ucred: pid, uid, gid. */
export const UCRED_BYTES = 12;
export const SO_BUSY_POLL = 46;
export const SO_INCOMING_CPU = 49;
export const SO_PREFER_BUSY_POLL = 69;
export const IPPROTO_TCP = 6;
export const IPPROTO_IPV6 = 41;
export const TCP_NODELAY = 1;
export const TCP_KEEPIDLE = 4;
export const TCP_KEEPINTVL = 5;
export const TCP_KEEPCNT = 6;
export const TCP_QUICKACK = 12;
export const TCP_CONGESTION = 13;
export const TCP_USER_TIMEOUT = 18;
export const IPV6_V6ONLY = 26;
export const INET6_ADDRSTRLEN = 46;

export const POLLOUT = 0x004;
export const EPOLLIN = 0x001;
export const EPOLLOUT = 0x004;
export const EPOLLERR = 0x008;
export const EPOLLHUP = 0x010;
export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_DEL = 2;
export const EPOLL_CTL_MOD = 3;
export const EPOLL_CLOEXEC = 0o2000000;
export const EFD_CLOEXEC = 0o2000000;
export const EFD_NONBLOCK = 0o4000;

export const CLOCK_REALTIME = 0;
export const CLOCK_MONOTONIC = 1;
export const RUSAGE_THREAD = 1;
export const STA_UNSYNC = 0x0040;
export const STA_NANO = 0x2000;
export const SCHED_OTHER = 0;
export const SCHED_FIFO = 1;
export const SCHED_RESET_ON_FORK = 0x40000000;
export const PR_SET_PDEATHSIG = 1;
export const SIGBUS = 7;
export const SIGTERM = 15;
export const SIGACTION_BYTES = 152;
export const SIGACTION_FLAGS_AT = 136;
export const SA_SIGINFO = 4;
export const SA_ONSTACK = 0x08000000;
export const PR_SET_NAME = 15;
export const PR_SET_TIMERSLACK = 29;
export const PR_GET_TIMERSLACK = 30;

/*  struct sockaddr_in    0 family u16 │ 2 port, big-endian │ 4 address │ 8 zero                              16 bytes
 *  struct sockaddr_in6   0 family u16 │ 2 port, big-endian │ 4 flow    │ 8 address, 16 bytes │ 24 scope      28 bytes
 *  struct sockaddr_un    0 family u16 │ 2 path, ended by a zero, or a zero and a name                        110 bytes
 */
export const SOCKADDR_IN_BYTES = 16;
export const SOCKADDR_IN6_BYTES = 28;
export const SOCKADDR_PORT_AT = 2;
export const SOCKADDR_IN_ADDRESS_AT = 4;
export const SOCKADDR_IN6_ADDRESS_AT = 8;
export const SOCKADDR_IN6_SCOPE_AT = 24;
export const SOCKADDR_UN_PATH_AT = 2;

/*  struct epoll_event    0 events u32 │ 4 (x86-64, packed) or 8 (aarch64) data, 8 bytes                  12 or 16 bytes */
export const EPOLL_EVENT_BYTES = arm ? 16 : 12;
export const EPOLL_DATA_AT = arm ? 8 : 4;

/*  struct timespec       0 seconds i64 │ 8 nanoseconds i64                                                   16 bytes
 *  struct pollfd         0 fd i32      │ 4 events i16      │ 6 revents i16                                    8 bytes
 *  struct linger         0 onoff i32   │ 4 seconds i32                                                        8 bytes
 *  struct sched_param    0 priority i32                                                                        4 bytes
 *  struct sched_attr     0 size u32  │ 4 policy u32 │ 16 nice i32 │ 24 runtime u64                              48 bytes
 *  struct iovec          0 base        │ 8 length                                                            16 bytes
 *  struct rusage         64 minor faults i64 │ 72 major faults i64 │ 136 involuntary switches i64             144 bytes
 *  struct timex          0 modes u32   │ 8 offset i64 │ 24 maxerror i64 │ 32 esterror i64 │ 40 status i32     208 bytes
 */
export const TIMESPEC_BYTES = 16;
export const TIMESPEC_NS_AT = 8;
export const POLLFD_BYTES = 8;
export const POLLFD_EVENTS_AT = 4;
export const POLLFD_REVENTS_AT = 6;
export const LINGER_BYTES = 8;
export const LINGER_SECONDS_AT = 4;
export const SCHED_PARAM_BYTES = 4;
export const SCHED_ATTR_BYTES = 48;
export const SCHED_ATTR_POLICY_AT = 4;
export const SCHED_ATTR_RUNTIME_AT = 24;
export const IOVEC_BYTES = 16;
export const IOVEC_LENGTH_AT = 8;
export const RUSAGE_BYTES = 144;
export const RUSAGE_MINFLT_AT = 64;
export const RUSAGE_MAJFLT_AT = 72;
export const RUSAGE_NIVCSW_AT = 136;
export const TIMEX_BYTES = 208;
export const TIMEX_OFFSET_AT = 8;
export const TIMEX_MAXERROR_AT = 24;
export const TIMEX_ESTERROR_AT = 32;
export const TIMEX_STATUS_AT = 40;
