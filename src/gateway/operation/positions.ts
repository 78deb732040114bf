import { decimalText } from "../../base/decimal.ts";
import { MOST_E8, NONE } from "../../base/units.ts";
import { readDecimal } from "../../config/decimal.ts";
import { MAX_NUMBER } from "../../config/numbers.ts";
import type { Command } from "../../control/command-ring.ts";
import type { CommandOutcome } from "../../control/commands.ts";
import { ACCOUNTS, SYMBOLS } from "../../core/assembly/layout.ts";
import type { PositionTable } from "../../core/position-table.ts";
import type { Outcome } from "../../operation/outcome.ts";
import type {
  GivenPosition,
  PositionFilter,
  PositionPage,
  Positions,
  PositionView,
} from "../../operation/positions.ts";
import { CONTROL_POSITIONS, CONTROL_TABLE_FULL } from "../../record/control-codes.ts";
import { positionsText, type StartPosition } from "../../record/start-positions.ts";
import type { CoreState } from "./core-state.ts";
import { answered, refused } from "./outcome.ts";

/** Positions in one command: with the longest names these fit, too. */
const AT_ONCE = 12;
const QUANTITY = { places: 8, max: MAX_NUMBER, from: "negative" } as const;

/** Positions as the core has them. */
export class GatewayPositions implements Positions {
  constructor(
    private readonly core: CoreState,
    private readonly commands: { send(command: Command): Promise<CommandOutcome> },
  ) {}

  page({ account, symbol }: PositionFilter, from: number, most: number): PositionPage {
    const { reader } = this.core;
    const accountIndex = account === undefined ? null : reader.indexOfName(ACCOUNTS, account);
    const symbolIndex = symbol === undefined ? null : reader.indexOfName(SYMBOLS, symbol);
    const positions: PositionView[] = [];
    let row = from;
    for (; row < reader.positionCount && positions.length < most; row++) {
      const position = reader.position(row, accountIndex, symbolIndex);
      if (position !== null) positions.push(this.viewOf(position));
    }
    return { positions, next: row < reader.positionCount ? row : null };
  }

  problemOf(given: readonly GivenPosition[]): string {
    for (const one of given) {
      const read = this.read(one);
      if (typeof read === "string") return read;
    }
    return "";
  }

  async start(given: readonly GivenPosition[], by: string): Promise<Outcome> {
    const positions: StartPosition[] = [];
    for (const one of given) {
      const read = this.read(one);
      if (typeof read === "string") return refused("out-of-range", read);
      positions.push(read);
    }
    let outcome: Outcome = { result: "unchanged", code: "", reason: "" };
    for (let i = 0; i < positions.length; i += AT_ONCE) {
      const some = positions.slice(i, i + AT_ONCE);
      const command = { kind: CONTROL_POSITIONS, value: some.length, name: by, text: positionsText(some)! };
      const answer = await this.commands.send(command);
      if (!answer.applied) {
        const before = i === 0 ? "" : `the first ${i} of ${positions.length} positions are set; `;
        const full = answer.result === CONTROL_TABLE_FULL ? "core.maxPositions: expected room for them, got none" : "";
        return answered({ ...answer, reason: before + (full || answer.reason) });
      }
      if (answer.changed) outcome = { ...outcome, result: "applied" };
    }
    return outcome;
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
