import { networkInterfaces } from "node:os";
import { addressOf } from "../../../ffi/memory.ts";
import type { Log } from "../../base/log.ts";
import type { Views } from "../../base/views.ts";
import type { LanePlan } from "../../plan/plan.ts";
import { HotMemory, type HotRange, type HotUse, type MemorySettings } from "./hot-memory.ts";
import { type Locked, lockLimit, lockMemory, unlockMemory } from "./lock.ts";
import { memoryLines } from "./report.ts";
import { readMappings, readPlacements } from "./smaps.ts";
import { type Card, cardOf, NO_NODE, nearestFirst, nodeOfCpu, readTopology, type Topology } from "./topology.ts";

/** With less free than this on a node of several, hot memory may also come from others: else the kernel ends processes. */
const SCARCE_BYTES = 2 * 1024 ** 3;

/** Those of the machine, or none where netlink is forbidden (RestrictAddressFamilies): then no card is known. */
function interfaces(log: Log): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces();
  } catch (error) {
    log.warning(`the network cards cannot be looked at: ${(error as Error).message} (the unit: AF_NETLINK)`);
    return {};
  }
}

/** What the main thread does for the process's memory: where it lies, that it stays there, and what came of it. */
export class ProcessMemory {
  private readonly card: Card | null;
  private readonly uses: HotUse[] = [];
  private locked: Locked | null = null;

  /** `addresses`: where clients connect to, which tells the card that counts. */
  constructor(
    private readonly settings: MemorySettings & { readonly lock: boolean },
    addresses: readonly string[],
    private readonly log: Log,
    private readonly topology: Topology = readTopology(),
  ) {
    this.card = cardOf(topology, addresses, interfaces(log));
  }

  /** CPUs in the order in which lanes are to get them: those nearest to the network card come first. */
  nearestFirst(cpus: readonly number[]): number[] {
    return nearestFirst(cpus, this.topology, this.card?.node ?? NO_NODE);
  }

  /**
   * Where the memory of each lane belongs: on the node of its CPU. A lane of the keeper alone brings in the journal's
   * pages for others to write, so that it works for the core's node.
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

  /** What lanes share belongs to the node of the core. Its pages are brought in by this thread, whose own come as they do. */
  seeToShared(shared: Views, pool: { address: number; bytes: number }, node: number): void {
    const hot = new HotMemory(this.settings, node, this.isScarce(node), false);
    const rings: HotRange = { kind: "rings", address: addressOf(shared), bytes: shared.bytes.length };
    this.uses.push(hot.see([rings, { kind: "pool", ...pool }]));
  }

  /** What a lane has laid out. */
  took(use: HotUse): void {
    this.uses.push(use);
  }

  /** Once all hot memory is there, and before the first order: locks it, and says how it is. */
  pinLane(): void {
    const order = ["rings", "buffers", "tables", "pool"];
    const hot = this.uses.flatMap(({ ranges }) => ranges);
    hot.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
    if (this.settings.lock) this.locked = lockMemory(hot, lockLimit());
    const { settings, topology, card, uses, locked } = this;
    const facts = { settings, topology, card, uses, locked, mappings: readMappings(), placements: readPlacements() };
    for (const line of memoryLines(facts)) this.log.line(line);
  }

  /** At the end: the process may go on without a gateway. */
  release(): void {
    if (this.locked !== null && this.locked.how !== "none") unlockMemory();
  }
}
