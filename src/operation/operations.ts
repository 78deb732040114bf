import type { Accounts } from "./accounts.ts";
import type { AlarmOperations } from "./alarms.ts";
import type { Collecting } from "./collections.ts";
import type { Day } from "./day.ts";
import type { Drain } from "./drain.ts";
import type { JournalReading } from "./journal.ts";
import type { JournalLag } from "./journal-lag.ts";
import type { KillSwitch } from "./kill-switch.ts";
import type { Lanes } from "./lanes.ts";
import type { Latencies } from "./latency.ts";
import type { MetricsText } from "./metrics.ts";
import type { Orders } from "./orders.ts";
import type { Profiles } from "./profiles.ts";
import type { Reloading } from "./reload.ts";
import type { Reports } from "./reports.ts";
import type { SessionCommands } from "./session-commands.ts";
import type { Sessions } from "./sessions.ts";
import type { Settings } from "./setting.ts";
import type { Symbols } from "./symbols.ts";
import type { SystemOperations } from "./system.ts";
import type { Venues } from "./venues.ts";

/** What an operator sees of a running gateway and does to it; the gateway implements it on its main thread. */
export interface Operations {
  readonly system: SystemOperations;
  readonly sessions: Sessions;
  readonly venues: Venues;
  readonly latencies: Latencies;
  readonly lanes: Lanes;
  readonly journalLag: JournalLag;

  readonly drain: Drain;
  readonly day: Day;
  readonly journal: JournalReading;
  readonly reports: Reports;
  readonly alarms: AlarmOperations;
  readonly metrics: MetricsText;
  readonly sessionCommands: SessionCommands;
  readonly reloading: Reloading;
  readonly profiles: Profiles;
  readonly collections: Collecting;
  readonly orders: Orders;
  readonly accounts: Accounts;
  readonly symbols: Symbols;
  readonly settings: Settings;
  readonly killSwitch: KillSwitch;
}
