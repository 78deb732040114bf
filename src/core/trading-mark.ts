import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";

/** Who has set the trading state of a client session or a venue last, and when; null: nobody has, or it is being set. */
export function tradingMarkOf(
  area: AreaViews,
  isVenue: boolean,
  id: number,
): { readonly by: string; readonly atUs: number } | null {
  const [table, ids] = isVenue
    ? [layout.VENUE_MARKS_AT, layout.VENUE_IDS]
    : [layout.SESSION_MARKS_AT, layout.SESSION_IDS];
  const bytes = area.word(ids) * layout.TRADING_MARK_BYTES;
  const from = id * layout.TRADING_MARK_BYTES;
  const { doubles, bytes: all } = area.table(table, bytes);
  const atUs = doubles[from / 8]!;
  const by = all.slice(from + layout.TRADING_MARK_BY_AT, from + layout.TRADING_MARK_BYTES);
  if (atUs === 0 || doubles[from / 8] !== atUs) return null;
  const end = by.indexOf(0);
  return { by: Buffer.from(end < 0 ? by : by.subarray(0, end)).toString(), atUs };
}
