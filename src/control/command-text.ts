import {
  CONTROL_ASSIGN_REPORT,
  CONTROL_CANCEL_KILLED,
  CONTROL_CANCEL_MATCHING,
  CONTROL_CANCEL_ORDER,
  CONTROL_CANCEL_ORDERS,
  CONTROL_CANCEL_SESSION,
  CONTROL_CHANGE,
  CONTROL_CHANGE_LASTING,
  CONTROL_CHANGE_UNTIL,
  CONTROL_CHANGES_END,
  CONTROL_CLOCK_SET_BACK,
  CONTROL_CLOSE_ORDER,
  CONTROL_CONFIGURE,
  CONTROL_DISMISS_REPORT,
  CONTROL_KILL,
  CONTROL_OVERRIDE,
  CONTROL_OVERRIDE_END,
  CONTROL_POSITIONS,
  CONTROL_QUOTES,
  CONTROL_REFERENCE_PRICE,
  CONTROL_RELEASE_ORDER,
  CONTROL_SESSION_TRADING,
  CONTROL_VENUE_READY,
  CONTROL_VENUE_SILENCE,
  CONTROL_VENUE_STATUS,
  CONTROL_VENUE_TRADING,
} from "../record/control-codes.ts";
import type { Command } from "./command-ring.ts";

/** A command in words, for the log. */
export function commandText({ kind, value, amount, name }: Command): string {
  if (kind === CONTROL_KILL) return value === 1 ? "engage the kill switch" : "release the kill switch";
  if (kind === CONTROL_REFERENCE_PRICE) return `set the reference price of ${name}`;
  if (kind === CONTROL_CHANGE) return `make ${value} changes of ${name}`;
  if (kind === CONTROL_CHANGE_LASTING) return `make ${value} changes of ${name} in the place of values that end`;
  if (kind === CONTROL_CHANGE_UNTIL) return `make ${value} changes of ${name} until a time`;
  if (kind === CONTROL_CHANGES_END) return `end ${value} values that hold until a time`;
  if (kind === CONTROL_OVERRIDE) return "grant an override of a check";
  if (kind === CONTROL_OVERRIDE_END) return `end override ${amount}`;
  if (kind === CONTROL_POSITIONS) return `set ${value} positions at the start of the day for ${name}`;
  if (kind === CONTROL_ASSIGN_REPORT) return `assign unmatched report ${amount}`;
  if (kind === CONTROL_DISMISS_REPORT) return `dismiss unmatched report ${amount}`;
  if (kind === CONTROL_QUOTES) return `take ${value} quotes`;
  if (kind === CONTROL_CONFIGURE) return `make ${value} changes of the configuration`;
  if (kind === CONTROL_RELEASE_ORDER) return `release order ${amount}, which needed attention`;
  if (kind === CONTROL_CANCEL_ORDER) return `cancel order ${amount} at its venue`;
  if (kind === CONTROL_CANCEL_MATCHING) return `cancel some open orders of client session ${amount}`;
  if (kind === CONTROL_CANCEL_SESSION) return `cancel open orders of client session ${amount}`;
  if (kind === CONTROL_CANCEL_ORDERS) return "cancel all open orders that match";
  if (kind === CONTROL_CANCEL_KILLED) return "cancel the open orders of a kill switch";
  if (kind === CONTROL_CLOSE_ORDER) return `close order ${amount} in the books`;
  if (kind === CONTROL_SESSION_TRADING) return `set the trading state of client ${name}`;
  if (kind === CONTROL_VENUE_TRADING) return `set the trading state of venue ${name}`;
  if (kind === CONTROL_CLOCK_SET_BACK)
    return "count what is dated ahead of the clock, which was set back, as too old or as of now";
  if (kind === CONTROL_VENUE_SILENCE) return `act on the silence of the venue of order ${amount}`;
  if (kind === CONTROL_VENUE_STATUS) return `ask the venue of order ${amount} for its status`;
  if (kind === CONTROL_VENUE_READY) return `give venue ${amount} new orders`;
  return `command ${kind}`;
}
