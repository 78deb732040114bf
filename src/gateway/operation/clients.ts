import type { TradingDay } from "../../config/core.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import { ACCOUNTS } from "../../core/assembly/layout.ts";
import { CLIENT_SETTINGS, clientRow } from "../../core/level-rows.ts";
import type { Clients, ClientView } from "../../operation/clients.ts";
import type { CoreState } from "./core-state.ts";
import { levelViewOf } from "./level-view.ts";
import { type LargestPositions, positionUse, useTime } from "./limit-use.ts";
import { settingViews, versionText } from "./settings.ts";

/** Clients as the core has them. */
export class GatewayClients implements Clients {
  constructor(
    private readonly core: CoreState,
    private readonly tradingDay: TradingDay,
    private readonly positions: () => LargestPositions,
    /** Which accounts a client has, a restart changes. */
    private readonly clients: GatewayConfig["risk"]["clients"],
  ) {}

  names(): readonly string[] {
    return Object.keys(this.clients);
  }

  get(name: string): ClientView | null {
    const client = this.clients[name];
    if (client === undefined) return null;
    const { reader } = this.core;
    const row = clientRow(name);
    const level = reader.account(row)!;
    const settings = reader.settings(ACCOUNTS, row)!;
    const now = useTime(Date.now(), this.tradingDay);
    return {
      name,
      accounts: client.accounts,
      version: versionText(settings),
      settings: settingViews(ACCOUNTS, settings).filter((setting) => CLIENT_SETTINGS.includes(setting.name)),
      ...levelViewOf(level, now, positionUse(this.positions(), row, level)),
    };
  }
}
