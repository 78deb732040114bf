import { table, whole } from "./fields.ts";

/** The table `pool`. */
export const pool = table("Memory that sessions share for the backlogs of slow readers.", {
  maxMiB: whole(
    "Limit of all backlogs together, MiB; a session that then needs more is disconnected. The limit of one session is its backlogBytes.",
    4,
    2_047,
    { default: 256 },
  ),
  readyMiB: whole("Populated in advance, so that a backlog begins without a page fault, MiB.", 0, 2_047, {
    default: 4,
  }),
  idleS: whole("Memory that was not needed for this long is returned to the system, seconds.", 1, 86_400, {
    default: 10,
  }),
});
