import { decimalText } from "../../base/decimal.ts";
import type { AccountRow } from "../../core/account-row.ts";
import { ACCOUNTS } from "../../core/assembly/layout.ts";
import type { Accounts, AccountView, LimitUse } from "../../operation/accounts.ts";
import { SIDE_BUY, SIDE_SELL } from "../../record/codes.ts";
import type { CoreState } from "./core-state.ts";
import { settingViews, versionText } from "./settings.ts";

/** 1e-8 in 1e-4. */
const E4 = 10_000n;

/** Limits that fill up: the name of each, and what is used of it. A new one is a row. */
export const USES: readonly {
  readonly limit: string;
  readonly used: (account: AccountRow, second: number) => number;
  readonly most: (account: AccountRow) => number;
}[] = [
  { limit: "maxOpenOrders", used: ({ openOrders }) => openOrders, most: ({ maxOpenOrders }) => maxOpenOrders },
  {
    limit: "ordersPerSecond",
    used: ({ second, ordersInSecond }, now) => (now - second <= 1 ? ordersInSecond : 0),
    most: ({ ordersPerSecond }) => ordersPerSecond,
  },
];

/** Accounts as the core has them. */
export class GatewayAccounts implements Accounts {
  constructor(
    private readonly core: CoreState,
    private readonly configured: readonly string[],
  ) {}

  names(): readonly string[] {
    return this.configured;
  }

  get(name: string): AccountView | null {
    const { reader } = this.core;
    const account = reader.account(name);
    const settings = reader.settings(ACCOUNTS, name);
    if (account === null || settings === null) return null;
    const money = (value: bigint): string => decimalText(value * E4);
    return {
      name,
      version: versionText(settings),
      isReady: account.isReady,
      isKilled: account.isKilled,
      settings: settingViews(ACCOUNTS, settings),
      usage: usageOf(account),
      openOrders: account.openOrders,
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

function usageOf(account: AccountRow): LimitUse[] {
  const second = Math.floor(Date.now() / 1_000);
  return USES.map(({ limit, used, most }) => {
    const [now, end] = [used(account, second), most(account)];
    return { limit, used: now, most: end, percent: end === 0 ? 0 : Math.floor((100 * now) / end) };
  });
}
