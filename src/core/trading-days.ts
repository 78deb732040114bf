/** Where the trading days of a zone begin. Plain data. */
export interface TradingDayConfig {
  /** Second of the local day at which one begins. */
  readonly beginsS: number;
  /** Offsets of the zone from UTC, ascending; each holds from its instant to the next. The first holds from ever. */
  readonly offsets: readonly { readonly fromUs: number; readonly offsetS: number }[];
}

/** Midnight UTC. */
export const UTC_DAYS: TradingDayConfig = { beginsS: 0, offsets: [{ fromUs: 0, offsetS: 0 }] };

const DAY_US = 86_400_000_000;
const SECOND_US = 1_000_000;

/** Trading days, as the number of the local date on which one begins: days since 1970. */
export class TradingDays {
  private day = 0;
  /** The span of time that is known to be in `day`. */
  private fromUs = 0;
  private untilUs = 0;

  constructor(private readonly config: TradingDayConfig) {}

  /** The trading day of an instant. */
  of(timeUs: number): number {
    if (timeUs < this.fromUs || timeUs >= this.untilUs) this.find(timeUs);
    return this.day;
  }

  private find(timeUs: number): void {
    const offsets = this.config.offsets;
    let i = 0;
    while (i + 1 < offsets.length && timeUs >= offsets[i + 1]!.fromUs) i++;
    const shiftUs = (offsets[i]!.offsetS - this.config.beginsS) * SECOND_US;
    const day = Math.floor((timeUs + shiftUs) / DAY_US);
    this.day = day;
    this.fromUs = day * DAY_US - shiftUs;
    this.untilUs = this.fromUs + DAY_US;
    if (i > 0 && offsets[i]!.fromUs > this.fromUs) this.fromUs = offsets[i]!.fromUs;
    if (i + 1 < offsets.length && offsets[i + 1]!.fromUs < this.untilUs) this.untilUs = offsets[i + 1]!.fromUs;
  }
}
