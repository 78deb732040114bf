import { table, timeOfDay, whole, zone } from "./fields.ts";
import { spareVenues } from "./spare.ts";
import { readTime } from "./time.ts";

/** When a new trading day begins. */
const tradingDay = table(
  "The trading day: with it, executed sums begin at 0 and ClOrdIDs of done orders may be used again.",
  {
    begins: timeOfDay("Time at which it begins.", { default: "00:00" }),
    zone: zone("Time zone of that time, by name in the time zone database.", { default: "UTC" }),
  },
);

export const core = table("Order state.", {
  maxOrders: whole(
    "Orders in memory: open ones and recent done ones. Some 5 million fit into the 4 GiB that lanes share; `check` shows it.",
    1_024,
    6_000_000,
    { default: 1_048_576 },
  ),
  spareVenues,
  maxPositions: whole(
    "Positions of accounts in symbols: one for each pair that has ever traded, or was given a position. An order of one more is refused. Where there are clients, there is room for as many more, of clients.",
    1_024,
    16_777_216,
    { default: 65_536 },
  ),
  spareNames: whole(
    "Accounts, and as many symbols, for which there is room besides the configured ones: a reload adds them, and those of open orders that are no longer configured need it, too. Some 0.7 KiB of shared memory for each.",
    0,
    65_536,
    { default: 256 },
  ),
  tradingDay,
});

export interface TradingDay {
  /** Second of the local day at which one begins. */
  beginsS: number;
  /** Offsets of the zone from UTC, ascending; each holds from its instant to the next. */
  offsets: { fromUs: number; offsetS: number }[];
}

/** Instants between which the changes of a zone's clocks are looked up. */
const FROM = Temporal.Instant.from("2020-01-01T00:00:00Z");
const UNTIL = Temporal.Instant.from("2070-01-01T00:00:00Z");

export function resolveTradingDay(file: { begins: unknown; zone: string }): TradingDay {
  const offsets: TradingDay["offsets"] = [];
  let at: Temporal.ZonedDateTime | null = FROM.toZonedDateTimeISO(file.zone);
  while (at !== null && Temporal.Instant.compare(at.toInstant(), UNTIL) < 0) {
    offsets.push({ fromUs: at.epochMilliseconds * 1000, offsetS: at.offsetNanoseconds / 1e9 });
    at = at.getTimeZoneTransition("next");
  }
  return { beginsS: readTime(file.begins) ?? 0, offsets };
}
