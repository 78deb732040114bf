import { OrderRequest } from "../../record/assembly/order-request.ts";
import { accountAt } from "./accounts.ts";
import { address, area, word } from "./area.ts";
import {
  ACCOUNT_NAMES,
  DEFAULT_ACCOUNTS_AT,
  ENTITLEMENTS_AT,
  KNOWN_SESSIONS_AT,
  NAME_CAPACITY,
  SESSION_IDS,
} from "./layout.ts";
import { countTrader } from "./levels.ts";
import { accountNames } from "./names.ts";

// Which accounts a client session may trade, and which traders may enter its orders: one bit for each row (levels.ts).

/** Makes a session known. */
export function addSession(session: i32): void {
  store<u8>(address(KNOWN_SESSIONS_AT) + session, 1);
}

/** From now on its new orders and replaces are refused; its cancels pass. */
export function removeSession(session: i32): void {
  store<u8>(address(KNOWN_SESSIONS_AT) + session, 0);
}

export function grant(session: i32, account: i32): void {
  if (allows(session, account)) return;
  turn(session, account);
  if (accountAt(account).isLevel) countTrader(session, 1);
  else count(session, 1, account);
}

export function revoke(session: i32, account: i32): void {
  if (!allows(session, account)) return;
  turn(session, account);
  if (accountAt(account).isLevel) countTrader(session, -1);
  else count(session, -1, -account);
}

/** No session may use an account any more. */
export function revokeAll(account: i32): void {
  const sessions = word(SESSION_IDS);
  for (let session = 0; session < sessions; session++) if (allows(session, account)) revoke(session, account);
}

/** No session is known any more, and none may use an account. */
export function forgetSessions(): void {
  const sessions = word(SESSION_IDS);
  memory.fill(address(KNOWN_SESSIONS_AT), 0, <usize>sessions);
  memory.fill(address(DEFAULT_ACCOUNTS_AT), 0, <usize>sessions << 3);
  const bits = <u32>sessions * load<u32>(area + ACCOUNT_NAMES + NAME_CAPACITY);
  memory.fill(address(ENTITLEMENTS_AT), 0, (<usize>(bits >>> 5) + 1) << 2);
}

// @ts-ignore: decorator
@inline
export function isKnownSession(session: i32): bool {
  return <u32>session < load<u32>(area + SESSION_IDS) && load<u8>(address(KNOWN_SESSIONS_AT) + session) === 1;
}

// @ts-ignore: decorator
@inline
export function allows(session: i32, account: i32): bool {
  const bit = bitOf(session, account);
  return ((load<u32>(wordOf(bit)) >>> (bit & 31)) & 1) === 1;
}

/** A request need not name the account of a session that has only one. */
// @ts-ignore: decorator
@inline
export function fillAccount(request: OrderRequest): void {
  if (request.accountLength === 0) fillDefault(request);
}

function fillDefault(request: OrderRequest): void {
  const session = request.session;
  if (<u32>session >= load<u32>(area + SESSION_IDS)) return;
  const own = ownAt(session);
  if (load<i32>(own) !== 1) return;
  const account = load<i32>(own, 4);
  const names = accountNames();
  request.accountLength = names.lengthOf(account);
  names.copy(account, request.accountAt);
}

/** Turns the bit of an account. */
function turn(session: i32, account: i32): void {
  const bit = bitOf(session, account);
  const at = wordOf(bit);
  store<i32>(at, load<i32>(at) ^ (1 << (bit & 31)));
}

/** One more account, or one less, of a session. */
function count(session: i32, change: i32, account: i32): void {
  const own = ownAt(session);
  store<i32>(own, load<i32>(own) + change);
  store<i32>(own, load<i32>(own, 4) + account, 4);
}

// @ts-ignore: decorator
@inline
function ownAt(session: i32): usize {
  return address(DEFAULT_ACCOUNTS_AT) + (<usize>session << 3);
}

// @ts-ignore: decorator
@inline
function wordOf(bit: u32): usize {
  return address(ENTITLEMENTS_AT) + (<usize>(bit >>> 5) << 2);
}

// @ts-ignore: decorator
@inline
function bitOf(session: i32, account: i32): u32 {
  return <u32>session * load<u32>(area + ACCOUNT_NAMES + NAME_CAPACITY) + account;
}
