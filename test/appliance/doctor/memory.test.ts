import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSettings, SETTINGS, satisfies } from "../../../appliance/doctor/drop-in.ts";
import * as memory from "../../../appliance/doctor/memory.ts";
import { ROOT } from "../sallyport.ts";
import { box } from "./made-up.ts";

const THP = "/sys/kernel/mm/transparent_hugepage/enabled";
const NODES = "/sys/devices/system/node";

test("transparent huge pages: always is a flaw, the others are not", () => {
  const verdict = (text: string) => memory.transparentHugePages(box({ [THP]: text }));
  expect(verdict("[always] madvise never")).toMatchObject({ verdict: "warn", seen: "always" });
  expect(verdict("always [madvise] never")).toMatchObject({ verdict: "ok", seen: "madvise" });
  expect(verdict("always madvise [never]").verdict).toBe("ok");
  expect(memory.transparentHugePages(box({})).verdict).toBe("not applicable");
});

test("huge pages: reserved ones that nobody uses are wasted", () => {
  const verdict = (total: number, free: number) =>
    memory.hugePages(box({ "/proc/meminfo": `HugePages_Total:  ${total}\nHugePages_Free:   ${free}\n` })).verdict;
  expect([verdict(0, 0), verdict(64, 64), verdict(64, 0)]).toEqual(["ok", "warn", "ok"]);
  expect(memory.hugePages(box({})).verdict).toBe("not applicable");
});

test("NUMA: lanes together, and with the card", () => {
  const tree = {
    [`${NODES}/online`]: "0-1",
    [`${NODES}/node0/cpulist`]: "0-3",
    [`${NODES}/node1/cpulist`]: "4-7",
    "/sys/class/net/lo/mtu": 65536,
    "/sys/class/net/eth0/device/numa_node": 1,
  };
  const seen = (laneCpus: number[]) => memory.numaPlacement(box(tree, { laneCpus }));
  expect(seen([4, 5])).toMatchObject({ verdict: "ok", seen: "lanes and cards on node 1" });
  expect(seen([2])).toMatchObject({
    verdict: "warn",
    seen: "lanes on node 0, eth0 on another",
    remedy: expect.stringContaining("CPU 4-7"),
  });
  const { "/sys/class/net/eth0/device/numa_node": _, ...bare } = tree;
  const virtual = {
    ...bare,
    "/sys/class/net/eth0/device/vendor": "1af4",
    "/sys/class/net/eth0/device/../numa_node": 1,
  };
  expect(memory.numaPlacement(box(virtual, { laneCpus: [2] })).seen).toBe("lanes on node 0, eth0 on another");
  expect(seen([2, 4])).toMatchObject({ verdict: "warn", seen: "lanes on nodes 0-1" });
  expect(seen([]).verdict).toBe("not applicable");
  expect(memory.numaPlacement(box({ [`${NODES}/online`]: "0" }, { laneCpus: [1] })).verdict).toBe("ok");
  expect(memory.numaPlacement(box({})).verdict).toBe("not applicable");
});

test("every key of the drop-in is checked, with its comment as the reason", () => {
  const text = readFileSync(join(ROOT, "systemd/60-sallyport.conf"), "utf8");
  const keys = [...text.matchAll(/^([a-z][\w.]+) *=/gm)].map((match) => match[1]);
  expect(keys.length).toBeGreaterThan(10);
  expect(SETTINGS.map(({ key }) => key)).toEqual(keys as string[]);
  const found = memory.settingChecks.map((check) => check(box({})));
  expect(found.map(({ name, verdict }) => [name, verdict])).toEqual(keys.map((key) => [key!, "not applicable"]));
  expect(found.filter(({ why }) => why.length < 20)).toEqual([]);
});

test("a setting is compared by its numbers; room for bursts may be larger", () => {
  const [rmem, room] = readSettings("# One.\n# Two.\na.rmem = 1  2\t3\n\nnet.core.somaxconn=4096\n");
  expect(rmem).toEqual({ key: "a.rmem", value: "1 2 3", why: "One. Two." });
  expect(room).toEqual({ key: "net.core.somaxconn", value: "4096", why: "" });
  expect([satisfies(rmem!, "1\t2\t3"), satisfies(rmem!, "1 2 4")]).toEqual([true, false]);
  expect([satisfies(room!, "128"), satisfies(room!, "65535")]).toEqual([false, true]);
  expect(memory.kernelSetting(rmem!, box({ "/proc/sys/a/rmem": "1\t2\t3" })).verdict).toBe("ok");
  expect(memory.kernelSetting(rmem!, box({ "/proc/sys/a/rmem": "1\t2\t9" }))).toMatchObject({
    verdict: "warn",
    seen: "1 2 9",
    why: "One. Two.",
    remedy: expect.stringContaining("Set 1 2 3"),
  });
});
