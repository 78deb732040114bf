import { existsSync, readdirSync, readFileSync } from "node:fs";
import { segmentFile } from "../layout.ts";
import { Damaged } from "./damaged.ts";

/*  Segments that no start and no resend needs move to the directory `archive` beside the segments (which may be a mount or
 *  a symbolic link): each segment compressed, as `<its name>.zst`. `removed.json` records the segments that retention has
 *  deleted there, so that a reader can tell them from lost ones.
 */
const ARCHIVE = "archive";
export const COMPRESSED = ".zst";
const REMOVED = "removed.json";
/** Characters of a damaged one that its error shows. */
const MOST_SHOWN = 80;

const ARCHIVED_NAME = /^(.+)-(\d{8})\.journal\.zst$/;

export function archiveOf(dir: string): string {
  return `${dir}/${ARCHIVE}`;
}

/** Segment numbers of each stream in a directory's archive, ascending. */
export function listArchived(dir: string): Map<string, number[]> {
  const streams = new Map<string, number[]>();
  const archive = archiveOf(dir);
  if (!existsSync(archive)) return streams;
  for (const file of readdirSync(archive).sort()) {
    const match = ARCHIVED_NAME.exec(file);
    if (match === null) continue;
    const segments = streams.get(match[1]!) ?? [];
    segments.push(Number(match[2]));
    streams.set(match[1]!, segments);
  }
  return streams;
}

export function archivedPath(dir: string, stream: string, segment: number): string {
  return `${archiveOf(dir)}/${segmentFile(stream, segment)}${COMPRESSED}`;
}

/** Path of a segment: in the directory, else in the archive. */
export function segmentPath(dir: string, stream: string, segment: number): string {
  const plain = `${dir}/${segmentFile(stream, segment)}`;
  if (existsSync(plain)) return plain;
  const archived = archivedPath(dir, stream, segment);
  return existsSync(archived) ? archived : plain;
}

/** The last segment of each stream that retention has deleted. Throws Damaged. */
export function removedOf(dir: string): Record<string, number> {
  const path = removedPath(dir);
  if (!existsSync(path)) return {};
  const text = readFileSync(path, "utf8");
  const removed = removedIn(text);
  if (removed !== null) return removed;
  const got = JSON.stringify(text.slice(0, MOST_SHOWN));
  throw new Damaged(
    `${path}: expected the last deleted segment of each stream, such as {"core":3}, got ${got}; restore it from a copy, or write it anew`,
  );
}

function removedIn(text: string): Record<string, number> | null {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) return null;
  const isSegment = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
  return Object.values(found).every(isSegment) ? (found as Record<string, number>) : null;
}

export function removedPath(dir: string): string {
  return `${archiveOf(dir)}/${REMOVED}`;
}
