import { flag, required, whole } from "../../commands/command.ts";
import type { CtlRow } from "../row.ts";

export const drainRows: readonly CtlRow[] = [
  {
    name: "drain",
    summary: "refuse new orders, let open ones end, log out and stop",
    method: "POST",
    path: "/v1/system/drain",
    body: { cancel: false },
    options: {
      deadlineS: required(whole("N", "open orders may end for N seconds", 0, 86_400)),
      cancel: flag("cancel what is open then; without it, it stays open at its venues"),
    },
    isAction: true,
  },
  {
    name: "drain-off",
    summary: "call a drain off: new orders are taken again",
    method: "DELETE",
    path: "/v1/system/drain",
    isAction: true,
  },
];
