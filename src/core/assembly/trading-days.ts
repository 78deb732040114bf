import { address, double, setDouble, setWord, word } from "./area.ts";
import { DAY, DAY_FROM_US, DAY_OFFSET_COUNT, DAY_OFFSETS_AT, DAY_UNTIL_US } from "./layout.ts";

const DAY_US: f64 = 86_400_000_000;

/** The trading day of an instant, as the number of the local date on which it begins: days since 1970. */
// @ts-ignore: decorator
@inline
export function dayOf(timeUs: f64): i32 {
  if (timeUs < double(DAY_FROM_US) || timeUs >= double(DAY_UNTIL_US)) findDay(timeUs);
  return word(DAY);
}

function findDay(timeUs: f64): void {
  const offsets = address(DAY_OFFSETS_AT);
  const count = word(DAY_OFFSET_COUNT);
  let i = 0;
  while (i + 1 < count && timeUs >= fromOf(offsets, i + 1)) i++;
  const shiftUs = load<f64>(offsets + (<usize>i << 4), 8);
  const day = Math.floor((timeUs + shiftUs) / DAY_US);
  let from = day * DAY_US - shiftUs;
  let until = from + DAY_US;
  if (i > 0 && fromOf(offsets, i) > from) from = fromOf(offsets, i);
  if (i + 1 < count && fromOf(offsets, i + 1) < until) until = fromOf(offsets, i + 1);
  setWord(DAY, <i32>day);
  setDouble(DAY_FROM_US, from);
  setDouble(DAY_UNTIL_US, until);
}

function fromOf(offsets: usize, i: i32): f64 {
  return load<f64>(offsets + (<usize>i << 4));
}
