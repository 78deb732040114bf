import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onlineCpus } from "../../../ffi/thread.ts";
import { cardOf, NO_NODE, nearestFirst, nodeOfCpu, readTopology } from "../../../src/host/memory/topology.ts";

const NODES = "sys/devices/system/node";
/** Two sockets of two nodes each; the third node was taken offline. */
const TREE: Record<string, string> = {
  [`${NODES}/online`]: "0-1,3\n",
  [`${NODES}/node0/cpulist`]: "0-3,16-19\n",
  [`${NODES}/node0/distance`]: "10 12 32\n",
  [`${NODES}/node0/meminfo`]: "Node 0 MemTotal:       65536 kB\nNode 0 MemFree:        1024 kB\n",
  [`${NODES}/node1/cpulist`]: "4-7\n",
  [`${NODES}/node1/distance`]: "12 10 32\n",
  [`${NODES}/node3/cpulist`]: "\n",
  [`${NODES}/node3/distance`]: "32 32 10\n",
  "sys/class/net/lo/operstate": "unknown\n",
  "sys/class/net/eth0/operstate": "up\n",
  "sys/class/net/eth0/device/numa_node": "1\n",
  "sys/class/net/eth1/operstate": "up\n",
  "sys/class/net/eth1/device/numa_node": "0\n",
  "sys/class/net/eth2/operstate": "down\n",
  "sys/class/net/eth2/device/numa_node": "-1\n",
  // A virtual card: the node is told one level above its device.
  "sys/devices/pci0/numa_node": "3\n",
  "sys/devices/pci0/virtio0/vendor": "1af4\n",
  "sys/class/net/eth3/operstate": "down\n",
};
let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "sallyport-topology-"));
  for (const [path, text] of Object.entries(TREE)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const link = Bun.spawnSync(["ln", "-s", "../../../devices/pci0/virtio0", join(root, "sys/class/net/eth3/device")]);
  expect(link.exitCode).toBe(0);
});

afterAll(() => rmSync(root, { recursive: true }));

test("nodes with their CPUs, memory and distances; an offline one is not counted among the distances", () => {
  const { nodes } = readTopology(root);
  expect(nodes.map(({ id, cpus }) => [id, cpus])).toEqual([
    [0, [0, 1, 2, 3, 16, 17, 18, 19]],
    [1, [4, 5, 6, 7]],
    [3, []],
  ]);
  expect(nodes[0]).toMatchObject({ distances: { 0: 10, 1: 12, 3: 32 }, totalBytes: 64 << 20, freeBytes: 1 << 20 });
  expect(nodes[1]!.totalBytes).toBe(0);
});

test("the node of a CPU", () => {
  const topology = readTopology(root);
  expect([0, 17, 7, 8].map((cpu) => nodeOfCpu(topology, cpu))).toEqual([0, 0, 1, NO_NODE]);
  expect(nodeOfCpu(topology, null)).toBe(NO_NODE);
});

test("cards, without the loopback; a virtual one has the node of its bus", () => {
  expect(readTopology(root).cards).toEqual([
    { name: "eth0", node: 1, isUp: true },
    { name: "eth1", node: 0, isUp: true },
    { name: "eth2", node: NO_NODE, isUp: false },
    { name: "eth3", node: 3, isUp: false },
  ]);
});

test("the card that orders come through has the address we listen at, else it is the one that is up", () => {
  const topology = readTopology(root);
  const interfaces = { eth0: [{ address: "10.0.0.1" }], eth1: [{ address: "fe80::1" }, { address: "10.0.0.2" }] };
  expect(cardOf(topology, ["10.0.0.2"], interfaces)?.name).toBe("eth1");
  expect(cardOf(topology, ["0.0.0.0"], interfaces)).toBe(null);
  const one = { ...topology, cards: topology.cards.filter(({ name }) => name !== "eth1") };
  expect(cardOf(one, ["0.0.0.0"], interfaces)?.name).toBe("eth0");
  expect(cardOf({ nodes: [], cards: [] }, [], {})).toBe(null);
});

test("CPUs of the card's node come first, then those of the nearest nodes; their order is kept else", () => {
  const topology = readTopology(root);
  expect(nearestFirst([0, 8, 4, 1, 5], topology, 1)).toEqual([4, 5, 0, 1, 8]);
  expect(nearestFirst([4, 1, 5, 0], topology, 3)).toEqual([4, 1, 5, 0]);
  expect(nearestFirst([4, 1], topology, NO_NODE)).toEqual([4, 1]);
  expect(nearestFirst([4, 1], topology, 2)).toEqual([4, 1]);
});

test("where there is no tree there is no topology", () => {
  expect(readTopology(join(root, "nothing"))).toEqual({ nodes: [], cards: [] });
});

test("this machine: each CPU is on a node, which is 10 from itself", () => {
  const topology = readTopology();
  if (topology.nodes.length === 0) return;
  const nodes = onlineCpus().map((cpu) => topology.nodes.find(({ id }) => id === nodeOfCpu(topology, cpu)));
  expect(nodes.filter((node) => node === undefined)).toEqual([]);
  expect(nodes.filter((node) => node!.distances[node!.id] !== 10)).toEqual([]);
});
