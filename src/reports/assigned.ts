import { NO_PRICE } from "../base/units.ts";
import { unmatchedTerms } from "../core/unmatched.ts";
import type { ReportSeen } from "./seen.ts";
import { SIDES, wordOf } from "./words.ts";

/** An unmatched report when it is assigned to an account; `text`: that of the command. */
export function assignedReport(timeUs: number, venueName: (id: number) => string, text: Uint8Array): ReportSeen {
  const terms = unmatchedTerms(text);
  const { lastQty, lastPx, price, cumQty, leavesQty, transactUs, by, confirmedBy, why } = terms;
  const confirmed = confirmedBy === "" ? "" : `, confirmed by ${confirmedBy}`;
  return {
    ...{ timeUs, venue: venueName(terms.venue), order: null },
    assigned: { account: terms.to, symbol: terms.symbol, side: wordOf(SIDES, terms.side) },
    ...{ kind: terms.kind, execType: terms.execType, requestNumber: 0, stated: 0 },
    ...{ venueOrderId: terms.orderId, execId: terms.execId, execRefId: terms.execRefId },
    ...{ quantity: terms.orderQty, priceE8: price === NO_PRICE ? null : price },
    ...{ lastQty, lastPxE8: lastPx === NO_PRICE ? null : lastPx, cumQty, leavesQty },
    ...{ transactUs: transactUs === 0 ? null : transactUs, text: "", refusal: 0 },
    outcomes: [`unmatched report ${terms.number}, assigned by ${by}${confirmed}: ${why}`],
    applied: true,
  };
}
