import { type FieldChanges, MessageFields } from "../../../src/fix/orders/message-fields.ts";
import { versionOf } from "../../../src/fix/wire/version.ts";
import { dictionaryOf } from "../dictionary/check.ts";

const ALL = { user: true, unknown: true };
const known = new Map<string, MessageFields>();

/** The fields that a message of a type has in a version such as "FIX.4.4", to a peer that takes custom tags. */
export function fieldsOf(version: string, type: string | number, changes: Partial<FieldChanges> = {}): MessageFields {
  const msgType = typeof type === "number" ? type : type.charCodeAt(0);
  const key = JSON.stringify([version, msgType, changes]);
  const all = { drop: [], rename: {}, set: {}, ...changes };
  const made = known.get(key) ?? new MessageFields(dictionaryOf(version), msgType, versionOf(version), ALL, [all]);
  known.set(key, made);
  return made;
}
