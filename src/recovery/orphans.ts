import { idText } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { Core } from "../core/core.ts";
import { CORE_COUNTERS } from "../core/counters.ts";
import { isOpen } from "../core/orders/life-cycle.ts";
import type { Order } from "../core/orders/order.ts";
import { Outbox } from "../core/outbox.ts";
import type { CoreConfig } from "../core/tables.ts";
import type { JournalNames, Renames } from "../journal/store/names.ts";
import { newestSnapshot } from "../journal/store/snapshot-file.ts";
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
  const nobody = (ids: number): Int32Array => new Int32Array(ids).fill(NONE);
  const outbox = new Outbox([], [], nobody(config.sessionIds), nobody(config.venueIds));
  const core = new Core(config, outbox, new Float64Array(CORE_COUNTERS));
  const snapshot = newestSnapshot(dir, names.birth, () => {});
  const path = snapshot?.path ?? null;
  snapshot?.close();
  recoverInto(core, dir, path, [], [], progress);
  const clientOf = byId(names.clients);
  const venueOf = byId(names.venues);
  const orphans: OrphanOrder[] = [];
  const { orders, order } = core.state;
  for (let slot = 0; slot < orders.fresh; slot++) {
    order.aim(slot);
    if (!isOpen(order.state)) continue;
    const client = clientOf.get(order.session) ?? "";
    const venue = venueOf.get(order.venue) ?? "";
    const clientIsGone = gone.clients.includes(client);
    const venueIsGone = gone.venues.includes(venue);
    if (!clientIsGone && !venueIsGone) continue;
    const text = `OrderID ${order.number}, ClOrdID ${clOrdIdOf(core, order)} of client ${client} at venue ${venue}: ${termsOf(core, order)}`;
    orphans.push({ slot, number: order.number, client, venue, clientIsGone, venueIsGone, text });
  }
  return orphans;
}

function byId(ids: Readonly<Record<string, number>>): Map<number, string> {
  return new Map(Object.entries(ids).map(([name, id]) => [id, name]));
}

const idRoom = Views.allocate(64);

function clOrdIdOf({ state }: Core, { currentId }: Order): string {
  const length = state.orders.ids.lengthOf(currentId);
  state.orders.ids.copy(currentId, idRoom.ints, 0, length);
  return idText(idRoom.bytes, 0, length);
}

function termsOf({ state }: Core, order: Order): string {
  state.symbolNames.copy(order.symbol, idRoom.doubles, 0);
  const symbol = idText(idRoom.bytes, 0, state.symbolNames.lengthOf(order.symbol));
  const side = String.fromCharCode(order.side) === "1" ? "buy" : "sell";
  return `${side} ${order.quantity} ${symbol}, ${order.cumQty} executed`;
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
