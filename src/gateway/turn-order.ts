import type { Agent, Polled } from "../lane/agent.ts";
import { VenueAgent } from "../venue/agent.ts";

/**
 * What one turn of a lane goes through. The core is polled after each of its neighbours, and the venues' sending once more
 * behind it, so that an order and a report each cross the lane within one turn, whatever else stands in it.
 */
export function turnOrder(agents: ReadonlyMap<string, Agent>): Polled[] {
  const named = (kind: string): Agent[] =>
    [...agents].filter(([name]) => name.startsWith(kind)).map(([, agent]) => agent);
  const core = named("core");
  const venues = named("venue");
  const sending =
    core.length === 0 ? [] : venues.flatMap((venue) => (venue instanceof VenueAgent ? [venue.sending] : []));
  return [...venues, ...core, ...named("client"), ...core, ...sending, ...named("exchange"), ...named("keeper")];
}
