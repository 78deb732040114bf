import { address, area } from "./area.ts";
import { ACCOUNT_NAMES, ENTITLEMENTS_AT, KNOWN_SESSIONS_AT, NAME_CAPACITY, SESSION_IDS } from "./layout.ts";

// Which accounts a client session may trade: one bit for each.

/** Makes a session known. */
export function addSession(session: i32): void {
  store<u8>(address(KNOWN_SESSIONS_AT) + session, 1);
}

export function grant(session: i32, account: i32): void {
  const bit = bitOf(session, account);
  const at = address(ENTITLEMENTS_AT) + ((bit >>> 5) << 2);
  store<i32>(at, load<i32>(at) | (1 << (bit & 31)));
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
  return ((load<u32>(address(ENTITLEMENTS_AT) + ((bit >>> 5) << 2)) >>> (bit & 31)) & 1) === 1;
}

// @ts-ignore: decorator
@inline
function bitOf(session: i32, account: i32): u32 {
  return <u32>session * load<u32>(area + ACCOUNT_NAMES + NAME_CAPACITY) + account;
}
