import { OrderRequest } from "../../record/assembly/order-request.ts";
import {
  ACCEPTED,
  MASS_FILTER,
  UNKNOWN_ACCOUNT,
  UNKNOWN_PARTY,
  UNKNOWN_SYMBOL,
} from "../risk/reason-codes.ts";
import { accountAt } from "./accounts.ts";
import { NONE } from "./codes.ts";
import { setField } from "./detail.ts";
import { allows } from "./entitlements.ts";
import { ACCOUNTS } from "./layout.ts";
import { clientOf, traderOf } from "./levels.ts";
import { accountNames, nameCount, symbolNames } from "./names.ts";
import { Order } from "./order.ts";

// Which orders a request of a client about many is for, OrderMassCancelRequest (q) or OrderMassStatusRequest (AF), besides its own type.

const PARTY_ID: i32 = 448;

/** Decides what the request is narrowed by. `isOfSymbol`: it is about one security. Returns ACCEPTED or a reason. */
export function decideMatch(request: OrderRequest, isOfSymbol: bool): i32 {
  if (request.unheldTag !== 0) {
    setField(request.unheldTag, NONE);
    return MASS_FILTER;
  }
  if (isOfSymbol && symbolOf(request) === NONE) return UNKNOWN_SYMBOL;
  if (request.accountLength > 0 && accountOf(request) === NONE) return UNKNOWN_ACCOUNT;
  if (request.traderLength === 0 || isPartyOf(request.session, partyOf(request))) return ACCEPTED;
  setField(PARTY_ID, NONE);
  return UNKNOWN_PARTY;
}

/** The symbol, or NONE. */
export function symbolOf(request: OrderRequest): i32 {
  const length = request.symbolLength;
  return length > 0 ? symbolNames().find(request.symbolAt, length) : NONE;
}

/** The same of the account. */
export function accountOf(request: OrderRequest): i32 {
  const length = request.accountLength;
  const found = length > 0 ? accountNames().find(request.accountAt, length) : NONE;
  return found === NONE || accountAt(found).isLevel ? NONE : found;
}

/** The row of the trader or client, or NONE. */
export function partyOf(request: OrderRequest): i32 {
  const length = request.traderLength;
  return length > 0 ? accountNames().find(request.traderAt, length) : NONE;
}

/** True for a trader of the session, or the client of an account that it may use: of others it learns nothing. */
function isPartyOf(session: i32, row: i32): bool {
  if (row === NONE) return false;
  if (allows(session, row)) return true;
  const count = nameCount(ACCOUNTS);
  for (let i = 0; i < count; i++) if (clientOf(i) === row && allows(session, i)) return true;
  return false;
}

/** True for an order of an account, a client or a trader; of any for NONE. */
export function isOfRow(order: Order, row: i32): bool {
  if (row === NONE || order.account === row) return true;
  return accountAt(row).isLevel && (clientOf(order.account) === row || traderOf(order) === row);
}
