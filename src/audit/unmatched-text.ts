import { decimalText } from "../base/decimal.ts";
import { NO_PRICE } from "../base/units.ts";
import { type UnmatchedTerms, unmatchedTerms } from "../core/unmatched.ts";
import type { Control } from "../record/control.ts";
import { CONTROL_APPLIED, CONTROL_ASSIGN_REPORT } from "../record/control-codes.ts";
import { escaped } from "./escape.ts";

/** What an operator does with an unmatched report, with the result that the journal has. */
export function unmatchedText(
  { kind, amount }: Control,
  venues: ReadonlyMap<number, string>,
  text: Uint8Array,
  result: number,
): string {
  const terms = unmatchedTerms(text);
  const { by, confirmedBy, why, to } = terms;
  const done = kind === CONTROL_ASSIGN_REPORT ? `assigned to account ${to}` : "dismissed";
  const not = result === CONTROL_APPLIED ? "" : `not (${result}) `;
  const confirmed = confirmedBy === "" ? "" : `, confirmed by ${confirmedBy}`;
  const venue = venues.get(terms.venue) ?? `#${terms.venue}`;
  return escaped(
    `unmatched report ${amount} of venue ${venue} (${saidText(terms)}) is ${not}${done}; asked for by ${by}${confirmed}: ${why}`,
  );
}

/** What the report said, in a few words. */
function saidText({ execType, side, lastQty, lastPx, symbol, orderId, execId }: UnmatchedTerms): string {
  const price = lastPx === NO_PRICE ? "" : ` at ${decimalText(lastPx)}`;
  const type = execType === 0 ? "" : `ExecType ${String.fromCharCode(execType)}, `;
  return `${type}side ${String.fromCharCode(side)} ${decimalText(lastQty)} ${symbol}${price}, OrderID ${orderId}, ExecID ${execId}`;
}
