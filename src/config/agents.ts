const AGENT_KINDS = ["client", "core", "venue", "keeper", "exchange", "drop-copy"] as const;
export type AgentKind = (typeof AGENT_KINDS)[number];

/** Full name of an agent: `client` and `venue` are short for the first of their kind, `client0` and `venue0`. */
export function agentName(agent: string): string {
  return agent === "client" || agent === "venue" ? `${agent}0` : agent;
}

/** Kind of an agent, or of its journal stream, from its name: `venue1` is a "venue". Null for any other name. */
export function agentKind(name: string): AgentKind | null {
  const kind = name.replace(/\d$/, "");
  return AGENT_KINDS.find((known) => known === kind) ?? null;
}
