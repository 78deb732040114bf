import { existsSync, readFileSync } from "node:fs";
import { MOST_SESSIONS, MOST_VENUES } from "../layout.ts";
import { replaceFile } from "./replace-file.ts";

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
  /** Currency in which the journal counts amounts, "" for none; absent: of a version that did not say it. */
  currency?: string;
  /** Names that had no open order when they left the configuration; absent: none. */
  retired?: NameLists;
}

/** Names of client sessions and of venues. */
export interface NameLists {
  readonly clients: readonly string[];
  readonly venues: readonly string[];
}

/** New names of client sessions and of venues, each with its former one. */
export interface Renames {
  readonly clients: Readonly<Record<string, string>>;
  readonly venues: Readonly<Record<string, string>>;
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

/** What `updateNames` does besides. */
export interface NameChanges {
  readonly renames?: Renames;
  /** Called with the names before they are written. Returns those that may leave for good; throws where some may not. */
  readonly approve?: (names: JournalNames) => NameLists;
}

/**
 * Adds missing names, and gives the ids of former names to their new ones. An id is never reused, and stays when its name
 * leaves the configuration. Throws an error of one line, and then nothing is written.
 */
export function updateNames(
  dir: string,
  clients: readonly string[],
  venues: readonly string[],
  segmentBytes: number,
  { renames, approve }: NameChanges = {},
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
  const before = JSON.stringify(names);
  rename(`${dir}/${FILE}`, names.clients, renames?.clients ?? {});
  rename(`${dir}/${FILE}`, names.venues, renames?.venues ?? {});
  add(`${dir}/${FILE}`, names.clients, clients, MOST_SESSIONS);
  add(`${dir}/${FILE}`, names.venues, venues, MOST_VENUES);
  if (approve !== undefined) names.retired = approve(names);
  if (JSON.stringify(names) !== before || readNames(dir) === null) write(dir, names);
  return names;
}

/** Gives ids to new names while their gateway runs: `names` has them once they are in the file. Throws an error of one line. */
export function giveIds(dir: string, names: JournalNames, added: NameLists): void {
  const next = { ...names, clients: { ...names.clients }, venues: { ...names.venues } };
  add(`${dir}/${FILE}`, next.clients, added.clients, MOST_SESSIONS);
  add(`${dir}/${FILE}`, next.venues, added.venues, MOST_VENUES);
  write(dir, next);
  Object.assign(names.clients, next.clients);
  Object.assign(names.venues, next.venues);
}

/** Where the former name is unknown, it was renamed at an earlier start, or the directory is new. */
function rename(path: string, ids: Record<string, number>, renames: Readonly<Record<string, string>>): void {
  for (const [name, former] of Object.entries(renames)) {
    if (!Object.hasOwn(ids, former)) continue;
    if (Object.hasOwn(ids, name))
      throw new Error(
        `${path}: has both ${former} and ${name}, so that ${name} can't be its new name (renamedFrom); take another new name`,
      );
    ids[name] = ids[former]!;
    delete ids[former];
  }
}

/** `most`: how many ids there are; what is packed has room for them. */
function add(path: string, ids: Record<string, number>, names: readonly string[], most: number): void {
  let next = Math.max(-1, ...Object.values(ids)) + 1;
  for (const name of names) if (!Object.hasOwn(ids, name)) ids[name] = next++;
  if (next > most) {
    const what = most === MOST_VENUES ? "venues" : "sessions";
    throw new Error(
      `${path}: expected at most ${most} ids of ${what} in the life of a journal, got ${next}; give another --data directory`,
    );
  }
}

function write(dir: string, names: JournalNames): void {
  replaceFile(dir, FILE, `${JSON.stringify(names, null, 2)}\n`);
}
