import { type Calendar, type Window, windowsFrom } from "./calendar.ts";

/** When a market takes orders, from `openUs` up to, not including, `closeUs`; microseconds since 1970. */
export interface TradingHours {
  readonly openUs: number;
  readonly closeUs: number;
  /** From then on another call says more: sessions that follow each other without a gap are one, as far as it looks. */
  readonly untilUs: number;
}

/** Sessions that are put together. */
const MOST_SESSIONS = 8;
/** After every instant that an order can have. */
export const NEVER_US = Number.MAX_SAFE_INTEGER;

/** The hours that hold `nowUs`, or else the next ones, which begin at NEVER_US where there are none; null: it is always open. */
export function tradingHours(calendar: Calendar, nowUs: number): TradingHours | null {
  let first: Window | undefined;
  let closeUs = 0;
  let sessions = 0;
  for (const window of windowsFrom(calendar, nowUs)) {
    if (window.openUs === Number.NEGATIVE_INFINITY) return null;
    if (first !== undefined && (window.openUs > closeUs || sessions === MOST_SESSIONS)) break;
    first ??= window;
    closeUs = window.closeUs;
    sessions++;
  }
  if (first === undefined) return { openUs: NEVER_US, closeUs: NEVER_US, untilUs: NEVER_US };
  return { openUs: first.openUs, closeUs, untilUs: first.closeUs };
}
