import { address, symbols } from "./area.ts";
import { SYMBOL_BYTES, VENUE_IDS, VENUE_OF_AT, VENUES_UP_AT } from "./layout.ts";
import { area } from "./area.ts";
import { isLimit, PPM, shareAbove, shareOf } from "./money.ts";

/** Reference price and collar of one symbol; doubles. Prices in 1e-8. */
@unmanaged
class SymbolRow {
  isEnabled: f64;
  /** Parts per million of the reference price, both ways. */
  collar: f64;
  /** 0 when there is none. */
  reference: f64;
  lowest: f64;
  highest: f64;
  /** What a market order is valued at: reference price × (1 + collar), rounded up. */
  marketPrice: f64;
  /** 1: an operator set the reference price. */
  isInstructed: f64;
  spare: f64;

  /** Takes a new reference price; one that is none, or a collar that is none, blocks the symbol. */
  setReference(priceE8: f64): void {
    const collar = this.collar;
    const usable = isLimit(priceE8) && collar >= 0 && collar <= 10 * PPM;
    const band: f64 = usable ? shareOf(priceE8, collar) : 0;
    this.reference = usable ? priceE8 : 0;
    this.lowest = priceE8 - band;
    this.highest = priceE8 + band;
    this.marketPrice = usable ? priceE8 + shareAbove(priceE8, collar) : 0;
  }
}

// @ts-ignore: decorator
@inline
export function symbolAt(symbol: i32): SymbolRow {
  return changetype<SymbolRow>(symbols + <usize>symbol * SYMBOL_BYTES);
}

export function setSymbol(symbol: i32, isEnabled: bool, collarPpm: f64, referenceE8: f64, venue: i32): void {
  const row = symbolAt(symbol);
  row.isEnabled = isEnabled ? 1 : 0;
  row.collar = collarPpm;
  row.setReference(referenceE8);
  store<i32>(address(VENUE_OF_AT) + (<usize>symbol << 2), venue);
}

/** Takes an operator's reference price. */
export function instruct(symbol: i32, priceE8: f64): void {
  const row = symbolAt(symbol);
  row.setReference(priceE8);
  row.isInstructed = 1;
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
