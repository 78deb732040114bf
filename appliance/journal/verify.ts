import { readdirSync } from "node:fs";
import { timeText } from "../../src/base/time-text.ts";
import { type EntryView, listSegments, readStream } from "../../src/journal/store/reader.ts";
import { listSnapshots, SnapshotReader, snapshotPath } from "../../src/journal/store/snapshot-file.ts";
import { failed, type Output, toStdout } from "./output.ts";
import { streamsOf } from "./streams.ts";

const OK = 0;

/**
 * Checks every entry of every stream in `dir`. Works beside a gateway that writes it.
 * Returns  the process's exit code: 1 with a line for each file that is damaged, naming the offset.
 */
export async function journalVerify(dir: string, output: Output = toStdout): Promise<number> {
  let exitCode = OK;
  const problem = (error: unknown): void => {
    exitCode = failed(error);
  };
  let streams: Map<string, number[]>;
  try {
    streams = streamsOf(dir);
  } catch (error) {
    return failed(error);
  }
  for (const file of readdirSync(dir)) {
    if (file.endsWith(".journal") && !/-\d{8}\.journal$/.test(file)) {
      problem(new Error(`${dir}/${file}: not a segment of any stream; move it elsewhere`));
    }
  }
  for (const stream of streams.keys()) {
    const segments = listSegments(dir, stream);
    try {
      let first = 0;
      let last = 0;
      const visit = (entry: EntryView): void => {
        if (first === 0) first = entry.timeUs;
        last = entry.timeUs;
      };
      const end = readStream(dir, stream, visit, { partial: true });
      const entries = counted(end.entries, "entry", "entries");
      const files = counted(segments.length, "segment", "segments");
      const span = end.entries === 0 ? "" : `, ${timeText(first)} to ${timeText(last)}`;
      output(`${stream}: ${entries} in ${files}, all whole${span}\n`);
      if (end.notice !== null) output(`${stream}: notice: ${end.notice}\n`);
    } catch (error) {
      problem(error);
    }
  }
  for (const number of listSnapshots(dir)) {
    const path = snapshotPath(dir, number);
    try {
      const snapshot = new SnapshotReader(path);
      snapshot.close();
      output(`snapshot ${number}: whole, of ${timeText(snapshot.facts.atUs)}\n`);
    } catch (error) {
      problem(new Error(`${path}: ${(error as Error).message}; a start ignores it: remove it`));
    }
  }
  return exitCode;
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
