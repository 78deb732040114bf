import { decimalText } from "../../base/decimal.ts";
import { MOST_E8, NONE } from "../../base/units.ts";
import { nextTurn, ROWS_A_TURN } from "../../base/walk-rows.ts";
import type { TradingDay } from "../../config/core.ts";
import { readDecimal } from "../../config/decimal.ts";
import { MAX_NUMBER } from "../../config/numbers.ts";
import type { Command } from "../../control/command-ring.ts";
import type { CommandOutcome } from "../../control/commands.ts";
import { ACCOUNTS, SYMBOLS } from "../../core/assembly/layout.ts";
import { levelOf } from "../../core/level-rows.ts";
import { PositionIndex } from "../../core/position-index.ts";
import type { PositionTable } from "../../core/position-table.ts";
import type {
  GivenPosition,
  PositionFilter,
  PositionPage,
  Positions,
  PositionsOutcome,
  PositionView,
} from "../../operation/positions.ts";
import { CONTROL_POSITIONS, CONTROL_TABLE_FULL } from "../../record/control-codes.ts";
import { positionsText, type StartPosition } from "../../record/start-positions.ts";
import { numberAt } from "../../reports/trading-day.ts";
import type { CoreState } from "./core-state.ts";
import { answered, refused } from "./outcome.ts";

/** Positions in one command: with the longest names these fit, too. */
const AT_ONCE = 12;
const QUANTITY = { places: 8, max: MAX_NUMBER, from: "negative" } as const;

/** Positions as the core has them. */
export class GatewayPositions implements Positions {
  private found: PositionIndex | null = null;
  /** By row among the accounts: it is an account's; a row stays what it is. */
  private readonly ofAccount: boolean[] = [];

  constructor(
    private readonly core: CoreState,
    private readonly commands: { send(command: Command): Promise<CommandOutcome> },
    private readonly tradingDay: TradingDay,
  ) {}

  async page({ account, symbol }: PositionFilter, from: number, most: number): Promise<PositionPage> {
    const { reader } = this.core;
    if (account !== undefined && symbol !== undefined) return this.one({ account, symbol }, from);
    const accountIndex = account === undefined ? null : reader.indexOfName(ACCOUNTS, account);
    const symbolIndex = symbol === undefined ? null : reader.indexOfName(SYMBOLS, symbol);
    const positions: PositionView[] = [];
    let row = from;
    for (; row < reader.positionCount && positions.length < most; row++) {
      if (row > from && (row - from) % ROWS_A_TURN === 0) await nextTurn();
      const position = reader.position(row, accountIndex, symbolIndex);
      if (position !== null && this.isOfAccount(position)) positions.push(this.viewOf(position));
    }
    return { positions, next: row < reader.positionCount ? row : null };
  }

  private one(of: Required<PositionFilter>, from: number): PositionPage {
    const row = this.rowOf(of);
    const position = row < from ? null : this.core.reader.position(row);
    return { positions: position !== null && this.isOfAccount(position) ? [this.viewOf(position)] : [], next: null };
  }

  problemOf(given: readonly GivenPosition[]): string {
    const read = this.readAll(given);
    return typeof read === "string" ? read : this.noRoom(read);
  }

  async start(given: readonly GivenPosition[], by: string): Promise<PositionsOutcome> {
    const positions = this.readAll(given);
    if (typeof positions === "string") return { ...refused("out-of-range", positions), old: [] };
    const problem = this.noRoom(positions);
    if (problem !== "") return { ...refused("refused", problem), old: [] };
    const old = positions.map((one) => this.startOf(one));
    let result: "applied" | "unchanged" = "unchanged";
    for (let i = 0; i < positions.length; i += AT_ONCE) {
      const some = positions.slice(i, i + AT_ONCE);
      const command = { kind: CONTROL_POSITIONS, value: some.length, name: by, text: positionsText(some)! };
      const answer = await this.commands.send(command);
      if (!answer.applied) {
        // Orders may have taken the room since it was looked at.
        const before = i === 0 ? "" : `the first ${i} of ${positions.length} positions are set; `;
        const full = answer.result === CONTROL_TABLE_FULL ? "core.maxPositions: expected room for them, got none" : "";
        return { ...answered({ ...answer, reason: before + (full || answer.reason) }), old };
      }
      if (answer.changed) result = "applied";
    }
    return { result, code: "", reason: "", old };
  }

  private readAll(given: readonly GivenPosition[]): StartPosition[] | string {
    const positions: StartPosition[] = [];
    for (const one of given) {
      const read = this.read(one);
      if (typeof read === "string") return read;
      positions.push(read);
    }
    return positions;
  }

  /** Why the core's table has no room for those of them that it does not have, or "". */
  private noRoom(positions: readonly StartPosition[]): string {
    const { room } = this.index;
    const wanted = positions.reduce((sum, one) => sum + this.rowsFor(one), 0);
    return wanted <= room ? "" : `core.maxPositions: expected room for ${wanted} more positions, got room for ${room}`;
  }

  /** Rows that the position takes which are not there yet: its own, and its client's. */
  private rowsFor({ account, symbol }: StartPosition): number {
    const { reader } = this.core;
    const of = reader.indexOfName(SYMBOLS, symbol);
    const client = reader.account(account)!.client;
    const rows = [reader.indexOfName(ACCOUNTS, account), client].filter((row) => row !== NONE);
    return rows.filter((row) => this.index.find(row, of) === NONE).length;
  }

  /** What it is at the start of this trading day until now: 0 where there is none. */
  private startOf({ account, symbol }: StartPosition): GivenPosition {
    const row = this.rowOf({ account, symbol });
    const position = row === NONE ? null : this.core.reader.position(row);
    if (position === null) return { account, symbol, quantity: "0" };
    const isToday = position.day >= numberAt(Date.now() * 1_000, this.tradingDay);
    return { account, symbol, quantity: decimalText(isToday ? position.start : position.position) };
  }

  private rowOf({ account, symbol }: Pick<StartPosition, "account" | "symbol">): number {
    const { reader } = this.core;
    return this.index.find(reader.indexOfName(ACCOUNTS, account), reader.indexOfName(SYMBOLS, symbol));
  }

  private get index(): PositionIndex {
    this.found ??= new PositionIndex(this.core.reader.area);
    return this.found;
  }

  /** Returns  the position, or what was expected. */
  private read({ account, symbol, quantity }: GivenPosition): StartPosition | string {
    const { reader } = this.core;
    if (reader.indexOfName(ACCOUNTS, account) === NONE) return `expected the name of a known account, got ${account}`;
    if (reader.indexOfName(SYMBOLS, symbol) === NONE) return `expected the name of a known symbol, got ${symbol}`;
    const read = readDecimal(quantity, QUANTITY);
    if (typeof read === "bigint" && read <= MOST_E8 && read >= -MOST_E8) return { account, symbol, quantity: read };
    const expected = `a number from -${MAX_NUMBER.toLocaleString("en-US")} to ${MAX_NUMBER.toLocaleString("en-US")} with at most 8 decimals`;
    return `account ${account}, symbol ${symbol}: expected ${expected}, got ${JSON.stringify(quantity)}`;
  }

  /** Not of a client, whose positions are sums over those of its accounts. */
  private isOfAccount({ account }: PositionTable): boolean {
    const known = this.ofAccount[account];
    if (known !== undefined) return known;
    const isOne = levelOf(this.core.reader.nameAt(ACCOUNTS, account)).level === "account";
    this.ofAccount[account] = isOne;
    return isOne;
  }

  private viewOf(position: PositionTable): PositionView {
    const { reader } = this.core;
    return {
      account: reader.nameAt(ACCOUNTS, position.account),
      symbol: reader.nameAt(SYMBOLS, position.symbol),
      start: decimalText(position.start),
      today: decimalText(position.today),
      position: decimalText(position.position),
      openBuy: decimalText(position.openBuy),
      openSell: decimalText(position.openSell),
      worst: decimalText(position.worst),
    };
  }
}
