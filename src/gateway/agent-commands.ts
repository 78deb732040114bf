import type { Log } from "../base/log.ts";
import type { Views } from "../base/views.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { type CommandOutcome, Commands } from "../control/commands.ts";
import { type SessionOrder, SessionRing } from "../control/session-ring.ts";
import { syncedAt } from "../journal/positions.ts";
import type { JournalNames } from "../journal/store/names.ts";
import type { LanePlan, Plan, SidePlan } from "../plan/plan.ts";
import {
  SESSION_CONNECT,
  SESSION_KICK,
  SESSION_LOGOUT,
  SESSION_NUMBERS,
  type SessionAnswer,
} from "../record/session-command.ts";
import type { LaneThreads } from "./lane-threads.ts";

const ANSWER_WITHIN_MS = 5_000;
const NAMES: Readonly<Record<number, string>> = {
  [SESSION_LOGOUT]: "log out",
  [SESSION_KICK]: "disconnect",
  [SESSION_NUMBERS]: "set the numbers of",
  [SESSION_CONNECT]: "connect to",
};

export interface SessionNumbers {
  readonly nextIn: number;
  readonly nextOut: number;
}

/** What became of a command to an agent. */
export interface SessionCommandOutcome extends CommandOutcome {
  /** The answer's result; absent without an answer. */
  readonly code?: number;
  /** The session's numbers before and after the command. */
  readonly were?: SessionNumbers;
  readonly are?: SessionNumbers;
}

type OneAgent = Commands<SessionOrder, SessionAnswer, SessionCommandOutcome>;

interface Target {
  readonly id: number;
  readonly commands: OneAgent;
  readonly lane: LanePlan;
}

/** The main thread's commands to the client and venue agents; with durability "disk" each is synced to the disk before its answer. */
export class AgentCommands {
  private readonly clients = new Map<string, Target>();
  private readonly venues = new Map<string, Target>();
  private readonly agents: OneAgent[] = [];

  constructor(
    private readonly config: GatewayConfig,
    private readonly plan: Plan,
    private readonly views: Views,
    names: JournalNames,
    private readonly lanes: LaneThreads,
    private readonly log: Log,
  ) {
    for (const side of plan.clients) this.add(side, this.clients, names.clients);
    for (const side of plan.venues) this.add(side, this.venues, names.venues);
  }

  /** Id of a client session or venue that is configured, or undefined. */
  idOf(isVenue: boolean, name: string): number | undefined {
    return this.target(isVenue, name)?.id;
  }

  /** Sends a command to the agent of a configured session or venue. Never rejects. */
  send(isVenue: boolean, name: string, order: Omit<SessionOrder, "session">): Promise<SessionCommandOutcome> {
    const { id, commands } = this.target(isVenue, name)!;
    return commands.send({ ...order, session: id });
  }

  /** Wakes the agent's lane, which then sees the trading state. */
  wake(isVenue: boolean, name: string): void {
    this.lanes.wake(this.target(isVenue, name)!.lane);
  }

  poll(): void {
    for (const agent of this.agents) agent.poll();
  }

  close(): void {
    for (const agent of this.agents) agent.close();
  }

  end(): void {
    for (const agent of this.agents) agent.end();
  }

  private target(isVenue: boolean, name: string): Target | undefined {
    return (isVenue ? this.venues : this.clients).get(name);
  }

  private add(side: SidePlan, targets: Map<string, Target>, ids: Readonly<Record<string, number>>): void {
    const commands = this.commandsOf(side);
    this.agents.push(commands);
    for (const name of side.members) targets.set(name, { id: ids[name]!, commands, lane: this.plan.lanes[side.lane]! });
  }

  private commandsOf(side: SidePlan): OneAgent {
    const { config, plan, views, lanes, log } = this;
    const word = side.streamWordsAt >> 2;
    const segmentBytes = config.journal.segmentMiB << 20;
    const onDisk = config.journal.durability === "disk";
    return new Commands({
      ring: new SessionRing(views, side, plan.sessionCommandSlots),
      who: `agent ${side.name}`,
      wakeCore: () => lanes.wake(plan.lanes[side.lane]!),
      isDurable: (position) => !onDisk || syncedAt(views.ints, word, segmentBytes) > position,
      timeoutMs: ANSWER_WITHIN_MS,
      late: ({ kind, session }, { applied, reason }, tookMs) => {
        const what = applied ? "done" : `refused: ${reason}`;
        const after = `${(tookMs / 1000).toFixed(1)} s after it was sent`;
        log.alarm(`${NAMES[kind]} session ${session} of ${side.name}: ${what}, ${after}`);
      },
      outcomeOf: (answer, outcome) => ({
        ...outcome,
        code: answer.result,
        were: { nextIn: answer.wereIn, nextOut: answer.wereOut },
        are: { nextIn: answer.areIn, nextOut: answer.areOut },
      }),
    });
  }
}
