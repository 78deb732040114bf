import type { AgentKind } from "../config/agents.ts";
import type { Agent, Polled } from "../lane/agent.ts";

/** An agent that a lane has built. */
export interface BuiltAgent {
  readonly kind: AgentKind;
  readonly agent: Agent;
  /** Polled again after the core, or null: a venue agent's sending. */
  readonly afterCore: Polled | null;
}

/**
 * The order in which a lane polls its agents in one turn. The core follows each of its neighbours, and the venues' sending
 * follows the core once more: an order and a report each cross the lane within one turn.
 */
export function pollOrder(agents: readonly BuiltAgent[]): Polled[] {
  const ofKind = (kind: AgentKind): Agent[] => agents.filter((one) => one.kind === kind).map(({ agent }) => agent);
  const core = ofKind("core");
  const sending = core.length === 0 ? [] : agents.flatMap(({ afterCore }) => (afterCore === null ? [] : [afterCore]));
  return [
    ...ofKind("venue"),
    ...core,
    ...ofKind("client"),
    ...core,
    ...sending,
    ...ofKind("exchange"),
    ...ofKind("keeper"),
  ];
}
