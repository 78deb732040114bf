import { SystemError } from "../../../ffi/errno.ts";
import { residentPages } from "../../../ffi/locking.ts";
import { nodeOf } from "../../../ffi/memory.ts";
import { info, type LogLine, warning } from "../../base/log.ts";
import { MIB } from "../../base/units.ts";
import { type HotRange, type HotUse, isAbsent, type MemorySettings } from "./hot-memory.ts";
import type { Locked } from "./lock.ts";
import { flaggedBytes, type Mapping, mappingsOf, type Placement, type Range } from "./smaps.ts";
import { type Card, NO_NODE, type Topology } from "./topology.ts";

/** Settings, answers of the kernel, and the state that it reports now. */
export interface MemoryFacts {
  readonly settings: MemorySettings & { readonly lock: boolean };
  readonly topology: Topology;
  readonly card: Card | null;
  readonly uses: readonly HotUse[];
  /** Null where locking is off. */
  readonly locked: Locked | null;
  readonly mappings: readonly Mapping[];
  readonly placements: readonly Placement[];
}

/** Memory on a wrong node that needs no warning: pages that the kernel could not move. */
const ASTRAY_BYTES = 64 * 1024;

/** Log lines about each measure and its result, warnings where one failed. */
export function memoryLines(facts: MemoryFacts): LogLine[] {
  const { settings, uses } = facts;
  const hot = uses.flatMap(({ ranges }) => ranges);
  return [
    ...placementLines(facts),
    ...lockLines(facts, hot),
    settings.prefault ? prefaultLine(hot) : info("prefault is off: the first orders bring their memory in"),
    settings.hugePages ? hugeLine(hot, facts.mappings) : info("huge pages are off"),
    ...dumpLines(hot, facts),
    ...refusalLines(uses),
  ];
}

function placementLines({ settings, topology, card, uses, mappings, placements }: MemoryFacts): LogLine[] {
  const { nodes } = topology;
  if (nodes.length === 0) return [info("the kernel reports no NUMA nodes")];
  const total = nodes.length === 1 ? "the only NUMA node" : `one of ${nodes.length} NUMA nodes`;
  const cardText = card === null || card.node === NO_NODE ? "" : `; card ${card.name} is on node ${card.node}`;
  if (!settings.numa) return [info(`NUMA placement is off${cardText}`)];
  const wanted = [...new Set(uses.map(({ node }) => node))].filter((node) => node !== NO_NODE).sort((a, b) => a - b);
  if (wanted.length === 0) return [info(`no lane has a CPU, so no memory is bound to a NUMA node${cardText}`)];
  return wanted.flatMap((node) => {
    const ranges = uses.filter((use) => use.node === node).flatMap((use) => use.ranges);
    const { bound, here, astray } =
      placements.length > 0 ? placed(node, mappingsOf(ranges, mappings), placements) : sampled(node, ranges);
    const text = `node ${node}, ${total}: ${mib(here)} of hot memory on it, ${bound ? "bound" : "not bound"}${cardText}`;
    const away = card !== null && card.node !== NO_NODE && card.node !== node;
    const wrong = [
      ...(astray > ASTRAY_BYTES ? [`${mib(astray)} is on other nodes: free memory on node ${node}`] : []),
      ...(away ? [`the card is on another: give lanes CPUs of node ${card.node}`] : []),
    ];
    return [wrong.length === 0 ? info(text) : warning(`${text}; ${wrong.join("; ")}`)];
  });
}

/** Bytes of these mappings on the node and on others, and whether their policy binds them. */
function placed(
  node: number,
  mappings: readonly Mapping[],
  placements: readonly Placement[],
): { bound: boolean; here: number; astray: number } {
  const from = new Set(mappings.map((mapping) => mapping.from));
  const own = placements.filter((placement) => from.has(placement.from));
  let here = 0;
  let astray = 0;
  for (const { bytes } of own)
    for (const [where, count] of Object.entries(bytes))
      if (Number(where) === node) here += count;
      else astray += count;
  return { bound: own.length > 0 && own.every(({ policy }) => /^(bind|prefer)/.test(policy)), here, astray };
}

/**
 * The same without /proc/self/numa_maps: get_mempolicy() of the first page of each range.
 */
function sampled(node: number, ranges: readonly HotRange[]): { bound: boolean; here: number; astray: number } {
  const there = ranges.filter(({ kind }) => kind === "rings" || kind === "tables");
  const on = there.filter(({ address }) => nodeOf(address) === node);
  return { bound: on.length > 0, here: bytesOf(on), astray: bytesOf(there) - bytesOf(on) };
}

function lockLines({ settings, locked, mappings }: MemoryFacts, hot: readonly HotRange[]): LogLine[] {
  if (!settings.lock || locked === null) return [info("locking is off: unused memory may be swapped out")];
  const resident = sum(mappings.map(({ residentBytes }) => residentBytes));
  const held = sum(mappings.filter(({ flags }) => flags.has("lo")).map(({ residentBytes }) => residentBytes));
  const empty = `; ${mib(locked.emptyBytes)} of the engine's reserve is empty and left unlocked`;
  if (locked.how === "all") return [info(`${mib(held)} of ${mib(resident)} locked, and later mappings${empty}`)];
  const why = new SystemError("mlockall", locked.errno).message;
  if (locked.how === "current")
    return [warning(`${mib(held)} of ${mib(resident)} locked, without later mappings${empty}: ${why}`)];
  return [warning(`${mib(locked.rangeBytes)} of ${mib(bytesOf(hot))} hot memory locked, no other: ${why}`)];
}

function prefaultLine(hot: readonly HotRange[]): LogLine {
  const kinds = (["rings", "tables"] as const).map((kind) => {
    const ranges = hot.filter((range) => range.kind === kind);
    return `${mib(residentOf(ranges))} of ${mib(bytesOf(ranges))} of ${kind}`;
  });
  const buffers = hot.filter(({ kind }) => kind === "buffers");
  return info(
    `there before the first order: ${kinds.join(", ")}, ${mib(residentOf(buffers))} of ${mib(bytesOf(buffers))} of buffers`,
  );
}

/** Bytes of the ranges that are in memory, by mincore(). */
function residentOf(ranges: readonly Range[]): number {
  let count = 0;
  for (const { address, bytes } of ranges) {
    const from = address - (address % 4096);
    const pages = residentPages(from, address + bytes - from);
    count += pages.length - absent(pages);
  }
  return Math.min(count * 4096, bytesOf(ranges));
}

/** Pages that are not in memory. There are many pages, and long runs of them are alike. */
function absent(pages: Uint8Array): number {
  let count = 0;
  for (let at = pages.indexOf(0); at >= 0; ) {
    const next = pages.indexOf(1, at);
    const end = next < 0 ? pages.length : next;
    count += end - at;
    at = pages.indexOf(0, end);
  }
  return count;
}

function hugeLine(hot: readonly HotRange[], mappings: readonly Mapping[]): LogLine {
  const tables = hot.filter(({ kind }) => kind === "tables");
  const huge = sum(mappingsOf(tables, mappings).map(({ hugeBytes }) => hugeBytes));
  const asked = flaggedBytes(tables, mappings, "hg");
  const got = `${mib(huge)} of tables on huge pages, ${mib(asked)} asked for`;
  if (asked === 0 || huge > 0 || !tables.some(holdsHugePage)) return info(got);
  return warning(`${got}: none is free, or /sys/kernel/mm/transparent_hugepage/enabled says never`);
}

const HUGE_PAGE_BYTES = 2 * MIB;

/** Huge pages are aligned to their size: a table little larger than one may contain none. */
function holdsHugePage({ address, bytes }: Range): boolean {
  return Math.ceil(address / HUGE_PAGE_BYTES) * HUGE_PAGE_BYTES + HUGE_PAGE_BYTES <= address + bytes;
}

function dumpLines(hot: readonly HotRange[], { settings, mappings }: MemoryFacts): LogLine[] {
  if (settings.dump) return [info("core dumps may contain client data (memory.dump)")];
  const kept = flaggedBytes(hot, mappings, "dd");
  const text = `${mib(kept)} of ${mib(bytesOf(hot))} that clients' data passes through is kept out of core dumps`;
  if (mappings.length === 0 || kept >= bytesOf(hot)) return [info(text)];
  return [warning(`${text}: set LimitCORE=0`)];
}

/** A feature that the kernel lacks causes no warning. */
function refusalLines(uses: readonly HotUse[]): LogLine[] {
  const lines = new Map<string, LogLine>();
  for (const { refusals } of uses)
    for (const refusal of refusals) {
      const what = new SystemError(refusal.call, refusal.errno).message;
      lines.set(what, isAbsent(refusal) ? info(`${what}: not in this kernel`) : warning(what));
    }
  return [...lines.values()];
}

function bytesOf(ranges: readonly Range[]): number {
  return sum(ranges.map(({ bytes }) => bytes));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
