import { expect, test } from "bun:test";
import { Log } from "../../../src/base/log.ts";
import {
  addressLimit,
  groupLimit,
  type MemoryLimit,
  MemoryRoom,
  needMemory,
  oomKills,
} from "../../../src/host/memory/room.ts";

const MIB = 1024 * 1024;

/** A machine of some files. */
const reader = (files: Record<string, string>) => (path: string) => files[path] ?? "";

const V2 = reader({
  "/proc/self/cgroup": "0::/system.slice/sallyport.service\n",
  "/sys/fs/cgroup/system.slice/sallyport.service/memory.max": "max\n",
  "/sys/fs/cgroup/system.slice/sallyport.service/memory.current": `${300 * MIB}\n`,
  "/sys/fs/cgroup/system.slice/sallyport.service/memory.events": "low 0\noom 3\noom_kill 2\n",
  "/sys/fs/cgroup/system.slice/memory.max": `${1024 * MIB}\n`,
  "/sys/fs/cgroup/system.slice/memory.current": `${700 * MIB}\n`,
  "/sys/fs/cgroup/system.slice/memory.stat": `anon 1\ninactive_file ${150 * MIB}\nactive_file ${50 * MIB}\n`,
});

test("the tightest control group counts, without the file pages that the kernel takes back", () => {
  expect(groupLimit(V2)).toEqual({
    what: "the control group (/sys/fs/cgroup/system.slice/memory.max, MemoryMax)",
    limitBytes: 1024 * MIB,
    usedBytes: 500 * MIB,
  });
  expect(oomKills(V2)).toBe(2);
});

test("also those of version 1, in a container too", () => {
  const files = {
    "/proc/self/cgroup": "9:cpu:/\n4:memory:/docker/abc\n0::/\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": `${200 * MIB}\n`,
    "/sys/fs/cgroup/memory/memory.usage_in_bytes": `${90 * MIB}\n`,
    "/sys/fs/cgroup/memory/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n",
  };
  expect(groupLimit(reader(files))).toMatchObject({ limitBytes: 200 * MIB, usedBytes: 90 * MIB });
  expect(oomKills(reader(files))).toBe(1);
  // What version 1 says for no limit.
  files["/sys/fs/cgroup/memory/memory.limit_in_bytes"] = "9223372036854771712\n";
  expect(groupLimit(reader(files))).toBeNull();
});

test("a limit of addresses, or none", () => {
  const limits = (soft: string): string =>
    `Max cpu time  unlimited  unlimited  seconds\nMax address space         ${soft}   unlimited   bytes\n`;
  const status = "VmPeak:\t 9 kB\nVmSize:\t    2048 kB\n";
  const read = (soft: string) => reader({ "/proc/self/limits": limits(soft), "/proc/self/status": status });
  expect(addressLimit(read("unlimited"))).toBeNull();
  expect(addressLimit(read("8192000"))).toMatchObject({ limitBytes: 8_192_000, usedBytes: 2 * MIB });
});

test("a start needs room; an alarm is raised once, until there is room again", () => {
  const limit = (usedMiB: number): MemoryLimit => ({
    what: "the test",
    limitBytes: 100 * MIB,
    usedBytes: usedMiB * MIB,
  });
  expect(() => needMemory(40 * MIB, [null, limit(60)])).not.toThrow();
  expect(() => needMemory(41 * MIB, [null, limit(60)])).toThrow(
    "needs at least 41 MiB more memory, and the limit of the test is 100 MiB, of which 60 MiB are used: raise it",
  );
  const said: string[] = [];
  let used = 89;
  const room = new MemoryRoom(new Log((level, _, what) => said.push(`${level} ${what}`)), () => [null, limit(used)]);
  for (used of [89, 90, 95, 86, 84, 90]) room.check();
  expect(said.map((line) => line.slice(0, 12))).toEqual(["alarm 90 MiB", "info the lim", "alarm 90 MiB"]);
});
