import * as code from "../../src/record/codes.ts";

const WITHOUT: readonly number[] = [
  ...[code.TYPE_MARKET, code.TYPE_STOP, code.TYPE_MARKET_ON_CLOSE, code.TYPE_MARKET_IF_TOUCHED, code.TYPE_PEGGED],
];

/** False for a type whose Price, if it has one, travels beside the record. */
export function hasLimit(type: number): boolean {
  return !WITHOUT.includes(type);
}

/** Types whose risk is that of a price of their own. */
export function isPriced(type: number): boolean {
  return [code.TYPE_LIMIT, code.TYPE_STOP, code.TYPE_STOP_LIMIT, code.TYPE_LIMIT_ON_CLOSE].includes(type);
}
