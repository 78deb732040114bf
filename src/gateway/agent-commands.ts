import type { Log } from "../base/log.ts";
import type { Views } from "../base/views.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { type CommandOutcome, Commands } from "../control/commands.ts";
import { type SessionOrder, SessionRing } from "../control/session-ring.ts";
import { syncedAt } from "../journal/positions.ts";
import type { LanePlan, Plan, SidePlan } from "../plan/plan.ts";
import {
  SESSION_ADD,
  SESSION_CONNECT,
  SESSION_KICK,
  SESSION_LOGOUT,
  SESSION_NUMBERS,
  SESSION_RETIRE,
  SESSION_REVIVE,
  type SessionAnswer,
} from "../record/session-command.ts";
import type { Member, Rosters } from "./roster.ts";

const ANSWER_WITHIN_MS = 5_000;
const NAMES: Readonly<Record<number, string>> = {
  [SESSION_LOGOUT]: "log out",
  [SESSION_KICK]: "disconnect",
  [SESSION_NUMBERS]: "set the numbers of",
  [SESSION_CONNECT]: "connect to",
  [SESSION_ADD]: "add",
  [SESSION_RETIRE]: "retire",
  [SESSION_REVIVE]: "bring back",
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

/** What an agent has answered after the time limit. */
export interface LateAnswer {
  readonly side: SidePlan;
  readonly order: SessionOrder;
  readonly outcome: SessionCommandOutcome;
}

type OneAgent = Commands<SessionOrder, SessionAnswer, SessionCommandOutcome>;

/** The main thread's commands to the client and venue agents; with durability "disk" each is synced to the disk before its answer. */
export class AgentCommands {
  private readonly agents: ReadonlyMap<SidePlan, OneAgent>;
  private readonly followers: ((answer: LateAnswer) => void)[] = [];

  constructor(
    private readonly config: GatewayConfig,
    private readonly plan: Plan,
    private readonly views: Views,
    private readonly rosters: Rosters,
    private readonly wakeLane: (lane: LanePlan) => void,
    private readonly log: Log,
  ) {
    this.agents = new Map([...plan.clients, ...plan.venues].map((side) => [side, this.commandsOf(side)]));
  }

  /** Id of a client session or venue that is there, or undefined. */
  idOf(isVenue: boolean, name: string): number | undefined {
    return this.member(isVenue, name)?.id;
  }

  /** Sends a command to the agent of a session or venue that is there. Never rejects. */
  send(isVenue: boolean, name: string, order: Omit<SessionOrder, "session">): Promise<SessionCommandOutcome> {
    return this.sendTo(this.member(isVenue, name)!, order);
  }

  /** The same, also for one that is retired or not built yet. */
  sendTo({ id, side }: Member, order: Omit<SessionOrder, "session">): Promise<SessionCommandOutcome> {
    return this.agents.get(side)!.send({ ...order, session: id });
  }

  /** Calls `take` with every answer that comes after the time limit. */
  followLate(take: (answer: LateAnswer) => void): void {
    this.followers.push(take);
  }

  /** Wakes the agent's lane, which then sees the trading state. */
  wake(isVenue: boolean, name: string): void {
    this.wakeLane(this.plan.lanes[this.member(isVenue, name)!.side.lane]!);
  }

  poll(): void {
    for (const agent of this.agents.values()) agent.poll();
  }

  /** True while a command waits for its answer. */
  get isWaiting(): boolean {
    return this.agents.values().some(({ isWaiting }) => isWaiting);
  }

  close(): void {
    for (const agent of this.agents.values()) agent.close();
  }

  end(): void {
    for (const agent of this.agents.values()) agent.end();
  }

  private member(isVenue: boolean, name: string): Member | undefined {
    return isVenue ? this.rosters.venues.get(name) : this.rosters.clients.get(name);
  }

  private commandsOf(side: SidePlan): OneAgent {
    const { config, plan, views, log } = this;
    const word = side.streamWordsAt >> 2;
    const segmentBytes = config.journal.segmentMiB << 20;
    const onDisk = config.journal.durability === "disk";
    return new Commands({
      ring: new SessionRing(views, side, plan.sessionCommandSlots),
      who: `agent ${side.name}`,
      wakeCore: () => this.wakeLane(plan.lanes[side.lane]!),
      isDurable: (position) => !onDisk || syncedAt(views.ints, word, segmentBytes) > position,
      timeoutMs: ANSWER_WITHIN_MS,
      late: (order, outcome, tookMs) => {
        const { kind, session } = order;
        const { applied, reason } = outcome;
        const what = applied ? "done" : `refused: ${reason}`;
        const after = `${(tookMs / 1000).toFixed(1)} s after it was sent`;
        log.alarm(`${NAMES[kind]} session ${session} of ${side.name}: ${what}, ${after}`);
        for (const take of this.followers) take({ side, order, outcome });
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
