import { type Problem, pathText, valueText } from "./problem.ts";

/** Problems of the table `alarms` over several of its fields, which may have any type. */
export function alarmProblems(table: Readonly<Record<string, unknown>>): Problem[] {
  return [...keyProblems(table), ...percentProblems(table.limitPercents)];
}

/** The key has one source. */
function keyProblems({ routingKey, routingKeyFile }: Readonly<Record<string, unknown>>): Problem[] {
  if (routingKey === undefined || routingKeyFile === undefined) return [];
  return [{ where: "alarms.routingKeyFile", what: "expected either this or routingKey, got both" }];
}

function percentProblems(percents: unknown): Problem[] {
  if (!Array.isArray(percents)) return [];
  const low = percents.findIndex((percent, i) => i > 0 && percent <= percents[i - 1]);
  if (low < 0) return [];
  const before = valueText(percents[low - 1]);
  const what = `expected more than the percentage before it (${before}), got ${valueText(percents[low])}`;
  return [{ where: pathText(["alarms", "limitPercents", low]), what }];
}
