import type { GatewayConfig } from "../../src/config/schema.ts";
import { passesLockLimit } from "../../src/host/memory/lock.ts";
import type { Box } from "./box.ts";
import type { Files } from "./files.ts";
import { type Finding, fail, notApplicable, ok, type Subject, warn } from "./finding.ts";

/** Journal segments, the runtime's own, listeners, epoll. */
const FILES_BESIDES = 256;
const SESSIONS_WITHOUT_CONFIG = 64;

/** The runtime reserves 6 GB of addresses. A memory lock counts them and everything mapped later, used or not. */
export function memlock({ files }: Box): Finding {
  const subject = limits("memlock", "memory that may not be locked can be swapped out, and comes back in milliseconds");
  const bytes = softLimit(files, "Max locked memory");
  if (bytes === undefined) return notApplicable(subject, "/proc/self/limits does not report it");
  if (bytes === Number.POSITIVE_INFINITY) return ok(subject, "unlimited");
  const seen = `${bytes.toLocaleString("en-US")} bytes`;
  const mayPass = passesLockLimit(files.read("/proc/self/status") ?? "", files.read("/proc/self/uid_map") ?? "");
  if (mayPass) return ok(subject, `${seen}; the process has CAP_IPC_LOCK`);
  return warn(
    subject,
    seen,
    "LimitMEMLOCK=infinity in the unit (it is in the one supplied), or `ulimit -l unlimited`.",
  );
}

export function openFiles({ files, config }: Box): Finding {
  const subject = limits(
    "nofile",
    "each session and each journal segment takes a descriptor; beyond the limit none is accepted",
  );
  const limit = softLimit(files, "Max open files");
  if (limit === undefined) return notApplicable(subject, "/proc/self/limits does not report it");
  const needed = neededFiles(config);
  const seen = `${limit}, ${needed} needed`;
  if (limit >= needed) return ok(subject, seen);
  return fail(subject, seen, `LimitNOFILE=${needed} or more in the unit, or \`ulimit -n ${needed}\`.`);
}

/** Descriptors of a gateway with all its sessions connected. */
function neededFiles(config: GatewayConfig | null): number {
  if (config === null) return FILES_BESIDES + SESSIONS_WITHOUT_CONFIG;
  const exchange = config.exchange === null ? 0 : Object.keys(config.venues).length;
  return FILES_BESIDES + config.client.maxConnections + Object.keys(config.venues).length + exchange;
}

export function realTimePriority({ files, config }: Box): Finding {
  const subject = limits("rtprio", "a lane is refused SCHED_FIFO above the limit, unless it has CAP_SYS_NICE");
  const wanted = config?.lanes.fifoPriority ?? 0;
  if (wanted === 0) return notApplicable(subject, "lanes.fifoPriority is not set");
  const limit = softLimit(files, "Max realtime priority");
  if (limit === undefined) return notApplicable(subject, "/proc/self/limits does not report it");
  const seen = `${limit}, ${wanted} wanted`;
  if (limit >= wanted || hasNice(files))
    return ok(subject, limit >= wanted ? seen : `${seen}; the process has CAP_SYS_NICE`);
  return warn(subject, seen, `LimitRTPRIO=${wanted} and RestrictRealtime=no in a drop-in of the unit.`);
}

const CAP_SYS_NICE = 23;

function hasNice(files: Files): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(files.read("/proc/self/status") ?? "")?.[1] ?? "0";
  return ((BigInt(`0x${effective}`) >> BigInt(CAP_SYS_NICE)) & 1n) === 1n;
}

function softLimit(files: Files, name: string): number | undefined {
  const line = (files.read("/proc/self/limits") ?? "").split("\n").find((one) => one.startsWith(name));
  const value = line?.slice(name.length).trim().split(/\s+/)[0];
  if (value === undefined) return undefined;
  return value === "unlimited" ? Number.POSITIVE_INFINITY : Number(value);
}

function limits(name: string, why: string): Subject {
  return { name, theme: "limits", why };
}

export const limitChecks = [memlock, openFiles, realTimePriority];
