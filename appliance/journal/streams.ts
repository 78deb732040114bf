import { existsSync, lstatSync, statSync } from "node:fs";
import { BUFFERS } from "../../src/journal/store/buffers.ts";
import { whileIdle } from "../../src/journal/store/lock.ts";
import { type JournalNames, readNames } from "../../src/journal/store/names.ts";
import { takeUp } from "../../src/journal/store/open.ts";
import { listStreams } from "../../src/journal/store/reader.ts";
import { toStderr } from "./output.ts";

/**
 * The streams in a journal's directory; what a killed gateway has left in its buffers is in the files then. Throws one line
 * that says what is wrong with it.
 */
export function streamsOf(dir: string): Map<string, number[]> {
  if (!existsSync(dir)) throw new Error(`${dir}: no such directory; give a gateway's data directory`);
  if (!statSync(dir).isDirectory()) throw new Error(`${dir}: is a file; give a gateway's data directory`);
  const names = readNames(dir);
  if (names === null) {
    throw new Error(`${dir}: holds no journal (names.json is missing); give a gateway's data directory`);
  }
  takeUpLeft(dir, names);
  return listStreams(dir);
}

function takeUpLeft(dir: string, names: JournalNames): void {
  // A clean stop leaves none.
  if (lstatSync(`${dir}/${BUFFERS}`, { throwIfNoEntry: false }) === undefined) return;
  try {
    whileIdle(dir, () => takeUp(dir, names));
  } catch (error) {
    toStderr(
      `what a killed gateway has left in its buffers is not shown, as it can't be written into the files: ${(error as Error).message}`,
    );
  }
}
