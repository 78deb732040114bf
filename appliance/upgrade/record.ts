import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { bytesOf, removeFile, replaceFile, replaceLink } from "../install/files.ts";
import { below, RESCUE, UPGRADE, VERSION_NAME } from "../install/places.ts";

const name = Type.String({ pattern: VERSION_NAME.source });
const schema = Type.Object(
  {
    format: Type.Literal(1),
    /** The last version that ran. */
    from: name,
    to: name,
    /** The service ran at the beginning; otherwise it is not started. */
    running: Type.Boolean(),
    /** Sessions logged on at the beginning; null when the service does not report them. */
    sessions: Type.Union([
      Type.Null(),
      Type.Object({ clients: Type.Integer({ minimum: 0 }), venues: Type.Integer({ minimum: 0 }) }),
    ]),
    sessionsWithinS: Type.Integer({ minimum: 0 }),
    /** The live data; left out where it is the usual directory. */
    data: Type.Optional(Type.String({ minLength: 1 })),
    /** Why it goes back; null while it goes forward. */
    back: Type.Union([Type.Null(), Type.String()]),
  },
  { additionalProperties: false },
);

/** An unfinished upgrade. It is on the disk before anything changes, so that any process can finish it. */
export type UpgradeRecord = Static<typeof schema>;

/** Fails  with one line when the file cannot be read. */
export function readRecord(root: string): UpgradeRecord | null {
  const path = below(root, UPGRADE);
  const bytes = bytesOf(path);
  if (bytes === null) return null;
  try {
    return Value.Decode(schema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    throw new Error(`${path}: expected what sallyport upgrade has written; move it away to continue without it`);
  }
}

export function writeRecord(root: string, record: UpgradeRecord): void {
  replaceLink(below(root, RESCUE), record.from);
  replaceFile(below(root, UPGRADE), new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`), 0o644);
}

export function removeRecord(root: string): void {
  removeFile(below(root, UPGRADE));
  removeFile(below(root, RESCUE));
}
