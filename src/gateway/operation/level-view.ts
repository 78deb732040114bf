import { decimalText } from "../../base/decimal.ts";
import type { AccountRow } from "../../core/account-row.ts";
import type { LevelUse } from "../../operation/level-use.ts";
import { SIDE_BUY, SIDE_SELL } from "../../record/codes.ts";
import { type ReadUse, type UseTime, usageOf, usesOf } from "./limit-use.ts";

/** 1e-8 in 1e-4. */
const E4 = 10_000n;

/** Sums of a row of a client or the firm. `more`: uses that the row does not have; `currency`: of the limits. */
export function levelViewOf(
  level: AccountRow,
  now: UseTime,
  more: readonly ReadUse[],
  currency: string | null,
): LevelUse {
  const money = (value: bigint): string => decimalText(value * E4);
  return {
    usage: usageOf([...usesOf(level, now), ...more], currency),
    openOrders: level.openOrders,
    currency,
    openBuyNotional: money(level.openNotional(SIDE_BUY)),
    openSellNotional: money(level.openNotional(SIDE_SELL)),
    grossExposure: money(level.grossExposure(now.day)),
    netExposure: money(level.netExposure(now.day)),
  };
}
