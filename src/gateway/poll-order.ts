import type { AgentKind } from "../config/agents.ts";
import type { Agent, Polled } from "../lane/agent.ts";

/** An agent that a lane has built. */
export interface BuiltAgent {
  readonly kind: AgentKind;
  readonly agent: Agent;
  /** Polled again after the core, or null: a venue agent's sending. */
  readonly afterCore: Polled | null;
  /** Takes more of a burst that a client agent has begun to take. */
  readonly rest?: Polled;
}

/** Parts of a burst that follow the first one in the same turn: 1,024 messages in all. */
const PARTS = 15;

/**
 * Takes a burst of orders through the lane in parts, each up to the venues' sockets, before reports are handled: the first
 * ones leave early, and the last one does not wait for the reports of those before it.
 */
class RestOfBurst implements Polled {
  constructor(
    readonly name: string,
    private readonly clients: readonly Polled[],
    private readonly followers: readonly Polled[],
  ) {}

  poll(nowNs: number): number {
    let work = 0;
    for (let part = 0; part < PARTS; part++) {
      let taken = 0;
      for (let i = 0; i < this.clients.length; i++) taken += this.clients[i]!.poll(nowNs);
      if (taken === 0) break;
      for (let i = 0; i < this.followers.length; i++) work += this.followers[i]!.poll(nowNs);
      work += taken;
    }
    return work;
  }
}

/**
 * The order in which a lane polls its agents in one turn. The core follows each of its neighbours, and the venues' sending
 * follows the core once more: an order and a report each cross the lane within one turn.
 */
export function pollOrder(agents: readonly BuiltAgent[]): Polled[] {
  const ofKind = (kind: AgentKind): Agent[] => agents.filter((one) => one.kind === kind).map(({ agent }) => agent);
  const core = ofKind("core");
  const sending = core.length === 0 ? [] : agents.flatMap(({ afterCore }) => (afterCore === null ? [] : [afterCore]));
  const clients = agents.flatMap(({ rest }) => (rest === undefined ? [] : [rest]));
  const followers = [...core, ...sending];
  const isWhole = clients.length > 0 && followers.length > 0;
  const rest = isWhole ? [new RestOfBurst(clients[0]!.name, clients, followers)] : [];
  return [
    ...ofKind("venue"),
    ...core,
    ...ofKind("client"),
    ...core,
    ...sending,
    ...rest,
    ...ofKind("exchange"),
    ...ofKind("keeper"),
    ...ofKind("drop-copy"),
  ];
}
