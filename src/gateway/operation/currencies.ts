import type { GatewayConfig } from "../../config/schema.ts";
import { ACCOUNTS } from "../../core/assembly/layout.ts";
import { LEVEL_SETTINGS, rowOf } from "../../core/level-rows.ts";
import type { Currencies, CurrencyView } from "../../operation/currencies.ts";
import type { CoreState } from "./core-state.ts";
import { settingViews, versionText } from "./settings.ts";

/** Currencies and their rates as the core has them. */
export class GatewayCurrencies implements Currencies {
  constructor(
    private readonly core: CoreState,
    private readonly config: () => GatewayConfig,
  ) {}

  names(): readonly string[] {
    return Object.keys(this.config().risk.currencies);
  }

  get(name: string): CurrencyView | null {
    const { risk, symbols } = this.config();
    const table = Object.hasOwn(risk.currencies, name)
      ? this.core.reader.settings(ACCOUNTS, rowOf("currency", name))
      : null;
    if (table === null) return null;
    const settings = settingViews(ACCOUNTS, table, true).filter((one) => LEVEL_SETTINGS.currency.includes(one.name));
    const rate = settings.find((one) => one.name === "rate")!.value;
    return {
      name,
      version: versionText(table),
      rate: rate === null ? null : String(rate),
      limitCurrency: risk.currency!,
      symbols: Object.values(symbols).filter(({ currency }) => currency === name).length,
      settings,
    };
  }
}
