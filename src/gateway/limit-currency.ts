import type { GatewayConfig } from "../config/schema.ts";
import { ACCOUNTS, FIRM, SYMBOLS } from "../core/assembly/layout.ts";
import { Core } from "../core/core.ts";
import { FIRM_ROW, levelOf } from "../core/level-rows.ts";
import type { SettingKind } from "../core/risk/setting-kind.ts";
import { SETTINGS } from "../core/risk/settings.ts";
import { changedSettings, settingTable } from "../core/setting-table.ts";
import { StateReader } from "../core/state-reader.ts";
import type { JournalNames } from "../journal/store/names.ts";
import { newestSnapshot } from "../journal/store/snapshot-file.ts";
import { SIDE_BUY, SIDE_SELL } from "../record/codes.ts";
import { coreConfig, recoverInto } from "../recovery/recovery.ts";
import { numberAt } from "../reports/trading-day.ts";

/** Amounts that are said; the rest are counted. */
const SAID = 5;

/**
 * The journal counts amounts in the currency of the limits: it has another one from now on only where none are open. Throws an error of
 * one line. A journal of a version before has none.
 */
export function takeCurrency(dir: string, names: JournalNames, config: GatewayConfig, progress: () => void): void {
  const { currency = "" } = config.risk;
  if (names.currency !== undefined && names.currency !== currency) {
    const open = openAmounts(dir, names, config, progress);
    if (open.length > 0) throw new Error(refusal(names.currency, currency, open));
  }
  names.currency = currency;
}

function refusal(before: string, now: string, open: readonly string[]): string {
  const shown = open.length > SAID ? [...open.slice(0, SAID), `${open.length - SAID} more`] : open;
  const back = before === "" ? "Take risk.currency out" : `Set risk.currency back to ${before}`;
  return `risk.currency: the journal counts amounts in ${inWords(before)}, the configuration has ${inWords(now)}, and these would be taken for the other: ${shown.join(", ")}. ${back}; or end them there first: cancel the orders, set limits and rates back to the file's, and start on another trading day`;
}

function inWords(currency: string): string {
  return currency === "" ? "no currency" : currency;
}

/** What is counted in the journal's currency, in words. */
function openAmounts(dir: string, names: JournalNames, config: GatewayConfig, progress: () => void): string[] {
  const core = Core.alone(coreConfig(config, names.clients, names.venues));
  const snapshot = newestSnapshot(dir, names.birth, () => {});
  const path = snapshot?.path ?? null;
  snapshot?.close();
  recoverInto(core, dir, path, [], [], progress);
  const { openOrders, ...firm } = firmOf(core, config);
  const orders = openOrders === 0 ? [] : [openOrders === 1 ? "1 open order" : `${openOrders} open orders`];
  return [...orders, ...(firm.hasExecuted ? ["executions of this trading day"] : []), ...operatorsMoney(core)];
}

function firmOf({ area }: Core, { core }: GatewayConfig): { openOrders: number; hasExecuted: boolean } {
  const firm = new StateReader(area.buffer, area.at).account(FIRM_ROW)!;
  const isToday = firm.day >= numberAt(1_000 * Date.now(), core.tradingDay);
  const executed = [SIDE_BUY, SIDE_SELL].some(
    (side) => firm.executedSize(side) !== 0n || firm.executedQty(side) !== 0n,
  );
  return { openOrders: firm.openOrders, hasExecuted: isToday && executed };
}

/** Limits of money and rates that operators have set. */
function operatorsMoney({ area }: Core): string[] {
  const reader = new StateReader(area.buffer, area.at);
  const names = [ACCOUNTS, SYMBOLS].map((subject) => reader.rowNames(subject));
  return changedSettings(area).flatMap(({ subject, index, setting }) => {
    const { name, unit } = SETTINGS[subject]![setting]! as SettingKind<never>;
    const row = settingTable(area, subject).aim(index, setting);
    if (!row.isSet || (unit !== "money" && name !== "rate")) return [];
    if (subject === FIRM) return [`${name} of the firm, set by ${row.by}`];
    const of = names[subject]![index]!;
    const { level, name: whose } = subject === ACCOUNTS ? levelOf(of) : { level: "symbol", name: of };
    return [`${name} of ${level} ${whose}, set by ${row.by}`];
  });
}
