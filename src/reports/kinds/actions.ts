import type { Column } from "../column.ts";

/** What an operator did, as the journal says it. */
export interface Action {
  readonly timeUs: number;
  /** Client session or venue whose numbers were set, or "". */
  readonly party: string;
  readonly text: string;
}

export const ACTIONS: readonly Column<Action>[] = [
  { name: "time", type: "time", source: "entry of the journal", of: (row) => row.timeUs },
  { name: "party", type: "text", source: "client session or venue", of: (row) => row.party || null },
  { name: "action", type: "text", source: "as journal print says it", of: (row) => row.text },
];
