import type { LinkView } from "./sessions.ts";

/** What stops the copies of the reports of a client agent. */
export interface CopyFaultView {
  /** `client0`. */
  readonly agent: string;
  readonly reason: string;
}

/** How far all copies are behind the reports. */
export interface CopyProgressView {
  /** Bytes of the journal that are not read yet, and how long the first report of them waits. */
  readonly behindBytes: number;
  readonly behindS: number;
  /** From so many seconds on it is an alarm: dropCopy.maxBehindS. */
  readonly maxBehindS: number;
  /** All reports up to here are copied, microseconds since 1970; null: none is yet. */
  readonly copiedUntilUs: number | null;
  /** Since the start, of all sessions. */
  readonly copies: number;
  /** A report waits for room in the journal, whose reserve is not for copies. */
  readonly waitsForRoom: boolean;
  readonly fault: CopyFaultView | null;
}

/** A drop copy session. */
export interface DropCopyView extends Omit<LinkView, "tradingState"> {
  readonly compId: string;
  /** Accounts and client sessions whose reports it gets; null: all. */
  readonly accounts: readonly string[] | null;
  readonly sessions: readonly string[] | null;
  /** Copies that were made since the start. */
  readonly copies: number;
  /** Messages that are numbered, and that no connection since the start has carried. */
  readonly waiting: number;
}

/** Reads drop copy sessions. Never disturbs a lane. */
export interface DropCopies {
  /** In the order of the configuration. */
  list(): DropCopyView[];
  get(name: string): DropCopyView | null;
  /** Null: there are no drop copy sessions, or nothing was read yet. */
  progress(): CopyProgressView | null;
}
