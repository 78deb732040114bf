import { NO_PRICE } from "../../base/units.ts";
import type { AccountUse } from "../../core/account-uses.ts";
import { levelOf } from "../../core/level-rows.ts";
import type { LimitReading } from "../../operation/readings.ts";
import { MAX_POSITION, type UseTime, useNumber, usesOf } from "./limit-use.ts";

/**
 * Limits that fill up, of the accounts, clients and the firm that use any of them at this time. `positions`: by account index, the largest that a position of
 * it can become, 1e-8 units.
 */
export function limitReadings(
  accounts: Iterable<AccountUse>,
  positions: ReadonlyMap<number, number>,
  now: UseTime,
): LimitReading[] {
  const limits: LimitReading[] = [];
  for (const { account, index, row } of accounts) {
    const of = levelOf(account);
    // An account that has neither uses nothing.
    if (!row.isLevel && row.openOrders === 0 && row.ordersInSecond === 0 && !positions.has(index)) continue;
    for (const use of usesOf(row, now)) {
      const used = useNumber(use.unit, use.used);
      if (used > 0) limits.push({ ...of, limit: use.limit, used, most: useNumber(use.unit, use.most) });
    }
    const position = positions.get(index) ?? 0;
    const { maxPosition } = row;
    if (maxPosition === NO_PRICE || position === 0) continue;
    const [used, most] = [useNumber("quantity", position), useNumber("quantity", maxPosition)];
    limits.push({ ...of, limit: MAX_POSITION, used, most });
  }
  return limits;
}
