import { afterAll, beforeAll, expect, test } from "bun:test";
import { EINVAL, ENOMEM, ENOSYS, EPERM } from "../../../ffi/errno.ts";
import { mapAnonymous, nodeOf, populateWrite, unmap } from "../../../ffi/memory.ts";
import type { HotUse } from "../../../src/host/memory/hot-memory.ts";
import { type MemoryFacts, memoryLines } from "../../../src/host/memory/report.ts";
import type { Mapping } from "../../../src/host/memory/smaps.ts";
import { NO_NODE } from "../../../src/host/memory/topology.ts";
import { lineText } from "../../log.ts";

const MIB = 1 << 20;
let address = 0;

beforeAll(() => {
  address = mapAnonymous(4 * MIB);
  populateWrite(address, 3 * MIB);
});

afterAll(() => unmap(address, 4 * MIB));

const node = (id: number) => ({ id, cpus: [], distances: {}, totalBytes: 0, freeBytes: 0 });

/** A megabyte of rings and one of buffers, two of tables of which one is in memory. */
function use(more: Partial<HotUse> = {}): HotUse {
  return {
    node: 1,
    ranges: [
      { kind: "rings", address, bytes: MIB },
      { kind: "buffers", address: address + MIB, bytes: MIB },
      { kind: "tables", address: address + 2 * MIB, bytes: 2 * MIB },
    ],
    refusals: [],
    ...more,
  };
}

function mapping(more: Partial<Mapping> = {}): Mapping {
  return {
    from: address,
    to: address + 4 * MIB,
    protection: "rw-p",
    isAnonymous: true,
    residentBytes: 3 * MIB,
    lockedBytes: 3 * MIB,
    hugeBytes: 2 * MIB,
    flags: new Set(["lo", "dd", "hg"]),
    ...more,
  };
}

/** Two nodes, everything as it was asked for. */
function told(more: Partial<MemoryFacts> = {}): string[] {
  return memoryLines({
    settings: { lock: true, prefault: true, hugePages: true, numa: true, dump: false },
    topology: { nodes: [node(0), node(1)], cards: [] },
    card: { name: "eth0", node: 1, isUp: true },
    uses: [use()],
    locked: { how: "all", errno: 0, rangeBytes: 0, emptyBytes: 5 * MIB },
    mappings: [mapping()],
    placements: [{ from: address, policy: "bind:1", bytes: { 1: 3 * MIB } }],
    ...more,
  }).map(lineText);
}

const off = { lock: false, prefault: false, hugePages: false, numa: false, dump: true };

test("all is well: a line for each measure", () => {
  expect(told()).toEqual([
    "node 1, one of 2 NUMA nodes: 3.0 MiB of hot memory on it, bound; card eth0 is on node 1",
    "3.0 MiB of 3.0 MiB locked, and later mappings; 5.0 MiB of the engine's reserve is empty and left unlocked",
    "there before the first order: 1.0 MiB of 1.0 MiB of rings, 1.0 MiB of 2.0 MiB of tables, 1.0 MiB of 1.0 MiB of buffers",
    "2.0 MiB of tables on huge pages, 2.0 MiB asked for",
    "4.0 MiB of 4.0 MiB that clients' data passes through is kept out of core dumps",
  ]);
});

test("memory and card on other nodes are warned of", () => {
  const card = { name: "eth0", node: 0, isUp: true };
  const placements = [{ from: address, policy: "default", bytes: { 0: MIB, 1: 2 * MIB } }];
  expect(told({ card, placements })[0]).toBe(
    "warning: node 1, one of 2 NUMA nodes: 2.0 MiB of hot memory on it, not bound; card eth0 is on node 0; 1.0 MiB is on other nodes: free memory on node 1; the card is on another: give lanes CPUs of node 0",
  );
});

test("without the kernel's books of nodes it is asked for a page of each range", () => {
  const here = nodeOf(address);
  if (here < 0) return;
  const line = (wanted: number): string =>
    told({
      uses: [use({ node: wanted })],
      placements: [],
      card: null,
      topology: { nodes: [node(here), node(7)], cards: [] },
    })[0]!;
  expect(line(here)).toBe(`node ${here}, one of 2 NUMA nodes: 3.0 MiB of hot memory on it, bound`);
  expect(line(7)).toBe(
    "warning: node 7, one of 2 NUMA nodes: 0.0 MiB of hot memory on it, not bound; 3.0 MiB is on other nodes: free memory on node 7",
  );
});

test("lanes without a CPU, one node, and none", () => {
  expect(told({ uses: [use({ node: NO_NODE })], card: null })[0]).toContain("no lane has a CPU");
  expect(told({ topology: { nodes: [node(1)], cards: [] }, card: null })[0]).toContain(
    "node 1, the only NUMA node: 3.0",
  );
  expect(told({ topology: { nodes: [], cards: [] } })[0]).toBe("the kernel reports no NUMA nodes");
});

test("what could not be locked, why, and what to do", () => {
  const some = told({ locked: { how: "some", errno: ENOMEM, rangeBytes: MIB, emptyBytes: 0 } })[1];
  expect(some).toStartWith("warning: 1.0 MiB of 4.0 MiB hot memory locked, no other: mlockall: ENOMEM (");
  expect(some).toContain("set LimitMEMLOCK=infinity");
  const none = told({ locked: { how: "none", errno: EPERM, rangeBytes: 0, emptyBytes: 0 } })[1];
  expect(none).toContain("0.0 MiB of 4.0 MiB hot memory locked, no other: mlockall: EPERM (");
  const current = told({ locked: { how: "current", errno: ENOMEM, rangeBytes: 0, emptyBytes: MIB } })[1];
  expect(current).toMatch(/^warning: 3\.0 MiB of 3\.0 MiB locked, without later mappings; .*LimitMEMLOCK/);
});

test("huge pages that were not to be had, and memory that a core dump would have", () => {
  const lines = told({ mappings: [mapping({ hugeBytes: 0, flags: new Set(["hg"]) })] });
  expect(lines[3]).toContain("0.0 MiB of tables on huge pages, 2.0 MiB asked for");
  const isWhole = (address + 2 * MIB) % (2 * MIB) === 0;
  expect(lines[3]!.startsWith("warning: ")).toBe(isWhole);
  expect(lines[4]).toMatch(/^warning: 0\.0 MiB of 4\.0 MiB .* set LimitCORE=0$/);
});

test("calls that were refused, each once; what a kernel has not got is no flaw", () => {
  const refusals = [
    { call: "mbind", errno: EPERM },
    { call: "set_mempolicy", errno: ENOSYS },
    { call: "madvise MADV_HUGEPAGE", errno: EINVAL },
  ] as const;
  expect(told({ uses: [use({ refusals }), use({ refusals })] }).slice(5)).toEqual([
    "warning: mbind: EPERM (a sandbox forbids the call: permit mbind and set_mempolicy, or grant CAP_SYS_NICE)",
    "set_mempolicy: ENOSYS (this kernel does not know the call: a newer one does): not in this kernel",
    "madvise MADV_HUGEPAGE: EINVAL: not in this kernel",
  ]);
});

test("what is turned off says so", () => {
  expect(told({ settings: off, locked: null })).toEqual([
    "NUMA placement is off; card eth0 is on node 1",
    "locking is off: unused memory may be swapped out",
    "prefault is off: the first orders bring their memory in",
    "huge pages are off",
    "core dumps may contain client data (memory.dump)",
  ]);
});
