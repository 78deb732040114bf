import fc from "fast-check";
import type { CoreConfig } from "../../src/core/config.ts";
import * as code from "../../src/record/codes.ts";
import type { Amount } from "../numbers.ts";
import { mostly, pick } from "./arbitraries.ts";
import type { RequestTerms } from "./driver.ts";

// Requests that the property test draws.

interface RequestDraw {
  readonly config: CoreConfig;
  readonly qty: fc.Arbitrary<Amount>;
  readonly px: fc.Arbitrary<Amount>;
  readonly reloads?: true;
}

const id = fc.integer({ min: 0, max: 40 }).map((n) => `${n % 3 === 0 ? "LONG-".repeat(12) : "ID"}${n}`);

/** Of these ALPHA takes all but the last, which no venue does. */
const OTHER_TYPES = [
  ...[code.TYPE_MARKET, code.TYPE_STOP, code.TYPE_STOP_LIMIT, code.TYPE_LIMIT_ON_CLOSE, code.TYPE_PEGGED, 75],
];

/** A request of clients. Where there are traders, one of them enters a new order, or nobody does. */
export const requestOf = ({ qty, px, reloads, config }: RequestDraw) =>
  fc.record<Required<RequestTerms>>({
    kind: pick(code.REQUEST_NEW, code.REQUEST_NEW, code.REQUEST_CANCEL, code.REQUEST_REPLACE, code.REQUEST_STATUS),
    session: mostly(1, 2, 0),
    id,
    orig: id,
    account: reloads ? pick("ACC1", "ACC2", "NEW1") : mostly("ACC1", "ACC2", "OFF", "BARE", "NOBODY"),
    symbol: reloads ? pick("AAPL", "MSFT", "NEWS") : mostly("AAPL", "MSFT", "HALT", "BLIND", "NOPE"),
    side: mostly(code.SIDE_BUY, code.SIDE_SELL, code.SIDE_SELL, code.SIDE_SELL_SHORT, 51),
    type: mostly(code.TYPE_LIMIT, code.TYPE_LIMIT, code.TYPE_LIMIT, ...OTHER_TYPES),
    tif: mostly(code.TIF_DAY, code.TIF_GTC, code.TIF_IOC, code.TIF_GTD, code.TIF_AT_CLOSE, code.TIF_AT_OPENING),
    qty,
    px,
    stop: px,
    possResend: mostly(false, true),
    possDup: fc.constant(false),
    epoch: mostly(0, 1),
    trader: config.traders !== undefined ? pick("TOM", "TIM", "OUT", "", "NOBODY") : fc.constant(""),
  });
