import type { Log } from "../../base/log.ts";
import type { Views } from "../../base/views.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import type { Commands } from "../../control/commands.ts";
import type { RowLevel } from "../../core/level-rows.ts";
import type { JournalNames } from "../../journal/store/names.ts";
import type { Collecting } from "../../operation/collections.ts";
import type { Operations } from "../../operation/operations.ts";
import type { Profiles } from "../../operation/profiles.ts";
import type { Plan } from "../../plan/plan.ts";
import type { AgentCommands } from "../agent-commands.ts";
import type { ListenPorts } from "../lane-context.ts";
import type { Reload, Reloadable } from "../reload.ts";
import type { Rosters } from "../roster.ts";
import type { Part } from "../supervisor.ts";
import { GatewayAccounts } from "./accounts.ts";
import { actionJournal } from "./action-journal.ts";
import { AdminPart } from "./admin-part.ts";
import { CoreState } from "./core-state.ts";
import { GatewayCurrencies } from "./currencies.ts";
import { GatewayDay } from "./day.ts";
import { RunningDoctor } from "./doctor.ts";
import { GatewayDrain } from "./drain.ts";
import { RunningJournal } from "./journal.ts";
import { KillCancels } from "./kill-cancels.ts";
import { KillReasons } from "./kill-reasons.ts";
import { GatewayKillSwitch } from "./kill-switch.ts";
import { GatewayLevels } from "./levels.ts";
import { LimitReload } from "./limit-reload.ts";
import { MarketHours } from "./market-hours.ts";
import { GatewayOrders } from "./orders.ts";
import { GatewayOverrides } from "./overrides.ts";
import { PlanViews } from "./plan-view.ts";
import { GatewayPositions } from "./positions.ts";
import type { Published } from "./published.ts";
import { QuoteFeed } from "./quotes.ts";
import { ReaderProcesses } from "./reader-processes.ts";
import { logReplay } from "./replay-line.ts";
import { RunningReports } from "./reports.ts";
import { GatewayRoutes } from "./routes.ts";
import type { RunningConfiguration } from "./running-configuration.ts";
import { GatewaySessionCommands } from "./session-commands.ts";
import { logSettings } from "./setting-lines.ts";
import { GatewaySettings } from "./settings.ts";
import { GatewaySymbols } from "./symbols.ts";
import { GatewaySystem } from "./system.ts";
import { GatewayUnmatched } from "./unmatched.ts";
import { type WatchedParts, watchGateway } from "./watching.ts";

/** What a composed gateway has for its operators. */
export interface OperatorsSideParts extends WatchedParts {
  readonly config: GatewayConfig;
  readonly running: RunningConfiguration;
  /** The data directory. */
  readonly dir: string;
  readonly plan: Plan;
  /** Shared memory of the plan. */
  readonly views: Views;
  /** Module URL of the process's entry. */
  readonly entry: string;
  /** The core's counters, in the order of COUNTER_NAMES. */
  readonly counters: Float64Array;
  readonly commands: Commands;
  readonly agents: AgentCommands;
  /** One line about sessions, venues and lanes. */
  readonly status: () => string;
  readonly ports: ListenPorts;
  readonly published: Published;
  readonly reloading: Reload;
  /** Called with a configuration whose accounts and symbols the core has taken. */
  readonly configured: (config: GatewayConfig) => void;
  readonly profiles: Profiles;
  readonly collections: Collecting;
  readonly names: JournalNames;
  readonly rosters: Rosters;
  readonly log: Log;
  readonly tls: WatchedParts["tls"] & { readonly openApi: (path: string, renewed: () => void) => void };
}

/** The parts of the gateway by which operators see it and steer it, and what they may end it by. */
export interface OperatorsSide {
  /** In the order of the start. */
  readonly parts: readonly Part[];
  readonly drain: GatewayDrain;
}

/** Builds what watches the gateway, what operators see and do, and the API that offers it. */
export function operatorsSide(parts: OperatorsSideParts): OperatorsSide {
  const { config, running, dir, plan, views, entry, counters, commands } = parts;
  const { agents, status, ports, published, names, rosters, log } = parts;
  const readers = new ReaderProcesses(entry);
  const segmentBytes = config.journal.segmentMiB << 20;
  const journal = new RunningJournal({ dir, segmentBytes, shared: views, streams: plan.streams }, readers);
  const core = new CoreState(() => published.state, names);
  const orders = new GatewayOrders(core, commands);
  const cancelOpen = () => orders.cancelMatching({});
  const drain = new GatewayDrain({ commands, counters, cancelOpen, log: log.of("operator") });
  const reasons = new KillReasons((question) => journal.reasonOf(question));
  const reader = () => core.reader;
  const sessionCommands = new GatewaySessionCommands({ plan, views, rosters, core: commands, agents, reader, reasons });
  const { killSwitch, killCancels } = killSwitchesOf(parts, core, orders, sessionCommands, reasons, drain);
  const inForce = () => parts.reloading.config;
  const quotes = new QuoteFeed({ config: inForce, commands, log: log.of("quotes") });
  const overrides = new GatewayOverrides(core, commands);
  const watching = watchGateway(parts, killSwitch, quotes, () => overrides.list());
  const system = new GatewaySystem({
    version: running.version,
    reloading: parts.reloading,
    dataDir: dir,
    lanes: plan.lanes.length,
    counters,
    status,
    drain,
  });
  const { sessions, venues, dropCopies, journalLag, largestPositions: largest } = published;
  const { alarms } = watching;
  const settings = new GatewaySettings(core, commands, config.core.tradingDay, reasons);
  const positions = new GatewayPositions(core, commands, config.core.tradingDay);
  const levels = (of: RowLevel) => new GatewayLevels(of, core, config.core.tradingDay, largest, inForce);
  const day = new GatewayDay({
    config: inForce,
    ...{ dir, commands, settings, sessions, venues, journalLag, alarms, system, sessionCommands, killSwitch },
    ...{ journal, readers, positions },
    state: () => published.state,
    log: log.of("operator"),
  });
  const operations: Operations = {
    ...{ sessions, venues, dropCopies },
    latencies: published.latencies,
    lanes: published.lanes,
    journalLag,
    planned: new PlanViews(inForce, plan, published.lanes),
    doctor: new RunningDoctor({
      config: inForce,
      dir,
      lanes: published.lanes,
      readers,
      killed: () => core.reader.killed,
    }),
    system,
    day,
    drain,
    orders,
    accounts: new GatewayAccounts(core, config.core.tradingDay, largest),
    ...{ clients: levels("client"), sessionLimits: levels("session"), traders: levels("trader") },
    ...{ positions, currencies: new GatewayCurrencies(core, inForce) },
    symbols: new GatewaySymbols(core),
    unmatched: new GatewayUnmatched(core, commands),
    overrides,
    quotes,
    routes: new GatewayRoutes(core, inForce, names),
    settings,
    killSwitch,
    journal,
    alarms,
    metrics: watching.metrics,
    reports: new RunningReports(dir, config.core.tradingDay, journal, readers),
    sessionCommands,
    reloading: parts.reloading,
    profiles: parts.profiles,
    collections: parts.collections,
  };
  const api = new AdminPart({
    config: config.admin,
    dataDir: dir,
    version: running.version,
    operations,
    manual: running.manual,
    journal: actionJournal(commands),
    readers,
    drain,
    ports,
    openTls: parts.tls.openApi,
    log: log.of("operator"),
  });
  parts.reloading.register("limits", new LimitReload(core, commands, names, parts.configured));
  const marketHours = new MarketHours({ config: inForce, core, commands, tasks: parts.tasks, log: log.of("limits") });
  parts.reloading.register(
    "alarms",
    taking(({ alarms }) => watching.alarms.replace(alarms)),
  );
  parts.reloading.register(
    "API access",
    taking(({ admin }) => api.replaceAccess(admin)),
  );
  const restricted: Part = { name: "restricted sessions", start: () => sessionCommands.logRestricted(log) };
  return {
    parts: [
      heldSettings(core, counters, log.of("limits")),
      marketHours,
      quotes,
      killCancels,
      watching,
      restricted,
      api,
    ],
    drain,
  };
}

/** Kill switches, and what cancels the open orders of those that were told to. */
function killSwitchesOf(
  { dir, commands, names, rosters, tasks, log }: OperatorsSideParts,
  core: CoreState,
  orders: GatewayOrders,
  sessionCommands: GatewaySessionCommands,
  reasons: KillReasons,
  drain: GatewayDrain,
): { readonly killSwitch: GatewayKillSwitch; readonly killCancels: KillCancels } {
  const killCancels = new KillCancels({
    ...{ dir, orders, tasks, log: log.of("kill switch") },
    isEngaged: (scope) => killSwitch.get(scope)?.engaged ?? null,
    venuesUp: () =>
      Object.values(names.venues)
        .filter((id) => core.reader.isVenueUp(id))
        .join(),
  });
  const named = { session: () => rosters.clients.names, venue: () => rosters.venues.names };
  const killSwitch: GatewayKillSwitch = new GatewayKillSwitch(
    ...([core, commands, sessionCommands, named, reasons, killCancels] as const),
    () => drain.engagedByOther(),
  );
  return { killSwitch, killCancels };
}

/** Says at the start which values of operators hold, and how the replay went. */
function heldSettings(core: CoreState, counters: Float64Array, log: Log): Part {
  return {
    name: "settings of operators",
    start: () => {
      logSettings(core.reader, log);
      logReplay(counters, log);
    },
  };
}

/** What takes any values of a configuration. */
function taking(take: (config: GatewayConfig) => void): Reloadable {
  return {
    apply: (config) => {
      take(config);
      return null;
    },
  };
}
