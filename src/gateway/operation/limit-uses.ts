import type { AccountUse } from "../../core/account-uses.ts";
import type { LimitReading } from "../../operation/readings.ts";

/** Limits that fill up, of the accounts that use any of them at this second since 1970. */
export function limitReadings(uses: Iterable<AccountUse>, second: number): LimitReading[] {
  const limits: LimitReading[] = [];
  for (const use of uses) {
    const { account, openOrders, maxOpenOrders, ordersInSecond, ordersPerSecond } = use;
    if (openOrders > 0) limits.push({ account, limit: "maxOpenOrders", used: openOrders, most: maxOpenOrders });
    // The last second that is over counts, and the one that runs.
    if (ordersInSecond > 0 && use.second >= second - 1)
      limits.push({ account, limit: "ordersPerSecond", used: ordersInSecond, most: ordersPerSecond });
  }
  return limits;
}
