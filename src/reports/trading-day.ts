import type { TradingDay } from "../config/core.ts";

const DAY_US = 86_400_000_000;
const DATE = /^\d{4}-\d\d-\d\d$/;

/** A trading day: from its begin up to the begin of the next one, microseconds since 1970. */
export interface DayRange {
  /** Local date on which it begins, YYYY-MM-DD. */
  readonly day: string;
  readonly fromUs: number;
  readonly untilUs: number;
}

/** The trading day of an instant. */
export function dayAt(timeUs: number, tradingDay: TradingDay): string {
  return new Date(numberAt(timeUs, tradingDay) * 86_400_000).toISOString().slice(0, 10);
}

/** A trading day by its date. Throws one line for a text that is no date. */
export function dayRange(day: string, tradingDay: TradingDay): DayRange {
  const ms = DATE.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(ms)) throw new Error(`day: expected a date such as 2026-11-24, got ${day}`);
  const number = ms / 86_400_000;
  return { day, fromUs: beginOf(number, tradingDay), untilUs: beginOf(number + 1, tradingDay) };
}

/** The trading day of an instant as the core numbers it: days since 1970 (core/assembly/trading-days.ts). */
export function numberAt(timeUs: number, tradingDay: TradingDay): number {
  const { offsets } = tradingDay;
  let i = 0;
  while (i + 1 < offsets.length && timeUs >= offsets[i + 1]!.fromUs) i++;
  return Math.floor((timeUs + shiftOf(tradingDay, i)) / DAY_US);
}

function beginOf(number: number, tradingDay: TradingDay): number {
  const { offsets } = tradingDay;
  const begins = offsets.map(({ fromUs }, i) => {
    const begin = number * DAY_US - shiftOf(tradingDay, i);
    return i === 0 ? begin : Math.max(begin, fromUs);
  });
  const found = begins.filter((begin) => numberAt(begin, tradingDay) === number);
  return Math.min(...found);
}

function shiftOf({ beginsS, offsets }: TradingDay, i: number): number {
  return ((offsets[i]?.offsetS ?? 0) - beginsS) * 1_000_000;
}
