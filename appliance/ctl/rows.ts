import { type Command, command } from "../commands/command.ts";
import { ctlCommand } from "./ctl-command.ts";
import type { CtlRow } from "./row.ts";
import { alarmRows } from "./rows/alarms.ts";
import { captureRows } from "./rows/capture.ts";
import { dayRows } from "./rows/day.ts";
import { drainRows } from "./rows/drain.ts";
import { journalRows } from "./rows/journal.ts";
import { latencyRows } from "./rows/latency.ts";
import { limitRows } from "./rows/limits.ts";
import { linkRows } from "./rows/links.ts";
import { orderRows } from "./rows/orders.ts";
import { overrideRows } from "./rows/overrides.ts";
import { sessionCommandRows } from "./rows/session-commands.ts";
import { systemRows } from "./rows/system.ts";
import { unmatchedRows } from "./rows/unmatched.ts";

/** Every command of `sallyport ctl`. */
export const ctlRows: readonly CtlRow[] = [
  ...systemRows,
  ...captureRows,
  ...linkRows,
  ...latencyRows,
  ...sessionCommandRows,
  ...journalRows,
  ...drainRows,
  ...dayRows,
  ...alarmRows,
  ...orderRows,
  ...limitRows,
  ...overrideRows,
  ...unmatchedRows,
];

const SUMMARY = "steer a running gateway";

/** The rows as commands, each group before its members. */
export function ctlCommands(): Command[] {
  const groups = new Set(["ctl", ...ctlRows.flatMap(({ name }) => groupsOf(`ctl ${name}`))]);
  const all = [...groups].map((name) =>
    command({
      name,
      summary: name === "ctl" ? SUMMARY : `${SUMMARY}: ${name.slice("ctl ".length)}`,
      page: "api",
    }),
  );
  return [...all, ...ctlRows.map(ctlCommand)];
}

/** `ctl session` of `ctl session logout`. */
function groupsOf(name: string): string[] {
  const words = name.split(" ");
  return words.slice(1, -1).map((_, i) => words.slice(0, i + 2).join(" "));
}
