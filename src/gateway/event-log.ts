import { DISCONNECT_REASONS, DisconnectReason, describeDisconnect } from "../base/disconnect-reason.ts";
import type { Log } from "../base/log.ts";
import type { Views } from "../base/views.ts";
import { SessionStatus } from "../host/systemd/session-status.ts";
import type { JournalNames } from "../journal/store/names.ts";
import type { RefusedView } from "../operation/tls.ts";
import type { Plan } from "../plan/plan.ts";
import { ManyToMany } from "../ring/many-to-many.ts";
import { peerText, refusalText } from "../telemetry/disconnect-record.ts";
import { EventReader, type GatewayEvent } from "../telemetry/event-reader.ts";
import { EVENT_BYTES, EVENT_CONNECTION_REFUSED } from "../telemetry/events.ts";
import type { RefusedPeer } from "../tls/words.ts";
import { describeEvent } from "./event-text.ts";
import type { Rosters } from "./roster.ts";

/** Shortest time between two lines about refused connections of the API. */
const REFUSED_EVERY_MS = 1_000;

/** Logs the lanes' events, and counts the sessions that are logged on. */
export class EventLog {
  readonly sessions: SessionStatus;
  /** Called with each event, once it is logged. */
  follow: (event: GatewayEvent) => void = () => {};
  private readonly reader: EventReader;
  /** By reason: connections refused before they had a session. */
  private readonly refusals = new Float64Array(DISCONNECT_REASONS);
  /** Of the API: when the last line was, how many had none since, and the last one of these. */
  private refusedMs = Number.NEGATIVE_INFINITY;
  private unlogged = 0;
  private lastRefused: RefusedPeer | null = null;

  constructor(
    views: Views,
    plan: Plan,
    private readonly names: JournalNames,
    { clients, venues }: Rosters,
    private readonly log: Log,
  ) {
    this.sessions = new SessionStatus(
      () => clients.active.length,
      () => venues.active.length,
    );
    this.reader = new EventReader(new ManyToMany(views, plan.eventsAt, plan.eventSlots, EVENT_BYTES));
  }

  /** Logs every event that is in the ring, and refused connections that had to wait for their line. */
  drain(): void {
    const { clients, venues } = this.names;
    this.reader.drain((event) => {
      const { who, level, what } = describeEvent(event, clients, venues);
      this.sessions.take(event, who);
      this.log.of(who).line({ level, what });
      if (event.kind === EVENT_CONNECTION_REFUSED) this.countRefused(event);
      this.follow(event);
    });
    this.logRefused();
  }

  /** Connections refused since the start, by reason. */
  readonly refused = (): RefusedView[] =>
    Array.from(this.refusals, (count, reason) => ({
      reason: describeDisconnect(reason),
      count,
      isOfTls: DisconnectReason.isOfTls(reason),
    })).filter(({ count }) => count > 0);

  /** A connection of the API was refused: one line a second, with the last one and the count of the others. */
  readonly refuseOfApi = (peer: RefusedPeer): void => {
    this.refusals[peer.reason]!++;
    this.unlogged++;
    this.lastRefused = peer;
    this.logRefused();
  };

  private logRefused(): void {
    const nowMs = performance.now();
    if (this.lastRefused === null || nowMs - this.refusedMs < REFUSED_EVERY_MS) return;
    const { reason, text, peer } = this.lastRefused;
    const more = this.unlogged === 1 ? "" : `; ${(this.unlogged - 1).toLocaleString("en")} more since the last line`;
    this.refusedMs = nowMs;
    this.unlogged = 0;
    this.lastRefused = null;
    const from = peerText(new Uint8Array(peer.buffer, peer.byteOffset, 16), peer[4]!);
    const record = { nextOut: 1, nextIn: 1, reason, pendingBytes: 0, peer: from, text };
    this.log.of("operator").warning(`connection refused: ${refusalText(reason, record)}${more}`);
  }

  private countRefused({ a, refused }: GatewayEvent): void {
    if (refused === undefined) this.refusals[a]!++;
    else for (const [reason, count] of refused.entries()) this.refusals[reason]! += count;
  }
}
