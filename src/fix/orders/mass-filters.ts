import { readInt } from "../../base/decimal.ts";
import { ID_BYTES, putId } from "../../base/id.ts";
import { NONE } from "../../base/units.ts";
import type { OrderRequest } from "../../record/order-request.ts";
import { SESSION_TAGS } from "../wire/held.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { NO_PARTY_IDS, PARTY_ID, PARTY_ID_SOURCE, PARTY_ROLE } from "./parties.ts";

// Which orders a request about many is for, beside its own type: its parties. A field by which the gateway can't choose orders is never passed over.

/** PartyRole (452): the trader who enters an order, and the one from whom it comes; the client; the account. */
const ENTERING_TRADER = 36;
const ORDER_ORIGINATION_TRADER = 11;
const CLIENT_ID = 3;
const CUSTOMER_ACCOUNT = 24;
/** A row of the core's accounts is named by one of these and the name (core/level-rows.ts). */
const TRADER = Uint8Array.from([84, 82, 65, 68, 69, 82, 61]);
const CLIENT = Uint8Array.from([67, 76, 73, 69, 78, 84, 61]);
const NO_PREFIX = new Uint8Array(0);
const name = new Uint8Array(new ArrayBuffer(ID_BYTES));

/** Fields that choose no orders beyond what is read here: those of each message, ids, texts, and words on what Symbol names. */
const CHOOSES_NONE = new Set([
  ...[...SESSION_TAGS, tag.ClOrdID, tag.TransactTime, 526, tag.Text, 354, 355],
  ...[tag.MassCancelRequestType, tag.MassStatusReqID, tag.MassStatusReqType],
  ...[tag.Account, 660, tag.Side, NO_PARTY_IDS, PARTY_ID, PARTY_ID_SOURCE, PARTY_ROLE],
  ...[tag.SecurityIDSource, 106, 107, 348, 349, 350, 351],
]);
/** Tags from here on are the users'. */
const FIRST_USER_TAG = 5000;

/**
 * Takes the parties of a request: a trader or client into its trader, as the row is named, an account into its account. The tag of what it
 * can't be narrowed by is its unheldTag: the core refuses it. `isOfSymbol`: it is for the orders of one Symbol.
 */
export function takeMassFilters(scan: Scanner, request: OrderRequest, isOfSymbol: boolean): void {
  let party = NONE;
  for (let i = 0; i < scan.count; i++) {
    // A field of a group has its tag inverted.
    const fieldTag = scan.tags[i]! < 0 ? ~scan.tags[i]! : scan.tags[i]!;
    const isChosenBy = fieldTag < FIRST_USER_TAG && !CHOOSES_NONE.has(fieldTag);
    if (isChosenBy && !(isOfSymbol && fieldTag === tag.Symbol)) request.unheldTag = fieldTag;
    if (fieldTag === PARTY_ID) {
      if (party !== NONE) request.unheldTag = PARTY_ID;
      party = i;
    }
    if (fieldTag !== PARTY_ROLE || party === NONE) continue;
    takeParty(scan, party, readInt(scan.bytes, scan.starts[i]!, scan.ends[i]!), request);
    party = NONE;
  }
  // One without a role.
  if (party !== NONE) request.unheldTag = PARTY_ID;
}

function takeParty(scan: Scanner, field: number, role: number, request: OrderRequest): void {
  if (role === ENTERING_TRADER || role === ORDER_ORIGINATION_TRADER) takeRow(scan, field, TRADER, request);
  else if (role === CLIENT_ID) takeRow(scan, field, CLIENT, request);
  else if (role === CUSTOMER_ACCOUNT) takeAccount(scan, field, request);
  else request.unheldTag = PARTY_ROLE;
}

function takeRow(scan: Scanner, field: number, prefix: Uint8Array, request: OrderRequest): void {
  const length = putName(scan, field, prefix);
  if (length === 0 || request.traderLength !== 0) {
    request.unheldTag = PARTY_ID;
    return;
  }
  request.traderLength = length;
  putId(request.views, request.traderAt, name, 0, length);
}

function takeAccount(scan: Scanner, field: number, request: OrderRequest): void {
  const length = putName(scan, field, NO_PREFIX);
  if (length === 0 || request.accountLength !== 0) {
    request.unheldTag = PARTY_ID;
    return;
  }
  request.accountLength = length;
  putId(request.views, request.accountAt, name, 0, length);
}

/** Puts prefix and value into `name`; returns their length, 0 where that is no name. */
function putName(scan: Scanner, field: number, prefix: Uint8Array): number {
  const from = scan.starts[field]!;
  const length = scan.ends[field]! - from;
  const all = prefix.length + length;
  if (length === 0 || all > ID_BYTES) return 0;
  for (let i = 0; i < prefix.length; i++) name[i] = prefix[i]!;
  for (let i = 0; i < length; i++) name[prefix.length + i] = scan.bytes[from + i]!;
  return all;
}
