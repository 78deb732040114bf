import { decimalText } from "../../base/decimal.ts";
import { isoText } from "../../base/time-text.ts";
import { NO_PRICE } from "../../base/units.ts";
import type { Commands } from "../../control/commands.ts";
import { ACCOUNTS, SYMBOLS } from "../../core/assembly/layout.ts";
import { UNMATCHED_IS_OPEN } from "../../core/assembly/unmatched-layout.ts";
import { changedBy, MOST_UNMATCHED_WHY_BYTES, type UnmatchedState, unmatchedText } from "../../core/unmatched.ts";
import type { Outcome } from "../../operation/outcome.ts";
import {
  UNMATCHED_STATES,
  type UnmatchedProblem,
  type UnmatchedReports,
  type UnmatchedView,
} from "../../operation/unmatched.ts";
import * as codes from "../../record/codes.ts";
import { CONTROL_ASSIGN_REPORT, CONTROL_DISMISS_REPORT, CONTROL_TABLE_FULL } from "../../record/control-codes.ts";
import type { CoreState } from "./core-state.ts";
import { answered, refused } from "./outcome.ts";

const TRADES: readonly number[] = [codes.EXEC_TRADE, codes.EXEC_PARTIAL_FILL, codes.EXEC_FILL];
const SIDES: readonly number[] = [codes.SIDE_BUY, codes.SIDE_SELL, codes.SIDE_SELL_SHORT];
type Who = Parameters<UnmatchedReports["dismiss"]>[1];

/** Reports of unknown orders as the core has them. */
export class GatewayUnmatched implements UnmatchedReports {
  constructor(
    private readonly core: CoreState,
    private readonly commands: Pick<Commands, "send">,
  ) {}

  list(): UnmatchedView[] {
    return this.core.reader.unmatched().map((state) => this.viewOf(state));
  }

  problemOf(number: number, account: string | null, why: string): UnmatchedProblem | null {
    const states = this.core.reader.unmatched();
    const state = states.find((one) => one.number === number);
    if (state === undefined)
      return { code: "not-found", reason: `expected the number of an unmatched report, got ${number}` };
    if (state.state !== UNMATCHED_IS_OPEN) return { code: "not-open", reason: doneText(state) };
    const bytes = Buffer.byteLength(why);
    const most = MOST_UNMATCHED_WHY_BYTES;
    const tooLong = bytes > most ? `why: expected at most ${most} bytes of UTF-8, got ${bytes}` : "";
    const reason = tooLong || (account === null ? "" : this.assignProblem(state, account, states));
    return reason === "" ? null : { code: "out-of-range", reason };
  }

  async assign(number: number, account: string, who: Who): Promise<Outcome> {
    return this.end(CONTROL_ASSIGN_REPORT, number, account, who);
  }

  async dismiss(number: number, who: Who): Promise<Outcome> {
    return this.end(CONTROL_DISMISS_REPORT, number, null, who);
  }

  private async end(kind: number, number: number, to: string | null, who: Who): Promise<Outcome> {
    const problem = this.problemOf(number, to, who.why);
    if (problem !== null) return refused(problem.code, problem.reason);
    const state = this.core.reader.unmatched().find((one) => one.number === number)!;
    const text = unmatchedText(state.text, { ...who, to: to ?? "" });
    const answer = await this.commands.send({ kind, value: 0, amount: number, name: who.by, text });
    if (answer.result === CONTROL_TABLE_FULL)
      return refused("table-full", "the table of positions has no room: core.maxPositions");
    // Somebody else was first.
    if (answer.applied && !answer.changed)
      return refused("not-open", this.problemOf(number, to, who.why)?.reason ?? answer.reason);
    return answered(answer);
  }

  private assignProblem(state: UnmatchedState, account: string, states: readonly UnmatchedState[]): string {
    const { reader } = this.core;
    if (!reader.names(ACCOUNTS).includes(account)) return `account: expected a known account, got ${account}`;
    if (!reader.names(SYMBOLS).includes(state.symbol))
      return `the report's Symbol (55): expected a known symbol, got "${state.symbol}"`;
    const kind = kindOf(state);
    if (kind === "other" || kind === "cancel-reject")
      return `expected the report of a trade, a bust or a correction, got ExecType (150) ${character(state.execType)}`;
    const side = character(state.side);
    if (!SIDES.includes(state.side)) return `the report's Side (54): expected 1, 2 or 5, got ${side}`;
    if (kind !== "trade") {
      const before = changedBy(state, states);
      if (before === undefined)
        return `the report's ExecRefID (19): expected the ExecID of a report that is assigned, got "${state.execRefId}"`;
      if (before.to !== account || before.symbol !== state.symbol || before.side !== state.side)
        return `expected account ${before.to}, symbol ${before.symbol} and side ${character(before.side)} of the execution that ExecRefID (19) names, got ${account}, ${state.symbol} and ${side}`;
    }
    if (kind === "bust") return "";
    if (state.lastQty <= 0n)
      return `the report's LastQty (32): expected more than 0, got ${decimalText(state.lastQty)}`;
    return state.lastPx === NO_PRICE ? "the report's LastPx (31): expected a price, got none" : "";
  }

  private viewOf(state: UnmatchedState): UnmatchedView {
    const { number, lastQty, lastPx, orderQty, price, cumQty, leavesQty, transactUs, receivedUs, doneUs } = state;
    return {
      ...{ number, state: UNMATCHED_STATES[state.state - 1]!, receivedAt: isoText(receivedUs) },
      venue: this.core.venueName(state.venue) ?? "",
      kind: kindOf(state),
      ...{ execType: character(state.execType), ordStatus: character(state.ordStatus), side: character(state.side) },
      ...{ symbol: wordOf(state.symbol), account: wordOf(state.account), orderId: wordOf(state.orderId) },
      ...{ execId: wordOf(state.execId), execRefId: wordOf(state.execRefId) },
      ...{ lastQty: decimalText(lastQty), lastPx: priceOf(lastPx), orderQty: decimalText(orderQty) },
      ...{ price: priceOf(price), cumQty: decimalText(cumQty), leavesQty: decimalText(leavesQty) },
      transactTime: transactUs === 0 ? null : isoText(transactUs),
      doneAt: doneUs === 0 ? null : isoText(doneUs),
      ...{ assignedTo: wordOf(state.to), by: wordOf(state.by), confirmedBy: wordOf(state.confirmedBy) },
      why: wordOf(state.why),
    };
  }
}

function doneText({ state, to, by }: UnmatchedState): string {
  const is = UNMATCHED_STATES[state - 1]!;
  return `expected an unmatched report that is open, got one that ${by} has ${is}${to === "" ? "" : ` (account ${to})`}`;
}

function kindOf({ kind, execType }: UnmatchedState): UnmatchedView["kind"] {
  if (kind !== codes.REPORT_EXECUTION) return "cancel-reject";
  if (TRADES.includes(execType)) return "trade";
  if (execType === codes.EXEC_TRADE_CANCEL) return "bust";
  return execType === codes.EXEC_TRADE_CORRECT ? "correction" : "other";
}

function character(code: number): string | null {
  return code === 0 ? null : String.fromCharCode(code);
}

function wordOf(text: string): string | null {
  return text === "" ? null : text;
}

function priceOf(priceE8: bigint): string | null {
  return priceE8 === NO_PRICE ? null : decimalText(priceE8);
}
