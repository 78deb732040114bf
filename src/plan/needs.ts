import type { GatewayConfig } from "../config/schema.ts";
import { mappedTags, symbolBytes } from "../config/venue-symbols.ts";
import { VERSION_NAMES } from "../fix/wire/version.ts";

/** How many ids of client sessions and venues there may be, also of those that are no longer configured. */
export interface IdCounts {
  readonly clients: number;
  readonly venues: number;
}

/** How many client sessions and venues a configuration has, and how many of each a reload may add. */
export interface Places {
  readonly sessions: number;
  readonly venues: number;
  readonly spareSessions: number;
  readonly spareVenues: number;
}

/** Names that have an id among those of the client sessions. */
export function clientNames({ client, dropCopy }: Pick<GatewayConfig, "client" | "dropCopy">): string[] {
  return [...Object.keys(client.sessions), ...Object.keys(dropCopy?.sessions ?? {})];
}

export function placesOf({ client, venues, core }: GatewayConfig): Places {
  return {
    sessions: Object.keys(client.sessions).length,
    venues: Object.keys(venues).length,
    spareSessions: client.spareSessions,
    spareVenues: core.spareVenues,
  };
}

/** Ids that a gateway may give while it runs come behind those that the journal has given. */
export function withSpareIds(given: IdCounts, { spareSessions, spareVenues }: Places): IdCounts {
  return { clients: given.clients + spareSessions, venues: given.venues + spareVenues };
}

/**
 * Dictionaries of a lane's codec: those of the configured sessions, and what sessions need that a reload adds: any version
 * that is built in, and one dictionary for each venue.
 */
export function dictionaryRoom(config: GatewayConfig): number {
  const { spareSessions, spareVenues } = placesOf(config);
  const used = new Set(sessionsOf(config).map((one) => one.version));
  const more = Math.min(spareSessions + spareVenues, VERSION_NAMES.length - used.size);
  return dictionariesOf(config) + more + spareVenues;
}

/** Count of the dictionaries of all sessions; a venue whose fields the configuration changes needs its own rules. */
function dictionariesOf(config: GatewayConfig): number {
  const keyOf = (session: AnySession): string =>
    JSON.stringify([session.version, session.dictionary, session.transportDictionary]);
  const changed = Object.values(config.venues).filter(
    (venue) =>
      mappedTags(venue).length > 0 ||
      [venue.fields, venue.fields.D, venue.fields.F, venue.fields.G].some(
        ({ drop, rename, set }) => drop.length + Object.keys(rename).length + Object.keys(set).length > 0,
      ),
  );
  return new Set(sessionsOf(config).map(keyOf)).size + changed.length;
}

type AnySession = { readonly version: string; readonly dictionary?: string; readonly transportDictionary?: string };

function sessionsOf({ client, venues, dropCopy }: GatewayConfig): AnySession[] {
  return [...Object.values(client.sessions), ...Object.values(venues), ...Object.values(dropCopy?.sessions ?? {})];
}

/** Most bytes that the configuration of any venue adds to a message. */
export function fixedBytes({ venues }: GatewayConfig): number {
  const bytesOf = (set: Readonly<Record<string, string>>): number =>
    Object.entries(set).reduce((sum, [tag, value]) => sum + tag.length + value.length + 2, 0);
  const all = Object.values(venues).map(
    ({ fields: { set, D, F, G }, symbols }) =>
      [set, D.set, F.set, G.set].reduce((sum, one) => sum + bytesOf(one), 0) + symbolBytes(symbols),
  );
  return Math.max(...all);
}
