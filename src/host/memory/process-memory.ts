import { networkInterfaces } from "node:os";
import { addressOf, populates } from "../../../ffi/memory.ts";
import type { Log } from "../../base/log.ts";
import type { Views } from "../../base/views.ts";
import type { LanePlan } from "../../plan/plan.ts";
import { HotMemory, type HotRange, type HotUse, type MemorySettings } from "./hot-memory.ts";
import { type Locked, lockLimit, lockMemory, unlockMemory } from "./lock.ts";
import { memoryLines } from "./report.ts";
import { readMappings, readPlacements } from "./smaps.ts";
import { type Card, cardOf, NO_NODE, nearestFirst, nodeOfCpu, readTopology, type Topology } from "./topology.ts";

/** A node with less free memory is short of it: hot memory may come from other nodes too, else the kernel ends processes. */
const SCARCE_BYTES = 2 * 1024 ** 3;

/** Network interfaces, or none where the unit forbids netlink (RestrictAddressFamilies): no card is known then. */
function interfaces(log: Log): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces();
  } catch (error) {
    log.warning(`the network cards cannot be read: ${(error as Error).message} (the unit: AF_NETLINK)`);
    return {};
  }
}

/** Memory of the whole process. */
interface Place {
  readonly address: number;
  readonly bytes: number;
}

/** Places the process's hot memory on its NUMA nodes, locks it, and logs the result. Main thread. */
export class ProcessMemory {
  private readonly card: Card | null;
  private readonly uses: HotUse[] = [];
  private locked: Locked | null = null;
  /** Brings in the pages of the memory that lanes share; they may run meanwhile. */
  bringInShared: () => Promise<void> = async () => {};

  /** `addresses`: those that clients connect to; the network card that has one matters. */
  constructor(
    private readonly settings: MemorySettings & { readonly lock: boolean },
    addresses: readonly string[],
    private readonly log: Log,
    private readonly topology: Topology = readTopology(),
  ) {
    this.card = cardOf(topology, addresses, interfaces(log));
  }

  /** CPUs in the order in which lanes get them: nearest to the network card first. */
  nearestFirst(cpus: readonly number[]): number[] {
    return nearestFirst(cpus, this.topology, this.card?.node ?? NO_NODE);
  }

  /**
   * NUMA node of each lane's memory: that of its CPU. A lane with only the keeper reads the journal's buffers,
   * so it gets the core's node.
   */
  nodesOf(lanes: readonly Pick<LanePlan, "agents">[], cpus: readonly (number | null)[], coreLane: number): number[] {
    return lanes.map(({ agents }, i) => {
      const keepsOnly = agents.every(({ kind }) => kind === "keeper");
      return nodeOfCpu(this.topology, cpus[keepsOnly ? coreLane : i] ?? null);
    });
  }

  isScarce(node: number): boolean {
    const { nodes } = this.topology;
    return nodes.length > 1 && nodes.some(({ id, freeBytes }) => id === node && freeBytes < SCARCE_BYTES);
  }

  /**
   * Places the memory that lanes share, which ends with the core's tables, on the core's node. Its pages are brought in by
   * `bringInShared`, but here where the kernel can't do that while lanes write.
   */
  placeShared(shared: Views, tablesAt: number, buffers: Place, pool: Place, node: number): void {
    const hot = new HotMemory(this.settings, node, this.isScarce(node), false);
    const address = addressOf(shared);
    const rings: HotRange = { kind: "rings", address, bytes: tablesAt };
    const tables: HotRange = { kind: "tables", address: address + tablesAt, bytes: shared.bytes.length - tablesAt };
    const ranges: HotRange[] = [rings, tables, { kind: "rings", ...buffers }, { kind: "pool", ...pool }];
    this.uses.push(populates ? hot.bind(ranges) : hot.place(ranges));
    if (populates) this.bringInShared = () => hot.bringIn(ranges);
  }

  /** Adds the hot memory of a lane. */
  add(use: HotUse): void {
    this.uses.push(use);
  }

  /** Locks all hot memory before the first order, and logs how it is placed. */
  lock(): void {
    const order = ["rings", "buffers", "tables", "pool"];
    const hot = this.uses.flatMap(({ ranges }) => ranges);
    hot.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
    if (this.settings.lock) this.locked = lockMemory(hot, lockLimit());
    const { settings, topology, card, uses, locked } = this;
    const facts = { settings, topology, card, uses, locked, mappings: readMappings(), placements: readPlacements() };
    for (const line of memoryLines(facts)) this.log.line(line);
  }

  /** Unlocks it: the process may live on without a gateway. */
  release(): void {
    if (this.locked !== null && this.locked.how !== "none") unlockMemory();
  }
}
