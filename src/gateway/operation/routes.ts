import { type RouteVerdict, routeOf, type VenueState } from "../../config/route.ts";
import { readQuestion } from "../../config/route-question.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import { VENUE_IDS, VENUE_TRADING_AT } from "../../core/assembly/layout.ts";
import { venueRoundOf } from "../../core/venue-round.ts";
import type { JournalNames } from "../../journal/store/names.ts";
import type { RouteProblem, RouteQuestion, Routes, RouteView } from "../../operation/routes.ts";
import { TRADING_CANCEL_ONLY, TRADING_OFF } from "../../record/control-codes.ts";
import type { CoreState } from "./core-state.ts";

/** Where orders would go by the configuration in force and the states that the core has of its venues. */
export class GatewayRoutes implements Routes {
  constructor(
    private readonly core: CoreState,
    private readonly config: () => GatewayConfig,
    private readonly names: Pick<JournalNames, "venues">,
  ) {}

  of(question: RouteQuestion): RouteView | RouteProblem {
    const config = this.config();
    const read = readQuestion(question, config);
    if (!("order" in read)) return read;
    const verdict: RouteVerdict = routeOf(config, read.order, (venue) => this.stateOf(venue));
    return { isRouted: verdict.venue !== null, ...verdict };
  }

  private stateOf(venue: string): VenueState {
    const { area } = this.core.reader;
    const id = this.names.venues[venue]!;
    const ids = area.word(VENUE_IDS);
    const trading = area.ints(VENUE_TRADING_AT, 1 + ids)[1 + id];
    // As the core asks: what an operator has set comes before whether it is logged on.
    if (trading === TRADING_OFF) return "off";
    if (trading === TRADING_CANCEL_ONLY) return "cancel-only";
    if (venueRoundOf(area, id) !== null) return "awaits statuses";
    return this.core.reader.isVenueUp(id) ? "up" : "down";
  }
}
