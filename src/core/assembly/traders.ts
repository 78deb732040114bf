import { REQUEST_NEW } from "../../record/codes.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import { ID_BYTES } from "../../record/assembly/units.ts";
import { ACCEPTED, KILL_SWITCH_TRADER, NOT_ENTITLED, REPEATED_EXECUTIONS, TRADER_DISABLED } from "../risk/reason-codes.ts";
import { accountAt } from "./accounts.ts";
import { area } from "./area.ts";
import { NONE } from "./codes.ts";
import * as decision from "./decision.ts";
import { setLevel } from "./detail.ts";
import { allows, fillAccount } from "./entitlements.ts";
import { ACCOUNTS, LEVEL_ROW, LEVEL_TRADER, SCRATCH, SESSION_IDS } from "./layout.ts";
import { lastTraderOf, needsTrader, setLastTrader } from "./levels.ts";
import { accountNames, addName, findName } from "./names.ts";

// Who entered an order: the client side has read it into the new order's request. Its row is found by the name `TRADER=…`, that of a client
// session by `SESSION=…` (core/level-rows.ts).

// Eight characters as one number: the code puts no data into the memory that all lanes share.
const TRADER: u64 = 0x3d_52_45_44_41_52_54; // "TRADER="
const TRADER_BYTES: i32 = 7;
const SESSION: u64 = 0x3d_4e_4f_49_53_53_45_53; // "SESSION="
const SESSION_BYTES: i32 = 8;

/** Fills in the account of a session that has only one. A new order of a session without traders has none. */
// @ts-ignore: decorator
@inline
export function settleParties(request: OrderRequest): void {
  fillAccount(request);
  if (request.kind === REQUEST_NEW && request.traderLength !== 0) settleTrader(request);
}

function settleTrader(request: OrderRequest): void {
  const session = request.session;
  if (<u32>session >= load<u32>(area + SESSION_IDS) || !needsTrader(session)) request.traderLength = 0;
}

/** The row of the trader of a new order, or NONE. The session is one that may be known. */
export function traderNamed(request: OrderRequest): i32 {
  if (request.traderLength === 0) return NONE;
  const session = request.session;
  const last = lastTraderOf(session);
  if (isTrader(last, request.traderAt, request.traderLength)) return last;
  const found = lookUp(request);
  if (found !== NONE) setLastTrader(session, found);
  return found;
}

/** True when a row is that of a trader of this name, of one character at least. */
function isTrader(row: i32, name: usize, length: i32): bool {
  const names = accountNames();
  if (names.lengthOf(row) !== length + TRADER_BYTES) return false;
  let at = names.at(row);
  if (load<u64>(at) !== (TRADER | (<u64>load<u8>(name) << 56))) return false;
  let rest = length - 1;
  for (at += 8, name++; rest >= 8; rest -= 8, at += 8, name += 8) if (load<u64>(at) !== load<u64>(name)) return false;
  return ((load<u64>(at) ^ load<u64>(name)) & (((<u64>1) << <u64>(rest << 3)) - 1)) === 0;
}

/** By the index of names. Behind it, the scratch has the name, where it can be the name of a row. */
function lookUp(request: OrderRequest): i32 {
  let rest = request.traderLength;
  const length = rest + TRADER_BYTES;
  if (length > <i32>ID_BYTES) return NONE;
  const name = area + SCRATCH;
  const end = name + ID_BYTES;
  let from = request.traderAt;
  let to = name;
  let carried = TRADER;
  for (; rest > 0; rest -= 8, from += 8, to += 8) {
    let word = load<u64>(from);
    if (rest < 8) word &= ((<u64>1) << <u64>(rest << 3)) - 1;
    // Seven bytes are from before.
    store<u64>(to, carried | (word << 56));
    carried = word >>> 8;
  }
  for (; to < end; to += 8) {
    store<u64>(to, carried);
    carried = 0;
  }
  return findName(ACCOUNTS, name, length);
}

/** The row of a client session, or NONE. */
export function sessionRowNamed(at: usize, length: i32): i32 {
  if (length === 0 || length + SESSION_BYTES > <i32>ID_BYTES) return NONE;
  const name = area + SCRATCH;
  memory.fill(name, 0, ID_BYTES);
  store<u64>(name, SESSION);
  memory.copy(name + <usize>SESSION_BYTES, at, <usize>length);
  return findName(ACCOUNTS, name, length + SESSION_BYTES);
}

/** The row of an accepted order's trader, or NONE. In a replay, one that is no longer configured is added. */
export function traderOfAccepted(request: OrderRequest): i32 {
  if (decision.trader !== NONE || request.traderLength === 0) return decision.trader;
  const found = lookUp(request);
  const length = request.traderLength + TRADER_BYTES;
  if (found !== NONE || length > <i32>ID_BYTES) return found;
  return addName(ACCOUNTS, area + SCRATCH, length);
}

/** Checks who enters a new order: `trader` may be NONE. Returns a reason, or ACCEPTED. */
export function checkTrader(session: i32, trader: i32): i32 {
  if (!needsTrader(session)) return ACCEPTED;
  if (trader === NONE || !accountAt(trader).isConfigured || !allows(session, trader)) {
    setLevel(trader === NONE ? LEVEL_TRADER : LEVEL_ROW, trader);
    return NOT_ENTITLED;
  }
  return checkTraderState(trader);
}

/** Checks that the trader of an order may trade: for a replace, which any trader of the session may send. */
export function checkTraderState(trader: i32): i32 {
  if (trader === NONE) return ACCEPTED;
  const row = accountAt(trader);
  if (row.isEnabled && !row.isKilled && !row.isStopped) return ACCEPTED;
  setLevel(LEVEL_ROW, trader);
  if (row.isKilled) return KILL_SWITCH_TRADER;
  return row.isStopped ? REPEATED_EXECUTIONS : TRADER_DISABLED;
}
