import type { GatewayConfig } from "../config/schema.ts";
import type { MemoryGuard } from "../host/memory/guard.ts";
import type { SchedulePublisher } from "../schedule/publisher.ts";
import type { CancelOnDisconnect } from "./cancel-on-disconnect.ts";
import type { LogonTermsPublisher } from "./logon-terms.ts";
import type { MessageLimitsPublisher } from "./message-limits.ts";
import { credentialsOf, type PasswordChecks } from "./password-checks.ts";
import type { ReloadParts } from "./reload.ts";
import type { SessionBuffers } from "./session-buffers.ts";
import type { SessionLocks } from "./session-locks.ts";
import type { Snapshots } from "./snapshots.ts";

/** The parts of the main thread that take new values of the configuration. */
export interface MainParts {
  /** Ids of the client sessions, by name. */
  readonly clients: Readonly<Record<string, number>>;
  readonly logonTerms: LogonTermsPublisher;
  readonly messageLimits: MessageLimitsPublisher;
  readonly passwords: PasswordChecks;
  readonly locks: SessionLocks;
  readonly schedules: SchedulePublisher;
  readonly snapshots: Snapshots;
  readonly guard: MemoryGuard;
  readonly buffers: SessionBuffers;
  readonly cancels: Pick<CancelOnDisconnect, "replace">;
}

/** What each part does with a new configuration; none of these can fail. */
export function mainReloadables(parts: MainParts): ReloadParts["reloadables"] {
  const { clients, logonTerms, messageLimits, passwords, locks, schedules, snapshots, guard, buffers, cancels } = parts;
  const takes = (take: (config: GatewayConfig) => void) => ({
    apply: (config: GatewayConfig): null => {
      take(config);
      return null;
    },
  });
  return {
    credentials: {
      check: logonTerms.problem,
      apply: (config) => {
        // First: a Logon that waits for a check from now on finds its credentials.
        passwords.replace(credentialsOf(config, clients));
        logonTerms.publish(config);
        return null;
      },
    },
    "session locks": takes(({ client }) => {
      locks.lockAfter = client.lockAfter;
    }),
    calendars: takes(({ calendars }) => schedules.replace(calendars)),
    retention: takes(({ journal }) => {
      snapshots.terms = journal;
    }),
    "memory limit": {
      ...takes(({ memory }) => guard.limit(memory.limitMiB)),
      refusal: (_, { memory }) =>
        memory.growthPercent === "off" ? 'with growthPercent = "off" the engine has the limit from its start' : null,
    },
    "message limits": {
      prepare: (config) => {
        messageLimits.readTraders(config);
        return null;
      },
      ...takes((config) => messageLimits.publish(config)),
    },
    "cancel on disconnect": takes((config) => cancels.replace(config)),
    "session buffers": takes(({ pool }) => buffers.idleAfter(pool.idleS)),
  };
}
