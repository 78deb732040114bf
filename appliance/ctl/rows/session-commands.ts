import { text, whole } from "../../commands/command.ts";
import type { CtlRow } from "../row.ts";

const NUMBERS = {
  nextIn: whole("N", "MsgSeqNum (34) expected next", 1, 999_999_999),
  nextOut: whole("N", "MsgSeqNum (34) sent next", 1, 999_999_999),
} as const;
const TEXT = { text: text("TEXT", "Text (58) of the Logout") } as const;

const KINDS = {
  session: { what: "a client session", path: "/v1/sessions/:name" },
  venue: { what: "a venue", path: "/v1/venues/:name" },
  "drop-copy": { what: "a drop copy session", path: "/v1/drop-copies/:name" },
} as const;

/** What can be done about each kind, under its name. */
function rowsOf(name: keyof typeof KINDS): CtlRow[] {
  const { what, path } = KINDS[name];
  const about = { method: "POST", arguments: ["NAME"], isAction: true } as const;
  return [
    { ...about, name: `${name} logout`, summary: `log out ${what}`, path: `${path}/logout`, options: TEXT },
    { ...about, name: `${name} kick`, summary: `disconnect ${what} without a Logout`, path: `${path}/kick` },
    ...(name === "drop-copy" ? [] : [stateRow(name)]),
    {
      ...about,
      name: `${name} numbers`,
      summary: `set the sequence numbers of ${what}`,
      path: `${path}/numbers`,
      options: NUMBERS,
    },
  ];
}

function stateRow(name: "session" | "venue"): CtlRow {
  const { what, path } = KINDS[name];
  return {
    name: `${name} state`,
    summary: `let ${what} trade (on), only cancel (cancel-only), or switch it off (off)`,
    method: "POST",
    path: `${path}/state`,
    arguments: ["NAME", "STATE"],
    argumentKeys: ["state"],
    isAction: true,
  };
}

export const sessionCommandRows: readonly CtlRow[] = [
  ...rowsOf("session"),
  ...rowsOf("venue"),
  ...rowsOf("drop-copy"),
  {
    name: "drop-copy skip",
    summary: "pass over the part of a client agent's journal that stops the copies",
    method: "POST",
    path: "/v1/drop-copy-skips",
    arguments: ["AGENT"],
    argumentKeys: ["agent"],
    isAction: true,
  },
  {
    name: "venue connect",
    summary: "connect to a venue now",
    method: "POST",
    path: "/v1/venues/:name/connect",
    arguments: ["NAME"],
    isAction: true,
  },
];
