import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { syncDirectory } from "../../../ffi/file.ts";

const FILE = "names.json";
const FORMAT = "sallyport-journal";
const VERSION = 1;

/** Identity of a data directory, and the stable ids of its sessions and venues by name. */
export interface JournalNames {
  format: string;
  version: number;
  /** Time of creation, seconds since 1970. */
  birth: number;
  segmentBytes: number;
  clients: Record<string, number>;
  venues: Record<string, number>;
}

/** Reads the names of a data directory; null when there are none yet. Throws an error of one line. */
export function readNames(dir: string): JournalNames | null {
  const path = `${dir}/${FILE}`;
  if (!existsSync(path)) return null;
  let names: JournalNames;
  try {
    names = JSON.parse(readFileSync(path, "utf8")) as JournalNames;
  } catch (error) {
    throw new Error(
      `${path}: not readable as a journal's names (${(error as Error).message}); restore it, or give another --data directory`,
    );
  }
  if (names?.format !== FORMAT) throw new Error(`${path}: not a Sallyport journal; give another --data directory`);
  if (names.version !== VERSION) {
    throw new Error(
      `${path}: journal version ${names.version}, this binary reads ${VERSION}; use the binary that wrote it, or another --data directory`,
    );
  }
  return names;
}

/** Adds missing names. An id is never reused, and stays when its name leaves the configuration. */
export function updateNames(
  dir: string,
  clients: readonly string[],
  venues: readonly string[],
  segmentBytes: number,
): JournalNames {
  const names = readNames(dir) ?? {
    format: FORMAT,
    version: VERSION,
    birth: Math.floor(Date.now() / 1000),
    segmentBytes,
    clients: {},
    venues: {},
  };
  if (names.segmentBytes !== segmentBytes) {
    throw new Error(
      `${dir}: its segments have ${names.segmentBytes >> 20} MiB, journal.segmentMiB is ${segmentBytes >> 20}; set it to ${names.segmentBytes >> 20}, or give another --data directory`,
    );
  }
  const added = add(names.clients, clients) + add(names.venues, venues);
  if (added > 0 || readNames(dir) === null) write(dir, names);
  return names;
}

function add(ids: Record<string, number>, names: readonly string[]): number {
  let next = Math.max(-1, ...Object.values(ids)) + 1;
  let added = 0;
  for (const name of names) {
    if (Object.hasOwn(ids, name)) continue;
    ids[name] = next++;
    added++;
  }
  return added;
}

/** Replaces the file atomically. */
function write(dir: string, names: JournalNames): void {
  const path = `${dir}/${FILE}`;
  try {
    const fd = openSync(`${path}.new`, "w", 0o640);
    try {
      writeSync(fd, `${JSON.stringify(names, null, 2)}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(`${path}.new`, path);
    syncDirectory(dir);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}; make room and let this user write there`);
  }
}
