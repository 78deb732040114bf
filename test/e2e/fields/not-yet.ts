/*  What the gateway does not take, or not yet, with the reason that it says. Everything else that a dictionary allows reaches the other
 *  side. Each value here is refused by this text: an entry that is no longer true fails, too.
 */
export interface NotYet {
  /** MsgTypes. */
  readonly of: string;
  readonly tag: number;
  readonly values: readonly string[];
  readonly says: RegExp;
  readonly because: string;
}

const list = (text: string): string[] => text.split(" ");
const ORD_TYPES = list("3 4 5 6 7 8 9 A B C D E F G H I J K L M P Q");
const SIDES = list("3 4 6 7 8 9 A B C D E F G");
const TIMES_IN_FORCE = list("2 5 6 7 8 9");

export const NOT_YET: readonly NotYet[] = [
  { of: "D", tag: 40, values: ORD_TYPES, says: /UNSUPPORTED_ORDER_TYPE/, because: "order types with a trigger" },
  { of: "D", tag: 54, values: SIDES, says: /UNSUPPORTED_SIDE/, because: "sides beyond buy, sell, sell short" },
  { of: "D", tag: 59, values: TIMES_IN_FORCE, says: /UNSUPPORTED_TIME_IN_FORCE/, because: "dates and auctions" },
  {
    of: "G",
    tag: 40,
    values: ["1", ...ORD_TYPES],
    says: /ORDER_TYPE|TYPE_OR_TIF_CHANGED/,
    because: "a replace keeps the order's type",
  },
  {
    of: "G",
    tag: 54,
    values: ["2", "5", ...SIDES],
    says: /SIDE|TYPE_OR_TIF_CHANGED/,
    because: "a replace keeps the order's side",
  },
  {
    of: "G",
    tag: 59,
    values: ["1", "3", "4", ...TIMES_IN_FORCE],
    says: /TIME_IN_FORCE|TYPE_OR_TIF_CHANGED/,
    because: "a replace keeps the order's time in force",
  },
  {
    of: "DG",
    tag: 38,
    values: ["0.5", "1.25", "100.00000001"],
    says: /38|QUANTITY/,
    because: "quantities with decimals",
  },
  { of: "DG", tag: 18, values: ["a"], says: /TERM_MISSING tag=211/, because: "a trailing stop has an offset" },
  { of: "DG", tag: 44, values: ["-1", "0"], says: /44|PRICE/, because: "prices of either sign" },
  { of: "DG", tag: 44, values: ["1.123456789", "90071993"], says: /44|PRICE/, because: "numbers beyond a double's" },
];

export function isNotYet(msgType: string, tag: number, value: string): boolean {
  return NOT_YET.some((one) => one.of.includes(msgType) && one.tag === tag && one.values.includes(value));
}
