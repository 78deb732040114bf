import { putPadded } from "../../base/decimal.ts";

const US_PER_DAY = 86_400_000_000;
const US_PER_SECOND = 1_000_000;
const ZERO = 48;

/** Length of "YYYYMMDD-HH:MM:SS.mmm". */
const TIMESTAMP_BYTES = 21;

/** Days since 1970-01-01 of a civil date (proleptic Gregorian; Howard Hinnant's days_from_civil). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Days of a month; months outside 1 to 12 have none. */
export function daysOfMonth(year: number, month: number): number {
  if (month < 1 || month > 12) return 0;
  if (month === 2) return (year & 3) === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Writes UTCTimestamp (FIX 4.4 Volume 1). Keeps the last text: the same millisecond is a copy. */
export class TimestampWriter {
  private readonly cached = new Uint8Array(new ArrayBuffer(32));
  private cachedMs = -1;
  private cachedDay = -1;
  private cachedSecond = -1;
  /** Bytes of the text. */
  private readonly length: number;

  /** `decimals` of the seconds: 0, 3, 6 or 9. */
  constructor(decimals = 3) {
    this.length = decimals === 0 ? TIMESTAMP_BYTES - 4 : TIMESTAMP_BYTES - 3 + decimals;
  }

  /** Writes `wallUs`; returns the offset behind it. */
  put(bytes: Uint8Array, at: number, wallUs: number): number {
    return this.putBytes(bytes, at, wallUs, this.length);
  }

  /** The same with other decimals. */
  putWith(bytes: Uint8Array, at: number, wallUs: number, decimals: number): number {
    return this.putBytes(bytes, at, wallUs, decimals === 0 ? TIMESTAMP_BYTES - 4 : TIMESTAMP_BYTES - 3 + decimals);
  }

  private putBytes(bytes: Uint8Array, at: number, wallUs: number, length: number): number {
    const ms = Math.floor(wallUs / 1000);
    if (ms !== this.cachedMs) this.refresh(ms);
    const cached = this.cached;
    if (length > TIMESTAMP_BYTES) this.refine(wallUs - ms * 1000);
    for (let i = 0; i < length; i++) bytes[at + i] = cached[i]!;
    return at + length;
  }

  /** Writes the digits below the millisecond: microseconds and nanoseconds. */
  private refine(us: number): void {
    const whole = Math.floor(us);
    putPadded(this.cached, TIMESTAMP_BYTES, whole, 3);
    putPadded(this.cached, TIMESTAMP_BYTES + 3, Math.floor((us - whole) * 1000), 3);
  }

  private refresh(ms: number): void {
    this.cachedMs = ms;
    const second = Math.floor(ms / 1000);
    putPadded(this.cached, 18, ms - second * 1000, 3);
    if (second === this.cachedSecond) return;
    this.cachedSecond = second;
    const day = Math.floor(second / 86_400);
    const inDay = second - day * 86_400;
    const hour = (inDay / 3600) | 0;
    const minute = ((inDay - hour * 3600) / 60) | 0;
    putPadded(this.cached, 9, hour, 2);
    putPadded(this.cached, 12, minute, 2);
    putPadded(this.cached, 15, inDay - hour * 3600 - minute * 60, 2);
    if (day === this.cachedDay) return;
    this.cachedDay = day;
    this.refreshDate(day);
  }

  /** civil_from_days, the inverse of daysFromCivil. */
  private refreshDate(day: number): void {
    const z = day + 719_468;
    const era = Math.floor(z / 146_097);
    const dayOfEra = z - era * 146_097;
    const yearOfEra = Math.floor(
      (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
    );
    const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
    const shifted = Math.floor((5 * dayOfYear + 2) / 153);
    const month = shifted < 10 ? shifted + 3 : shifted - 9;
    putPadded(this.cached, 0, yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 4);
    putPadded(this.cached, 4, month, 2);
    putPadded(this.cached, 6, dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1, 2);
    this.cached[8] = 45;
    this.cached[11] = 58;
    this.cached[14] = 58;
    this.cached[17] = 46;
  }
}

/** Reads UTCTimestamps with 0 to 12 decimals; those behind the sixth are dropped. Keeps the last date: most messages share it. */
export class TimestampReader {
  private date = -1;
  private dateUs = 0;

  /** Returns microseconds since 1970, or −1 when `bytes[from, to)` is not a UTCTimestamp. */
  read(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    if (length < 17 || length === 18 || length > 30) return -1;
    if (bytes[from + 8] !== 45 || bytes[from + 11] !== 58 || bytes[from + 14] !== 58) return -1;
    const date = digits(bytes, from, 8);
    const hour = digits(bytes, from + 9, 2);
    const minute = digits(bytes, from + 12, 2);
    const second = digits(bytes, from + 15, 2);
    if ((date | hour | minute | second) < 0 || hour > 23 || minute > 59 || second > 60) return -1;
    if (date !== this.date && !this.turnTo(date)) return -1;
    let fraction = 0;
    if (length > 17) {
      if (bytes[from + 17] !== 46) return -1;
      let scale = 100_000;
      for (let at = from + 18; at < to; at++) {
        const digit = bytes[at]! - ZERO;
        if (digit < 0 || digit > 9) return -1;
        fraction += digit * scale;
        scale = (scale / 10) | 0;
      }
    }
    return this.dateUs + ((hour * 60 + minute) * 60 + second) * US_PER_SECOND + fraction;
  }

  private turnTo(date: number): boolean {
    const year = (date / 10_000) | 0;
    const month = ((date / 100) | 0) % 100;
    const day = date % 100;
    if (day < 1 || day > daysOfMonth(year, month)) return false;
    this.date = date;
    this.dateUs = daysFromCivil(year, month, day) * US_PER_DAY;
    return true;
  }
}

function digits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const digit = bytes[from + i]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
