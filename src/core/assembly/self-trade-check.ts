import { SIDE_BUY, SIDE_SELL } from "../../record/codes.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import { NOT_PENDING } from "../orders/states.ts";
import { ACCEPTED, SELF_TRADE } from "../risk/reason-codes.ts";
import { accountAt } from "./accounts.ts";
import { NONE } from "./codes.ts";
import { setLevel } from "./detail.ts";
import { LEVEL_ACCOUNT, RESTS_IN_NONE, SELF_TRADE_CANCEL_OLD, SELF_TRADE_REJECT } from "./layout.ts";
import { orderAt } from "./order.ts";
import { findPair, pairAt } from "./pairs.ts";
import { firstSlot, groupOf, heapOf, leftOf, restingPrice, rightOf } from "./resting.ts";
import { isVenueUp } from "./symbols.ts";

// Whether an order could trade with a resting one of its group: the last check of all, since orders may be canceled for it. An order that
// is refused here is kept in mind, until its crossing ones are canceled (self-trade.ts).

let ofPair: i32 = NONE;
let ofAccount: i32 = NONE;
let ofSide: i32 = 0;
let ofPrice: i64 = 0;

/** `priceE8`: NO_PRICE of a market order, which trades at any. One that waits for its trigger trades with none. Returns SELF_TRADE or ACCEPTED. */
export function checkSelfTrade(account: i32, symbol: i32, side: i32, priceE8: i64, venue: i32, waits: bool): i32 {
  const row = accountAt(account);
  if (row.restsIn === RESTS_IN_NONE || waits) return ACCEPTED;
  const found = findPair(groupOf(account), symbol);
  if (found === NONE) return ACCEPTED;
  ofPair = found;
  ofAccount = account;
  ofSide = side;
  ofPrice = priceE8;
  if (firstCrossing(false) === NONE && !meetsLeaving(row.selfTrade, venue)) return ACCEPTED;
  setLevel(LEVEL_ACCOUNT, account);
  return SELF_TRADE;
}

/** True when it could trade with one whose cancel is under way: of those at its own session of the venue cancel-old gets rid before. */
function meetsLeaving(mode: i32, venue: i32): bool {
  const slot = firstCrossing(true);
  if (slot === NONE || mode !== SELF_TRADE_CANCEL_OLD) return slot !== NONE;
  return isLeavingElsewhere(slot + 1, venue);
}

/** Looks at those that it could trade with alone: each was canceled for such an order. */
function isLeavingElsewhere(number: i32, venue: i32): bool {
  if (number === 0 || !isCrossing(number - 1)) return false;
  if (orderAt(number - 1).venue !== venue) return true;
  return isLeavingElsewhere(leftOf(number), venue) || isLeavingElsewhere(rightOf(number), venue);
}

/** Slot of the next order that is to be canceled for the one that was refused last, or NONE: there is none, or it can't be now. */
export function nextCrossing(): i32 {
  if (accountAt(ofAccount).selfTrade === SELF_TRADE_REJECT) return NONE;
  const slot = firstCrossing(false);
  if (slot === NONE) return NONE;
  const order = orderAt(slot);
  return order.pending === NOT_PENDING && isVenueUp(order.venue) ? slot : NONE;
}

/** Slot of the most aggressive order of the other side that the order could trade with, or NONE. */
function firstCrossing(isLeaving: bool): i32 {
  const slot = firstSlot(pairAt(ofPair), heapOf(ofSide === SIDE_BUY ? SIDE_SELL : SIDE_BUY, isLeaving));
  return slot !== NONE && isCrossing(slot) ? slot : NONE;
}

/** True when the order could trade with the one in a slot, which is of the other side. */
function isCrossing(slot: i32): bool {
  if (ofPrice === NO_PRICE) return true;
  const price = restingPrice(slot);
  return ofSide === SIDE_BUY ? ofPrice >= price : ofPrice <= price;
}
