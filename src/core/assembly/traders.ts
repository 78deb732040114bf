import { REQUEST_NEW } from "../../record/codes.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import { ID_BYTES } from "../../record/assembly/units.ts";
import { ACCEPTED, KILL_SWITCH_TRADER, NOT_ENTITLED, REPEATED_EXECUTIONS, TRADER_DISABLED } from "../risk/reason-codes.ts";
import { accountAt } from "./accounts.ts";
import { area } from "./area.ts";
import { NONE } from "./codes.ts";
import { setLevel } from "./detail.ts";
import { allows, fillAccount } from "./entitlements.ts";
import { ACCOUNTS, LEVEL_ROW, LEVEL_TRADER, SCRATCH, SESSION_IDS } from "./layout.ts";
import { needsTrader } from "./levels.ts";
import { addName, findName } from "./names.ts";

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

/** The row of the trader of a new order, or NONE. */
export function traderNamed(request: OrderRequest): i32 {
  return rowNamed(TRADER, TRADER_BYTES, request.traderAt, request.traderLength);
}

/** The row of a client session, or NONE. */
export function sessionRowNamed(at: usize, length: i32): i32 {
  return rowNamed(SESSION, SESSION_BYTES, at, length);
}

/** The row of an accepted order's trader, or NONE. In a replay, one that is no longer configured is added. */
export function traderOfAccepted(request: OrderRequest): i32 {
  const found = traderNamed(request);
  const length = request.traderLength + TRADER_BYTES;
  if (found !== NONE || request.traderLength === 0 || length > <i32>ID_BYTES) return found;
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

function rowNamed(prefix: u64, prefixBytes: i32, at: usize, length: i32): i32 {
  if (length === 0 || length + prefixBytes > <i32>ID_BYTES) return NONE;
  const name = area + SCRATCH;
  memory.fill(name, 0, ID_BYTES);
  store<u64>(name, prefix);
  memory.copy(name + <usize>prefixBytes, at, <usize>length);
  return findName(ACCOUNTS, name, length + prefixBytes);
}
