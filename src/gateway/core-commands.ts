import type { Log } from "../base/log.ts";
import type { Views } from "../base/views.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { CommandRing } from "../control/command-ring.ts";
import { commandText } from "../control/command-text.ts";
import { type CommandOutcome, Commands } from "../control/commands.ts";
import { syncedAt } from "../journal/positions.ts";
import type { Plan } from "../plan/plan.ts";

const ANSWER_WITHIN_MS = 5_000;

/** The commands of a gateway; with durability "disk" each is synced to the disk before its answer. */
export function coreCommands(
  config: GatewayConfig,
  plan: Plan,
  views: Views,
  wakeCore: () => void,
  log: Log,
): Commands {
  const word = plan.coreStreamWordsAt >> 2;
  const segmentBytes = config.journal.segmentMiB << 20;
  const onDisk = config.journal.durability === "disk";
  return new Commands({
    ring: new CommandRing(views, plan),
    wakeCore,
    isDurable: (position) => !onDisk || syncedAt(views.ints, word, segmentBytes) > position,
    timeoutMs: ANSWER_WITHIN_MS,
    outcomeOf: ({ count, left, pending }, outcome): CommandOutcome => ({ ...outcome, count, left, pending }),
    late: (command, { applied, reason }, tookMs) => {
      const what = applied ? "applied" : `refused: ${reason}`;
      log.alarm(`${commandText(command)}: ${what}, ${(tookMs / 1000).toFixed(1)} s after it was sent`);
    },
  });
}
