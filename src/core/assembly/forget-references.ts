import { referenceOf } from "./changes.ts";
import { SYMBOLS } from "./layout.ts";
import { lock, lockOfSymbol, unlock } from "./locks.ts";
import { nameCount } from "./names.ts";
import { isOperatorsAfter } from "./reference-sources.ts";
import { settle } from "./settings.ts";
import { symbolAt } from "./symbols.ts";

/** Prices of sources that are dated later than that are none any more; an operator's, which can be too old, is so until it is set again. */
export function forgetReferencesAfter(timeUs: f64): void {
  const count = nameCount(SYMBOLS);
  for (let symbol = 0; symbol < count; symbol++) {
    const row = symbolAt(symbol);
    const isOperators = isOperatorsAfter(row, timeUs);
    if (row.quoteUs <= timeUs && row.executionUs <= timeUs && !isOperators) continue;
    const at = lockOfSymbol(symbol);
    lock(at);
    if (row.quoteUs > timeUs) {
      row.quote = 0;
      row.quoteUs = 0;
    }
    if (row.executionUs > timeUs) {
      row.execution = 0;
      row.executionUs = 0;
    }
    if (isOperators) {
      referenceOf(symbol).atUs = 0;
      settle(SYMBOLS, symbol);
    }
    unlock(at);
  }
}
