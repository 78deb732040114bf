import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as abi from "../../ffi/abi.ts";
import { ERRNO_NAMES } from "../../ffi/errno.ts";

const headers = [
  [
    "sys/epoll.h",
    "sys/eventfd.h",
    "sys/file.h",
    "sys/mman.h",
    "sys/prctl.h",
    "sys/resource.h",
    "sys/socket.h",
    "sys/syscall.h",
  ],
  ["sys/uio.h", "netinet/in.h", "netinet/tcp.h", "errno.h", "fcntl.h", "poll.h", "stddef.h", "stdio.h", "time.h"],
  ["unistd.h", "sched.h", "signal.h", "sys/un.h", "sys/timex.h", "linux/mempolicy.h"],
].flat();

/** struct sched_attr: the kernel's header defines struct sched_param a second time. */
const SCHED_ATTR = ["#define sched_param sched_param_again", "#include <linux/sched/types.h>", "#undef sched_param"];

/** Names that are ours: sizes and offsets, in C's words. Every other name is C's own. */
const inC: Readonly<Record<string, string>> = {
  SOCKADDR_IN_BYTES: "sizeof(struct sockaddr_in)",
  SOCKADDR_IN6_BYTES: "sizeof(struct sockaddr_in6)",
  SOCKADDR_PORT_AT: "offsetof(struct sockaddr_in, sin_port)",
  SOCKADDR_IN_ADDRESS_AT: "offsetof(struct sockaddr_in, sin_addr)",
  SOCKADDR_IN6_ADDRESS_AT: "offsetof(struct sockaddr_in6, sin6_addr)",
  SOCKADDR_IN6_SCOPE_AT: "offsetof(struct sockaddr_in6, sin6_scope_id)",
  SOCKADDR_UN_PATH_AT: "offsetof(struct sockaddr_un, sun_path)",
  EPOLL_EVENT_BYTES: "sizeof(struct epoll_event)",
  EPOLL_DATA_AT: "offsetof(struct epoll_event, data)",
  FLOCK_START_AT: "offsetof(struct flock, l_start)",
  FLOCK_LENGTH_AT: "offsetof(struct flock, l_len)",
  SIGACTION_BYTES: "sizeof(struct sigaction)",
  SIGACTION_FLAGS_AT: "offsetof(struct sigaction, sa_flags)",
  TIMESPEC_BYTES: "sizeof(struct timespec)",
  TIMESPEC_NS_AT: "offsetof(struct timespec, tv_nsec)",
  POLLFD_BYTES: "sizeof(struct pollfd)",
  POLLFD_EVENTS_AT: "offsetof(struct pollfd, events)",
  POLLFD_REVENTS_AT: "offsetof(struct pollfd, revents)",
  LINGER_BYTES: "sizeof(struct linger)",
  UCRED_BYTES: "sizeof(struct ucred)",
  LINGER_SECONDS_AT: "offsetof(struct linger, l_linger)",
  SCHED_PARAM_BYTES: "sizeof(struct sched_param)",
  SCHED_ATTR_BYTES: "SCHED_ATTR_SIZE_VER0",
  SCHED_ATTR_POLICY_AT: "offsetof(struct sched_attr, sched_policy)",
  SCHED_ATTR_RUNTIME_AT: "offsetof(struct sched_attr, sched_runtime)",
  IOVEC_BYTES: "sizeof(struct iovec)",
  IOVEC_LENGTH_AT: "offsetof(struct iovec, iov_len)",
  RUSAGE_BYTES: "sizeof(struct rusage)",
  RUSAGE_MINFLT_AT: "offsetof(struct rusage, ru_minflt)",
  RUSAGE_MAJFLT_AT: "offsetof(struct rusage, ru_majflt)",
  RUSAGE_NIVCSW_AT: "offsetof(struct rusage, ru_nivcsw)",
  TIMEX_BYTES: "sizeof(struct timex)",
  TIMEX_OFFSET_AT: "offsetof(struct timex, offset)",
  TIMEX_MAXERROR_AT: "offsetof(struct timex, maxerror)",
  TIMEX_ESTERROR_AT: "offsetof(struct timex, esterror)",
  TIMEX_STATUS_AT: "offsetof(struct timex, status)",
  // The smallest page there is: a larger one is a multiple of it.
  PAGE_BYTES: "(sysconf(_SC_PAGESIZE) % 4096 == 0 ? 4096 : sysconf(_SC_PAGESIZE))",
};

const compiler = Bun.which("cc") ?? Bun.which("gcc");

test.skipIf(compiler === null)(
  "every constant, size and offset is what the C compiler says (needs a C compiler)",
  () => {
    const ours = { ...abi, ...ERRNO_NAMES };
    const names = Object.keys(ours);
    expect(names.length).toBeGreaterThan(150);
    const directory = mkdtempSync(join(tmpdir(), "sallyport-abi-"));
    try {
      const lines = names.map((name) => `  printf("%s %lld\\n", "${name}", (long long)(${inC[name] ?? name}));`);
      const includes = [...headers.map((header) => `#include <${header}>`), ...SCHED_ATTR];
      const source = ["#define _GNU_SOURCE", ...includes, "int main(void) {", ...lines, "  return 0;", "}", ""].join(
        "\n",
      );
      writeFileSync(join(directory, "abi.c"), source);
      const built = Bun.spawnSync([compiler!, "-o", join(directory, "abi"), join(directory, "abi.c")]);
      expect(built.stderr.toString()).toBe("");
      const said = Bun.spawnSync([join(directory, "abi")]).stdout.toString();
      const theirs = Object.fromEntries(
        said
          .trim()
          .split("\n")
          .map((line) => [line.split(" ")[0]!, Number(line.split(" ")[1])]),
      );
      expect({ ...ours } as Record<string, number>).toEqual(theirs);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);
