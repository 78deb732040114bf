import { decimalText } from "../base/decimal.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { CoreConfig } from "../core/config.ts";
import { Core } from "../core/core.ts";
import type { CoreTables } from "../core/core-tables.ts";
import { isOpen, type Order } from "../core/orders/order.ts";
import type { JournalNames, Renames } from "../journal/store/names.ts";
import { newestSnapshot } from "../journal/store/snapshot-file.ts";
import { SIDE_BUY } from "../record/codes.ts";
import { recoverInto } from "./recovery.ts";

/** An open order of a client session or of a venue that the configuration no longer has. */
export interface OrphanOrder {
  readonly slot: number;
  /** Its OrderID (37) towards the client. */
  readonly number: number;
  readonly client: string;
  readonly venue: string;
  readonly clientIsGone: boolean;
  readonly venueIsGone: boolean;
  /** The order in words, for the log. */
  readonly text: string;
}

/** Client sessions and venues of a data directory that a configuration does not have. */
export function goneNames(
  names: JournalNames,
  clients: readonly string[],
  venues: readonly string[],
): { clients: string[]; venues: string[] } {
  return {
    clients: Object.keys(names.clients).filter((name) => !clients.includes(name)),
    venues: Object.keys(names.venues).filter((name) => !venues.includes(name)),
  };
}

/** Replays the journal into a separate core, and lists the open orders of these clients and venues. Throws Damaged. */
export function orphanOrders(
  dir: string,
  names: JournalNames,
  config: CoreConfig,
  gone: { readonly clients: readonly string[]; readonly venues: readonly string[] },
  progress?: () => void,
): OrphanOrder[] {
  const core = Core.alone(config);
  const snapshot = newestSnapshot(dir, names.birth, () => {});
  const path = snapshot?.path ?? null;
  snapshot?.close();
  recoverInto(core, dir, path, [], [], progress);
  const clientOf = byId(names.clients);
  const venueOf = byId(names.venues);
  const orphans: OrphanOrder[] = [];
  const { tables } = core;
  for (let slot = 0; slot < tables.fresh; slot++) {
    const order = tables.order.aim(slot);
    if (!isOpen(order.state)) continue;
    const client = clientOf.get(order.session) ?? "";
    const venue = venueOf.get(order.venue) ?? "";
    const clientIsGone = gone.clients.includes(client);
    const venueIsGone = gone.venues.includes(venue);
    if (!clientIsGone && !venueIsGone) continue;
    const text = `OrderID ${order.number}, ClOrdID ${tables.clOrdId(order.currentId)} of client ${client} at venue ${venue}: ${termsOf(tables, order)}`;
    orphans.push({ slot, number: order.number, client, venue, clientIsGone, venueIsGone, text });
  }
  return orphans;
}

function byId(ids: Readonly<Record<string, number>>): Map<number, string> {
  return new Map(Object.entries(ids).map(([name, id]) => [id, name]));
}

function termsOf(tables: CoreTables, order: Order): string {
  const side = order.side === SIDE_BUY ? "buy" : "sell";
  return `${side} ${decimalText(order.quantity)} ${tables.symbolName(order.symbol)}, ${decimalText(order.cumQty)} executed`;
}

/** New names by what the tables say. */
export function renamesOf(config: GatewayConfig): Renames {
  const of = (tables: Readonly<Record<string, { readonly renamedFrom?: string }>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(tables).flatMap(([name, { renamedFrom }]) =>
        renamedFrom === undefined ? [] : [[name, renamedFrom]],
      ),
    );
  return { clients: of(config.client.sessions), venues: of(config.venues) };
}
