import type { AgentKind } from "../config/agents.ts";
import type { Agent, Polled } from "../lane/agent.ts";
import { Loop } from "../lane/loop.ts";
import { HEARTBEAT_WORD, WAKEUP_WORD } from "../lane/words.ts";
import { KERNEL, type Network } from "../net/network.ts";
import type { AgentPlan } from "../plan/plan.ts";
import type { WarmUpLaneParts } from "../warm-up/warm-up-lane.ts";
import { buildClient } from "./build-client.ts";
import { buildCore } from "./build-core.ts";
import { buildDropCopy } from "./build-drop-copy.ts";
import { buildExchange } from "./build-exchange.ts";
import { buildKeeper } from "./build-keeper.ts";
import { SessionBuilder } from "./build-session.ts";
import { buildVenue } from "./build-venue.ts";
import { LaneContext } from "./lane-context.ts";
import type { LaneData } from "./lane-data.ts";
import { type BuiltAgent, pollOrder } from "./poll-order.ts";

/** One lane: its agents, built from the plan, and what they share. */
export class Lane {
  readonly context: LaneContext;
  readonly agents: readonly Agent[];
  /** The order of one turn. */
  readonly pollOrder: readonly Polled[];
  private readonly built: readonly BuiltAgent[];

  constructor(
    private readonly data: LaneData,
    network: Network = KERNEL,
  ) {
    this.context = new LaneContext(data, network);
    const sessions = new SessionBuilder(this.context);
    this.built = data.plan.lanes[data.lane]!.agents.map((agent) => this.build(agent, sessions));
    this.agents = this.built.map(({ agent }) => agent);
    this.pollOrder = pollOrder(this.built);
  }

  get time() {
    return this.context.time;
  }

  get reactor() {
    return this.context.reactor;
  }

  get ports() {
    return this.context.ports;
  }

  /** The lane's first agent of a kind. */
  agent(kind: AgentKind): Agent | undefined {
    return this.built.find((one) => one.kind === kind)?.agent;
  }

  /** The loop over the agents; from now on other lanes find the descriptor that wakes this one. */
  loop(): Loop {
    const { reactor, peerWakeups, time, views, wordsAt } = this.context;
    Atomics.store(views.ints, (wordsAt >> 2) + WAKEUP_WORD, reactor.wakeup.fd);
    return new Loop([...this.agents], [...this.pollOrder], reactor, peerWakeups, time, this.data.spins, views, wordsAt);
  }

  /** Moves the lane's heartbeat before its first turn. */
  beat(): void {
    Atomics.add(this.context.views.ints, (this.context.wordsAt >> 2) + HEARTBEAT_WORD, 1);
  }

  /** Finds the descriptors that wake the other lanes. Every lane has its loop by then. */
  connect(): void {
    this.context.peerWakeups.connect();
  }

  private build({ name, kind }: AgentPlan, sessions: SessionBuilder): BuiltAgent {
    const { clients, venues } = this.data.plan;
    switch (kind) {
      case "client":
        return buildClient(this.context, sessions, clients.find((side) => side.name === name)!);
      case "core":
        return buildCore(this.context);
      case "venue":
        return buildVenue(this.context, sessions, venues.find((side) => side.name === name)!);
      case "keeper":
        return buildKeeper(this.context);
      case "exchange":
        return buildExchange(this.context);
      case "drop-copy":
        return buildDropCopy(this.context, sessions);
    }
  }
}

/** A lane of a warm-up's gateway: it has no earlier journal and no CPU. */
export function buildWarmUpLane(parts: WarmUpLaneParts): Lane {
  return new Lane({
    ...parts,
    snapshot: null,
    snapshotPositions: {},
    clients: {},
    venues: {},
    cpu: null,
    warmUp: null,
  });
}
