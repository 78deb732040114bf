// Commands of the core to itself, as its agent gives them.

import { NONE } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import {
  ACCOUNTS,
  REACHED_ACCOUNT,
  REACHED_SYMBOL,
  REACHED_TRADER,
  STOPPED_SETTING,
} from "../../src/core/assembly/layout.ts";
import type { Core } from "../../src/core/core.ts";
import { levelRows } from "../../src/core/level-rows.ts";
import { ACCEPTED, SELF_TRADE } from "../../src/core/risk/reason-codes.ts";
import { Control } from "../../src/record/control.ts";
import {
  CAUSE_SELF_TRADE,
  CONTROL_CANCEL_ORDER,
  CONTROL_SLOT_BYTES,
  CONTROL_TEXT_AT,
} from "../../src/record/control-codes.ts";
import type { OrderRequest } from "../../src/record/order-request.ts";
import type { CoreChange } from "../../src/record/setting-changes.ts";

interface Driven {
  readonly core: Core;
  readonly timeUs: number;
  readonly starved: boolean;
  change(changes: readonly CoreChange[], by: string): number;
  command(kind: number, value: number, amount: number, name: string, text: Uint8Array): number;
}

/** Decides a request, for which orders that it could trade with may be canceled before. Returns the decision. */
export function decided(driver: Driven, request: OrderRequest): number {
  const { core, timeUs, starved } = driver;
  for (;;) {
    const decision = core.decide(request, timeUs, starved);
    const slot = (decision & 255) === SELF_TRADE ? core.code.nextCrossing() : NONE;
    if (slot === NONE) return decision;
    const { number } = core.tables.order.aim(slot);
    driver.command(CONTROL_CANCEL_ORDER, slot, number, "", Uint8Array.of(CAUSE_SELF_TRADE));
  }
}

/** Values of settings whose time has come end before the next order. */
export function endsReached(driver: Driven): void {
  const { code, area } = driver.core;
  for (let row = code.expiredOverride(driver.timeUs); row !== NONE; row = code.expiredOverride(driver.timeUs))
    endOverride(driver, row, 0);
  while (code.isEndDue(driver.timeUs) !== 0) {
    const control = new Control(new Views(area.buffer, code.writeEnds(driver.timeUs), CONTROL_SLOT_BYTES)).aim(0);
    const text = control.views.bytes.slice(CONTROL_TEXT_AT, CONTROL_TEXT_AT + control.textLength);
    driver.command(control.kind, control.value, control.amount, "END", text);
  }
}

/** Overrides that an accepted order has needed are used up before it is journalled. */
export function overridesUsed(driver: Driven, request: OrderRequest, decision: number): void {
  const { code } = driver.core;
  if ((decision & 255) !== ACCEPTED) return;
  for (let row = code.nextNeeded(); row !== NONE; row = code.nextNeeded()) endOverride(driver, row, request.number);
}

function endOverride(driver: Driven, row: number, number: number): void {
  const { code, area } = driver.core;
  const control = new Control(new Views(area.buffer, code.writeOverrideEnd(row, number), CONTROL_SLOT_BYTES)).aim(0);
  const text = control.views.bytes.slice(CONTROL_TEXT_AT, CONTROL_TEXT_AT + control.textLength);
  driver.command(control.kind, control.value, control.amount, "", text);
}

/** An account and a trader that a report has brought to their limit of executions are stopped. Returns the report's outcome. */
export function stopReached(driver: Driven, outcome: number): number {
  const { area, config } = driver.core;
  const rows = [...config.accounts, ...levelRows(config)];
  const reached = [REACHED_ACCOUNT, REACHED_TRADER].flatMap((word) => rows[area.word(word) - 1] ?? []);
  if (reached.length === 0) return outcome;
  for (const word of [REACHED_ACCOUNT, REACHED_TRADER]) area.setWord(word, 0);
  const by = `RISK-017 ${config.symbols[area.word(REACHED_SYMBOL) - 1]!.name}`;
  const stop = { subject: ACCOUNTS, setting: STOPPED_SETTING, value: 1n };
  driver.change(
    reached.map(({ name }) => ({ ...stop, name })),
    by,
  );
  return outcome;
}
