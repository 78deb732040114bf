import { decimalText } from "../../base/decimal.ts";
import type { TradingDay } from "../../config/core.ts";
import { ACCOUNTS } from "../../core/assembly/layout.ts";
import type { Accounts, AccountView } from "../../operation/accounts.ts";
import { SIDE_BUY, SIDE_SELL } from "../../record/codes.ts";
import type { CoreState } from "./core-state.ts";
import { type LargestPositions, positionUse, usageOf, usesOf, useTime } from "./limit-use.ts";
import { settingViews, versionText } from "./settings.ts";

/** 1e-8 in 1e-4. */
const E4 = 10_000n;

/** Accounts as the core has them. */
export class GatewayAccounts implements Accounts {
  constructor(
    private readonly core: CoreState,
    private readonly tradingDay: TradingDay,
    private readonly positions: () => LargestPositions,
  ) {}

  names(): readonly string[] {
    return this.core.configured.presentNames(ACCOUNTS);
  }

  get(name: string): AccountView | null {
    const { reader } = this.core;
    const account = reader.account(name);
    const settings = reader.settings(ACCOUNTS, name);
    if (account === null || settings === null) return null;
    const now = useTime(Date.now(), this.tradingDay);
    const money = (value: bigint): string => decimalText(value * E4);
    return {
      name,
      version: versionText(settings),
      isReady: account.isReady,
      isKilled: account.isKilled,
      isStopped: account.isStopped,
      isRetired: account.isRetired,
      settings: settingViews(ACCOUNTS, settings),
      usage: usageOf([...usesOf(account, now), ...positionUse(this.positions(), name, account)], reader.limitCurrency),
      grossExposure: money(account.grossExposure(now.day)),
      netExposure: money(account.netExposure(now.day)),
      openOrders: account.openOrders,
      currency: reader.limitCurrency,
      openBuyNotional: money(account.openNotional(SIDE_BUY)),
      openSellNotional: money(account.openNotional(SIDE_SELL)),
      boughtQty: decimalText(account.executedQty(SIDE_BUY)),
      soldQty: decimalText(account.executedQty(SIDE_SELL)),
      boughtNotional: money(account.executedNotional(SIDE_BUY)),
      soldNotional: money(account.executedNotional(SIDE_SELL)),
      position: decimalText(account.position),
    };
  }
}
