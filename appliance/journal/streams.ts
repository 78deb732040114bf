import { existsSync, statSync } from "node:fs";
import { readNames } from "../../src/journal/store/names.ts";
import { listStreams } from "../../src/journal/store/reader.ts";

/** The streams in a journal's directory. Throws one line that says what is wrong with it. */
export function streamsOf(dir: string): Map<string, number[]> {
  if (!existsSync(dir)) throw new Error(`${dir}: no such directory; give a gateway's data directory`);
  if (!statSync(dir).isDirectory()) throw new Error(`${dir}: is a file; give a gateway's data directory`);
  const streams = listStreams(dir);
  if (readNames(dir) === null) {
    throw new Error(`${dir}: holds no journal (names.json is missing); give a gateway's data directory`);
  }
  return streams;
}
