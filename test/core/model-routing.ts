import { ascii } from "../../src/base/ascii.ts";
import { hashId, putId } from "../../src/base/id.ts";
import { Views } from "../../src/base/views.ts";
import type { CoreConfig, RoutingRule } from "../../src/core/config.ts";
import { units } from "../numbers.ts";
import type { RequestTerms } from "./driver.ts";

/** Routing rules, as plainly as they can be said. */
export class ModelRouting {
  /** Of each rule whose venues share in turn: the place of the next one. */
  private turns: number[] = [];
  /** What `taken` notes. */
  private turn: { rule: number; next: number } | null = null;
  private inForce: readonly RoutingRule[] = [];
  /** Fields of the next order that its record does not have. */
  securityType = "";
  exDestination = "";

  /** The venue by the first rule that fits; undefined: no rule fits. */
  venueOf(
    terms: Required<RequestTerms>,
    venues: CoreConfig["venues"],
    takes: (venue: number) => boolean,
  ): number | undefined {
    this.turn = null;
    const number = this.rules.findIndex((one) => this.fits(one, terms));
    const rule = this.rules[number];
    const ids = rule?.venues.map((name) => venues.find((venue) => venue.name === name)!.id);
    if (rule === undefined || ids === undefined) return undefined;
    const count = rule.share?.count ?? 0;
    const sharing = ids.slice(0, count > 1 ? count : 0).flatMap((id, place) => (takes(id) ? [place] : []));
    if (sharing.length === 0) return ids.find(takes) ?? ids[0];
    if (rule.share!.by === "symbol") return ids[placeOf(terms.symbol, sharing)];
    const from = this.turns[number] ?? 0;
    const place = sharing.find((one) => one >= from) ?? sharing[0]!;
    this.turn = { rule: number, next: (place + 1) % count };
    return ids[place];
  }

  /** The order whose venue was asked for last was accepted. */
  taken(): void {
    if (this.turn !== null) this.turns[this.turn.rule] = this.turn.next;
  }

  get rules(): readonly RoutingRule[] {
    return this.inForce;
  }

  set rules(rules: readonly RoutingRule[]) {
    this.inForce = rules;
    this.turns = [];
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

/** The place with the highest hash of the symbol. */
function placeOf(symbol: string, places: readonly number[]): number {
  const views = Views.allocate(64);
  putId(views, 0, ascii(symbol), 0, symbol.length);
  const scores = places.map((place) => hashId(views.ints, 0, symbol.length, Math.imul(place + 1, 0x9e3779b1)));
  return places[scores.indexOf(Math.max(...scores))]!;
}
