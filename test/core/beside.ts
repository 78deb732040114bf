import { Views } from "../../src/base/views.ts";
import { GROUPS_TEXT_AT } from "../../src/record/groups.ts";

/** What came beside a request: whole fields of its body, those of a group among them. */
export function besideOf(fields: readonly (readonly [field: string, mark?: number])[]): Views {
  const text = Buffer.from(fields.map(([field]) => `${field}\x01`).join(""), "latin1");
  const views = Views.allocate(GROUPS_TEXT_AT + ((text.length + fields.length + 3) & ~3));
  views.ints[0] = text.length;
  views.bytes.set(text, GROUPS_TEXT_AT);
  views.bytes.set(
    fields.map(([, mark = 0]) => mark),
    GROUPS_TEXT_AT + text.length,
  );
  return views;
}
