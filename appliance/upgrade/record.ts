import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { bytesOf, removeFile, replaceFile, replaceLink } from "../install/files.ts";
import { below, RESCUE, UPGRADE, VERSION_NAME } from "../install/places.ts";

const name = Type.String({ pattern: VERSION_NAME.source });
const schema = Type.Object(
  {
    format: Type.Literal(1),
    /** The version that is known to run. */
    from: name,
    to: name,
    /** The service ran when it began; else it is not started. */
    running: Type.Boolean(),
    /** Sessions that were on then; null where the service does not say. */
    sessions: Type.Union([
      Type.Null(),
      Type.Object({ clients: Type.Integer({ minimum: 0 }), venues: Type.Integer({ minimum: 0 }) }),
    ]),
    sessionsWithinS: Type.Integer({ minimum: 0 }),
    /** Why it goes back; null while it goes on. */
    back: Type.Union([Type.Null(), Type.String()]),
  },
  { additionalProperties: false },
);

/** An upgrade that has begun and is not over; on the disk before anything is switched, so that anybody can finish it. */
export type UpgradeRecord = Static<typeof schema>;

/** Fails  with a line for the user when it is there and cannot be understood. */
export function readRecord(root: string): UpgradeRecord | null {
  const path = below(root, UPGRADE);
  const bytes = bytesOf(path);
  if (bytes === null) return null;
  try {
    return Value.Decode(schema, JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    throw new Error(`${path}: expected what sallyport upgrade has written; move it away to go on without it`);
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
