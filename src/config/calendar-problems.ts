import { type Problem, pathText, valueText } from "./problem.ts";
import { readDate, readTime, readWeekTime, timeText } from "./time.ts";

/** Contradictions between the fields of one calendar. As in consistency.ts, a field may have any type. */
export function calendarProblems(name: string, calendar: Record<string, unknown>): Problem[] {
  const problems: Problem[] = [];
  const report = (field: string, what: string, ...more: string[]): void => {
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
  return problems;
}

function tableOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
