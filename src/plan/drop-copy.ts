import { logonTermsBytes } from "../client/logon-terms.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { PROGRESS_BYTES } from "../drop-copy/progress.ts";
import { STREAM_WORDS_BYTES } from "../journal/layout.ts";
import { Latest } from "../ring/latest.ts";
import { SESSION_ROW_BYTES } from "../telemetry/session-rows.ts";
import { type CommandedPlan, commandRings } from "./command-rings.ts";

interface Layout {
  take(owner: string, what: string, bytes: number): number;
}

/** The drop copy agent: its sessions, in the order of the configuration, and its journal stream. */
export interface DropCopyPlan extends CommandedPlan {
  readonly logonTermsAt: number;
  readonly logonTermsBytes: number;
  /** Rows of its sessions (telemetry/session-rows.ts), and how far its copies are (drop-copy/progress.ts). */
  readonly rowsAt: number;
  readonly progressAt: number;
}

/** Plans the drop copy agent, if there are drop copy sessions. */
export function planDropCopy(layout: Layout, lane: number, { dropCopy }: GatewayConfig): DropCopyPlan | null {
  if (dropCopy === null) return null;
  const name = "drop-copy";
  const members = Object.keys(dropCopy.sessions);
  const ranges = Object.values(dropCopy.sessions).reduce((sum, { allow }) => sum + (allow?.length ?? 0), 0);
  const termsBytes = logonTermsBytes(members.length, ranges);
  return {
    name,
    lane,
    members,
    streamWordsAt: layout.take(name, "journal stream state", STREAM_WORDS_BYTES),
    ...commandRings(layout, name),
    logonTermsAt: layout.take(name, "who may log on to it", Latest.bytesFor(termsBytes)),
    logonTermsBytes: termsBytes,
    rowsAt: layout.take(name, "rows of the drop copy sessions", SESSION_ROW_BYTES * members.length),
    progressAt: layout.take(name, "how far the copies are", PROGRESS_BYTES),
  };
}
