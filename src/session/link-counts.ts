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

  received(messages: number, wallUs: number): void {
    this.messagesIn += messages;
    this.lastInUs = wallUs;
  }

  sent(messages: number, wallUs: number): void {
    this.messagesOut += messages;
    this.lastOutUs = wallUs;
  }
}
