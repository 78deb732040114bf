// Log lines about lanes.

import { info, type Log, type LogLine, warning } from "../base/log.ts";
import { NS_PER_US } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import { COLLECTIONS_DOUBLE, COMPILATIONS_DOUBLE, LONGEST_DOUBLE, TURNS_DOUBLE, WORKED_DOUBLE } from "../lane/words.ts";
import type { Plan } from "../plan/plan.ts";
import type { WarmUpResult } from "../warm-up/warm-up.ts";

/** A lane with its agents: `lane 0 (client0, core, venue0)`. */
export function laneName({ lanes }: Pick<Plan, "lanes">, lane: number): string {
  return `lane ${lane} (${lanes[lane]!.place.agents.join(", ")})`;
}

/** Result of a lane's warm-up. */
export function warmUpLine(warmUpResult: WarmUpResult): LogLine {
  const { orders, ms, warm, problem } = warmUpResult;
  if (problem !== null) return warning(`its warm-up failed, so that its first orders will be slow: ${problem}`);
  const end = warm ? "" : "; it was still compiling when its time limit passed";
  return info(`warmed up with ${orders.toLocaleString("en")} orders in ${(ms / 1000).toFixed(1)} s${end}`);
}

/** Logs what each lane did, once it has stopped. */
export function logLanes(log: Log, views: Views, wordsAt: readonly number[]): void {
  for (const [i, at] of wordsAt.entries()) log.of(`lane ${i}`).info(laneText(views, at));
}

/** A lane's turns and its engine's work since it runs. */
function laneText(views: Views, wordsAt: number): string {
  const at = wordsAt >> 3;
  const number = (value: number): string => Math.round(value).toLocaleString("en");
  const collections = views.doubles[at + COLLECTIONS_DOUBLE]!;
  const compilations = views.doubles[at + COMPILATIONS_DOUBLE]!;
  const engine = `${number(collections)} collections, ${number(compilations)} functions compiled since ready`;
  const longestUs = views.doubles[at + LONGEST_DOUBLE]! / NS_PER_US;
  return `${number(views.doubles[at + TURNS_DOUBLE]!)} turns, ${number(views.doubles[at + WORKED_DOUBLE]!)} with work, longest ${number(longestUs)} µs; ${engine}`;
}
