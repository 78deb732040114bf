import { expect } from "bun:test";
import { MOST_E8 } from "../../src/base/units.ts";
import { ACCOUNT_NAMES, ACCOUNTS, FIRM, NAME_CAPACITY, SYMBOLS } from "../../src/core/assembly/layout.ts";
import { FIRM_ROW, levelRows } from "../../src/core/level-rows.ts";
import { PositionTable } from "../../src/core/position-table.ts";
import { ACCOUNT_SETTINGS, FIRM_SETTINGS, SYMBOL_SETTINGS } from "../../src/core/risk/settings.ts";
import * as code from "../../src/record/codes.ts";
import { CONTROL_APPLIED, CONTROL_POSITIONS, CONTROL_UNCHANGED } from "../../src/record/control-codes.ts";
import type { CoreChange } from "../../src/record/setting-changes.ts";
import { positionsText, type StartPosition } from "../../src/record/start-positions.ts";
import { units } from "../numbers.ts";
import { byOrderId } from "./core-of.ts";
import type { CoreDriver } from "./driver.ts";
import type { Model } from "./model.ts";
import { type ConfigureStep, changesOfSteps } from "./model-configured.ts";
import type { ModelChange } from "./model-settings.ts";

/** OrderIDs that venues give. */
export const ORDER_IDS = ["V1", "VENUE-ORDER-2", "6f9619ff-8b86-d011-b42d-00c04fc964ff"];

/** Sets positions at the start of the day in both: all of them, or none. */
export function startPositions(driver: CoreDriver, model: Model, positions: readonly StartPosition[]): void {
  const { accounts, symbols } = model.config;
  const isKnown = positions.every(
    ({ account, symbol, quantity }) =>
      accounts.some(({ name }) => name === account) &&
      symbols.some(({ name }) => name === symbol) &&
      quantity <= MOST_E8 &&
      quantity >= -MOST_E8,
  );
  const before = isKnown ? 0 : driver.core.digest();
  const result = driver.command(CONTROL_POSITIONS, positions.length, 0, "alice", positionsText(positions)!);
  expect(result === CONTROL_APPLIED || result === CONTROL_UNCHANGED).toBe(isKnown);
  if (!isKnown) expect(driver.core.digest()).toBe(before);
  model.nowUs = driver.timeUs;
  if (isKnown) for (const { account, symbol, quantity } of positions) model.startPosition(account, symbol, quantity);
}

export function compareExposure(driver: CoreDriver, model: Model): void {
  const firm = driver.core.area.word(ACCOUNT_NAMES + NAME_CAPACITY);
  const rows: [number, string][] = [...rowsOf(driver, model).entries(), [firm, FIRM_ROW]];
  for (const [account, name] of rows) {
    expect(driver.accounts.openOrders(account)).toBe(model.openOrders(name));
    const positions = model.accountsOf(name).map((one) => model.positions.get(one) ?? 0n);
    expect(units(driver.accounts.position(account))).toBe(positions.reduce((sum, one) => sum + one, 0n));
    for (const [side, word] of [
      [code.SIDE_BUY, "buy"],
      [code.SIDE_SELL, "sell"],
    ] as const) {
      expect(BigInt(driver.accounts.openNotional(account, side))).toBe(model.openNotional(name, word === "buy"));
      expect(BigInt(driver.accounts.executedNotional(account, side))).toBe(model.valueOfLastDay(name, word));
      const row = driver.core.tables.account.aim(account);
      expect(row.openQty(side)).toBe(model.openQty(name, word === "buy"));
      expect(row.executedSize(side)).toBe(model.ofLastDay(model.executedSize, name, word));
      expect(units(driver.accounts.executedQty(account, side))).toBe(model.ofLastDay(model.executedQty, name, word));
    }
  }
}

/** Rows of the accounts in the core: a start has those of the configuration first, then clients. */
function rowsOf({ core }: CoreDriver, model: Model): string[] {
  const names = model.config.accounts.map(({ name }) => name);
  const levels = levelRows(core.config).map(({ name }) => name);
  return names.toSpliced(core.config.accounts.length, 0, ...levels);
}

export function comparePositions(driver: CoreDriver, model: Model): void {
  const { symbols } = model.config;
  const rows = rowsOf(driver, model);
  const table = new PositionTable(driver.core.area);
  const found = new Map<string, readonly bigint[]>();
  for (let row = 0; row < table.count; row++) {
    const { account, symbol, position, openBuy, openSell } = table.aim(row);
    found.set(`${rows[account]}/${symbols[symbol]!.name}`, [position, openBuy, openSell]);
  }
  const expected = new Map<string, readonly bigint[]>();
  for (const account of rows)
    for (const { name: symbol } of symbols) {
      const buys = model.openQty(account, true, symbol);
      const numbers = [model.position(account, symbol), buys, model.openQty(account, false, symbol)];
      if (numbers.some((number) => number !== 0n) || found.has(`${account}/${symbol}`))
        expected.set(`${account}/${symbol}`, numbers);
    }
  expect(found).toEqual(expected);
}

export function compareOrderIds(driver: CoreDriver, model: Model): void {
  for (const id of ORDER_IDS)
    for (const venue of [0, 1])
      expect([venue, id, byOrderId(driver.core, venue, id)]).toEqual([
        venue,
        id,
        model.byVenueId.get(`${venue}/${id}`) ?? -1,
      ]);
}

export interface DrawnChange extends Omit<ModelChange, "version"> {
  readonly version: string;
}

/** Makes changes of settings in both: all of them, or none. */
const KINDS: Record<ModelChange["subject"], readonly [number, readonly { name: string }[]]> = {
  account: [ACCOUNTS, ACCOUNT_SETTINGS],
  symbol: [SYMBOLS, SYMBOL_SETTINGS],
  firm: [FIRM, FIRM_SETTINGS],
};

export function makeChanges(driver: CoreDriver, model: Model, drawn: readonly DrawnChange[]): void {
  const changes = modelChangesOf(model, drawn);
  const isMade = model.executionLimits.change(changes);
  const before = isMade ? 0 : driver.core.digest();
  const result = driver.change(coreChangesOf(changes));
  expect(result === CONTROL_APPLIED || result === CONTROL_UNCHANGED).toBe(isMade);
  if (!isMade) expect(driver.core.digest()).toBe(before);
}

export function modelChangesOf(model: Model, drawn: readonly DrawnChange[]): ModelChange[] {
  return drawn.map(({ version, ...change }): ModelChange => {
    const right = model.settings.version(change.subject, change.name);
    return version === "any" ? change : { ...change, version: version === "right" ? right : right + 1 };
  });
}

export function coreChangesOf(changes: readonly ModelChange[]): CoreChange[] {
  return changes.map(({ subject, setting, ...change }) => {
    const [index, kinds] = KINDS[subject];
    const number = kinds.findIndex(({ name }) => name === setting);
    return { ...change, subject: index, setting: number < 0 ? 99 : number };
  });
}

/** Changes what is configured in both: all of it, or nothing. */
export function configure(driver: CoreDriver, model: Model, steps: readonly ConfigureStep[]): void {
  const isMade = model.configured.take(steps);
  const before = isMade ? 0 : driver.core.digest();
  const result = driver.configure(changesOfSteps(driver.core, steps));
  expect(result === CONTROL_APPLIED || result === CONTROL_UNCHANGED).toBe(isMade);
  if (!isMade) expect(driver.core.digest()).toBe(before);
}
