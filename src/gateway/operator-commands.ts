import type { FixSession } from "../fix/session/session.ts";
import type { StreamWriter } from "../journal/writer.ts";
import type { CommandedPlan } from "../plan/command-rings.ts";
import { SESSION_ANSWER_BYTES, SESSION_COMMAND_BYTES } from "../record/session-command.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import type { Link } from "../session/link.ts";
import type { OperatorCommandsParts } from "../session/operator-commands.ts";
import { type LaneContext, MAIN_THREAD } from "./lane-context.ts";

/** An agent's end of the rings of commands; `records` leads from the agent to the core. */
export function operatorCommands(
  lane: LaneContext,
  side: CommandedPlan,
  links: readonly Link<FixSession>[],
  records: OneToOne,
  journal: StreamWriter,
  tradingAt: number,
  builder: OperatorCommandsParts["builder"],
): OperatorCommandsParts {
  const { sessionCommandSlots: slots } = lane.data.plan;
  return {
    links,
    commands: lane.ring(side.commandsAt, SESSION_COMMAND_BYTES, MAIN_THREAD, slots),
    answers: lane.ring(side.commandAnswersAt, SESSION_ANSWER_BYTES, MAIN_THREAD, slots),
    records,
    journal,
    time: lane.time,
    wakeup: lane.mainWakeup,
    ints: lane.views.ints,
    tradingWord: tradingAt >> 2,
    builder,
  };
}
