import * as codes from "../record/codes.ts";

type Words = Readonly<Record<number, string>>;

export const SIDES: Words = {
  [codes.SIDE_BUY]: "buy",
  [codes.SIDE_SELL]: "sell",
  [codes.SIDE_SELL_SHORT]: "sell-short",
};

export const TYPES: Words = { [codes.TYPE_MARKET]: "market", [codes.TYPE_LIMIT]: "limit" };

export const TIMES_IN_FORCE: Words = {
  // Absent is a day order.
  0: "day",
  [codes.TIF_DAY]: "day",
  [codes.TIF_GTC]: "gtc",
  [codes.TIF_IOC]: "ioc",
  [codes.TIF_FOK]: "fok",
};

/** The word of a code; else the character that it is in FIX. */
export function wordOf(words: Words, code: number): string {
  return words[code] ?? (code === 0 ? "" : String.fromCharCode(code));
}
