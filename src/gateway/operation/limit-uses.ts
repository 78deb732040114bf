import { NO_PRICE } from "../../base/units.ts";
import type { AccountUse } from "../../core/account-uses.ts";
import { levelOf } from "../../core/level-rows.ts";
import type { PositionUses } from "../../core/position-uses.ts";
import type { LimitReading } from "../../operation/readings.ts";
import { MAX_POSITION, type UseTime, useNumber, usesOf } from "./limit-use.ts";

/**
 * Limits that fill up, of the accounts, clients and the firm that use any of them at this time. `positions`: the largest that a position
 * of it can become.
 */
export function limitReadings(
  accounts: Iterable<AccountUse>,
  positions: Pick<PositionUses, "largestOf">,
  now: UseTime,
): LimitReading[] {
  const limits: LimitReading[] = [];
  for (const { account, index, row } of accounts) {
    const { level, name } = levelOf(account);
    if (level === "currency") continue;
    const of = { level, name };
    const position = row.maxPosition === NO_PRICE ? 0 : positions.largestOf(index);
    // An account that has neither uses nothing.
    if (!row.isLevel && row.openOrders === 0 && row.ordersInSecond === 0 && position === 0) continue;
    for (const use of usesOf(row, now)) {
      const used = useNumber(use.unit, use.used);
      if (used > 0) limits.push({ ...of, limit: use.limit, used, most: useNumber(use.unit, use.most) });
    }
    if (position === 0) continue;
    const [used, most] = [useNumber("quantity", position), useNumber("quantity", row.maxPosition)];
    limits.push({ ...of, limit: MAX_POSITION, used, most });
  }
  return limits;
}
