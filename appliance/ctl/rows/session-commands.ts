import { text, whole } from "../../commands/command.ts";
import type { CtlRow } from "../row.ts";

const NUMBERS = {
  nextIn: whole("N", "MsgSeqNum (34) expected next", 1, 999_999_999),
  nextOut: whole("N", "MsgSeqNum (34) sent next", 1, 999_999_999),
} as const;
const TEXT = { text: text("TEXT", "Text (58) of the Logout") } as const;

/** What can be done about both, under `session` and under `venue`. */
function rowsOf(name: "session" | "venue"): CtlRow[] {
  const what = name === "session" ? "a client session" : "a venue";
  const path = `/v1/${name}s/:name`;
  const about = { method: "POST", arguments: ["NAME"], isAction: true } as const;
  return [
    { ...about, name: `${name} logout`, summary: `log out ${what}`, path: `${path}/logout`, options: TEXT },
    { ...about, name: `${name} kick`, summary: `disconnect ${what} without a Logout`, path: `${path}/kick` },
    {
      ...about,
      name: `${name} state`,
      summary: `let ${what} trade (on), only cancel (cancel-only), or switch it off (off)`,
      path: `${path}/state`,
      arguments: ["NAME", "STATE"],
      argumentKeys: ["state"],
    },
    {
      ...about,
      name: `${name} numbers`,
      summary: `set the sequence numbers of ${what}`,
      path: `${path}/numbers`,
      options: NUMBERS,
    },
  ];
}

export const sessionCommandRows: readonly CtlRow[] = [
  ...rowsOf("session"),
  ...rowsOf("venue"),
  {
    name: "venue connect",
    summary: "connect to a venue now",
    method: "POST",
    path: "/v1/venues/:name/connect",
    arguments: ["NAME"],
    isAction: true,
  },
];
