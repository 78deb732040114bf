import { MOST_E8, NO_PRICE } from "../../record/assembly/units.ts";
import { address, area, symbols } from "./area.ts";
import { NO_FACTOR } from "./conversion.ts";
import {
  SYMBOL_BYTES,
  SYMBOL_CONFIGURED,
  SYMBOL_ENABLED,
  SYMBOL_KILLED,
  SYMBOL_MULTIPLIER_AT,
  SYMBOL_NEEDS_LOCATE,
  SYMBOL_UNSOUND,
  SYMBOL_WITHOUT_RATE,
  VENUE_IDS,
  VENUE_OF_AT,
  VENUES_UP_AT,
} from "./layout.ts";
import { OVERFLOW, shareAbove, shareOf } from "./money.ts";
import { SYMBOL_COLLAR_AGGRESSIVE, SYMBOL_HAS_PHASES } from "./symbol-layout.ts";

/** Prices of which sign a symbol has: above 0, 0 too, any. */
const POSITIVE = 0;
const NOT_NEGATIVE = 1;
/** Prices of any sign. */
export const MOST_SIGNS = 2;
export const UNIT_E8: i64 = 100_000_000;
export const CONVERTS = 1;
export const HAS_CURRENCY = 2;

/*  Reference price, collar and limits of one symbol, 320 bytes.
 *
 *  byte 0         4        8        16         24      32       40           48             52      56             64
 *       ┌─────────┬────────┬────────┬──────────┬───────┬────────┬────────────┬──────────────┬───────┬──────────────┐
 *       │flags    │collar  │band    │reference │lowest │highest │marketPrice │converts      │prices │quantityStep  │
 *       ├─────────┴────────┼────────┴──┬───────┴───────┼────────┴────┬───────┴──────────┬───┴───────┴──────────────┤
 *    64 │ tickSize         │72 lotSize │80 venueMaxQty │88 maxOrderQty│96 maxOrderNotional                          │
 *       ├──────────────────┼───────────┼───────────────┼─────────────┴─────────────────────────────────────────────┘
 *   104 │ opensAt          │112 closes…│120 lists      │
 *       ├──────────────────┼───────────┼───────────────┼─────────────┬─────────────┬──────────────────┐
 *   128 │ multiplier       │136 rate   │144 currency   │152 sources  │156 waterfall│160 quotesStaleMs │
 *       ├──────────────────┼───────────┼───────────────┼─────────────┼─────────────┼──────────────────┤
 *   168 │ executionsStaleMs│176 operat…│184 most of ADV│192 execution│200 its time │208 quote         │
 *       ├──────────────────┼───────────┼───────────────┴─────────────┴─────────────┴──────────────────┘
 *   216 │ its time         │224 base   │232 operator, 240 its time, 248 configured
 *       ├──────────────────┼───────────┴─────────────────────────────┐
 *   256 │ phaseEndsAt      │264 phaseTypes, phaseTimes, nextTypes, … │272 unused
 *       └──────────────────┴─────────────────────────────────────────┘
 *  flags         enabled, killed, configured, needs a locate; unsound: a value of it is out of bounds; without a rate: it takes no orders;
 *                it has a waterfall, it has phases
 *  collar        parts per million of the reference price, both ways; band: at least so much, 1e-8
 *  reference     NO_PRICE when there is none. Of a symbol with a waterfall it is that of the last order, as are those made from it
 *  waterfall     the sources of the reference price, 0 where it is base (reference-sources.ts)
 *  marketPrice   what a market order is valued at: the farthest from 0 that the collar lets a price be, as a size
 *  converts      CONVERTS where multiplier or rate is not 1: they are its factor (conversion.ts); HAS_CURRENCY
 *  quantityStep  quantities are multiples of it, 1e-8
 *  most of ADV   largest quantity of an order by the average daily volume, 1e-8
 *  tickSize, …   1e-8, maxOrderNotional 1e-4 money. Steps are NO_PRICE where there are none, limits the largest number
 *  opensAt, …    microseconds since 1970: orders are taken from opensAt up to, not including, closesAt
 *  phaseTypes, … bits of OrdType and TimeInForce that it takes before phaseEndsAt, and from then on
 *  lists         a bit for each restricted list that it is on
 *  currency      of its prices (rates.ts); NO_PRICE or 0: that of the limits. rate: 0 where that currency has none
 *  execution, …  the newest price of that source, 1e-8, and when it was, microseconds since 1970: 0 while there is none
 *  base          the reference price that an operator has set, or else the configuration; operator and configured each alone
 */
@unmanaged
export class SymbolRow {
  flags: i32;
  collar: i32;
  band: i64;
  reference: i64;
  lowest: i64;
  highest: i64;
  marketPrice: i64;
  converts: i32;
  prices: i32;
  quantityStep: i64;
  tickSize: i64;
  lotSize: i64;
  venueMaxQty: i64;
  maxOrderQty: i64;
  maxOrderNotional: i64;
  opensAt: i64;
  closesAt: i64;
  lists: i64;
  multiplier: i64;
  rate: i64;
  currency: i64;
  sources: i32;
  waterfall: i32;
  quotesStaleMs: i64;
  executionsStaleMs: i64;
  operatorStaleMs: i64;
  advLimit: i64;
  execution: i64;
  executionUs: f64;
  quote: i64;
  quoteUs: f64;
  base: i64;
  operator: i64;
  operatorUs: f64;
  configured: i64;
  phaseEndsAt: i64;
  phaseTypes: u16;
  phaseTimes: u16;
  nextTypes: u16;
  nextTimes: u16;

  /** Takes a new reference price; one that can't be, blocks the symbol. */
  setReference(priceE8: i64): void {
    const isUsable = this.canRefer(priceE8, this.collar, this.band);
    const size = sizeOf(priceE8);
    const band: i64 = isUsable ? bandOf(shareOf(size, this.collar), this.band) : 0;
    this.reference = isUsable ? priceE8 : NO_PRICE;
    this.lowest = priceE8 - band;
    this.highest = priceE8 + band;
    this.marketPrice = isUsable ? size + bandOf(shareAbove(size, this.collar), this.band) : 0;
  }

  get isEnabled(): bool {
    return (this.flags & SYMBOL_ENABLED) !== 0;
  }
  get isKilled(): bool {
    return (this.flags & SYMBOL_KILLED) !== 0;
  }

  get needsLocate(): bool {
    return (this.flags & SYMBOL_NEEDS_LOCATE) !== 0;
  }

  /**
   * True for a price of its signs that a collar of this share and width around it ends at prices. A market order that costs nothing
   * would have no limit.
   */
  canRefer(priceE8: i64, collar: i64, width: i64): bool {
    return canRefer(this.prices, priceE8, collar, width);
  }

  /** The collar's width where that is no share of the reference price, else 0. */
  get widthOfBand(): i64 {
    return this.highest - this.reference === this.band ? this.band : 0;
  }

  /** True when the symbol takes orders: configured, enabled, not killed, nothing of it out of bounds, its currency has a rate. */
  @inline
  get isReady(): bool {
    const wanted = SYMBOL_CONFIGURED | SYMBOL_ENABLED;
    return (this.flags & (wanted | SYMBOL_KILLED | SYMBOL_UNSOUND | SYMBOL_WITHOUT_RATE)) === wanted;
  }
  /** True when it is enabled, and nothing of it is out of bounds. */
  get isSound(): bool {
    return (this.flags & (SYMBOL_ENABLED | SYMBOL_UNSOUND)) === SYMBOL_ENABLED;
  }
  /** True where the configuration says its currency. */
  @inline
  get hasCurrency(): bool {
    return (this.converts & HAS_CURRENCY) !== 0;
  }
  /** The address of its factor. */
  @inline
  get factor(): usize {
    return (this.converts & CONVERTS) === 0 ? NO_FACTOR : changetype<usize>(this) + SYMBOL_MULTIPLIER_AT;
  }
  get isConfigured(): bool {
    return (this.flags & SYMBOL_CONFIGURED) !== 0;
  }

  /** False for a symbol that is here for old orders alone, of which nothing else is known. */
  get hasForm(): bool {
    return this.quantityStep !== 0;
  }

  /** True while its market takes orders. */
  isOpenAt(timeUs: f64): bool {
    return <i64>timeUs >= this.opensAt && <i64>timeUs < this.closesAt;
  }

  @inline
  get hasPhases(): bool {
    return (this.flags & SYMBOL_HAS_PHASES) !== 0;
  }

  /** Bits of the order types, and of the times in force, that its market takes in its phase at that time. */
  typesAt(timeUs: f64): u32 {
    return <i64>timeUs < this.phaseEndsAt ? this.phaseTypes : this.nextTypes;
  }
  timesAt(timeUs: f64): u32 {
    return <i64>timeUs < this.phaseEndsAt ? this.phaseTimes : this.nextTimes;
  }

  /** True when its collar binds an order of this side, whose price is outside of it. */
  isCollared(isBuy: bool, priceE8: i64): bool {
    if ((this.flags & SYMBOL_COLLAR_AGGRESSIVE) === 0) return true;
    return isBuy ? priceE8 > this.highest : priceE8 < this.lowest;
  }

  /** True when the symbol has prices of that sign. */
  mayBe(priceE8: i64): bool {
    return mayBe(this.prices, priceE8);
  }
}

/** As SymbolRow.canRefer, for a symbol with prices of these signs. */
export function canRefer(signs: i32, priceE8: i64, collar: i64, width: i64): bool {
  if (!mayBe(signs, priceE8)) return false;
  const size = sizeOf(priceE8);
  const above = bandOf(shareAbove(size, collar), width);
  return above !== OVERFLOW && above <= MOST_E8 - size && size + above > 0;
}

// @ts-ignore: decorator
@inline
function mayBe(signs: i32, priceE8: i64): bool {
  if (priceE8 > 0) return priceE8 <= MOST_E8;
  if (signs === POSITIVE) return false;
  return priceE8 === 0 || (signs !== NOT_NEGATIVE && priceE8 >= -MOST_E8);
}

/** True for a step of quantities: 1, or a decimal fraction of it, 1e-8. */
export function isStep(step: i64): bool {
  return step > 0 && step <= UNIT_E8 && UNIT_E8 % step === 0;
}

function bandOf(share: i64, width: i64): i64 {
  return share === OVERFLOW || share > width ? share : width;
}

function sizeOf(priceE8: i64): i64 {
  return priceE8 < 0 ? -priceE8 : priceE8;
}

// @ts-ignore: decorator
@inline
export function symbolAt(symbol: i32): SymbolRow {
  return changetype<SymbolRow>(symbols + <usize>symbol * SYMBOL_BYTES);
}

/** Form and route of a symbol. One that is added for old orders has no step, and no prices: it takes no new ones. */
export function setSymbol(symbol: i32, prices: i32, quantityStep: i64, venue: i32): void {
  const row = symbolAt(symbol);
  row.prices = prices;
  row.quantityStep = quantityStep;
  store<i32>(address(VENUE_OF_AT) + (<usize>symbol << 2), venue);
}

/** The venue that gets a symbol's orders, or NONE. */
// @ts-ignore: decorator
@inline
export function venueOf(symbol: i32): i32 {
  return load<i32>(address(VENUE_OF_AT) + (<usize>symbol << 2));
}

/** Of the byte of a venue: it is logged on. From FIRST_ROUND on it is, too, but the statuses of its open orders are asked for first. */
const IS_UP: i32 = 1;
const FIRST_ROUND: i32 = 2;
/** Of the last Logon with such a byte. */
let lastRound: i32 = 0;

/** True for a venue that is logged on: cancels may go there. */
// @ts-ignore: decorator
@inline
export function isVenueUp(venue: i32): bool {
  return <u32>venue < load<u32>(area + VENUE_IDS) && load<u8>(address(VENUES_UP_AT) + venue) !== 0;
}

/** True for one that takes new orders and replaces, too. */
// @ts-ignore: decorator
@inline
export function takesNew(venue: i32): bool {
  return <u32>venue < load<u32>(area + VENUE_IDS) && load<u8>(address(VENUES_UP_AT) + venue) === IS_UP;
}

export function setVenueUp(venue: i32, isUp: bool): void {
  if (<u32>venue < load<u32>(area + VENUE_IDS)) store<u8>(address(VENUES_UP_AT) + venue, isUp ? IS_UP : 0);
}

/** It is logged on, and takes no new orders before `endRound`. */
export function beginRound(venue: i32): void {
  if (<u32>venue >= load<u32>(area + VENUE_IDS)) return;
  lastRound = lastRound >= FIRST_ROUND && lastRound < 255 ? lastRound + 1 : FIRST_ROUND;
  store<u8>(address(VENUES_UP_AT) + venue, lastRound);
}

/** It takes new orders from now on. Returns false where this is not its round. */
export function endRound(venue: i32, round: i32): bool {
  if (round < FIRST_ROUND || load<u8>(address(VENUES_UP_AT) + venue) !== round) return false;
  store<u8>(address(VENUES_UP_AT) + venue, IS_UP);
  return true;
}

/** After a restart every venue is down, whatever the journal's last state was. */
export function allVenuesDown(): void {
  memory.fill(address(VENUES_UP_AT), 0, load<u32>(area + VENUE_IDS));
}
