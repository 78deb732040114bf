import { type Problem, pathText, valueText } from "./problem.ts";
import { readDate, readTime, readWeekTime, timeText } from "./time.ts";

/** Contradictions between the fields of one calendar. As in consistency.ts, a field may have any type. */
export function calendarProblems(name: string, calendar: Record<string, unknown>): Problem[] {
  const problems: Problem[] = [];
  const report = (field: string, what: string, ...more: (string | number)[]): void => {
    problems.push({ where: pathText(["calendars", name, field, ...more]), what });
  };
  if ((calendar.open === undefined) !== (calendar.close === undefined)) {
    const [there, missing] = calendar.close === undefined ? ["open", "close"] : ["close", "open"];
    report(missing, `missing; expected a time beside ${there}`);
  }
  const open = readWeekTime(calendar.open);
  const close = readWeekTime(calendar.close);
  if (open !== null && close !== null) {
    const got = valueText(calendar.close);
    if (open.day > 0 && close.day === 0) report("close", `expected a day of the week too, as open has one, got ${got}`);
    else if (open.day === 0 && close.day > 0)
      report("close", `expected no day of the week, as open has none, got ${got}`);
  }
  const always = calendar.open === undefined && calendar.close === undefined;
  if (calendar.days !== undefined && (always || (open !== null && open.day > 0)))
    report("days", `expected none beside ${always ? "no open and close" : "a weekly open"}; remove it`);
  if (always && Array.isArray(calendar.holidays) && calendar.holidays.length > 0)
    report("holidays", "expected none without open and close; remove it");
  const holidays = Array.isArray(calendar.holidays) ? calendar.holidays.map(readDate) : [];
  for (const [date, early] of Object.entries(tableOf(calendar.halfDays))) {
    if (!/^\d{4}-\d\d-\d\d$/.test(date)) continue;
    const seconds = readTime(early);
    if (readDate(date) === null) report("halfDays", "expected a date that exists", date);
    else if (always) report("halfDays", "expected none without open and close; remove it", date);
    else if (holidays.includes(date)) report("halfDays", "expected a date that is not in holidays too", date);
    else if (seconds !== null && open?.day === 0 && close?.day === 0) {
      const crosses = close.seconds <= open.seconds;
      const from = crosses ? "" : `after open (${timeText(open.seconds)}) and `;
      if (seconds >= close.seconds || (!crosses && seconds <= open.seconds))
        report(
          "halfDays",
          `expected a time ${from}before close (${timeText(close.seconds)}), got ${valueText(early)}`,
          date,
        );
    }
  }
  phaseProblems(calendar.phases, report);
  return problems;
}

const DAY_S = 86_400;

/** Each has a name, and no two are at the same time. */
function phaseProblems(
  value: unknown,
  report: (field: string, what: string, ...more: (string | number)[]) => void,
): void {
  const phases = Array.isArray(value) ? value.map(tableOf) : [];
  const placed: { name: unknown; from: number; to: number }[] = [];
  for (const [i, { name, from: first, to: last }] of phases.entries()) {
    const [from, to] = [readTime(first), readTime(last)];
    if (from === null || to === null) continue;
    if (from === to) report("phases", `expected another time than from, got ${valueText(last)}`, i, "to");
    const one = { name, from, to: to > from ? to : to + DAY_S };
    const other = placed.find((before) => overlap(one, before));
    if (other !== undefined)
      report(
        "phases",
        `expected a time outside of the phase ${valueText(other.name)}, got ${valueText(first)} to ${valueText(last)}`,
        i,
      );
    if (placed.some((before) => before.name === name))
      report("phases", `expected another name than the phases before it, got ${valueText(name)}`, i, "name");
    placed.push(one);
  }
}

/** On any day. */
function overlap(a: { from: number; to: number }, b: { from: number; to: number }): boolean {
  return [-DAY_S, 0, DAY_S].some((days) => a.from + days < b.to && b.from < a.to + days);
}

function tableOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
