import type { CoreConfig, RoutingRule } from "../../src/core/config.ts";
import { units } from "../numbers.ts";
import type { RequestTerms } from "./driver.ts";

/** Routing rules, as plainly as they can be said. */
export class ModelRouting {
  rules: readonly RoutingRule[] = [];
  /** Fields of the next order that its record does not have. */
  securityType = "";
  exDestination = "";

  /** The venue by the first rule that fits; undefined: no rule fits. */
  venueOf(
    terms: Required<RequestTerms>,
    venues: CoreConfig["venues"],
    takes: (venue: number) => boolean,
  ): number | undefined {
    const rule = this.rules.find((one) => this.fits(one, terms));
    const ids = rule?.venues.map((name) => venues.find((venue) => venue.name === name)!.id);
    return ids?.find(takes) ?? ids?.[0];
  }

  private fits(rule: RoutingRule, terms: Required<RequestTerms>): boolean {
    const among = <T>(list: readonly T[], value: T): boolean => list.length === 0 || list.includes(value);
    const like = (list: readonly string[], name: string): boolean =>
      list.length === 0 || list.some((one) => new RegExp(`^${one.replaceAll("*", ".*")}$`).test(name));
    const qty = units(terms.qty);
    return (
      among(rule.sessions, terms.session) &&
      like(rule.accounts, terms.account) &&
      like(rule.symbols, terms.symbol) &&
      among(rule.securityTypes, this.securityType) &&
      among(rule.exDestinations, this.exDestination) &&
      among(rule.orderTypes, terms.type) &&
      among(rule.sides, terms.side) &&
      qty >= (rule.minQuantityE8 ?? 0n) &&
      (rule.maxQuantityE8 === null || qty <= rule.maxQuantityE8)
    );
  }
}
