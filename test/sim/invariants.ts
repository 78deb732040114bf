import { UNIT_E8 } from "../../src/base/units.ts";
import type { Core } from "../../src/core/core.ts";
import type { CoreTables } from "../../src/core/core-tables.ts";
import { isOpen } from "../../src/core/orders/order.ts";
import { statusOf } from "../../src/counterparty/version.ts";
import { ENTRY_MESSAGE, ENTRY_SESSION, SESSION_EVENT_NUMBERS_SET } from "../../src/journal/layout.ts";
import { listStreams, readStream } from "../../src/journal/store/reader.ts";
import { SIDE_BUY, SIDE_SELL } from "../../src/record/codes.ts";
import type { Client, ClientOrder } from "./client.ts";
import type { ScriptedVenue, VenueOrder } from "./venue.ts";

/** What accounts hold is what their open orders hold, and never below 0. Returns what is wrong, or null. */
export function exposureFault(tables: CoreTables): string | null {
  const count = tables.accountCount;
  const open = new Float64Array(count);
  const buy = new BigInt64Array(count);
  const sell = new BigInt64Array(count);
  let openCount = 0;
  for (let slot = 0; slot < tables.fresh; slot++) {
    const order = tables.order.aim(slot);
    if (!isOpen(order.state)) continue;
    openCount++;
    const held = order.reserved + order.pendingReserved;
    if (held < 0n) return `order ${order.number} holds ${held}`;
    open[order.account]!++;
    const side = order.side === SIDE_BUY ? buy : sell;
    side[order.account]! += held;
  }
  if (openCount !== tables.openCount) return `${openCount} orders are open, the table says ${tables.openCount}`;
  for (let account = 0; account < count; account++) {
    const row = tables.account.aim(account);
    if (row.isLevel) continue;
    const said = [row.openOrders, row.openNotional(SIDE_BUY), row.openNotional(SIDE_SELL)];
    const summed = [open[account], buy[account], sell[account]];
    if (said.join() !== summed.join()) return `account ${account} says ${said}, its open orders add up to ${summed}`;
  }
  return null;
}

/** Numbers of each session's messages follow each other without a gap, and so do the indexes the core gave them. */
export function journalFault(dir: string): string | null {
  for (const stream of listStreams(dir).keys()) {
    if (stream === "core") continue;
    const last = new Map<number, { epoch: number; sequence: number; index: number }>();
    let fault: string | null = null;
    readStream(dir, stream, (entry) => {
      const before = last.get(entry.session) ?? { epoch: 0, sequence: 0, index: 0 };
      if (entry.kind === ENTRY_SESSION && entry.index === SESSION_EVENT_NUMBERS_SET) {
        const sequence = entry.views.ints[entry.payloadAt >> 2]! - 1;
        last.set(entry.session, { ...before, epoch: entry.epoch, sequence });
      }
      if (entry.kind !== ENTRY_MESSAGE || fault !== null) return;
      const expected = before.epoch === entry.epoch ? before.sequence + 1 : 1;
      if (entry.sequence !== expected) fault = `${stream}: after number ${before.sequence} stands ${entry.sequence}`;
      if (entry.index !== 0 && entry.index <= before.index) fault = `${stream}: index ${entry.index} again`;
      const index = Math.max(before.index, entry.index);
      last.set(entry.session, { epoch: entry.epoch, sequence: entry.sequence, index });
    });
    if (fault !== null) return fault;
  }
  return null;
}

/** Once all is quiet: each order and each fill stands exactly once with client, venue and core. */
export function conservationFault(
  clients: readonly Client[],
  venues: readonly ScriptedVenue[],
  core: Core,
): string | null {
  const known = new Map<number, VenueOrder>();
  for (const venue of venues) for (const order of venue.orders) known.set(order.number, order);
  const seen = new Set<number>();
  for (const client of clients) {
    for (const order of client.orders) {
      const number = Number(order.orderId);
      const truth = known.get(number);
      const fault = orderFault(order, truth);
      if (fault !== null) return `${order.first} (order ${order.orderId}): ${fault}`;
      if (truth === undefined) continue;
      if (seen.has(number)) return `order ${number} belongs to two orders of clients`;
      seen.add(number);
    }
  }
  for (const number of known.keys()) if (!seen.has(number)) return `no client knows the venue's order ${number}`;
  return positionFault(clients, core);
}

function orderFault(order: ClientOrder, truth: VenueOrder | undefined): string | null {
  if (truth === undefined) {
    return order.status === "8" || order.status === ""
      ? null
      : `the client has it as ${order.status}, no venue knows it`;
  }
  const status = statusOf(truth);
  if (status !== order.status) return `the client has it as ${order.status}, the venue as ${status}`;
  if (truth.symbol !== order.symbol || truth.side !== order.side || truth.account !== order.account)
    return "other terms";
  if (truth.filled !== order.cumQty) return `CumQty ${order.cumQty} with the client, ${truth.filled} at the venue`;
  if (truth.quantity !== order.quantity) return `OrderQty ${order.quantity} and ${truth.quantity} at the venue`;
  const fills = truth.trades.map((fill) => `${fill.quantity}@${fill.price}`);
  if (fills.join() !== order.fills.join()) return `fills ${order.fills} with the client, ${fills} at the venue`;
  const busts = truth.trades.filter((fill) => fill.busted).length;
  return busts === order.busts.length ? null : `${order.busts.length} busts with the client, ${busts} at the venue`;
}

/** What accounts have executed is what their clients' orders have. */
function positionFault(clients: readonly Client[], { config, tables }: Core): string | null {
  const executed = new Map<string, bigint>();
  for (const client of clients) {
    for (const order of client.orders) {
      const key = `${order.account} ${order.side === "1" ? "bought" : "sold"}`;
      executed.set(key, (executed.get(key) ?? 0n) + BigInt(order.cumQty) * UNIT_E8);
    }
  }
  for (const [i, account] of config.accounts.entries()) {
    const bought = executed.get(`${account.name} bought`) ?? 0n;
    const sold = executed.get(`${account.name} sold`) ?? 0n;
    const row = tables.account.aim(i);
    const said = [row.executedQty(SIDE_BUY), row.executedQty(SIDE_SELL)];
    if (said[0] !== bought || said[1] !== sold)
      return `${account.name} has traded ${[bought, sold]}, the core says ${said}`;
  }
  return null;
}
