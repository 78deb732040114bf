/** Order types by the names that operators use: OrdType (40). */
export const ORDER_TYPES = {
  market: "1",
  limit: "2",
  stop: "3",
  "stop-limit": "4",
  "market-on-close": "5",
  "limit-on-close": "B",
  "market-if-touched": "J",
  pegged: "P",
} as const;

/** Times in force by the names that operators use: TimeInForce (59). */
export const TIMES_IN_FORCE = {
  day: "0",
  gtc: "1",
  "at-opening": "2",
  ioc: "3",
  fok: "4",
  gtd: "6",
  "at-close": "7",
} as const;

export type OrderType = keyof typeof ORDER_TYPES;
export const ORDER_TYPE_NAMES = Object.keys(ORDER_TYPES) as readonly OrderType[];
export type TimeInForce = keyof typeof TIMES_IN_FORCE;

/** What every venue takes unless its configuration says otherwise. */
export const USUAL_ORDER_TYPES: readonly OrderType[] = ["market", "limit"];
export const USUAL_TIMES_IN_FORCE: readonly TimeInForce[] = ["day", "gtc", "ioc", "fok"];

/** The name of a code, undefined where it has none. */
export function nameOfCode<Name extends string>(table: Readonly<Record<Name, string>>, code: number): Name | undefined {
  const text = String.fromCharCode(code);
  return (Object.keys(table) as Name[]).find((name) => table[name] === text);
}
