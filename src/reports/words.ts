import { ORDER_TYPES, TIMES_IN_FORCE as TIMES } from "../base/order-kinds.ts";
import * as codes from "../record/codes.ts";

type Words = Readonly<Record<number, string>>;

export const SIDES: Words = {
  [codes.SIDE_BUY]: "buy",
  [codes.SIDE_SELL]: "sell",
  [codes.SIDE_SELL_SHORT]: "sell-short",
};

export const TYPES: Words = byCode(ORDER_TYPES);

export const TIMES_IN_FORCE: Words = {
  // Absent is a day order.
  0: "day",
  ...byCode(TIMES),
};

/** Names by the code of their character. */
function byCode(names: Readonly<Record<string, string>>): Words {
  return Object.fromEntries(Object.entries(names).map(([name, code]) => [code.charCodeAt(0), name]));
}

/** The word of a code; else the character that it is in FIX. */
export function wordOf(words: Words, code: number): string {
  return words[code] ?? (code === 0 ? "" : String.fromCharCode(code));
}
