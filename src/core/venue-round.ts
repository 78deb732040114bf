import type { AreaViews } from "./area-views.ts";
import { VENUE_IDS, VENUES_UP_AT } from "./assembly/layout.ts";

/** The number of a venue's Logon since when the statuses of its open orders are asked for; null: it is down, or gets new orders. */
export function venueRoundOf(area: AreaViews, venue: number): number | null {
  const round = area.tableBytes(VENUES_UP_AT, area.word(VENUE_IDS))[venue] ?? 0;
  return round > 1 ? round : null;
}
