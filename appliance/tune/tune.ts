import { configOf, laneCpusOf, SOMETHING_FAILED } from "../doctor/doctor.ts";
import { type Files, MachineFiles } from "../doctor/files.ts";
import { type Change, changes, held } from "./changes.ts";
import { type Entry, merged, UndoRecord } from "./state.ts";
import { MachineWriter, meaning, type Writer } from "./writer.ts";

const STATE = "/var/lib/sallyport/tune.json";

export interface TuneOptions {
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly undo?: boolean;
  readonly state?: string;
  /** Directory with /proc and /sys, for tests. */
  readonly root?: string;
}

export interface Tuning {
  readonly files: Files;
  readonly writer: Writer;
  readonly state: Pick<UndoRecord, "read" | "write">;
  readonly dryRun: boolean;
  readonly print: (line: string) => void;
}

/**
 * Applies the settings that can change at run time, or restores the previous ones with --undo.
 * Returns  0; 1 when the configuration has problems or nothing can be recorded; 3 when a write was refused.
 */
export function tuneCommand(options: TuneOptions): number {
  const read = configOf(options.config);
  if (read === undefined) return 1;
  const root = options.root ?? "";
  const files = new MachineFiles(root);
  const tuning: Tuning = {
    files,
    writer: new MachineWriter(root),
    state: new UndoRecord(options.state ?? root + STATE),
    dryRun: options.dryRun === true,
    print: (line) => console.log(line),
  };
  try {
    return options.undo === true ? undo(tuning) : tune(tuning, laneCpusOf(files, read.config));
  } catch (error) {
    console.error(`sallyport: ${(error as Error).message}`);
    return 1;
  }
}

export function tune(tuning: Tuning, laneCpus: readonly number[]): number {
  const { files, state, dryRun, print } = tuning;
  if (laneCpus.length === 0) print("no lane has its own CPU: interrupts and work queues stay where they are");
  const wanted = changes(files, laneCpus);
  if (wanted.length === 0) print("nothing to do");
  if (dryRun || wanted.length === 0) {
    for (const one of wanted) print(line("would set", one.what, one.before, one.after));
    return 0;
  }
  const old = state.read();
  // Recorded first, so that an interrupted run can be undone too.
  state.write(merged(old, wanted));
  const done: Entry[] = [];
  let failed = false;
  for (const one of wanted) {
    const refused = apply(tuning, one);
    if (refused === null) done.push({ ...one, after: held(files, one.path) ?? one.after });
    // An interrupt that the kernel does not move is not a failure.
    else if (refused !== "EIO") failed = true;
  }
  state.write(merged(old, done));
  return failed ? SOMETHING_FAILED : 0;
}

/** Writes one change and prints the result. Returns  the errno's name when it was refused. */
function apply({ files, writer, print }: Tuning, change: Change): string | null {
  const { what, path, before, after } = change;
  const refused = writer.write(path, after);
  if (refused === null) print(line("set", what, before, held(files, path) ?? after));
  else print(`${line("refused", what, before, after)}: ${refused}, ${meaning(refused)}`);
  return refused;
}

export function undo({ files, writer, state, dryRun, print }: Tuning): number {
  const entries = state.read();
  if (entries.length === 0) print("nothing to undo");
  const left: Entry[] = [];
  for (const one of entries.toReversed()) {
    const now = held(files, one.path);
    if (now === one.before) print(line("as before", one.what, now, one.before));
    else if (now !== one.after) print(`${line("left alone", one.what, now ?? "gone", one.before)}: changed since`);
    else if (dryRun) print(line("would restore", one.what, now, one.before));
    else {
      const refused = writer.write(one.undo?.path ?? one.path, one.undo?.value ?? one.before);
      if (refused === null) print(line("restored", one.what, now, held(files, one.path) ?? one.before));
      else {
        print(`${line("refused", one.what, now, one.before)}: ${refused}, ${meaning(refused)}`);
        left.unshift(one);
      }
    }
  }
  if (!dryRun && entries.length > 0) state.write(left);
  return left.length > 0 ? SOMETHING_FAILED : 0;
}

function line(word: string, what: string, before: string, after: string): string {
  return `${word.padEnd(13)}  ${what.padEnd(34)}  ${before} -> ${after}`;
}
