import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { Views } from "../base/views.ts";
import type { ReadResult } from "../config/config-file.ts";
import { namedFiles } from "../config/named-files.ts";
import { passwordFileProblems } from "../config/password-file.ts";
import type { Problem } from "../config/problem.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { StateReader } from "../core/state-reader.ts";
import type { JournalNames } from "../journal/store/names.ts";
import type { IdCounts } from "../plan/needs.ts";
import { type Plan, planGateway } from "../plan/plan.ts";
import { idCount } from "../recovery/recovery.ts";
import type { AgentCommands } from "./agent-commands.ts";
import { clientReload, type OpenOrders, venueReload } from "./counterparty-reload.ts";
import { loadDialects } from "./load-dialects.ts";
import { LogonTermsPublisher } from "./logon-terms.ts";
import { MessageLimitsPublisher } from "./message-limits.ts";
import { sharedProblem } from "./open-lanes.ts";
import type { RunningConfiguration } from "./operation/running-configuration.ts";
import { Reload } from "./reload.ts";
import { type MainParts, mainReloadables } from "./reloadables.ts";
import type { Member, Rosters } from "./roster.ts";
import type { TlsPart } from "./tls-part.ts";
import { ordersAtVenues } from "./venue-orders.ts";

/** What takes new client sessions and venues, and knows those that are there. */
interface ReloadTakers {
  readonly plan: Plan;
  readonly views: Views;
  readonly rosters: Rosters;
  readonly dir: string;
  readonly agents: AgentCommands;
  /** Reads the core's state; null before the lanes run. */
  readonly state: () => StateReader | null;
  readonly tasks: PeriodicTasks;
  readonly tls: Pick<TlsPart, "renew" | "venueProblem" | "openVenue">;
  readonly log: Log;
}

/** The reload of a gateway's configuration. */
export function openReload(
  running: RunningConfiguration,
  names: JournalNames,
  parts: Omit<MainParts, "clients" | "logonTerms" | "messageLimits"> & ReloadTakers,
): Reload {
  const logonTerms = new LogonTermsPublisher(parts.views, parts.plan.clients, parts.rosters.clients);
  const messageLimits = new MessageLimitsPublisher(
    parts.views,
    parts.plan.clients,
    parts.rosters.clients,
    resolveConfig(running.file),
  );
  const reloadables = mainReloadables({ ...parts, clients: names.clients, logonTerms, messageLimits });
  const { clients, venues } = parts.rosters;
  const versions = () => new Set([...clients.all, ...venues.all].map(({ settings }) => settings.version));
  const counterparties = { ...parts, names, versions, openOrders: openOrdersOf(parts) };
  const ids = { clients: idCount(names.clients), venues: idCount(names.venues) };
  const shared = new SharedProblems(ids);
  const read = (): ReadResult => withStartProblems(running.read(), shared);
  const reload = new Reload({ ...running, read, namedFiles, renew: parts.tls.renew, reloadables });
  reload.register("client sessions", clientReload(counterparties, parts.rosters.clients));
  reload.register("venues", venueReload(counterparties, parts.rosters.venues));
  return reload;
}

/** Counts open orders: of client sessions as the core shows them, of venues in the table of orders, with those that work again tomorrow. */
function openOrdersOf({ plan, views, state }: ReloadTakers): OpenOrders {
  return async (members) => {
    const reader = members.every(({ side }) => plan.clients.includes(side)) ? null : state();
    const atVenues = reader === null ? new Int32Array() : await ordersAtVenues(reader);
    const countOf = ({ side, row, id }: Member): number =>
      plan.clients.includes(side) ? Atomics.load(views.ints, (plan.openOrdersAt >> 2) + row) : (atVenues[id] ?? 0);
    return new Map(members.map((member) => [member, countOf(member)]));
  };
}

/** What was read, with everything that a start would refuse: its dictionaries, password files, shared memory. */
function withStartProblems(read: ReadResult, sharedProblems: SharedProblems): ReadResult {
  const { config, source } = read;
  if (config === undefined) return read;
  const dialects = loadDialects(config);
  const shared = sharedProblems.of(config);
  const problems = [...dialects.problems, ...passwordFileProblems(config), ...(shared === null ? [] : [shared])];
  return problems.length > 0 ? { problems, source } : { ...read, warnings: [...read.warnings, ...dialects.warnings] };
}

/** Whether lanes can share what a configuration needs; planned once for each configuration, which takes 20 ms. */
class SharedProblems {
  private config: GatewayConfig | null = null;
  private problem: Problem | null = null;

  constructor(private readonly ids: IdCounts) {}

  of(config: GatewayConfig): Problem | null {
    if (config !== this.config) this.problem = sharedProblem(config, planGateway(config, this.ids));
    this.config = config;
    return this.problem;
  }
}
