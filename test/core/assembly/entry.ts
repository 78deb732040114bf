// The code with some of its inner functions as exports, for the unit tests.
import {
  addName,
  addPosition,
  addSession,
  addUpExposure,
  addUpLevels,
  applyDecided,
  beginReplay,
  carry,
  carryNothing,
  claimLate,
  claimLateGroups,
  control,
  countOverrides,
  countUnmatched,
  decide,
  endOutputsOfThePast,
  endReplay,
  expiredOverride,
  findName,
  findTemporaryEnd,
  forgetFile,
  giveOrderId,
  grant,
  indexOrders,
  instruct,
  isEndDue,
  keepEntered,
  keepExecution,
  keepFirmMessage,
  loseExecution,
  markReport,
  openCore,
  nextCrossing,
  nextNeeded,
  order,
  poll,
  publishLate,
  report,
  setClient,
  setConfigured,
  setFileValue,
  setIsLevel,
  setRoute,
  setSessionRow,
  setSymbol,
  settle,
  settleKill,
  shorten,
  stamp,
  stampRules,
  writeEnds,
  writeOverrideEnd,
} from "../../../src/assembly/entry.ts";
import { hashSequentialId } from "../../../src/record/assembly/ids.ts";
import { Stream } from "../../../src/journal/assembly/stream.ts";
import { ExecutionReport } from "../../../src/record/assembly/execution-report.ts";
import { NO_PRICE } from "../../../src/record/assembly/units.ts";
import { accountAt } from "../../../src/core/assembly/accounts.ts";
import { allows, isKnownSession } from "../../../src/core/assembly/entitlements.ts";
import { setDetail, setLevel, clearDetail, setCollar, writeReason } from "../../../src/core/assembly/detail.ts";
import { copyCounter, lengthOfCounter, turnTo } from "../../../src/core/assembly/decimal.ts";
import { addExecution, hasExecution } from "../../../src/core/assembly/executions.ts";
import { addIdEntry, copyEntry, findId, freeIds, hideId, lengthOfId, removeId, slotOfId } from "../../../src/core/assembly/ids.ts";
import { canTrade, endOf, next, ordStatus } from "../../../src/core/assembly/life-cycle.ts";
import { averageE8, mulHigh, notional, shareAbove, shareOf, worthOf } from "../../../src/core/assembly/money.ts";
import { closedOf, openedOf, showFallen } from "../../../src/core/assembly/open-by-session.ts";
import { orderAt } from "../../../src/core/assembly/order.ts";
import { byOrderId, copyOrderId, setOrderId } from "../../../src/core/assembly/order-ids.ts";
import { addId, candidate, closed, hasRoom as hasRoomForOrder, hasRoomFor, hasRoomForDone, opened, retire, take } from "../../../src/core/assembly/orders.ts";
import { claimReport, claimRequest, hasRoomOut, publishReport, publishRequest } from "../../../src/core/assembly/outbox.ts";
import { allVenuesDown, isVenueUp, setVenueUp, venueOf } from "../../../src/core/assembly/symbols.ts";
import { dayOf } from "../../../src/core/assembly/trading-days.ts";

export {
  addIdEntry,
  addName,
  addPosition,
  addSession,
  addUpExposure,
  addUpLevels,
  allVenuesDown,
  allows,
  applyDecided,
  averageE8,
  beginReplay,
  byOrderId,
  canTrade,
  candidate,
  carry,
  carryNothing,
  claimLate,
  claimLateGroups,
  claimReport,
  claimRequest,
  clearDetail,
  closedOf,
  control,
  countOverrides,
  countUnmatched,
  copyCounter,
  copyEntry,
  dayOf,
  decide,
  endOf,
  endOutputsOfThePast,
  endReplay,
  expiredOverride,
  findId,
  findName,
  findTemporaryEnd,
  forgetFile,
  freeIds,
  giveOrderId,
  grant,
  hasRoomOut as hasRoom,
  hashSequentialId,
  hasRoomForOrder,
  hasRoomForDone,
  hideId,
  indexOrders,
  instruct,
  isEndDue,
  keepEntered,
  keepExecution,
  keepFirmMessage,
  loseExecution,
  markReport,
  isKnownSession,
  isVenueUp,
  lengthOfCounter,
  lengthOfId,
  mulHigh,
  next,
  notional,
  openCore,
  openedOf,
  ordStatus,
  nextCrossing,
  nextNeeded,
  order,
  poll,
  publishLate,
  publishReport,
  publishRequest,
  removeId,
  report,
  setCollar,
  setDetail,
  setLevel,
  setClient,
  setConfigured,
  setFileValue,
  setIsLevel,
  setRoute,
  setSessionRow,
  setSymbol,
  settle,
  settleKill,
  setVenueUp,
  shareAbove,
  shareOf,
  shorten,
  showFallen,
  slotOfId,
  stamp,
  stampRules,
  turnTo,
  venueOf,
  worthOf,
  writeEnds,
  writeOverrideEnd,
};

// Of records and rows, by their number.

export function reason(report: usize, reason: i32): void {
  writeReason(changetype<ExecutionReport>(report), reason);
}

export function execute(account: i32, side: i32, quantity: i64, value: i64, day: f64): void {
  const row = accountAt(account);
  if (day > row.day) row.begin(day);
  row.execute(side, quantity, value, value);
  row.move(side, quantity);
}

export function reserve(account: i32, side: i32, change: i64): void {
  accountAt(account).reserve(side, change);
}

export function canHold(account: i32, side: i32, more: i64): bool {
  return accountAt(account).canHold(side, more);
}

export function countOpen(account: i32, change: f64): void {
  accountAt(account).countOpen(change);
}

export function countOrder(account: i32, second: f64): void {
  accountAt(account).countOrder(second);
}

export function ordersIn(account: i32, second: f64): f64 {
  return accountAt(account).ordersIn(second);
}

export function isEnabled(account: i32): bool {
  return accountAt(account).isEnabled;
}

export function hasLimits(account: i32): bool {
  return accountAt(account).hasLimits;
}

/** A new order in a state, of session 0 at a venue. */
export function takeSlot(slot: i32, state: i32, venue: i32, number: f64): void {
  const order = take(slot);
  order.session = 0;
  order.state = state;
  order.venue = venue;
  order.number = number;
  order.idCount = 0;
}

export function openSlot(slot: i32): void {
  opened(orderAt(slot).session);
}

export function closeSlot(slot: i32, state: i32): void {
  const order = orderAt(slot);
  order.state = state;
  closed(order);
}

export function retireSlot(slot: i32): void {
  retire(orderAt(slot));
}

export function addIdOf(slot: i32, from: usize, length: i32): i32 {
  return addId(orderAt(slot), from, length);
}

export function setCurrentId(slot: i32, entry: i32): void {
  orderAt(slot).currentId = entry;
}

export function hasRoomForId(slot: i32): bool {
  return hasRoomFor(orderAt(slot));
}

export function keepOrderId(slot: i32, from: usize, length: i32): void {
  setOrderId(orderAt(slot), from, length);
}

export function copyOrderIdOf(slot: i32, to: usize): void {
  copyOrderId(orderAt(slot), to);
}

/** Of the order in a slot, which gets this number. */
export function addExecutionOf(slot: i32, number: f64, at: usize, length: i32, owner: i32): void {
  const order = orderAt(slot);
  order.number = number;
  addExecution(order, at, length, owner, 0, 0, NO_PRICE);
}

export function hasExecutionOf(slot: i32, number: f64, at: usize, length: i32, owner: i32): bool {
  const order = orderAt(slot);
  order.number = number;
  return hasExecution(order, at, length, owner);
}

/** As the core appends its inputs. */
export function appendPacked(
  stream: usize,
  kind: i32,
  session: i32,
  sequence: i32,
  index: i32,
  epoch: i32,
  from: usize,
  bytes: i32,
  moreFrom: usize,
  moreBytes: i32,
): f64 {
  const to = changetype<Stream>(stream);
  return to.appendPacked(kind, session, sequence, 1.7e15, index, epoch, from, bytes, moreFrom, moreBytes);
}
