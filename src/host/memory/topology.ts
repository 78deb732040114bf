import { readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { parseCpuList } from "../../../ffi/thread.ts";

/** No NUMA node, or an unknown one. */
export const NO_NODE = -1;

export interface MemoryNode {
  readonly id: number;
  readonly cpus: readonly number[];
  /** Distance of each node, by its number; 10 is the node itself. */
  readonly distances: Readonly<Record<number, number>>;
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** A network card: an interface with a device behind it. */
export interface Card {
  readonly name: string;
  /** NO_NODE on a machine of one node, and where the firmware does not report it. */
  readonly node: number;
  readonly isUp: boolean;
}

/** NUMA nodes with their CPUs and memory, and network cards. */
export interface Topology {
  /** Online nodes; none where the kernel has no NUMA or /sys is hidden. */
  readonly nodes: readonly MemoryNode[];
  readonly cards: readonly Card[];
}

const NODES = "/sys/devices/system/node";
const CARDS = "/sys/class/net";

/** Reads the topology from sysfs; a test gives a tree with its own /sys as `root`. Unreadable parts are left out. */
export function readTopology(root = ""): Topology {
  const ids = parseCpuList(textOf(`${root}${NODES}/online`));
  const cards = namesIn(`${root}${CARDS}`).filter((name) => namesIn(`${root}${CARDS}/${name}/device`).length > 0);
  return {
    nodes: ids.map((id) => readNode(`${root}${NODES}/node${id}`, id, ids)),
    cards: cards.map((name) => readCard(`${root}${CARDS}/${name}`, name)),
  };
}

/** The distance file has one number for each online node, in order. */
function readNode(dir: string, id: number, ids: readonly number[]): MemoryNode {
  const distances = textOf(`${dir}/distance`).split(/\s+/);
  const meminfo = textOf(`${dir}/meminfo`);
  return {
    id,
    cpus: parseCpuList(textOf(`${dir}/cpulist`)),
    distances: Object.fromEntries(ids.map((other, i) => [other, Number(distances[i] || Number.NaN)])),
    totalBytes: bytesOf(meminfo, "MemTotal"),
    freeBytes: bytesOf(meminfo, "MemFree"),
  };
}

function bytesOf(meminfo: string, name: string): number {
  return 1024 * Number(new RegExp(`\\b${name}:\\s+(\\d+) kB`).exec(meminfo)?.[1] ?? 0);
}

/** The device of a virtual card has no node, but the bus above it has. */
function readCard(dir: string, name: string): Card {
  const found = [`${dir}/device/numa_node`, `${dir}/device/../numa_node`].map(textOf).find((text) => text !== "");
  const node = Number(found ?? NO_NODE);
  return {
    name,
    node: Number.isInteger(node) && node >= 0 ? node : NO_NODE,
    isUp: textOf(`${dir}/operstate`) === "up",
  };
}

/** The node of a CPU, or NO_NODE. */
export function nodeOfCpu({ nodes }: Topology, cpu: number | null): number {
  if (cpu === null) return NO_NODE;
  return nodes.find((node) => node.cpus.includes(cpu))?.id ?? NO_NODE;
}

/**
 * The card that orders come through: one with one of `addresses` (`interfaces` has the addresses by card), else one that is
 * up. Null where there is none, or several on different nodes.
 */
export function cardOf(
  { cards }: Topology,
  addresses: readonly string[],
  interfaces: Readonly<Record<string, readonly { readonly address: string }[] | undefined>>,
): Card | null {
  const has = ({ name }: Card): boolean => (interfaces[name] ?? []).some(({ address }) => addresses.includes(address));
  const named = cards.filter(has);
  const candidates = named.length > 0 ? named : cards.filter(({ isUp }) => isUp);
  const [first] = candidates;
  return first !== undefined && candidates.every(({ node }) => node === first.node) ? first : null;
}

/** CPUs in the order in which lanes get them: those on the card's node first, then by distance to it. */
export function nearestFirst(cpus: readonly number[], topology: Topology, node: number): number[] {
  const here = topology.nodes.find(({ id }) => id === node);
  if (here === undefined) return [...cpus];
  const far = (cpu: number): number => {
    const distance = here.distances[nodeOfCpu(topology, cpu)];
    return distance === undefined || Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
  };
  return cpus
    .map((cpu, i) => ({ cpu, i, far: far(cpu) }))
    .sort((a, b) => (a.far === b.far ? a.i - b.i : a.far - b.far))
    .map(({ cpu }) => cpu);
}

/** The same for this machine; `addresses` are those that clients connect to. */
export function nearestToCard(
  cpus: readonly number[],
  addresses: readonly string[],
  topology: Topology = readTopology(),
): number[] {
  return nearestFirst(cpus, topology, cardOf(topology, addresses, networkInterfaces())?.node ?? NO_NODE);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}
