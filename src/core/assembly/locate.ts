import { besideRequest } from "./outbox.ts";

// A locate of a short sale: LocateReqd (114) is N, where the client has found the shares, or LocateBroker (5700) says with whom. The
// record of a request has neither: they are among the fields beside it (record/groups.ts).

/** The length of the fields, then the fields. */
const TEXT_AT: usize = 4;
const SOH = 1;
/** "114=N" and "5700=". */
const LOCATE_REQD: u32 = 0x3d_34_31_31;
const NO = 0x4e;
const LOCATE_BROKER: u32 = 0x30_30_37_35;
const EQUALS = 0x3d;

/** True when the request that is being taken has a locate. */
export function hasLocate(): bool {
  const beside = besideRequest();
  if (beside === 0) return false;
  const end = beside + TEXT_AT + <usize>load<u32>(beside);
  let at = beside + TEXT_AT;
  while (at < end) {
    let next = at;
    while (next < end && load<u8>(next) !== SOH) next++;
    if (isLocate(at, <i32>(next - at))) return true;
    at = next + 1;
  }
  return false;
}

/** `length` bytes of a field, without its end. */
function isLocate(at: usize, length: i32): bool {
  if (length < 5) return false;
  const head = load<u32>(at);
  if (head === LOCATE_REQD) return length === 5 && load<u8>(at, 4) === NO;
  return head === LOCATE_BROKER && load<u8>(at, 4) === EQUALS && length > 5;
}
