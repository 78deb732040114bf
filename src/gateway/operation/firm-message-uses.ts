import { NO_PRICE } from "../../base/units.ts";
import type { AreaViews } from "../../core/area-views.ts";
import * as layout from "../../core/assembly/layout.ts";

/** What all client sessions together have sent, of a limit that is there. */
export interface FirmMessageUse {
  readonly limit: string;
  readonly used: number;
  readonly most: number;
}

/** A burst is seen for so long after it. */
const SEEN_US = 2_000_000;
const US_PER_MS = 1_000;
// Where the firm's row has limit and window, and which ring has the times (core/assembly/firm-messages.ts).
const LIMITS = [
  {
    ...{ limit: "firmOrderMessages", counter: layout.FIRM_ORDER_NUMBER },
    ...{ limitAt: layout.FIRM_ORDER_MESSAGES_AT, windowAt: layout.FIRM_ORDER_WINDOW_AT },
  },
  {
    ...{ limit: "firmAllMessages", counter: layout.FIRM_MESSAGE_NUMBER },
    ...{ limitAt: layout.FIRM_ALL_MESSAGES_AT, windowAt: layout.FIRM_ALL_WINDOW_AT },
  },
] as const;

/**
 * Uses of the limits of all client sessions' messages, read while the core works: of the windows that ended within the last 2 seconds the
 * fullest, so that a burst between two readings is seen.
 */
export function firmMessageUses(area: AreaViews, nowUs: number): FirmMessageUse[] {
  const slots = area.word(layout.FIRM_TIME_SLOTS);
  const times = area.doubles(layout.FIRM_TIMES_AT, LIMITS.length * slots);
  const firm = area.word(layout.ACCOUNT_NAMES + layout.NAME_CAPACITY);
  const row = area.table(layout.ACCOUNTS_AT, (firm + 1) * layout.ACCOUNT_BYTES).longs;
  const longOf = (offset: number): bigint => row[(firm * layout.ACCOUNT_BYTES + offset) / 8]!;
  return LIMITS.flatMap(({ limit, counter, limitAt, windowAt }, ring): FirmMessageUse[] => {
    const most = longOf(limitAt);
    if (most === NO_PRICE) return [];
    const newest = area.word(counter);
    const timeOf = (back: number): number => times[ring * slots + ((newest - back) & (slots - 1))]!;
    const used = fullestWindow(timeOf, slots, Number(longOf(windowAt)) * US_PER_MS, nowUs - SEEN_US);
    return [{ limit, used, most: Number(most) }];
  });
}

/** Messages in the fullest window that ends at `fromUs` or later. `timeOf`: of the newest one 0; the times grow. */
function fullestWindow(timeOf: (back: number) => number, slots: number, windowUs: number, fromUs: number): number {
  let used = 0;
  let end = 0;
  for (let last = 0; last < slots; last++) {
    const endUs = Math.max(timeOf(last), fromUs);
    while (end < slots && timeOf(end) > endUs - windowUs) end++;
    used = Math.max(used, end - last);
    if (timeOf(last) <= fromUs) break;
  }
  return used;
}
