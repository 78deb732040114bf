import { errnoName } from "../../../ffi/errno.ts";
import { DisconnectReason, describeDisconnect } from "../../base/disconnect-reason.ts";
import type { GatewayEvent } from "../../telemetry/event-reader.ts";
import {
  EVENT_JOURNAL_LOW,
  EVENT_JOURNAL_OK,
  EVENT_LOGONS_ANSWERED,
  EVENT_LOGONS_HELD,
  EVENT_SESSION_DISCONNECT,
  EVENT_SESSION_LOGON,
  EVENT_SESSION_REJECT,
  EVENT_VENUE_DOWN,
  EVENT_VENUE_REJECT,
  EVENT_VENUE_UNREACHABLE,
  EVENT_VENUE_UP,
} from "../../telemetry/events.ts";

/** Sessions whose peers' words are shown. */
const MOST_WORDS = 4;

/** Sessions and venues that are logged on, counted from the lanes' events, and what peers last said in a Logout or a Reject. */
export class SessionStatus {
  /** By session: what its peer said since its last logon. */
  private readonly words = new Map<string, string>();
  private readonly clients = new Set<number>();
  private readonly venues = new Set<number>();
  private diskFull = false;
  private logonsHeld = false;
  private unsure = false;

  constructor(
    /** How many there are: a reload adds some and retires some. */
    private readonly clientCount: () => number,
    private readonly venueCount: () => number,
  ) {}

  /** `who` names the event's session. */
  take({ kind, session, a, droppedBefore, text, sinceUs, disconnectRecord }: GatewayEvent, who: string): void {
    if (kind === EVENT_SESSION_LOGON || kind === EVENT_VENUE_UP) this.words.delete(who);
    if (kind === EVENT_SESSION_REJECT || kind === EVENT_VENUE_REJECT) this.remember(who, text);
    if ((kind === EVENT_SESSION_DISCONNECT || kind === EVENT_VENUE_DOWN) && (disconnectRecord?.text ?? "") !== "")
      this.remember(
        who,
        `${a === DisconnectReason.TLS_RECORD ? describeDisconnect(a) : "logged out"}: ${disconnectRecord?.text}`,
      );
    // It was not up: its connection ended before it had answered our Logon as it should.
    if (kind === EVENT_VENUE_DOWN && !this.venues.has(session) && (disconnectRecord?.text ?? "") === "")
      this.remember(who, `is not logged on: ${describeDisconnect(a)}`);
    if (kind === EVENT_VENUE_UNREACHABLE)
      this.remember(
        who,
        `can't be reached at ${text} since ${new Date(sinceUs / 1000).toISOString()}${a === 0 ? "" : `: ${errnoName(a)}`}`,
      );
    if (droppedBefore > 0) this.unsure = true;
    if (kind === EVENT_SESSION_LOGON) this.clients.add(session);
    else if (kind === EVENT_SESSION_DISCONNECT) this.clients.delete(session);
    else if (kind === EVENT_VENUE_UP) this.venues.add(session);
    else if (kind === EVENT_VENUE_DOWN) this.venues.delete(session);
    else if (kind === EVENT_JOURNAL_LOW) this.diskFull = true;
    else if (kind === EVENT_JOURNAL_OK) this.diskFull = false;
    else if (kind === EVENT_LOGONS_HELD) this.logonsHeld = true;
    else if (kind === EVENT_LOGONS_ANSWERED) this.logonsHeld = false;
  }

  /** Whether a venue is logged on, by its id. */
  isUp(venue: number): boolean {
    return this.venues.has(venue);
  }

  private remember(who: string, words: string): void {
    this.words.delete(who);
    this.words.set(who, words);
    if (this.words.size > MOST_WORDS) this.words.delete(this.words.keys().next().value!);
  }

  text(): string {
    // Events were lost in a burst, so the counts may be wrong.
    const about = this.unsure ? "about " : "";
    const said = [...this.words].map(([who, words]) => `; ${who} ${words}`);
    const held = this.logonsHeld ? "; Logons wait for the venues" : "";
    const disk = this.diskFull ? "; no file can be made for the journal: no new orders" : "";
    return `${about}${this.clients.size} of ${this.clientCount()} client sessions on, ${this.venues.size} of ${this.venueCount()} venues up${held}${disk}${said.join("")}`;
  }
}
