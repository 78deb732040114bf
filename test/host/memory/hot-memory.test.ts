import { afterAll, expect, test } from "bun:test";
import { EINVAL, ENOSYS, EPERM } from "../../../ffi/errno.ts";
import { addressOf, bindToNode, mapAnonymous, unmap } from "../../../ffi/memory.ts";
import { agentKind } from "../../../src/config/agents.ts";
import { HotMemory, type HotRange, isAbsent, type MemorySettings } from "../../../src/host/memory/hot-memory.ts";
import { ProcessMemory } from "../../../src/host/memory/process-memory.ts";
import { flaggedBytes, mappingsOf, readMappings, readPlacements } from "../../../src/host/memory/smaps.ts";
import { NO_NODE, type Topology } from "../../../src/host/memory/topology.ts";
import { keptLog } from "../../log.ts";
import type { Settled } from "./settle-worker.ts";

const MIB = 1 << 20;
const ALL: MemorySettings = { prefault: true, hugePages: true, numa: true, dump: false };
const probe = mapAnonymous(4096);
/** Whether this kernel has NUMA and lets us use it. */
const places = bindToNode(probe, 4096, 0) === 0 && readPlacements().length > 0;

afterAll(() => unmap(probe, 4096));

/** A stretch of its own, asked to be as `settings` say, on a node; and what the kernel's books say of it then. */
function seen(settings: MemorySettings, kind: HotRange["kind"], node: number, scarce = false) {
  const range = { kind, address: mapAnonymous(4 * MIB), bytes: 4 * MIB };
  const { refusals } = new HotMemory(settings, node, scarce, false).place([range]);
  const mappings = readMappings();
  const own = mappingsOf([range], mappings);
  const from = new Set(own.map((mapping) => mapping.from));
  const said = {
    refusals,
    residentBytes: own.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
    notDumped: flaggedBytes([range], mappings, "dd"),
    policies: readPlacements()
      .filter((placement) => from.has(placement.from))
      .map(({ policy }) => policy),
  };
  unmap(range.address, range.bytes);
  return said;
}

test("rings and tables are brought in whole, of buffers the beginning, of the pool nothing", () => {
  const resident = (kind: HotRange["kind"]): number => seen(ALL, kind, NO_NODE).residentBytes;
  expect([resident("rings"), resident("tables"), resident("buffers"), resident("pool")]).toEqual([
    4 * MIB,
    4 * MIB,
    65_536,
    0,
  ]);
  expect(seen({ ...ALL, prefault: false }, "tables", NO_NODE).residentBytes).toBe(0);
});

test("none of it is in core dumps, unless that is wanted", () => {
  for (const kind of ["rings", "tables", "buffers", "pool"] as const)
    expect(seen(ALL, kind, NO_NODE).notDumped).toBe(4 * MIB);
  expect(seen({ ...ALL, dump: true }, "rings", NO_NODE).notDumped).toBe(0);
});

test.skipIf(!places)("it is bound to its node, or prefers it where memory is scarce (needs a kernel with NUMA)", () => {
  expect(seen(ALL, "rings", 0)).toMatchObject({ policies: ["bind:0"], refusals: [] });
  expect(seen(ALL, "rings", 0, true)).toMatchObject({ policies: ["prefer:0"], refusals: [] });
  expect(seen(ALL, "rings", NO_NODE).policies).toEqual(["default"]);
  expect(seen({ ...ALL, numa: false }, "rings", 0).policies).toEqual(["default"]);
});

// In a thread of its own: this one has used the memory of all tests before, and each stretch takes its time.
test.skipIf(!places)(
  "what a thread makes lies on its node from the first touch (needs a kernel with NUMA)",
  async () => {
    const shared = new SharedArrayBuffer(8192);
    const worker = new Worker(new URL("./settle-worker.ts", import.meta.url));
    const { promise, resolve, reject } = Promise.withResolvers<Settled>();
    worker.onmessage = (event: MessageEvent<Settled>) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ settings: ALL, shared });
    try {
      const { use, at, tableNode } = await promise;
      expect([use.node, use.refusals]).toEqual([0, []]);
      expect(use.ranges.find(({ address }) => address === at)?.kind).toBe("tables");
      expect(tableNode).toBe(0);
      expect(use.ranges.filter(({ address }) => address === addressOf(shared))).toEqual([]);
    } finally {
      worker.terminate();
    }
  },
);

test("a refusal is kept, once, and what a kernel has not got is told from it", () => {
  const { refusals } = seen(ALL, "rings", 999);
  expect(refusals.length).toBe(1);
  expect(refusals[0]!.call).toBe("mbind");
  expect([EINVAL, ENOSYS, EPERM]).toContain(refusals[0]!.errno);
  expect(isAbsent({ call: "mbind", errno: ENOSYS })).toBe(true);
  expect(isAbsent({ call: "mbind", errno: EINVAL })).toBe(false);
  expect(isAbsent({ call: "madvise MADV_HUGEPAGE", errno: EINVAL })).toBe(true);
});

test("lanes' nodes: those of their CPUs; the keeper works for the core", () => {
  const node = (id: number, cpus: number[], freeBytes: number) => ({
    ...{ id, cpus, freeBytes },
    distances: { 0: 10 + 10 * id, 1: 20 - 10 * id },
    totalBytes: 2 ** 36,
  });
  const topology: Topology = {
    nodes: [node(0, [0, 1], 2 ** 35), node(1, [2, 3], 2 ** 28)],
    cards: [{ name: "eth0", node: 1, isUp: true }],
  };
  const memory = new ProcessMemory({ ...ALL, lock: false }, [], keptLog([]), topology);
  const lanes = [["client0"], ["core", "venue0"], ["keeper"], ["exchange"]].map((names) => ({
    agents: names.map((name) => ({ name, kind: agentKind(name)! })),
  }));
  expect(memory.nodesOf(lanes, [0, 2, 1, null], 1)).toEqual([0, 1, 1, NO_NODE]);
  expect(memory.nearestFirst([0, 1, 2, 3])).toEqual([2, 3, 0, 1]);
  expect([memory.isScarce(0), memory.isScarce(1), memory.isScarce(NO_NODE)]).toEqual([false, true, false]);
  const alone = new ProcessMemory({ ...ALL, lock: false }, [], keptLog([]), {
    ...topology,
    nodes: [topology.nodes[1]!],
  });
  expect(alone.isScarce(1)).toBe(false);
});
