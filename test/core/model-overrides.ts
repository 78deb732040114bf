import { makeRequest, type RequestTerms } from "./driver.ts";

interface Granted {
  readonly id: number;
  readonly reason: number;
  readonly key: string;
  /** "": any. */
  readonly clOrdId: string;
  readonly untilUs: number;
}

/** Overrides of checks: each lets one order with its terms pass one check once. */
export class ModelOverrides {
  private granted: Granted[] = [];
  private deciding: { readonly key: string; readonly id: string; readonly timeUs: number } | null = null;
  private needed = new Set<Granted>();
  /** How many orders have passed a check by one. */
  used = 0;

  grant(id: number, reason: number, terms: RequestTerms, clOrdId: string, untilUs: number): void {
    this.granted.push({ id, reason, key: keyOf(terms), clOrdId, untilUs });
  }

  /** Returns whether it was granted, and not past its end. */
  withdraw(id: number, timeUs: number): boolean {
    const isThere = this.granted.some((one) => one.id === id && one.untilUs > timeUs);
    this.granted = this.granted.filter((one) => one.id !== id);
    return isThere;
  }

  /** A new order is decided; null: another request, which no override is for. */
  begin(terms: Required<RequestTerms> | null, timeUs: number): void {
    this.deciding = terms === null ? null : { key: keyOf(terms), id: terms.id, timeUs };
    this.needed = new Set();
  }

  /** True when the order that is decided may pass a check that it does not keep to. */
  passes(reason: number): boolean {
    const order = this.deciding;
    if (order === null) return false;
    const found = this.granted.find(
      (one) =>
        one.reason === reason &&
        one.key === order.key &&
        (one.clOrdId === "" || one.clOrdId === order.id) &&
        one.untilUs > order.timeUs,
    );
    if (found === undefined) return false;
    this.needed.add(found);
    return true;
  }

  /** The order is accepted: the overrides that it needed are used up. */
  use(): void {
    this.used += this.needed.size;
    this.granted = this.granted.filter((one) => !this.needed.has(one));
  }
}

function keyOf(terms: RequestTerms): string {
  const { session, side, ordType, quantity, priceE8 } = makeRequest(terms);
  return [session, side, ordType, quantity, priceE8, terms.account, terms.symbol].join("/");
}
