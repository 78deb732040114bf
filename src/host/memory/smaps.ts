import { readFileSync } from "node:fs";

/** One mapping of the process, from /proc/self/smaps. */
export interface Mapping {
  readonly from: number;
  readonly to: number;
  /** As `rw-p`. */
  readonly protection: string;
  readonly isAnonymous: boolean;
  readonly residentBytes: number;
  readonly lockedBytes: number;
  readonly hugeBytes: number;
  /** Two letters each: `lo` locked, `dd` not dumped, `hg` huge pages asked for. */
  readonly flags: ReadonlySet<string>;
}

/** Where the pages of the mapping at `from` are. */
export interface Placement {
  readonly from: number;
  /** As `bind:0` or `default`. */
  readonly policy: string;
  /** Bytes by node. */
  readonly bytes: Readonly<Record<number, number>>;
}

export interface Range {
  readonly address: number;
  readonly bytes: number;
}

/** The process's mappings; none where /proc is hidden. */
export function readMappings(): Mapping[] {
  return parseSmaps(textOf("/proc/self/smaps"));
}

/** The process's pages by node; none where the kernel has no NUMA. */
export function readPlacements(): Placement[] {
  return parseNumaMaps(textOf("/proc/self/numa_maps"));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

const HEAD = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ (\d+)/;

export function parseSmaps(text: string): Mapping[] {
  return text
    .split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/)
    .map(parseMapping)
    .filter((mapping) => mapping !== null);
}

function parseMapping(text: string): Mapping | null {
  const head = HEAD.exec(text);
  if (head === null) return null;
  const bytes = (name: string): number => 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0);
  return {
    from: Number.parseInt(head[1]!, 16),
    to: Number.parseInt(head[2]!, 16),
    protection: head[3]!,
    isAnonymous: head[4] === "0",
    residentBytes: bytes("Rss"),
    lockedBytes: bytes("Locked"),
    hugeBytes: bytes("AnonHugePages") + bytes("ShmemPmdMapped") + bytes("FilePmdMapped"),
    flags: new Set((/^VmFlags: (.*)$/m.exec(text)?.[1] ?? "").split(" ").filter((flag) => flag !== "")),
  };
}

export function parseNumaMaps(text: string): Placement[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [from = "", policy = ""] = line.split(" ");
      const pageKib = Number(/ kernelpagesize_kB=(\d+)/.exec(line)?.[1] ?? 4);
      const bytes: Record<number, number> = {};
      for (const [, node, pages] of line.matchAll(/ N(\d+)=(\d+)/g))
        bytes[Number(node)] = Number(pages) * pageKib * 1024;
      return { from: Number.parseInt(from, 16), policy, bytes };
    });
}

/** Bytes of the ranges in mappings with the flag. */
export function flaggedBytes(ranges: readonly Range[], mappings: readonly Mapping[], flag: string): number {
  const flagged = mappings.filter(({ flags }) => flags.has(flag));
  let sum = 0;
  for (const { address, bytes } of ranges)
    for (const { from, to } of flagged) sum += Math.max(0, Math.min(to, address + bytes) - Math.max(from, address));
  return sum;
}

/** Mappings that overlap the ranges, each once. */
export function mappingsOf(ranges: readonly Range[], mappings: readonly Mapping[]): Mapping[] {
  return mappings.filter(({ from, to }) => ranges.some(({ address, bytes }) => from < address + bytes && address < to));
}
