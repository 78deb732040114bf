import { ACCOUNTS, REACHED_ACCOUNT, REACHED_SYMBOL, STOPPED_SETTING } from "../../src/core/assembly/layout.ts";
import type { Core } from "../../src/core/core.ts";
import type { CoreChange } from "../../src/record/setting-changes.ts";

interface Changing {
  readonly core: Core;
  change(changes: readonly CoreChange[], by: string): number;
}

/** An account that a report has brought to its limit of executions is stopped, as the agent does. Returns the report's outcome. */
export function stopReached(driver: Changing, outcome: number): number {
  const { area, config } = driver.core;
  const account = area.word(REACHED_ACCOUNT);
  if (account === 0) return outcome;
  area.setWord(REACHED_ACCOUNT, 0);
  const { name } = config.accounts[account - 1]!;
  const by = `RISK-017 ${config.symbols[area.word(REACHED_SYMBOL) - 1]!.name}`;
  driver.change([{ subject: ACCOUNTS, name, setting: STOPPED_SETTING, value: 1n }], by);
  return outcome;
}
