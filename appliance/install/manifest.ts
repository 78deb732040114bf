import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { bytesOf, replaceFile, sha256Of } from "./files.ts";
import { below, MANIFEST } from "./places.ts";

const sum = Type.String({ pattern: "^[0-9a-f]{64}$" });
/** Paths of the machine. Only paths that install knows are changed. */
const place = Type.String({ pattern: "^/(etc|opt)/(?!.*\\.\\.)" });
const schema = Type.Object(
  {
    format: Type.Literal(1),
    /** Checksums of the files that install wrote; two while it writes. */
    files: Type.Record(place, Type.Array(sum, { minItems: 1 }), { additionalProperties: false }),
  },
  { additionalProperties: false },
);

/** Files that install wrote, with checksums: a file with another checksum was edited. */
export class Manifest {
  private constructor(
    private readonly path: string,
    private readonly files: Map<string, string[]>,
  ) {}

  /** Fails  with one line when the file cannot be read. */
  static read(root: string): Manifest {
    const path = below(root, MANIFEST);
    const bytes = bytesOf(path);
    if (bytes === null) return new Manifest(path, new Map());
    let value: Static<typeof schema>;
    try {
      value = Value.Decode(schema, JSON.parse(new TextDecoder().decode(bytes)));
    } catch {
      throw new Error(`${path}: expected what sallyport install has written; move it away to continue without it`);
    }
    return new Manifest(path, new Map(Object.entries(value.files)));
  }

  get places(): string[] {
    return [...this.files.keys()];
  }

  /** Whether install wrote this content. */
  wrote(place: string, sha256: string): boolean {
    return this.files.get(place)?.includes(sha256) === true;
  }

  knows(place: string): boolean {
    return this.files.has(place);
  }

  /** Call before writing: until then the old content counts as ours too. */
  expect(place: string, sha256: string): void {
    this.files.set(place, [...new Set([...(this.files.get(place) ?? []), sha256])]);
  }

  /** Call after writing. */
  settle(place: string, sha256: string): void {
    this.files.set(place, [sha256]);
  }

  forget(place: string): void {
    this.files.delete(place);
  }

  /** Writes the manifest if it has changed. */
  write(): void {
    const files = Object.fromEntries([...this.files].sort(([a], [b]) => (a < b ? -1 : 1)));
    const bytes = new TextEncoder().encode(`${JSON.stringify({ format: 1, files }, null, 2)}\n`);
    const before = bytesOf(this.path);
    if (before === null || sha256Of(before) !== sha256Of(bytes)) replaceFile(this.path, bytes, 0o644);
  }
}
