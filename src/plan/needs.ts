import type { GatewayConfig } from "../config/schema.ts";
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
  const used = new Set(
    [...Object.values(config.client.sessions), ...Object.values(config.venues)].map((one) => one.version),
  );
  const more = Math.min(spareSessions + spareVenues, VERSION_NAMES.length - used.size);
  return dictionariesOf(config) + more + spareVenues;
}

/** Count of the dictionaries of all sessions; a venue whose fields the configuration changes needs its own rules. */
function dictionariesOf(config: GatewayConfig): number {
  const keyOf = (session: { version: string; dictionary?: string; transportDictionary?: string }): string =>
    JSON.stringify([session.version, session.dictionary, session.transportDictionary]);
  const sessions = [...Object.values(config.client.sessions), ...Object.values(config.venues)];
  const changed = Object.values(config.venues).filter(({ fields }) =>
    [fields, fields.D, fields.F, fields.G].some(
      ({ drop, rename, set }) => drop.length + Object.keys(rename).length + Object.keys(set).length > 0,
    ),
  );
  return new Set(sessions.map(keyOf)).size + changed.length;
}

/** Most bytes that the configuration of any venue adds to a message. */
export function fixedBytes({ venues }: GatewayConfig): number {
  const bytesOf = (set: Readonly<Record<string, string>>): number =>
    Object.entries(set).reduce((sum, [tag, value]) => sum + tag.length + value.length + 2, 0);
  const all = Object.values(venues).map(({ fields: { set, D, F, G } }) =>
    [set, D.set, F.set, G.set].reduce((sum, one) => sum + bytesOf(one), 0),
  );
  return Math.max(...all);
}
