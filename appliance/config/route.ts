import { readConfig } from "../../src/config/config-file.ts";
import { didYouMean, problemLine } from "../../src/config/problem.ts";
import { type RouteVerdict, routeOf } from "../../src/config/route.ts";
import { type RouteTexts, readQuestion } from "../../src/config/route-question.ts";
import { optionName } from "../commands/command.ts";
import { columns } from "../terminal/columns.ts";

const SENT = 0;
const FAILED = 1;
/** The order would be refused. */
const REFUSED = 4;

export interface RouteOptions extends RouteTexts {
  readonly config: string;
  /** Venues that are down, with commas between; the others are up. */
  readonly down?: string | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Prints where an order would go by a configuration, and why.
 * Returns  0; 1 with the problems on stderr; 4 where the order would be refused.
 */
export function printRoute({ config: fileName, down = "", json, ...texts }: RouteOptions): number {
  const { config, problems } = readConfig(fileName);
  if (config === undefined) {
    for (const problem of problems) console.error(problemLine(problem));
    return FAILED;
  }
  const question = readQuestion(texts, config);
  if (!("order" in question)) {
    console.error(`sallyport route: ${optionName(question.where)}: ${question.what}`);
    return FAILED;
  }
  const isDown = new Set(down === "" ? [] : down.split(","));
  const venues = Object.keys(config.venues);
  const strange = [...isDown].find((name) => !venues.includes(name));
  if (strange !== undefined) {
    console.error(
      `sallyport route: --down: expected the name of a venue, got ${strange}${didYouMean(strange, venues)}`,
    );
    return FAILED;
  }
  const verdict = routeOf(config, question.order, (venue) => (isDown.has(venue) ? "down" : "up"));
  if (json === true) console.log(JSON.stringify({ isRouted: verdict.venue !== null, ...verdict }));
  else for (const line of linesOf(verdict)) console.log(line);
  return verdict.venue === null ? REFUSED : SENT;
}

function linesOf({ venue, turns, refusal, why, venues, rules }: RouteVerdict): string[] {
  const where = turns.length === 0 ? venue : `${turns.slice(0, -1).join(", ")} or ${turns.at(-1)}, in turn`;
  return [
    venue === null ? `refused: ${refusal}` : `venue ${where}`,
    `  ${why}`,
    "venues that are asked",
    ...table(venues.map(({ venue: name, state }) => [name, state])),
    ...(rules.length === 0 ? [] : ["rules", ...table(rules.map(({ rule, why: reason }) => [rule, reason]))]),
  ];
}

function table(rows: readonly string[][]): string[] {
  return columns(rows, [0, 1]).map((line) => `  ${line}`.trimEnd());
}
