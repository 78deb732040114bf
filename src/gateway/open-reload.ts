import type { Views } from "../base/views.ts";
import type { ReadResult } from "../config/config-file.ts";
import { namedFiles } from "../config/named-files.ts";
import { passwordFileProblems } from "../config/password-file.ts";
import type { Problem } from "../config/problem.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { JournalNames } from "../journal/store/names.ts";
import { type IdCounts, type Plan, planGateway } from "../plan/plan.ts";
import { idCount } from "../recovery/recovery.ts";
import { loadDialects } from "./load-dialects.ts";
import { LogonTermsPublisher } from "./logon-terms.ts";
import { sharedProblem } from "./open-lanes.ts";
import type { RunningConfiguration } from "./operation/running-configuration.ts";
import { Reload } from "./reload.ts";
import { type MainParts, mainReloadables } from "./reloadables.ts";

/** The reload of a gateway's configuration. */
export function openReload(
  running: RunningConfiguration,
  names: Pick<JournalNames, "clients" | "venues">,
  parts: Omit<MainParts, "clients" | "logonTerms"> & { readonly plan: Plan; readonly views: Views },
): Reload {
  const logonTerms = new LogonTermsPublisher(parts.views, parts.plan.clients);
  const reloadables = mainReloadables({ ...parts, clients: names.clients, logonTerms });
  const ids = { clients: idCount(names.clients), venues: idCount(names.venues) };
  const shared = new SharedProblems(ids);
  return new Reload({ ...running, read: () => withStartProblems(running.read(), shared), namedFiles, reloadables });
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
