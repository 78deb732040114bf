import type { Exposure } from "./exposures.ts";
import { type Fill, priceE8Of, type Trader, type TraderOrder } from "./trader.ts";
import { type CrashOrder, type CrashVenue, type Execution, stateOf } from "./venue.ts";

const MOST = 10;

/** Compares what clients and venue wrote down. Returns one line for each difference: a loss, a double, a contradiction. */
export function audit(traders: readonly Trader[], venue: CrashVenue): string[] {
  const wrong = [...traders.flatMap((trader) => trader.faults), ...venue.faults];
  const say = (text: string) => wrong.push(text);
  const byPrice = new Map<number, CrashOrder[]>();
  for (const order of venue.orders) {
    for (const price of order.prices) byPrice.set(price, [...(byPrice.get(price) ?? []), order]);
  }
  const claimed = new Set<CrashOrder>();
  for (const trader of traders) {
    for (const request of trader.unanswered()) say(`${request}: never answered`);
    for (const order of trader.orders) {
      const theirs = new Set(order.prices.flatMap((price) => byPrice.get(price) ?? []));
      for (const one of theirs) claimed.add(one);
      compare(order, [...theirs], say);
    }
  }
  for (const order of venue.orders) if (!claimed.has(order)) say(`${order.orderId}: no client asked for it`);
  trades(
    "fill",
    traders.map((trader) => trader.fills),
    venue.executions,
    say,
  );
  trades(
    "bust",
    traders.map((trader) => trader.busts),
    venue.busts,
    say,
  );
  trades(
    "correction",
    traders.map((trader) => trader.corrections),
    venue.corrections,
    say,
  );
  return wrong.length > MOST ? [...wrong.slice(0, MOST), `and ${wrong.length - MOST} more`] : wrong;
}

function compare(ours: TraderOrder, theirs: readonly CrashOrder[], say: (text: string) => void): void {
  if (theirs.length > 1) say(`${ours.clOrdId}: ${theirs.length} times at the venue`);
  const order = theirs[0];
  if (order === undefined) {
    if (ours.acknowledged || ours.state !== "refused") say(`${ours.clOrdId}: ${ours.state}, not at the venue`);
    return;
  }
  const mine = [ours.state, ours.account, ours.side, ours.filled];
  const its = [stateOf(order), order.account, order.side, order.filled];
  // Of an order that is over the last replace may have been refused or not: that is not asked.
  if (ours.state === "open") {
    mine.push(ours.quantity, ours.priceE8);
    its.push(order.quantity, order.priceE8);
  }
  if (String(mine) !== String(its)) say(`${ours.clOrdId}: client has ${mine}, venue ${its}`);
}

function trades(
  what: string,
  told: readonly Map<string, Fill>[],
  made: Map<string, Execution>,
  say: (text: string) => void,
): void {
  let count = 0;
  for (const [execId, { order, quantity, price }] of told.flatMap((map) => [...map])) {
    count++;
    const execution = made.get(execId);
    if (execution === undefined) say(`${order.clOrdId}: ${what} ${execId} that the venue never sent`);
    else if (
      execution.quantity !== quantity ||
      (price !== null && priceE8Of(execution.price) !== priceE8Of(price)) ||
      !order.prices.includes(execution.order.priceE8)
    ) {
      say(`${order.clOrdId}: ${what} ${execId} is not as the venue sent it`);
    }
  }
  if (count === made.size) return;
  for (const execId of made.keys()) {
    if (!told.some((map) => map.has(execId))) say(`${what} ${execId}: reached no client`);
  }
}

/** What the accounts' exposures must be, from the venue's books alone. */
export function exposuresOf(venue: CrashVenue, accounts: readonly string[]): Record<string, Exposure> {
  return Object.fromEntries(accounts.map((account) => [account, exposureOf(venue, account)]));
}

function exposureOf(venue: CrashVenue, account: string): Exposure {
  const sum: Exposure = { openOrders: 0, openBuy: 0, openSell: 0, bought: 0, sold: 0, position: 0 };
  for (const order of venue.orders) {
    if (order.account !== account || !order.open) continue;
    sum.openOrders++;
    const held = moneyE4(order.quantity - order.filled, order.priceE8);
    if (order.side === "1") sum.openBuy += held;
    else sum.openSell += held;
  }
  for (const { order, trade } of venue.executions.values()) {
    if (order.account !== account || trade.busted) continue;
    const { quantity } = trade;
    const value = moneyE4(quantity, priceE8Of(trade.price));
    if (order.side === "1") sum.bought += value;
    else sum.sold += value;
    sum.position += order.side === "1" ? quantity : -quantity;
  }
  return sum;
}

/** Quantity × price, rounded up to 1e-4. */
function moneyE4(quantity: number, priceE8: number): number {
  return Number((BigInt(quantity) * BigInt(priceE8) + 9_999n) / 10_000n);
}
