import { Type } from "@sinclair/typebox";
import { table, whole } from "./fields.ts";

const byTag = { pattern: "^[1-9]\\d{0,8}$", expected: "tables with tags as names" };

/** What is changed in requests to a venue. */
const fieldChanges = {
  drop: Type.Array(whole("Tag.", 1, 999_999_999), {
    description: "Tags that are left out.",
    default: [],
    maxItems: 1024,
    uniqueItems: true,
  }),
  rename: Type.Record(Type.String({ pattern: byTag.pattern }), whole("Tag.", 1, 999_999_999), {
    description: "New tag by old tag, such as 5001 = 9001.",
    additionalProperties: false,
    expected: byTag.expected,
    default: {},
  }),
  set: Type.Record(
    Type.String({ pattern: byTag.pattern }),
    Type.String({ pattern: "^[^\\x00-\\x1f]{1,256}$", expected: "1 to 256 characters, no control characters" }),
    {
      description: 'Fixed value by tag, such as 100 = "XNAS": added, or in the place of what the client says.',
      additionalProperties: false,
      expected: byTag.expected,
      default: {},
    },
  ),
};

export const fields = table(
  "Fields of requests to the venue. A request with a field that its version or dictionary does not have is refused, unless it is dropped or renamed here.",
  {
    ...fieldChanges,
    D: table("More for new orders (35=D).", fieldChanges),
    F: table("More for cancels (35=F).", fieldChanges),
    G: table("More for replaces (35=G).", fieldChanges),
  },
);
