import { ORDER_TYPES } from "../base/order-kinds.ts";
import type { RuleConfig } from "../config/routing.ts";
import type { RoutingRule } from "../core/config.ts";
import { SIDE_BUY, SIDE_SELL, SIDE_SELL_SHORT } from "../record/codes.ts";

/** Characters of Side (54) by the names that rules have for them. */
const SIDES = { buy: SIDE_BUY, sell: SIDE_SELL, "sell-short": SIDE_SELL_SHORT } as const;

/** A rule of the configuration as the core takes it, with the journal's ids of client sessions. */
export function routingRule(rule: RuleConfig, clientIds: Readonly<Record<string, number>>): RoutingRule {
  return {
    ...rule,
    sessions: rule.sessions.map((name) => clientIds[name]!),
    orderTypes: rule.orderTypes.map((name) => ORDER_TYPES[name].charCodeAt(0)),
    sides: rule.sides.map((name) => SIDES[name]),
  };
}
