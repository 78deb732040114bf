/** Asks where an order would go. What is absent: the session's only account, a limit order to buy 1, no field of that tag. */
export interface RouteQuestion {
  readonly session: string;
  readonly account?: string | undefined;
  readonly symbol: string;
  readonly side?: string | undefined;
  readonly type?: string | undefined;
  readonly quantity?: string | undefined;
  readonly securityType?: string | undefined;
  readonly exDestination?: string | undefined;
}

/** A venue of the rule, or the symbol's, in the order in which they are asked. */
export interface RouteVenueView {
  readonly venue: string;
  readonly state: "up" | "down" | "cancel-only" | "off" | "awaits statuses";
}

export interface RouteRuleView {
  readonly rule: string;
  /** Its place in routing.rules, from 0. */
  readonly place: number;
  readonly isMet: boolean;
  readonly why: string;
}

/** Where an order would go. */
export interface RouteView {
  readonly isRouted: boolean;
  /** Null: the order would be refused. */
  readonly venue: string | null;
  /** The venues that take orders in turn, `venue` first; empty: it is that venue alone. */
  readonly turns: readonly string[];
  readonly refusal: string | null;
  /** The rule that decides; null: the symbol's venue does. */
  readonly rule: string | null;
  readonly why: string;
  readonly venues: readonly RouteVenueView[];
  readonly rules: readonly RouteRuleView[];
}

/** A question that names what there is not. */
export interface RouteProblem {
  readonly where: string;
  readonly what: string;
}

/** Says where orders go, by the rules in force and the venues' states. Sends nothing. */
export interface Routes {
  of(question: RouteQuestion): RouteView | RouteProblem;
}
