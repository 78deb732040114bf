import { MIB } from "../../src/base/units.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import { bufferPlace } from "../../src/journal/store/buffer-place.ts";
import { planGateway } from "../../src/plan/plan.ts";
import type { Box } from "./box.ts";
import type { Files } from "./files.ts";
import { type Finding, fail, notApplicable, ok, type Subject, warn } from "./finding.ts";

const SYNC_WARN_US = 5_000;
const SYNC_FAIL_US = 50_000;
/** Segments of a stream at once: one that is written out, one that is written to, one that is ready. */
const SEGMENTS_A_STREAM = 3;
const DEFAULT_STREAMS = 3;
const DEFAULT_SEGMENT_MIB = 32;
/** Free space below which the check warns: trading days need far more than a start. */
const COMFORTABLE_BYTES = 10_240 * MIB;
/** File systems that lose everything at a power cut, and those that are reached over a network or another program. */
const VOLATILE = new Set(["tmpfs", "ramfs"]);
const DISTANT = /^(nfs|cifs|smb|fuse|ceph|gluster|9p|overlay|virtiofs)/;

export function syncTime({ disk }: Box): Finding {
  const subject = diskSubject("fdatasync p99", "how long what was journaled may be lost if the power fails");
  const { syncsUs } = disk;
  if (typeof syncsUs === "string") return notApplicable(subject, `${disk.writtenIn}: ${syncsUs}`);
  if (syncsUs.length === 0) return notApplicable(subject, `${disk.writtenIn}: nothing was measured`);
  const p99Us = quantile(syncsUs, 0.99);
  const figures = `p50 ${ms(quantile(syncsUs, 0.5))}, p99 ${ms(p99Us)}, longest ${ms(syncsUs.at(-1)!)}`;
  const seen = `${figures} (${syncsUs.length} writes in ${disk.writtenIn})`;
  const remedy = "A separate disk for the journal, whose cache survives a power loss (enterprise NVMe).";
  if (p99Us > SYNC_FAIL_US) return fail(subject, seen, remedy);
  return p99Us > SYNC_WARN_US ? warn(subject, seen, remedy) : ok(subject, seen);
}

export function journalSpace({ disk, config }: Box): Finding {
  const subject = diskSubject("journal space", "without room for the next segment nothing more can be accepted");
  if (disk.freeBytes === null) return notApplicable(subject, `${disk.measuredAt}: the file system does not report it`);
  const needed = neededBytes(config);
  const seen = `${gib(disk.freeBytes)} free in ${disk.measuredAt}, ${gib(needed)} needed to start`;
  if (disk.freeBytes < needed) return fail(subject, seen, "Make room, or set gateway.data to a larger disk.");
  if (disk.freeBytes < COMFORTABLE_BYTES)
    return warn(subject, seen, `Keep ${gib(COMFORTABLE_BYTES)} free: a busy day writes that.`);
  return ok(subject, seen);
}

/** Disk space that a first start needs. */
export function neededBytes(config: GatewayConfig | null): number {
  if (config === null) return DEFAULT_STREAMS * SEGMENTS_A_STREAM * DEFAULT_SEGMENT_MIB * MIB;
  const { clients, venues } = planGateway(config);
  return (1 + clients.length + venues.length) * SEGMENTS_A_STREAM * config.journal.segmentMiB * MIB;
}

export function fileSystem({ files, disk }: Box): Finding {
  const subject = diskSubject("journal file system", "the journal is written there: the file system must keep it");
  const kind = kindAt(files, disk.measuredAt);
  if (kind === undefined) return notApplicable(subject, "/proc/self/mounts does not report it");
  if (VOLATILE.has(kind)) return warn(subject, `${kind}: gone after a restart`, "Set gateway.data to a disk.");
  if (DISTANT.test(kind)) return warn(subject, `${kind}: not a disk of this machine's own`, "Use ext4 or xfs.");
  return ok(subject, kind);
}

/** Type of the file system of a directory: of its mount points the longest path, of equal paths the last one. */
function kindAt(files: Files, dir: string): string | undefined {
  let best: { at: string; kind: string } | undefined;
  for (const line of (files.read("/proc/self/mounts") ?? "").split("\n")) {
    const [, mounted = "", kind = ""] = line.split(" ");
    const at = mounted.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    const above = at === "/" || dir === at || dir.startsWith(`${at}/`);
    if (at !== "" && above && at.length >= (best?.at.length ?? 0)) best = { at, kind };
  }
  return best?.kind;
}

/** The value below which a share of sorted values lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!;
}

function ms(us: number): string {
  return `${(us / 1000).toFixed(2)} ms`;
}

function gib(bytes: number): string {
  return `${(bytes / (1024 * MIB)).toFixed(1)} GiB`;
}

function diskSubject(name: string, why: string): Subject {
  return { name, theme: "disk", why };
}

/** Where a gateway that is started from here, as this user, has the journal's buffers. */
export function journalBuffers({ config }: Box, placeOf = bufferPlace): Finding {
  const subject = diskSubject("journal buffers", "in a file of the disk, its write-back can delay orders");
  const { memory, why } = placeOf(config?.journal.bufferDirectory ?? "auto");
  if (memory !== null) return ok(subject, `in ${memory}`);
  const remedy = "Set journal.bufferDirectory to a tmpfs that outlives the process and its container.";
  return warn(subject, `in the data directory: ${why}`, remedy);
}

export const diskChecks = [syncTime, journalSpace, fileSystem, journalBuffers];
