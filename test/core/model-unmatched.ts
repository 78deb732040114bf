import { MOST_E8, NO_PRICE } from "../../src/base/units.ts";
import { MOST_MONEY } from "./model-checks.ts";
import { money, size } from "./model-order.ts";

/** A report of no order that is known. */
export interface StrayTerms {
  readonly venue: number;
  /** A trade, a bust or a correction. */
  readonly isExecution: boolean;
  /** All that the rest of the report says. */
  readonly rest: string;
  /** F a trade, H a bust, G a correction, others. */
  readonly execType: string;
  readonly orderId: string;
  readonly execId: string;
  readonly execRefId: string;
  readonly side: number;
  readonly symbol: string;
  readonly lastQty: bigint;
  readonly lastPx: bigint;
}

/** One that is kept. */
export interface Stray extends StrayTerms {
  readonly number: number;
  state: "open" | "assigned" | "dismissed" | "taken back";
  to: string;
  /** What it is worth in its account. */
  worth: bigint;
}

/** An execution of an account, or (`sign` -1) one that is taken back. */
type Book = (of: { account: string; symbol: string; side: number }, sign: bigint, qty: bigint, worth: bigint) => void;

/** Reports of unknown orders: each is kept once, and booked for an account once. */
export class ModelUnmatched {
  readonly kept: Stray[] = [];
  booked = 0;

  constructor(private readonly book: Book) {}

  /** Keeps a report, unless the same one is there. */
  keep(terms: StrayTerms, nowUs: number): void {
    const isThere = this.kept.some((one) =>
      terms.isExecution
        ? one.venue === terms.venue &&
          one.orderId === terms.orderId &&
          one.execId === terms.execId &&
          one.isExecution &&
          (one.execType === "F") === (terms.execType === "F")
        : same(one, terms),
    );
    if (isThere) return;
    const number = Math.max(nowUs, (this.kept.at(-1)?.number ?? 0) + 1);
    this.kept.push({ ...terms, number, state: "open", to: "", worth: 0n });
  }

  /** The execution that a bust or correction names, or (of its order) what corrections have made of that. */
  private before({ venue, orderId, execRefId }: Stray): Stray | undefined {
    const booked = this.kept.filter(
      (one) => one.venue === venue && one.execType !== "H" && (one.state === "assigned" || one.state === "taken back"),
    );
    const ofOrder = booked.filter((one) => one.orderId === orderId);
    const firstOf = (id: string): string => {
      let first = id;
      for (let i = 0; i < 64; i++)
        first = ofOrder.find((one) => one.execType === "G" && one.execId === first)?.execRefId ?? first;
      return first;
    };
    const live = (all: Stray[]) => all.filter(({ state }) => state === "assigned");
    const isNamed = ({ execId }: Stray) => execId === execRefId;
    return (
      live(ofOrder).find(isNamed) ??
      live(ofOrder).find(({ execId }) => firstOf(execId) === firstOf(execRefId)) ??
      live(booked).find(isNamed)
    );
  }

  /** `factor`: of its symbol, null where that has no rate. Returns whether it is assigned. */
  assign(one: Stray, to: string, factor: bigint | null, isKnown: boolean): boolean {
    if (one.state !== "open" || !isKnown || !one.isExecution) return false;
    const before = one.execType === "F" ? undefined : this.before(one);
    if (one.execType !== "F") {
      if (before === undefined) return false;
      if (before.to !== to || before.symbol !== one.symbol || before.side !== one.side) return false;
    }
    if (one.execType !== "H") {
      if (factor === null || one.lastQty <= 0n || one.lastQty > MOST_E8 || one.lastPx === NO_PRICE) return false;
      one.worth = money(one.lastQty, one.lastPx, factor);
      if (size(one.worth) > MOST_MONEY) return false;
    }
    one.state = "assigned";
    one.to = to;
    this.booked++;
    if (before !== undefined) {
      before.state = "taken back";
      this.count(before, -1n);
    }
    if (one.execType !== "H") this.count(one, 1n);
    return true;
  }

  private count(one: Stray, sign: bigint): void {
    this.book({ account: one.to, symbol: one.symbol, side: one.side }, sign, one.lastQty, one.worth);
  }
}

function same(one: StrayTerms, other: StrayTerms): boolean {
  return (Object.keys(other) as (keyof StrayTerms)[]).every((key) => one[key] === other[key]);
}
