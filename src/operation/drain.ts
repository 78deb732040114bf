import type { Asked, Outcome } from "./outcome.ts";

/** How a gateway is to end. */
export interface DrainRequest {
  /** From then on it ends, whatever is open. */
  readonly deadlineS: number;
  /** At the deadline, open orders are canceled at their venues; else they stay open there. */
  readonly cancel: boolean;
}

/**
 * `waiting`: new orders are refused, open ones may end. `canceling`: venues have been asked to cancel what is open. `stopping`: sessions are
 * logged out.
 */
export type DrainState = "waiting" | "canceling" | "stopping";

export interface DrainView {
  readonly state: DrainState;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly deadline: string;
  readonly cancel: boolean;
  readonly openOrders: number;
  /** Open when it began. */
  readonly openAtBegin: number;
  /** Cancels that venues were asked for. */
  readonly cancelsSent: number;
}

/** Ends the gateway without leaving orders behind: refuses new ones, lets open ones end, logs out, stops. */
export interface Drain {
  /** Null: it is not draining. */
  view(): DrainView | null;
  /** Engages the kill switch; it stays engaged over the stop. */
  begin(request: DrainRequest, asked: Asked): Promise<Outcome>;
  /** Releases the kill switch, if the drain has engaged it. */
  callOff(asked: Asked): Promise<Outcome>;
}
