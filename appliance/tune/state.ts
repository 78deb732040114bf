import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

/** Only these paths are written, whatever the state file contains. */
const kernelPath = Type.String({ pattern: "^/(proc|sys)/(?!.*\\.\\.)" });

const entry = Type.Object(
  {
    what: Type.String(),
    path: kernelPath,
    before: Type.String(),
    after: Type.String(),
    undo: Type.Optional(Type.Object({ path: kernelPath, value: Type.String() })),
  },
  { additionalProperties: false },
);
const stateSchema = Type.Object(
  { format: Type.Literal(1), entries: Type.Array(entry) },
  { additionalProperties: false },
);

/** A setting as it was before tune and as tune left it. */
export type Entry = Static<typeof entry>;

/** Record for --undo, in a file. */
export class UndoRecord {
  constructor(private readonly path: string) {}

  /** Fails  with one line when the file cannot be read. */
  read(): Entry[] {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw new Error(`${this.path}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
    }
    try {
      return Value.Decode(stateSchema, JSON.parse(text)).entries;
    } catch {
      throw new Error(`${this.path}: expected what sallyport tune has written; move it away to continue without it`);
    }
  }

  /** Replaces the file atomically; removes it when there are no entries. */
  write(entries: readonly Entry[]): void {
    try {
      if (entries.length === 0) {
        rmSync(this.path, { force: true });
        return;
      }
      mkdirSync(dirname(this.path), { recursive: true });
      writeFileSync(`${this.path}.new`, `${JSON.stringify({ format: 1, entries }, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${this.path}.new`, this.path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      throw new Error(`${this.path}: cannot be written: ${code} (expected a place for --undo; --state FILE names one)`);
    }
  }
}

/** Adds entries; for a path that was tuned before, the oldest `before` and its `undo` stay. */
export function merged(old: readonly Entry[], more: readonly Entry[]): Entry[] {
  const byPath = new Map(old.map((one) => [one.path, one]));
  for (const one of more) byPath.set(one.path, { ...one, ...oldest(byPath.get(one.path)) });
  return [...byPath.values()];
}

function oldest(before: Entry | undefined): Partial<Entry> {
  if (before === undefined) return {};
  return before.undo === undefined ? { before: before.before } : { before: before.before, undo: before.undo };
}
