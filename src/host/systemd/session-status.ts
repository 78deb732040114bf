import type { GatewayEvent } from "../../telemetry/event-reader.ts";
import {
  EVENT_JOURNAL_LOW,
  EVENT_JOURNAL_OK,
  EVENT_SESSION_DISCONNECT,
  EVENT_SESSION_LOGON,
  EVENT_VENUE_DOWN,
  EVENT_VENUE_UP,
} from "../../telemetry/events.ts";

/** Sessions and venues that are logged on, counted from the lanes' events. */
export class SessionStatus {
  private readonly clients = new Set<number>();
  private readonly venues = new Set<number>();
  private diskFull = false;
  private unsure = false;

  constructor(
    private readonly clientCount: number,
    private readonly venueCount: number,
  ) {}

  take({ kind, session, droppedBefore }: GatewayEvent): void {
    if (droppedBefore > 0) this.unsure = true;
    if (kind === EVENT_SESSION_LOGON) this.clients.add(session);
    else if (kind === EVENT_SESSION_DISCONNECT) this.clients.delete(session);
    else if (kind === EVENT_VENUE_UP) this.venues.add(session);
    else if (kind === EVENT_VENUE_DOWN) this.venues.delete(session);
    else if (kind === EVENT_JOURNAL_LOW) this.diskFull = true;
    else if (kind === EVENT_JOURNAL_OK) this.diskFull = false;
  }

  text(): string {
    // Events were lost in a burst, so the counts may be wrong.
    const about = this.unsure ? "about " : "";
    const disk = this.diskFull ? "; the journal's disk is full: no new orders" : "";
    return `${about}${this.clients.size} of ${this.clientCount} client sessions on, ${this.venues.size} of ${this.venueCount} venues up${disk}`;
  }
}
