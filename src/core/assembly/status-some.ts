import { Stream } from "../../journal/assembly/stream.ts";
import { MASS_STATUS_SECURITY } from "../../record/codes.ts";
import { Control, CONTROL_BYTES } from "../../record/assembly/control.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import {
  CONTROL_MASS_STATUS,
  CONTROL_SLOT_BYTES,
  CONTROL_TEXT_AT,
  STATUS_LAST_AT,
  STATUS_SLOTS_AT,
  STATUS_TOTAL_AT,
} from "../../record/control-codes.ts";
import { ENTRY_CONTROL } from "../entry-kinds.ts";
import { ACCEPTED } from "../risk/reason-codes.ts";
import { address, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { control } from "./core.ts";
import { FRESH, JOURNAL_AT, OWN_CONTROL_AT } from "./layout.ts";
import { isOpen } from "./life-cycle.ts";
import { accountOf, isOfRow, partyOf, symbolOf } from "./mass-match.ts";
import { decideMassStatus } from "./mass-status.ts";
import { openOf, reopenings } from "./open-by-session.ts";
import { Order, orderAt } from "./order.ts";
import { hasRoomForMany } from "./outbox.ts";
import { STEP_DONE, STEP_GOES_ON, STEP_WAITS } from "./steps.ts";

// OrderMassStatusRequest (AF). It stays at the front of its ring while its orders are counted and then told, some in each turn, by commands of
// the core to itself, which are journalled as the control plane's are. Then it is journalled itself, with how many orders were told: after a
// crash in between it counts as not received, its client sends it again, and gets all reports again.

/** Most orders of one command: their reports find room in the rings before it is taken. */
const STATUSES_AT_ONCE = 32;
/** Most slots that one turn looks at: their rows are read in about 20 µs. */
const SLOTS_AT_ONCE = 4096;

/** Ring of the request that is under way, NONE when none is; the next slot, and what it asks for (NONE and 0: any). */
let ring: i32 = NONE;
let slot: i32 = 0;
let symbol: i32 = NONE;
let account: i32 = NONE;
let party: i32 = NONE;
let side: i32 = 0;
/** Its orders are being counted; how many there were, and how many are told. */
let isCounting = false;
let total: i32 = 0;
let told: i32 = 0;
/** Open orders of its session that were not looked at yet, at most: no new ones come, they stand behind it. */
let ahead: i32 = 0;
let reopeningsBefore: i32 = 0;
/** An order that is told only when it is known whether it is the last one: its slot, NONE for none, and its number. */
let held: i32 = NONE;
let heldNumber: f64 = 0;

/**
 * Tells the status of some of the orders that the request at the front of a ring asks for. The journal has room for a command. When all are
 * told the request, which then says how many, is to be taken as any other.
 * Returns  STEP_….
 */
export function statusSome(request: OrderRequest, ofRing: i32, timeUs: f64): i32 {
  if (ring !== NONE && ring !== ofRing) return STEP_WAITS;
  if (ring === NONE) {
    request.quantity = 0;
    if (decideMassStatus(request) !== ACCEPTED) return STEP_DONE;
    begin(request, ofRing);
  }
  const session = request.session;
  if (isCounting) {
    total += look(session, 0, i32.MAX_VALUE);
    if (isThrough()) {
      isCounting = false;
      rewind(session);
    }
    return STEP_GOES_ON;
  }
  if (!hasRoomForMany(STATUSES_AT_ONCE)) return STEP_WAITS;
  if (!tellSome(request, timeUs)) return STEP_GOES_ON;
  ring = NONE;
  request.quantity = told;
  return STEP_DONE;
}

function begin(request: OrderRequest, ofRing: i32): void {
  ring = ofRing;
  symbol = request.ordType === MASS_STATUS_SECURITY ? symbolOf(request) : NONE;
  account = accountOf(request);
  party = partyOf(request);
  side = request.side;
  told = 0;
  held = NONE;
  const areAll = symbol === NONE && account === NONE && party === NONE && side === 0;
  total = areAll ? openOf(request.session) : 0;
  isCounting = !areAll;
  rewind(request.session);
}

function rewind(session: i32): void {
  slot = 0;
  ahead = openOf(session);
  reopeningsBefore = reopenings;
}

/** True when no slot is left that may hold an order of the request. */
function isThrough(): bool {
  return ahead <= 0 || slot >= word(FRESH);
}

/** Looks at the next slots until `most` orders match, whose slots it writes from `to` on unless that is 0. Returns how many match. */
function look(session: i32, to: usize, most: i32): i32 {
  // A done order that is open again was not counted.
  if (reopenings !== reopeningsBefore) ahead = i32.MAX_VALUE;
  const fresh = word(FRESH);
  const end = fresh - slot > SLOTS_AT_ONCE ? slot + SLOTS_AT_ONCE : fresh;
  let found = 0;
  for (; slot < end && ahead > 0 && found < most; slot++) {
    const order = orderAt(slot);
    if (order.session !== session || !isOpen(order.state)) continue;
    ahead--;
    if (!matches(order)) continue;
    if (to !== 0) store<i32>(to + (<usize>found << 2), slot);
    found++;
  }
  return found;
}

function matches(order: Order): bool {
  if (symbol !== NONE && order.symbol !== symbol) return false;
  if (!isOfRow(order, account) || !isOfRow(order, party)) return false;
  return side === 0 || order.side === side;
}

/** Returns true when all are told. */
function tellSome(request: OrderRequest, timeUs: f64): bool {
  const at = address(OWN_CONTROL_AT);
  memory.fill(at, 0, CONTROL_SLOT_BYTES);
  const slots = at + CONTROL_TEXT_AT + STATUS_SLOTS_AT;
  let orders = 0;
  // It may have ended since: then it is told as it ended, unless another order has its place.
  if (held !== NONE && orderAt(held).number === heldNumber) {
    store<i32>(slots, held);
    orders = 1;
  }
  held = NONE;
  orders += look(request.session, slots + (<usize>orders << 2), STATUSES_AT_ONCE + 1 - orders);
  const areLast = orders <= STATUSES_AT_ONCE && isThrough();
  if (!areLast && orders > 0) {
    orders--;
    held = load<i32>(slots + (<usize>orders << 2));
    heldNumber = orderAt(held).number;
  }
  told += orders;
  if (orders > 0 || (areLast && told > 0)) take(request, orders, areLast, timeUs);
  return areLast;
}

/** Makes the command of the orders whose slots are in its text, and takes it. */
function take(request: OrderRequest, orders: i32, areLast: bool, timeUs: f64): void {
  const at = address(OWN_CONTROL_AT);
  const command = changetype<Control>(at);
  const text = at + CONTROL_TEXT_AT;
  command.kind = CONTROL_MASS_STATUS;
  command.value = orders;
  command.amount = request.session;
  command.atUs = timeUs;
  memory.copy(command.nameAt, request.clOrdIdAt, request.clOrdIdLength);
  store<u8>(text, request.ordType);
  store<u8>(text, areLast ? 1 : 0, STATUS_LAST_AT);
  // Orders may have ended since they were counted: the last report says how many reports there were.
  store<i32>(text, areLast || told > total ? told : total, STATUS_TOTAL_AT);
  command.textLength = STATUS_SLOTS_AT + (orders << 2);
  const journal = changetype<Stream>(address(JOURNAL_AT));
  journal.appendPacked(ENTRY_CONTROL, 0, 0, timeUs, 0, 0, at, CONTROL_BYTES + command.textLength, 0, 0);
  control(at, timeUs, at + CONTROL_SLOT_BYTES, 0);
}
