import { type CommandOutcome, unanswered } from "../../control/commands.ts";
import type { Outcome } from "../../operation/outcome.ts";

/** What became of a command, for operators; `code` is the word for one that was answered and refused. */
export function answered(outcome: CommandOutcome, code = "refused"): Outcome {
  const { applied, changed, reason } = outcome;
  if (applied) return { result: changed ? "applied" : "unchanged", code: "", reason: "" };
  return refused(unanswered(outcome) || code, reason);
}

export function refused(code: string, reason: string): Outcome {
  return { result: "refused", code, reason };
}
