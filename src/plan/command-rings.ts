import { SESSION_ANSWER_BYTES, SESSION_COMMAND_BYTES } from "../record/session-command.ts";
import { OneToOne } from "../ring/one-to-one.ts";

/** Commands under way to one agent. */
export const SESSION_COMMAND_SLOTS = 64;

/** An agent with sessions that an operator may give commands about. */
export interface CommandedPlan {
  readonly name: string;
  readonly lane: number;
  /** Names of its sessions, or of its venues, at the start. */
  readonly members: readonly string[];
  readonly streamWordsAt: number;
  /** Rings of commands about its sessions from the main thread, and of their answers. */
  readonly commandsAt: number;
  readonly commandAnswersAt: number;
}

interface Layout {
  take(owner: string, what: string, bytes: number): number;
}

/** Plans the rings of commands to an agent, and of their answers. */
export function commandRings(layout: Layout, agent: string): Pick<CommandedPlan, "commandsAt" | "commandAnswersAt"> {
  const ring = (bytes: number): number => OneToOne.bytesFor(SESSION_COMMAND_SLOTS, bytes);
  return {
    commandsAt: layout.take("main", `commands to ${agent}`, ring(SESSION_COMMAND_BYTES)),
    commandAnswersAt: layout.take(agent, "answers to these commands", ring(SESSION_ANSWER_BYTES)),
  };
}
