import { readlinkSync, statfsSync } from "node:fs";
import type { BufferPlace } from "./buffers.ts";

/** Set by the service's unit: a directory in memory that outlives a restart of the service. */
const VARIABLE = "SALLYPORT_BUFFERS";
const SHARED_MEMORY = "/dev/shm";
/** Number of the first namespace of processes; a container has another. */
const FIRST_NAMESPACE = "pid:[4026531836]";
/** Users from here on are people: when the last session of one ends, the system may remove the user's shared memory. */
const FIRST_PERSON = 1000;
const TMPFS_MAGIC = 0x01021994;

/** What the choice depends on; read from the system but for tests. */
export interface Surroundings {
  readonly variable: string | undefined;
  /** Whether a service manager has started the process. */
  readonly isService: boolean;
  readonly user: number;
  readonly namespace: string;
  /** Type of the file system of a directory, or null when there is none. */
  readonly fileSystem: (directory: string) => number | null;
}

/** Where the buffers of a run lie: `asked` is journal.bufferDirectory. */
export function bufferPlace(asked: string, around: Surroundings = surroundings()): BufferPlace {
  if (asked === "data") return { memory: null, why: "the configuration says so" };
  if (asked !== "auto") return inMemory(asked, around);
  if (around.variable !== undefined) return inMemory(around.variable, around);
  if (around.isService)
    return { memory: null, why: `the service's unit does not set ${VARIABLE}, so that a restart may remove them` };
  if (around.namespace !== FIRST_NAMESPACE)
    return { memory: null, why: `in a container ${SHARED_MEMORY} ends with it` };
  if (around.user >= FIRST_PERSON)
    return { memory: null, why: `the system may empty ${SHARED_MEMORY} when user ${around.user} logs out` };
  return inMemory(SHARED_MEMORY, around);
}

function inMemory(directory: string, { fileSystem }: Surroundings): BufferPlace {
  const type = fileSystem(directory);
  if (type === TMPFS_MAGIC) return { memory: directory, why: "" };
  return { memory: null, why: type === null ? `there is no ${directory}` : `${directory} is not in memory (no tmpfs)` };
}

function surroundings(): Surroundings {
  return {
    variable: process.env[VARIABLE],
    isService: process.env.INVOCATION_ID !== undefined,
    user: process.getuid?.() ?? 0,
    namespace: namespaceOf(),
    fileSystem: (directory) => {
      try {
        return statfsSync(directory).type;
      } catch {
        return null;
      }
    },
  };
}

function namespaceOf(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}
