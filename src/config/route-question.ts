import { decimalText } from "../base/decimal.ts";
import { didYouMean } from "./problem.ts";
import type { RoutedOrder } from "./route.ts";
import { quantityOf, RULE_ORDER_TYPES, RULE_SIDES } from "./routing.ts";
import type { GatewayConfig } from "./schema.ts";

/** Asks where an order would go. What is absent: the session's only account, a limit order to buy 1, no field of that tag. */
export interface RouteTexts {
  readonly session: string;
  readonly account?: string | undefined;
  readonly symbol: string;
  readonly side?: string | undefined;
  readonly type?: string | undefined;
  readonly quantity?: string | undefined;
  readonly securityType?: string | undefined;
  readonly exDestination?: string | undefined;
}

/** The order that is asked about, or what of it is wrong: where, and what was expected and got. */
export type QuestionResult =
  | { readonly order: RoutedOrder }
  | { readonly where: keyof RouteTexts; readonly what: string };

export function readQuestion(texts: RouteTexts, config: GatewayConfig): QuestionResult {
  const { session, symbol, side = "buy", type = "limit", quantity = "1" } = texts;
  const known = config.client.sessions[session];
  if (known === undefined) return unknown("session", "a client session", session, config.client.sessions);
  if (texts.account === undefined && known.accounts.length > 1)
    return {
      where: "account",
      what: `expected one of the accounts of ${session} (${known.accounts.join(", ")}), got none`,
    };
  const account = texts.account ?? known.accounts[0]!;
  if (config.risk.accounts[account] === undefined)
    return unknown("account", "an account", account, config.risk.accounts);
  if (!known.accounts.includes(account))
    return {
      where: "account",
      what: `expected an account that ${session} may trade (${known.accounts.join(", ")}), got ${account}: its orders are refused`,
    };
  if (config.symbols[symbol] === undefined) return unknown("symbol", "a symbol", symbol, config.symbols);
  const named = RULE_SIDES.find((one) => one === side);
  if (named === undefined) return { where: "side", what: `expected ${RULE_SIDES.join(", ")}, got ${side}` };
  const orderType = RULE_ORDER_TYPES.find((one) => one === type);
  if (orderType === undefined) return { where: "type", what: `expected ${RULE_ORDER_TYPES.join(", ")}, got ${type}` };
  const quantityE8 = quantityOf(quantity);
  if (quantityE8 === null)
    return {
      where: "quantity",
      what: `expected a decimal above 0 such as ${decimalText(150_000_000n)}, got ${quantity}`,
    };
  const { securityType = "", exDestination = "" } = texts;
  return { order: { session, account, symbol, side: named, orderType, quantityE8, securityType, exDestination } };
}

function unknown(
  where: keyof RouteTexts,
  what: string,
  name: string,
  known: Readonly<Record<string, unknown>>,
): QuestionResult {
  return { where, what: `expected the name of ${what}, got ${name}${didYouMean(name, Object.keys(known))}` };
}
