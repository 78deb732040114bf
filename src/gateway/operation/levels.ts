import type { TradingDay } from "../../config/core.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import { ACCOUNTS } from "../../core/assembly/layout.ts";
import { LEVEL_SETTINGS, type RowLevel, rowOf } from "../../core/level-rows.ts";
import type { Levels, LevelView } from "../../operation/levels.ts";
import type { CoreState } from "./core-state.ts";
import { levelViewOf } from "./level-view.ts";
import { type LargestPositions, positionUse, useTime } from "./limit-use.ts";
import { settingViews, versionText } from "./settings.ts";

/** Clients, client sessions or traders as the core has them. */
export class GatewayLevels implements Levels {
  constructor(
    private readonly level: RowLevel,
    private readonly core: CoreState,
    private readonly tradingDay: TradingDay,
    private readonly positions: () => LargestPositions,
    private readonly config: () => GatewayConfig,
  ) {}

  names(): readonly string[] {
    const { risk, client } = this.config();
    return Object.keys(
      this.level === "client" ? risk.clients : this.level === "trader" ? risk.traders : client.sessions,
    );
  }

  get(name: string): LevelView | null {
    const { reader } = this.core;
    const row = rowOf(this.level, name);
    const level = reader.account(row);
    if (level === null || !this.names().includes(name)) return null;
    const settings = reader.settings(ACCOUNTS, row)!;
    const own = LEVEL_SETTINGS[this.level];
    const now = useTime(Date.now(), this.tradingDay);
    const positions = this.level === "client" ? positionUse(this.positions(), row, level) : [];
    return {
      name,
      members: this.membersOf(name),
      version: versionText(settings),
      isKilled: level.isKilled,
      isStopped: level.isStopped,
      settings: settingViews(ACCOUNTS, settings, true).filter((setting) => own.includes(setting.name)),
      ...levelViewOf(level, now, positions, reader.limitCurrency),
    };
  }

  private membersOf(name: string): readonly string[] {
    const { risk, client } = this.config();
    if (this.level === "client") return risk.clients[name]!.accounts;
    if (this.level === "session") return client.sessions[name]!.traders ?? [];
    return Object.keys(client.sessions).filter((session) => client.sessions[session]!.traders?.includes(name) === true);
  }
}
