import type { Log } from "../base/log.ts";
import type { Views } from "../base/views.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { type CommandOutcome, Commands } from "../control/commands.ts";
import { type SessionOrder, SessionRing } from "../control/session-ring.ts";
import { syncedAt } from "../journal/positions.ts";
import type { CommandedPlan } from "../plan/command-rings.ts";
import type { LanePlan, Plan } from "../plan/plan.ts";
import {
  SESSION_ADD,
  SESSION_CONNECT,
  SESSION_KICK,
  SESSION_LOGOUT,
  SESSION_NUMBERS,
  SESSION_RETIRE,
  SESSION_REVIVE,
  SESSION_SKIP,
  type SessionAnswer,
} from "../record/session-command.ts";
import { type Member, type MemberKind, memberOf, type Rosters } from "./roster.ts";

const ANSWER_WITHIN_MS = 5_000;
const NAMES: Readonly<Record<number, string>> = {
  [SESSION_LOGOUT]: "log out",
  [SESSION_KICK]: "disconnect",
  [SESSION_NUMBERS]: "set the numbers of",
  [SESSION_CONNECT]: "connect to",
  [SESSION_ADD]: "add",
  [SESSION_RETIRE]: "retire",
  [SESSION_REVIVE]: "bring back",
  [SESSION_SKIP]: "pass over what stops the copies of",
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
  readonly side: CommandedPlan;
  readonly order: SessionOrder;
  readonly outcome: SessionCommandOutcome;
}

type OneAgent = Commands<SessionOrder, SessionAnswer, SessionCommandOutcome>;

/** The main thread's commands to the agents with sessions; with durability "disk" each is synced to the disk before its answer. */
export class AgentCommands {
  private readonly agents: ReadonlyMap<CommandedPlan, OneAgent>;
  private readonly followers: ((answer: LateAnswer) => void)[] = [];

  constructor(
    private readonly config: GatewayConfig,
    private readonly plan: Plan,
    private readonly views: Views,
    private readonly rosters: Rosters,
    private readonly wakeLane: (lane: LanePlan) => void,
    private readonly log: Log,
  ) {
    const sides = [...plan.clients, ...plan.venues, ...(plan.dropCopy === null ? [] : [plan.dropCopy])];
    this.agents = new Map(sides.map((side) => [side, this.commandsOf(side)]));
  }

  /** Id of one that is there, or undefined. */
  idOf(kind: MemberKind, name: string): number | undefined {
    return memberOf(this.rosters, kind, name)?.id;
  }

  /** Sends a command to the agent of one that is there. Never rejects. */
  send(kind: MemberKind, name: string, order: Omit<SessionOrder, "session">): Promise<SessionCommandOutcome> {
    return this.sendTo(memberOf(this.rosters, kind, name)!, order);
  }

  /** The same, also for one that is retired or not built yet. */
  sendTo(
    { id, side }: Pick<Member<unknown, CommandedPlan>, "id" | "side">,
    order: Omit<SessionOrder, "session">,
  ): Promise<SessionCommandOutcome> {
    return this.agents.get(side)!.send({ ...order, session: id });
  }

  /** Calls `take` with every answer that comes after the time limit. */
  followLate(take: (answer: LateAnswer) => void): void {
    this.followers.push(take);
  }

  /** Wakes the agent's lane, which then sees the trading state. */
  wake(kind: MemberKind, name: string): void {
    this.wakeLane(this.plan.lanes[memberOf(this.rosters, kind, name)!.side.lane]!);
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

  private commandsOf(side: CommandedPlan): OneAgent {
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
