import { ROUTES } from "../../src/core/assembly/layout.ts";
import type { CoreConfig, RoutingRule } from "../../src/core/config.ts";
import { reasonOf, venueOf } from "../../src/core/decision.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import { routeParts } from "../../src/core/routing-rules.ts";
import type { CoreChange } from "../../src/record/setting-changes.ts";
import { besideOf } from "./beside.ts";
import { CONFIG, CoreDriver, makeRequest, type RequestTerms } from "./driver.ts";
import type { Out } from "./outs.ts";

const NO_RULE: RoutingRule = {
  sessions: [],
  accounts: [],
  symbols: [],
  securityTypes: [],
  exDestinations: [],
  orderTypes: [],
  sides: [],
  minQuantityE8: null,
  maxQuantityE8: null,
  venues: ["ALPHA"],
};
export const rule = (terms: Partial<RoutingRule>): RoutingRule => ({ ...NO_RULE, ...terms });
export const withRules = (...rules: RoutingRule[]): CoreConfig => ({ ...CONFIG, rules });

/** Parts of rules as a reload gives them. */
export function changesOf(config: CoreConfig): CoreChange[] {
  return routeParts(config).map(({ what, rule, value, text }) => ({
    ...{ subject: ROUTES, name: text === "" ? "rules" : text, setting: what, value, version: rule, isStructure: true },
  }));
}

/** Enough that orders of any account are sent; ALPHA takes stop orders, too. */
export const OPEN: CoreConfig = {
  ...CONFIG,
  accounts: CONFIG.accounts.map((account) =>
    account.name === "ACC2" ? { ...account, maxOpenOrders: 100_000, ordersPerSecond: 1_000_000 } : account,
  ),
  sessions: CONFIG.sessions.map((session) => ({ ...session, accounts: ["ACC1", "ACC2"] })),
  venues: CONFIG.venues.map((venue) =>
    venue.name === "ALPHA" ? { ...venue, orderTypes: ["market", "limit", "stop"] } : venue,
  ),
};

export class RoutedDriver extends CoreDriver {
  private ids = 0;

  /** Venue of a new order, or the reason of its refusal, negative. */
  route(terms: RequestTerms, ...beside: (readonly [field: string, mark?: number])[]): number {
    const { decision } = this.enterWith({ id: `ORDER-${++this.ids}`, ...terms }, beside);
    return reasonOf(decision) === why.ACCEPTED ? venueOf(decision) : -reasonOf(decision);
  }

  enterWith(
    terms: RequestTerms,
    beside: readonly (readonly [field: string, mark?: number])[],
  ): { decision: number; outs: Out[] } {
    const request = makeRequest(terms);
    if (beside.length > 0) {
      const views = besideOf(beside);
      request.groupsLength = views.bytes.length;
      this.core.carry(true, views, 0, views.bytes.length);
    }
    const decision = this.enter(request);
    this.dropCarried();
    return { decision, outs: this.take() };
  }
}
