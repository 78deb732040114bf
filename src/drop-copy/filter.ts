import { text } from "../base/ascii.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import * as tag from "../fix/wire/tags.ts";

/** Which reports a drop copy session gets. */
export interface CopyFilter {
  /** Ids of client sessions; null: all. */
  readonly sessions: ReadonlySet<number> | null;
  /** Accounts (1); null: all. */
  readonly accounts: ReadonlySet<string> | null;
}

/** Whether a report to this client session, which `scan` holds, is copied. */
export function isCopied({ sessions, accounts }: CopyFilter, session: number, scan: Scanner): boolean {
  if (sessions !== null && !sessions.has(session)) return false;
  if (accounts === null) return true;
  const account = scan.find(tag.Account);
  return account >= 0 && accounts.has(text(scan.bytes, scan.starts[account]!, scan.ends[account]!));
}
