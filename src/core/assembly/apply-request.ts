import {
  EXEC_STATUS,
  OF_THE_PAST,
  REQUEST_CANCEL,
  REQUEST_MASS_CANCEL,
  REQUEST_MASS_STATUS,
  REQUEST_NEW,
  REQUEST_REPLACE,
  REQUEST_STATUS,
  TYPE_STOP,
} from "../../record/codes.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import {
  COUNT_CANCEL_REJECTS,
  COUNT_CANCELS,
  COUNT_DROPPED,
  COUNT_ORDERS,
  COUNT_REJECTS,
  COUNT_REPLACES,
  COUNT_STATUS_REQUESTS,
} from "../counters.ts";
import { PARTIALLY_FILLED, PENDING_CANCEL, PENDING_NEW, PENDING_REPLACE, REJECTED } from "../orders/states.ts";
import {
  ACCEPTED,
  BAD_CL_ORD_ID,
  DROPPED,
  DUPLICATE_CL_ORD_ID,
} from "../risk/reason-codes.ts";
import { accountAt } from "./accounts.ts";
import { area, double } from "./area.ts";
import { about, partiesOf, refuseChange, refuseOrder, refuseStatus } from "./client-report.ts";
import { reopenOrder } from "./close-order.ts";
import { NONE } from "./codes.ts";
import { NO_FACTOR } from "./conversion.ts";
import { turnTo } from "./decimal.ts";
import * as decision from "./decision.ts";
import { keepAccepted } from "./duplicates.ts";
import { allows } from "./entitlements.ts";
import { beginHolding, endHolding, holdQuantity } from "./exposure.ts";
import { factorOf, setFactor } from "./factor.ts";
import { countFirmMessage } from "./firm-messages.ts";
import { hideId } from "./ids.ts";
import { NUMBER, NUMBER_DIGITS } from "./layout.ts";
import { countOpen, reserve, setTrader } from "./levels.ts";
import { isOpen } from "./life-cycle.ts";
import { beginInput, lockAccount, lockOrder, unlockAll } from "./locks.ts";
import { answerMassCancel } from "./mass-cancel.ts";
import { answerMassStatus } from "./mass-status.ts";
import { accountNames, symbolNames } from "./names.ts";
import { riskPriceOf } from "./order-kinds.ts";
import { Order, orderAt } from "./order.ts";
import { copyOrderId } from "./order-ids.ts";
import { addId, opened, retire, take } from "./orders.ts";
import { claimRequest, publishReport, publishRequest } from "./outbox.ts";
import { settleResting } from "./resting.ts";
import { heldBy, secondOf } from "./risk.ts";
import { takeTurn } from "./routing.ts";
import { noteAccepted } from "./stage-clock.ts";
import { count, showOpen } from "./state.ts";
import { traderOfAccepted } from "./traders.ts";
import { dayOf } from "./trading-days.ts";

// Applies decided requests: sends accepted ones to venues, refused ones back to clients.

export function applyRequest(request: OrderRequest, timeUs: f64): void {
  const kind = request.kind;
  const reason = decision.reason;
  beginInput(timeUs);
  countFirmMessage(kind, reason, timeUs);
  if (reason === DROPPED) count(COUNT_DROPPED);
  else if (kind === REQUEST_NEW) newOrder(request, timeUs);
  else if (kind === REQUEST_STATUS) status(request, timeUs);
  else if (kind === REQUEST_MASS_CANCEL) answerMassCancel(request, timeUs);
  else if (kind === REQUEST_MASS_STATUS) answerMassStatus(request, timeUs);
  else if (reason === ACCEPTED) change(request, timeUs);
  else refuse(request, timeUs);
  unlockAll();
}

function newOrder(request: OrderRequest, timeUs: f64): void {
  const reason = decision.reason;
  count(COUNT_ORDERS);
  countRate(request.session, decision.account, timeUs);
  turnTo(NUMBER, NUMBER_DIGITS, decision.number);
  if (reason !== ACCEPTED) {
    count(COUNT_REJECTS);
    if (decision.slot !== NONE && reason !== DUPLICATE_CL_ORD_ID && reason !== BAD_CL_ORD_ID)
      keepRefused(request, timeUs);
    refuseOrder(request, timeUs);
    return;
  }
  takeTurn();
  const order = takeNew(request, timeUs);
  order.venue = decision.venue;
  order.state = PENDING_NEW;
  order.reserved = decision.notional;
  setFactor(order, decision.factor);
  opened(order.session);
  order.currentId = addId(order, request.clOrdIdAt, request.clOrdIdLength);
  lockAccount(order.account);
  setTrader(order, traderOfAccepted(request));
  countOpen(order, 1);
  reserve(order.account, order.side, order.reserved);
  holdQuantity(order, order.leavesQty);
  settleResting(order);
  keepAccepted(order.account, order.symbol, request, timeUs);
  showOpen();
  send(request, order, 0);
}

/** A refused order is kept, too: its ClOrdID is used, and a status request may ask for it. */
function keepRefused(request: OrderRequest, timeUs: f64): void {
  const order = takeNew(request, timeUs);
  setTrader(order, NONE);
  setFactor(order, NO_FACTOR);
  order.state = REJECTED;
  order.venue = NONE;
  order.currentId = addId(order, request.clOrdIdAt, request.clOrdIdLength);
  retire(order);
}

function takeNew(request: OrderRequest, timeUs: f64): Order {
  // Before the slot is taken: it may be that of the former order.
  if (decision.former !== NONE) hideId(decision.former);
  const order = take(decision.slot);
  date(request, order, timeUs);
  order.number = double(NUMBER);
  const digits = area + NUMBER_DIGITS;
  store<i64>(changetype<usize>(order), load<i64>(digits), offsetof<Order>("digits0"));
  order.digits2 = load<i32>(digits, 8);
  order.lastNumber = decision.number;
  order.currentNumber = decision.number;
  order.quantity = request.quantity;
  order.leavesQty = decision.reason === ACCEPTED ? request.quantity : 0;
  order.priceE8 = riskPriceOf(request, request.ordType);
  order.session = request.session;
  order.account = decision.account;
  order.symbol = decision.symbol;
  order.side = request.side;
  order.ordType = request.ordType;
  order.timeInForce = request.timeInForce;
  return order;
}

/** Keeps when the order's newest request came: its ClOrdIDs may be used again later. */
function date(request: OrderRequest, order: Order, timeUs: f64): void {
  order.epoch = request.epoch;
  order.day = dayOf(timeUs);
}

/** An accepted cancel or replace. */
function change(request: OrderRequest, timeUs: f64): void {
  const order = orderAt(decision.slot);
  const replaces = request.kind === REQUEST_REPLACE;
  count(replaces ? COUNT_REPLACES : COUNT_CANCELS);
  lockOrder(decision.slot);
  lockAccount(order.account);
  if (decision.former !== NONE) hideId(decision.former);
  date(request, order, timeUs);
  beginHolding(order);
  // A filled order of which more is asked for; nothing is left of it before the venue accepts.
  if (!isOpen(order.state)) reopenOrder(order, PARTIALLY_FILLED);
  order.pendingId = addId(order, request.clOrdIdAt, request.clOrdIdLength);
  turnTo(NUMBER, NUMBER_DIGITS, decision.number);
  order.pendingNumber = decision.number;
  order.lastNumber = decision.number;
  order.pending = replaces ? PENDING_REPLACE : PENDING_CANCEL;
  order.isAnsweredFor = false;
  if (replaces) {
    countRate(request.session, order.account, timeUs);
    order.pendingQuantity = request.quantity;
    order.pendingPriceE8 = riskPriceOf(request, order.ordType);
    const leaves = request.quantity - order.cumQty;
    order.pendingReserved = heldBy(order.symbol, order.ordType, leaves, order.pendingPriceE8, factorOf(order));
    reserve(order.account, order.side, order.pendingReserved);
  }
  endHolding(order, timeUs);
  send(request, order, order.currentNumber);
}

function refuse(request: OrderRequest, timeUs: f64): void {
  const replaces = request.kind === REQUEST_REPLACE;
  count(replaces ? COUNT_REPLACES : COUNT_CANCELS);
  count(COUNT_CANCEL_REJECTS);
  const slot = decision.slot;
  if (slot === NONE) {
    refuseChange(request, null, timeUs);
    return;
  }
  const order = orderAt(slot);
  if (replaces) countRate(request.session, order.account, timeUs);
  refuseChange(request, order, timeUs);
}

function status(request: OrderRequest, timeUs: f64): void {
  const reason = decision.reason;
  count(COUNT_STATUS_REQUESTS);
  if (reason !== ACCEPTED) {
    refuseStatus(request, timeUs);
    return;
  }
  const order = orderAt(decision.slot);
  const report = about(order, EXEC_STATUS, decision.entry, NONE, timeUs);
  if (order.symbol === NONE) partiesOf(request, report);
  publishReport();
}

/** Counts the order towards the account's rate, if the session may use that account. */
function countRate(session: i32, account: i32, timeUs: f64): void {
  if (account === NONE || !allows(session, account)) return;
  lockAccount(account);
  accountAt(account).countOrder(secondOf(timeUs));
}

/** Sends the request to the order's venue; terms that a cancel may lack come from the order. */
function send(request: OrderRequest, order: Order, origNumber: f64): void {
  const out = claimRequest(order.venue);
  const kind = request.kind;
  out.carry(request);
  out.side = order.side;
  out.ordType = order.ordType;
  out.timeInForce = order.timeInForce;
  out.slot = order.slot;
  out.quantity = kind === REQUEST_CANCEL && request.quantity === 0 ? order.quantity : request.quantity;
  // A stop order's is its StopPx, which travels with the other fields.
  if (order.ordType === TYPE_STOP) out.priceE8 = NO_PRICE;
  else out.priceE8 = kind === REQUEST_REPLACE ? order.pendingPriceE8 : order.priceE8;
  out.number = double(NUMBER);
  out.origNumber = origNumber;
  if (out.epoch !== OF_THE_PAST) out.epoch = (order.session + 1) << 1;
  const accounts = accountNames();
  out.accountLength = accounts.lengthOf(order.account);
  accounts.copy(order.account, out.accountAt);
  const symbols = symbolNames();
  out.symbolLength = symbols.lengthOf(order.symbol);
  symbols.copy(order.symbol, out.symbolAt);
  if (kind !== REQUEST_NEW && order.orderIdLength > 0) {
    out.orderIdLength = order.orderIdLength;
    copyOrderId(order, out.orderIdAt);
  }
  noteAccepted(order.slot, double(NUMBER), order.venue, request.receivedNs);
  publishRequest();
}
