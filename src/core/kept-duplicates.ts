// The newest accepted orders, which duplicates are held against, as a snapshot keeps them.

import { NO_PRICE, NONE } from "../base/units.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import type { CoreCode } from "./code.ts";
import type { StateSink, StateSource } from "./state-io.ts";

const LONGS = layout.DUPLICATE_BYTES / 8;
const INTS = layout.DUPLICATE_BYTES / 4;
// Of an entry (core/assembly/duplicates.ts): ints, then eight bytes each.
const SYMBOL = 1;
const SIDE = 2;
const QUANTITY = 2;
const PRICE = 3;
const TIME = 4;
const STOP = 5;
const PEG = 6;
/** The longest window: older ones are of no account any more. */
const LONGEST_US = 60_000_000;

/** An accepted order as it is kept: six longs, and two in a section of their own, which versions before do not have. */
type Entered = readonly [
  account: bigint,
  symbol: bigint,
  side: bigint,
  quantity: bigint,
  priceE8: bigint,
  time: bigint,
  stopE8: bigint,
  pegE8: bigint,
];
const KEPT = 6;
const TERMS = 2;
const TERMS_SECTION = "enteredOrderTerms";

/** Those within the longest window before the newest one, the oldest first. */
export function enteredOrders(area: AreaViews): Entered[] {
  const slots = area.word(layout.DUPLICATE_SLOTS);
  const { ints, longs, doubles } = area.table(layout.DUPLICATES_AT, slots * layout.DUPLICATE_BYTES);
  const newest = area.word(layout.DUPLICATE_COUNT) >>> 0;
  const entered: Entered[] = [];
  let fromUs = 0;
  for (let number = newest; number > 0 && newest - number < slots; number--) {
    const place = number & (slots - 1);
    const timeUs = doubles[place * LONGS + TIME]!;
    if (number === newest) fromUs = timeUs - LONGEST_US;
    if (timeUs <= fromUs) break;
    const at = place * INTS;
    entered.push([
      ...([BigInt(ints[at]!), BigInt(ints[at + SYMBOL]!), BigInt(ints[at + SIDE]!)] as const),
      ...([longs[place * LONGS + QUANTITY]!, longs[place * LONGS + PRICE]!, BigInt(timeUs)] as const),
      ...([longs[place * LONGS + STOP]!, longs[place * LONGS + PEG]!] as const),
    ]);
  }
  return entered.reverse();
}

export function saveDuplicates(area: AreaViews, to: StateSink): void {
  const entered = enteredOrders(area);
  const save = (name: string, of: (one: Entered) => bigint[]): void => {
    const words = new Int32Array(BigInt64Array.from(entered.flatMap(of)).buffer);
    to.words(name, words, words.length);
  };
  save("enteredOrders", (one) => one.slice(0, KEPT));
  save(TERMS_SECTION, (one) => one.slice(KEPT));
  const lost = new Int32Array(Float64Array.of(area.double(layout.DUPLICATE_LOST_US)).buffer);
  to.words("enteredOrderLost", lost, lost.length);
}

/** `accounts`, `symbols`: the index here of each there. Versions before kept none, or not until when they are whole. */
export function loadDuplicates(
  area: AreaViews,
  code: CoreCode,
  from: StateSource,
  accounts: readonly number[],
  symbols: readonly number[],
): void {
  if (!from.has("enteredOrders")) return;
  if (from.has("enteredOrderLost")) {
    const lost = new Int32Array(from.length("enteredOrderLost"));
    from.words("enteredOrderLost", lost);
    area.setDouble(layout.DUPLICATE_LOST_US, new Float64Array(lost.buffer)[0]!);
  }
  const words = new Int32Array(from.length("enteredOrders"));
  from.words("enteredOrders", words);
  const kept = new BigInt64Array(words.buffer);
  const terms = from.has(TERMS_SECTION) ? new Int32Array(from.length(TERMS_SECTION)) : null;
  if (terms !== null) from.words(TERMS_SECTION, terms);
  const besides = terms === null ? null : new BigInt64Array(terms.buffer);
  for (let at = 0; at < kept.length; at += KEPT) {
    const [account, symbol, side, quantity, price, time] = kept.subarray(at, at + KEPT) as unknown as Entered;
    const beside = (TERMS * at) / KEPT;
    const [stop, peg] = besides === null ? [NO_PRICE, NO_PRICE] : [besides[beside]!, besides[beside + 1]!];
    const [accountHere, symbolHere] = [accounts[Number(account)]!, symbols[Number(symbol)]!];
    if (accountHere === NONE || symbolHere === NONE) continue;
    code.keepEntered(accountHere, symbolHere, Number(side), quantity, price, stop, peg, Number(time));
  }
}
