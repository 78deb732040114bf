import type { Validator } from "../dictionary/validator.ts";
import type { FixVersion } from "../wire/version.ts";
import type { GapQueues } from "./gap-queues.ts";
import type { SessionOptions } from "./options.ts";

/** Who talks to whom, and by which rules. */
export interface SessionProfile {
  readonly version: FixVersion;
  /** Our CompID: SenderCompID of what we send. */
  readonly compId: string;
  /** The counterparty's CompID; empty while a dynamic session has no client. */
  readonly peerCompId: string;
  /** We connect and log on first. */
  readonly initiator: boolean;
  /** An initiator proposes it; an acceptor takes the peer's, up to this. Seconds. */
  readonly heartBtIntS: number;
  /** Both numbers go back to 1 at each Logon. */
  readonly resetOnLogon: boolean;
  readonly logonTimeoutMs: number;
  /** Options that differ from DEFAULT_OPTIONS. */
  readonly options?: Partial<SessionOptions>;
  /** Hold messages behind a gap; a message that does not fit is asked for again. Left out: the session makes one. */
  readonly gapQueues?: GapQueues;
  /** Checks incoming messages against a dictionary; left out: only the fields that the session needs are checked. */
  readonly validator?: Validator | null;
}
