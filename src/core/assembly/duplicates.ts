import { TYPE_MARKET_IF_TOUCHED, TYPE_PEGGED, TYPE_STOP, TYPE_STOP_LIMIT } from "../../record/codes.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import { isOverridden } from "./overrides.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import { ACCEPTED, DUPLICATE_ORDER, DUPLICATES_FULL } from "../risk/reason-codes.ts";
import { accountAt } from "./accounts.ts";
import { address, double, setDouble, setWord, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { DETAIL_COUNT, setDetail, setLevel } from "./detail.ts";
import {
  DUPLICATE_BYTES,
  DUPLICATE_COUNT,
  DUPLICATE_HEADS_AT,
  DUPLICATE_LOST_US,
  DUPLICATE_SLOTS,
  DUPLICATES_AT,
  LEVEL_FIRM,
} from "./layout.ts";
import { clientOf, rowOfSession, setLevelOf } from "./levels.ts";
import { priceBeside } from "./fields-beside.ts";
import { isPriced, stopPriceOf } from "./order-kinds.ts";

/*  The newest accepted new orders of accounts, clients and sessions with the limit, in a ring of a power of two: what a duplicate is held against. 64 bytes each.
 *
 *  byte 0         4        8       12         16         24      32       40      48      56
 *       ┌─────────┬────────┬───────┬──────────┬──────────┬───────┬────────┬───────┬───────┐
 *       │account  │symbol  │side   │previous  │quantity  │price  │timeUs  │stop   │peg    │
 *       └─────────┴────────┴───────┴──────────┴──────────┴───────┴────────┴───────┴───────┘
 *  account        the row of the level: an order is here once for each that has the limit
 *  previous       number of the one before in the same chain, or 0
 *  price, …       Price (44), StopPx (99) and PegOffsetValue (211), where the order's type has them and the level asks for them, else NO_PRICE
 *
 *  They are numbered from 1 on. A head of each chain has the number of its newest one; identical orders are in one chain. One that the ring
 *  has overwritten is older than all that it holds, and so are those before it in the chain: a chain ends there.
 */
@unmanaged
class Entered {
  account: i32;
  symbol: i32;
  side: i32;
  previous: u32;
  quantity: i64;
  priceE8: i64;
  timeUs: f64;
  stopE8: i64;
  pegE8: i64;

  /** Account and symbol. */
  get parties(): u64 {
    return load<u64>(changetype<usize>(this));
  }
}

const US_PER_MS: f64 = 1_000;

function enteredAt(number: u32): Entered {
  const place = <usize>(number & <u32>(word(DUPLICATE_SLOTS) - 1));
  return changetype<Entered>(address(DUPLICATES_AT) + place * DUPLICATE_BYTES);
}

/** The price-like terms of the request that was read last. */
let price: i64 = 0;
let stop: i64 = 0;
let peg: i64 = 0;

const PRICE_TAG = 44;
const STOP_PX_TAG = 99;
const PEG_OFFSET_TAG = 211;

/** Reads what of a new order's terms is like a price; nothing where such orders are identical at any price. */
function readTerms(request: OrderRequest, ignoresPrices: bool): void {
  price = NO_PRICE;
  stop = NO_PRICE;
  peg = NO_PRICE;
  if (ignoresPrices) return;
  const type = request.ordType;
  // Of these types they travel beside the record.
  const isBeside = type === TYPE_MARKET_IF_TOUCHED || type === TYPE_PEGGED;
  if (isBeside) price = priceBeside(PRICE_TAG);
  else if (isPriced(type) && type !== TYPE_STOP) price = request.priceE8;
  if (isBeside) stop = priceBeside(STOP_PX_TAG);
  else if (type === TYPE_STOP || type === TYPE_STOP_LIMIT) stop = stopPriceOf(request);
  if (type === TYPE_PEGGED) peg = priceBeside(PEG_OFFSET_TAG);
}

/** Where the head of the chain of such orders is. */
function headOf(account: i32, symbol: i32, side: i32, quantity: i64, priceE8: i64): usize {
  let hash = (<u64>quantity * 0x9e3779b97f4a7c15) ^ (<u64>priceE8 * 0xc2b2ae3d27d4eb4f);
  hash ^= <u64>(<u32>account * 0x85ebca6b) ^ (<u64>(<u32>symbol * 0xc2b2ae35) << 32) ^ <u64>side;
  hash ^= hash >>> 29;
  hash *= 0xbf58476d1ce4e5b9;
  hash ^= hash >>> 32;
  return address(DUPLICATE_HEADS_AT) + ((<usize>hash & <usize>(word(DUPLICATE_SLOTS) - 1)) << 2);
}

/**
 * Checks that fewer identical orders than the account, its client and the session may have were accepted within the window of each.
 * Returns a reason, or ACCEPTED; an order is refused, too, while the ring no longer has all orders of the window.
 */
export function checkDuplicate(account: i32, symbol: i32, request: OrderRequest, timeUs: f64): i32 {
  const own = checkRow(account, symbol, request, timeUs);
  if (own !== ACCEPTED) return own;
  const client = clientOf(account);
  const ofClient = client === NONE ? ACCEPTED : checkRow(client, symbol, request, timeUs);
  if (ofClient !== ACCEPTED) return ofClient;
  const session = rowOfSession(request.session);
  return session === NONE ? ACCEPTED : checkRow(session, symbol, request, timeUs);
}

/** The same of one level, by its row among the accounts. */
function checkRow(account: i32, symbol: i32, request: OrderRequest, timeUs: f64): i32 {
  const row = accountAt(account);
  const most = row.duplicateOrders;
  if (most === NO_PRICE) return ACCEPTED;
  const fromUs = timeUs - <f64>row.duplicateWindowMs * US_PER_MS;
  const side = request.side;
  const quantity = request.quantity;
  readTerms(request, row.ignoresPrices);
  const head = headOf(account, symbol, side, quantity, price);
  const parties = <u64><u32>account | (<u64>symbol << 32);
  const newest = <u32>word(DUPLICATE_COUNT);
  const slots = <u32>word(DUPLICATE_SLOTS);
  const entries = address(DUPLICATES_AT);
  let found: i64 = 0;
  let number = load<u32>(head);
  while (number !== 0 && newest - number < slots) {
    const entered = changetype<Entered>(entries + <usize>(number & (slots - 1)) * DUPLICATE_BYTES);
    // Those before it are older still.
    if (entered.timeUs <= fromUs) break;
    // Bits that differ: a chain has few others, so that all are compared at once.
    const differs = (entered.parties ^ parties) | <u64>(entered.side ^ side) | <u64>(entered.quantity ^ quantity);
    const differsPriced = (entered.priceE8 ^ price) | (entered.stopE8 ^ stop) | (entered.pegE8 ^ peg);
    if ((differs | <u64>differsPriced) === 0 && ++found >= most) {
      setDetail(DETAIL_COUNT, most, found + 1);
      setLevelOf(account);
      if (!isOverridden(DUPLICATE_ORDER)) return DUPLICATE_ORDER;
    }
    number = entered.previous;
  }
  // Orders of the window that the ring has overwritten may be such ones.
  if (double(DUPLICATE_LOST_US) <= fromUs) return ACCEPTED;
  setDetail(DETAIL_COUNT, word(DUPLICATE_SLOTS), word(DUPLICATE_SLOTS) + 1);
  setLevel(LEVEL_FIRM, NONE);
  return DUPLICATES_FULL;
}

/** True when an order is dated later than that. */
export function hasDuplicateAfter(timeUs: f64): bool {
  const newest = <u32>word(DUPLICATE_COUNT);
  return newest !== 0 && enteredAt(newest).timeUs > timeUs;
}

/** Orders that are dated later than that have come then. */
export function dateDuplicates(timeUs: f64): void {
  const slots = <u32>word(DUPLICATE_SLOTS);
  for (let number: u32 = 0; number < slots; number++)
    if (enteredAt(number).timeUs > timeUs) enteredAt(number).timeUs = timeUs;
  if (double(DUPLICATE_LOST_US) > timeUs) setDouble(DUPLICATE_LOST_US, timeUs);
}

/** Keeps an order that was accepted, for each level that has the limit. */
export function keepAccepted(account: i32, symbol: i32, request: OrderRequest, timeUs: f64): void {
  keepFor(account, symbol, request, timeUs);
  const client = clientOf(account);
  if (client !== NONE) keepFor(client, symbol, request, timeUs);
  const session = rowOfSession(request.session);
  if (session !== NONE) keepFor(session, symbol, request, timeUs);
}

function keepFor(row: i32, symbol: i32, request: OrderRequest, timeUs: f64): void {
  const limits = accountAt(row);
  if (limits.duplicateOrders === NO_PRICE) return;
  readTerms(request, limits.ignoresPrices);
  keepEntered(row, symbol, request.side, request.quantity, price, stop, peg, timeUs);
}

/** The same of an order that was kept. */
export function keepEntered(
  account: i32,
  symbol: i32,
  side: i32,
  quantity: i64,
  priceE8: i64,
  stopE8: i64,
  pegE8: i64,
  timeUs: f64,
): void {
  if (accountAt(account).duplicateOrders === NO_PRICE) return;
  const head = headOf(account, symbol, side, quantity, priceE8);
  // 0 is none, also when the count wraps.
  const number = <u32>word(DUPLICATE_COUNT) + 1;
  setWord(DUPLICATE_COUNT, <i32>number);
  const entered = enteredAt(number);
  if (entered.timeUs > double(DUPLICATE_LOST_US)) setDouble(DUPLICATE_LOST_US, entered.timeUs);
  entered.account = account;
  entered.symbol = symbol;
  entered.side = side;
  entered.previous = load<u32>(head);
  entered.quantity = quantity;
  entered.priceE8 = priceE8;
  entered.timeUs = timeUs;
  entered.stopE8 = stopE8;
  entered.pegE8 = pegE8;
  store<u32>(head, number);
}
