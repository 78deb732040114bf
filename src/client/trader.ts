import { readInt } from "../base/decimal.ts";
import { ID_BYTES, SHORT_ID_BYTES } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import { PARTY_ID, PARTY_ROLE } from "../fix/orders/parties.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import * as tag from "../fix/wire/tags.ts";
import type { OrderRequest } from "../record/order-request.ts";

/** Longest name of a trader of the configuration (config/fields.ts). */
const MOST_BYTES = 57;
/** PartyRole (452): the trader who enters the order, and the one from whom it comes. */
const ENTERING_TRADER = 36;
const ORDER_ORIGINATION_TRADER = 11;

/**
 * Takes who enters a new order into its request: the PartyID (448) of role 36, else of role 11, else SenderSubID (50). A longer one than the
 * name of a trader can be is left out: no trader has it.
 */
export function takeTrader(scan: Scanner, request: OrderRequest): void {
  const field = traderField(scan);
  if (field < 0) return;
  const from = scan.starts[field]!;
  const length = scan.ends[field]! - from;
  if (length > MOST_BYTES) return;
  request.traderLength = length;
  const to = request.traderAt;
  const room = length > SHORT_ID_BYTES ? ID_BYTES : SHORT_ID_BYTES;
  for (let i = 0; i < room; i++) request.bytes[to + i] = i < length ? scan.bytes[from + i]! : 0;
}

/** The field with the trader, or NONE. */
function traderField(scan: Scanner): number {
  let party = NONE;
  let originating = NONE;
  for (let i = 0; i < scan.count; i++) {
    // A field of a group has its tag inverted.
    const fieldTag = scan.tags[i]! < 0 ? ~scan.tags[i]! : scan.tags[i]!;
    if (fieldTag === PARTY_ID) party = i;
    if (fieldTag !== PARTY_ROLE || party === NONE) continue;
    const role = readInt(scan.bytes, scan.starts[i]!, scan.ends[i]!);
    if (role === ENTERING_TRADER) return party;
    if (role === ORDER_ORIGINATION_TRADER && originating === NONE) originating = party;
  }
  return originating === NONE ? scan.find(tag.SenderSubID) : originating;
}
