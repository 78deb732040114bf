import { decimalText } from "../base/decimal.ts";
import { idText } from "../base/id.ts";
import { isoText } from "../base/time-text.ts";
import { NO_PRICE } from "../base/units.ts";
import { OVERRIDE_EXPIRED, OVERRIDE_USED, OVERRIDE_WITHDRAWN } from "../core/assembly/override-layout.ts";
import { overrideTerms, overrideUse } from "../core/overrides.ts";
import { reasonText } from "../core/risk/reasons.ts";
import { TRADING_STATES } from "../operation/session-commands.ts";
import type { Control } from "../record/control.ts";
import {
  CONTROL_APPLIED,
  CONTROL_CANCEL_ORDER,
  CONTROL_CLOCK_SET_BACK,
  CONTROL_CLOSE_ORDER,
  CONTROL_KILL,
  CONTROL_NAME_AT,
  CONTROL_REFERENCE_PRICE,
  CONTROL_RELEASE_ORDER,
  CONTROL_SESSION_TRADING,
  CONTROL_VENUE_TRADING,
  SILENCE_ANSWER,
} from "../record/control-codes.ts";
import { readQuotes } from "../record/quotes.ts";
import { escaped } from "./escape.ts";

/** What a command says of an order. */
const ORDER_COMMANDS: Readonly<Record<number, string>> = {
  [CONTROL_CANCEL_ORDER]: "shall be canceled at its venue",
  [CONTROL_CLOSE_ORDER]: "is closed in the books without its venue",
  [CONTROL_RELEASE_ORDER]: "no longer needs attention",
};

/** A command of the control plane in words. */
export function controlText(control: Control): string {
  const name = escaped(idText(control.views.bytes, control.at + CONTROL_NAME_AT, control.nameLength));
  if (control.kind === CONTROL_KILL)
    return `kill switch ${control.value === 1 ? "engaged" : "released"}${whoText(name)}`;
  if (control.kind === CONTROL_REFERENCE_PRICE) {
    const { price } = control;
    return price === NO_PRICE ? `no reference price of ${name}` : `reference price of ${name} is ${decimalText(price)}`;
  }
  if (control.kind === CONTROL_CLOCK_SET_BACK)
    return "the clock was set back: reference prices of a later time are too old, and what windows hold has come now";
  if (control.kind === CONTROL_SESSION_TRADING) return `client ${name} is ${tradingText(control.value)}`;
  if (control.kind === CONTROL_VENUE_TRADING) return `venue ${name} is ${tradingText(control.value)}`;
  const order = ORDER_COMMANDS[control.kind];
  const isForOther = control.kind === CONTROL_CANCEL_ORDER && control.textLength > 0;
  if (order !== undefined)
    return `order ${control.amount} ${order}${isForOther ? ", since another could trade with it" : ""}`;
  return `control ${control.kind} ${name} value ${control.value} amount ${control.amount}`;
}

const DONE: Readonly<Record<number, string>> = {
  [OVERRIDE_USED]: "is used by an order: the next one of the core's stream",
  [OVERRIDE_EXPIRED]: "has expired: no order has used it",
  [OVERRIDE_WITHDRAWN]: "is withdrawn",
};

/** Versions before journalled no result, 0, with it. */
export function overrideEndText(control: Control, text: Uint8Array, result: number): string {
  const { amount, value, views, at, nameLength } = control;
  const by = escaped(idText(views.bytes, at + CONTROL_NAME_AT, nameLength));
  if (result > CONTROL_APPLIED) return `override ${amount} is not ended (${result})${whoText(by)}`;
  const passed = value === OVERRIDE_USED && text.length > 8 ? ` (${escaped(overrideUse(text).passed)})` : "";
  const done = DONE[value] ?? `ends (${value})`;
  return `override ${amount} ${done}${passed}${value === OVERRIDE_WITHDRAWN ? whoText(by) : ""}`;
}

/** A grant of an override, with the result that the journal has. */
export function overrideGrantText(
  { value, amount }: Control,
  clients: ReadonlyMap<number, string>,
  text: Uint8Array,
  result: number,
): string {
  const { id, session, side, quantity, price, account, symbol, clOrdId, by, confirmedBy, why } = overrideTerms(text);
  const what = `${String.fromCharCode(side)} ${decimalText(quantity)} ${symbol} at ${price === NO_PRICE ? "market" : decimalText(price)}`;
  const of = `account ${account} of client ${clients.get(session) ?? `#${session}`}${clOrdId === "" ? "" : `, ClOrdID ${clOrdId}`}`;
  const granted = result === CONTROL_APPLIED ? "" : `, not granted (${result})`;
  return escaped(
    `override ${id}${granted}: one order (side ${what}) of ${of} may pass ${reasonText(value)} until ${isoText(amount)}; asked for by ${by}, confirmed by ${confirmedBy}: ${why}`,
  );
}

/** All quotes of a command, with their prices and how old they were. */
export function quotesText({ value }: Control, text: Uint8Array): string {
  const quotes = readQuotes(text, value).map(
    ({ symbol, priceE8, ageMs }) => `${escaped(symbol)} ${decimalText(priceE8)} (${(ageMs / 1_000).toFixed(3)} s old)`,
  );
  return `${value === 1 ? "a quote" : `${value} quotes`}: ${quotes.join(", ")}`;
}

/** What is done because a venue does not answer. */
export function silenceText({ amount }: Control, text: Uint8Array): string {
  const done = text[0] === SILENCE_ANSWER ? "the client is answered in its place" : "it is asked for the status";
  return `order ${amount}: its venue has not answered, ${done}`;
}

/** Earlier versions did not journal who asked. */
export function whoText(by: string): string {
  return by === "" ? "" : `, asked for by ${escaped(by)}`;
}

function tradingText(state: number): string {
  return TRADING_STATES[state] ?? `in state ${state}`;
}
