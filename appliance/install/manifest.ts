import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { bytesOf, replaceFile, sha256Of } from "./files.ts";
import { below, MANIFEST } from "./places.ts";

const sum = Type.String({ pattern: "^[0-9a-f]{64}$" });
/** A path is one of the machine; nothing outside of what install knows is touched because of it. */
const place = Type.String({ pattern: "^/(etc|opt)/(?!.*\\.\\.)" });
const schema = Type.Object(
  {
    format: Type.Literal(1),
    /** Sums of what install wrote there; two while it is at it. */
    files: Type.Record(place, Type.Array(sum, { minItems: 1 }), { additionalProperties: false }),
  },
  { additionalProperties: false },
);

/** Files that install wrote, and what it wrote: what has another sum was edited since. */
export class Manifest {
  private constructor(
    private readonly path: string,
    private readonly files: Map<string, string[]>,
  ) {}

  /** Fails  with a line for the user when the file is there and cannot be understood. */
  static read(root: string): Manifest {
    const path = below(root, MANIFEST);
    const bytes = bytesOf(path);
    if (bytes === null) return new Manifest(path, new Map());
    let value: Static<typeof schema>;
    try {
      value = Value.Decode(schema, JSON.parse(new TextDecoder().decode(bytes)));
    } catch {
      throw new Error(`${path}: expected what sallyport install has written; move it away to go on without it`);
    }
    return new Manifest(path, new Map(Object.entries(value.files)));
  }

  get places(): string[] {
    return [...this.files.keys()];
  }

  /** Whether it was install that wrote this there. */
  wrote(place: string, sha256: string): boolean {
    return this.files.get(place)?.includes(sha256) === true;
  }

  knows(place: string): boolean {
    return this.files.has(place);
  }

  /** Before it is written: until then what was there before is ours too. */
  expect(place: string, sha256: string): void {
    this.files.set(place, [...new Set([...(this.files.get(place) ?? []), sha256])]);
  }

  /** After it was written. */
  settle(place: string, sha256: string): void {
    this.files.set(place, [sha256]);
  }

  forget(place: string): void {
    this.files.delete(place);
  }

  /** Where it says something new. */
  write(): void {
    const files = Object.fromEntries([...this.files].sort(([a], [b]) => (a < b ? -1 : 1)));
    const bytes = new TextEncoder().encode(`${JSON.stringify({ format: 1, files }, null, 2)}\n`);
    const before = bytesOf(this.path);
    if (before === null || sha256Of(before) !== sha256Of(bytes)) replaceFile(this.path, bytes, 0o644);
  }
}
