/** Counts of one link since the start, for its row (telemetry/session-rows.ts). Written where messages pass, never per byte. */
export class LinkCounts {
  messagesIn = 0;
  messagesOut = 0;
  /** Orders taken from a client, or reports from a venue; and what was sent the other way. */
  recordsIn = 0;
  recordsOut = 0;
  /** Of the reports sent to a client: rejected orders and OrderCancelRejects. */
  refused = 0;
  rejectsReceived = 0;
  /** New orders and replaces to a venue that wait for its throttle, at most `queueLength`, and cancels that do. */
  queued = 0;
  queueLength = 0;
  cancelsWaiting = 0;
  /** Requests that its throttle has refused: at once, and because they were too old. */
  notAdmitted = 0;
  expired = 0;
  /** OrderStatusRequests to a venue, sent or not; and which of the last 32 were not, the newest in bit 0. */
  asks = 0;
  asksUnsent = 0;
  /** DontKnowTrade messages of a client. */
  dontKnows = 0;
  /** Messages of a client that were refused because too many came, and how often it was logged out for them. */
  throttled = 0;
  floods = 0;
  /** Wall clock, microseconds since 1970; 0: never. */
  lastInUs = 0;
  lastOutUs = 0;
  logonUs = 0;
  disconnectUs = 0;

  asked(isSent: boolean): void {
    this.asks++;
    this.asksUnsent = (this.asksUnsent << 1) | (isSent ? 0 : 1);
  }

  received(messages: number, wallUs: number): void {
    this.messagesIn += messages;
    this.lastInUs = wallUs;
  }

  sent(messages: number, wallUs: number): void {
    this.messagesOut += messages;
    this.lastOutUs = wallUs;
  }
}
