import { MOST_E8, NO_PRICE } from "../../record/assembly/units.ts";
import { address, area, symbols } from "./area.ts";
import { SYMBOL_BYTES, VENUE_IDS, VENUE_OF_AT, VENUES_UP_AT } from "./layout.ts";
import { lock, lockOfSymbol, unlock } from "./locks.ts";
import { OVERFLOW, PPM, shareAbove, shareOf } from "./money.ts";

/** Prices of which sign a symbol has: above 0, 0 too, any. */
const POSITIVE = 0;
const NOT_NEGATIVE = 1;

/*  Reference price and collar of one symbol, 64 bytes.
 *
 *  byte 0         4        8        16         24      32       40           48             52      56             64
 *       ┌─────────┬────────┬────────┬──────────┬───────┬────────┬────────────┬──────────────┬───────┬──────────────┐
 *       │isEnabled│collar  │band    │reference │lowest │highest │marketPrice │isInstructed  │prices │quantityStep  │
 *       └─────────┴────────┴────────┴──────────┴───────┴────────┴────────────┴──────────────┴───────┴──────────────┘
 *  collar        parts per million of the reference price, both ways; band: at least so much, 1e-8
 *  reference     NO_PRICE when there is none
 *  marketPrice   what a market order is valued at: the farthest from 0 that the collar lets a price be, as a size
 *  isInstructed  1: an operator set the reference price
 *  quantityStep  quantities are multiples of it, 1e-8
 */
@unmanaged
class SymbolRow {
  isEnabled: i32;
  collar: i32;
  band: i64;
  reference: i64;
  lowest: i64;
  highest: i64;
  marketPrice: i64;
  isInstructed: i32;
  prices: i32;
  quantityStep: i64;

  /** Takes a new reference price; one that can't be, blocks the symbol. */
  setReference(priceE8: i64): void {
    const isUsable = this.canRefer(priceE8);
    const size = sizeOf(priceE8);
    const band: i64 = isUsable ? this.bandOf(shareOf(size, this.collar)) : 0;
    this.reference = isUsable ? priceE8 : NO_PRICE;
    this.lowest = priceE8 - band;
    this.highest = priceE8 + band;
    this.marketPrice = isUsable ? size + this.bandOf(shareAbove(size, this.collar)) : 0;
  }

  /** True for a price of its signs whose collar ends at prices. A market order that costs nothing would have no limit. */
  canRefer(priceE8: i64): bool {
    if (!this.mayBe(priceE8)) return false;
    const size = sizeOf(priceE8);
    const above = this.bandOf(shareAbove(size, this.collar));
    return above !== OVERFLOW && above <= MOST_E8 - size && size + above > 0;
  }

  /** The collar's width where that is no share of the reference price, else 0. */
  get widthOfBand(): i64 {
    return this.highest - this.reference === this.band ? this.band : 0;
  }

  private bandOf(share: i64): i64 {
    return share === OVERFLOW || share > this.band ? share : this.band;
  }

  /** False for a symbol that is here for old orders alone. */
  get isConfigured(): bool {
    return this.quantityStep !== 0;
  }

  /** True when the symbol has prices of that sign. */
  mayBe(priceE8: i64): bool {
    if (priceE8 > 0) return priceE8 <= MOST_E8;
    if (this.prices === POSITIVE) return false;
    return priceE8 === 0 || (this.prices !== NOT_NEGATIVE && priceE8 >= -MOST_E8);
  }
}

function sizeOf(priceE8: i64): i64 {
  return priceE8 < 0 ? -priceE8 : priceE8;
}

// @ts-ignore: decorator
@inline
export function symbolAt(symbol: i32): SymbolRow {
  return changetype<SymbolRow>(symbols + <usize>symbol * SYMBOL_BYTES);
}

/** A symbol that is added for old orders has no step, and no prices: it takes no new ones. */
export function setSymbol(
  symbol: i32,
  isEnabled: bool,
  collarPpm: f64,
  bandE8: i64,
  referenceE8: i64,
  prices: i32,
  quantityStep: i64,
  venue: i32,
): void {
  const at = lockOfSymbol(symbol);
  lock(at);
  const row = symbolAt(symbol);
  // A collar or band that is none blocks the symbol.
  const isCollar = collarPpm >= 0 && collarPpm <= 10.0 * <f64>PPM && Math.floor(collarPpm) === collarPpm;
  const isSound = isCollar && bandE8 >= 0 && bandE8 <= MOST_E8 && quantityStep > 0;
  row.isEnabled = isEnabled && isSound ? 1 : 0;
  row.collar = isSound ? <i32>collarPpm : 0;
  row.band = isSound ? bandE8 : 0;
  row.prices = prices;
  row.quantityStep = isSound ? quantityStep : 1;
  row.setReference(isSound ? referenceE8 : NO_PRICE);
  store<i32>(address(VENUE_OF_AT) + (<usize>symbol << 2), venue);
  unlock(at);
}

/** Takes an operator's reference price; NO_PRICE: there is none any more. */
export function instruct(symbol: i32, priceE8: i64): void {
  const at = lockOfSymbol(symbol);
  lock(at);
  const row = symbolAt(symbol);
  row.setReference(priceE8);
  row.isInstructed = 1;
  unlock(at);
}

/** The venue that gets a symbol's orders, or NONE. */
// @ts-ignore: decorator
@inline
export function venueOf(symbol: i32): i32 {
  return load<i32>(address(VENUE_OF_AT) + (<usize>symbol << 2));
}

// @ts-ignore: decorator
@inline
export function isVenueUp(venue: i32): bool {
  return <u32>venue < load<u32>(area + VENUE_IDS) && load<u8>(address(VENUES_UP_AT) + venue) === 1;
}

export function setVenueUp(venue: i32, isUp: bool): void {
  if (<u32>venue < load<u32>(area + VENUE_IDS)) store<u8>(address(VENUES_UP_AT) + venue, isUp ? 1 : 0);
}

/** After a restart every venue is down, whatever the journal's last state was. */
export function allVenuesDown(): void {
  memory.fill(address(VENUES_UP_AT), 0, load<u32>(area + VENUE_IDS));
}
