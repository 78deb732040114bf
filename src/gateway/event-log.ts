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
import { describeEvent, othersText } from "./event-text.ts";
import type { Rosters } from "./roster.ts";

/** Shortest time between two lines about connections of the API that were refused for one reason. */
const REFUSED_EVERY_MS = 1_000;

/** Logs the lanes' events, and counts the sessions that are logged on. */
export class EventLog {
  readonly sessions: SessionStatus;
  /** Called with each event, once it is logged. */
  follow: (event: GatewayEvent) => void = () => {};
  private readonly reader: EventReader;
  /** By reason: connections refused before they had a session. */
  private readonly refusals = new Float64Array(DISCONNECT_REASONS);
  /** Of the API, by reason: when the last line was, how many had none since, and the last one of these. */
  private readonly ofApi = new Map<number, { saidMs: number; unlogged: number; peer: RefusedPeer }>();

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

  /** A connection of the API was refused: for each reason one line a second, with the last one and the count of the others. */
  readonly refuseOfApi = (peer: RefusedPeer): void => {
    const { saidMs, unlogged } = this.ofApi.get(peer.reason) ?? { saidMs: Number.NEGATIVE_INFINITY, unlogged: 0 };
    this.refusals[peer.reason]!++;
    this.ofApi.set(peer.reason, { saidMs, unlogged: unlogged + 1, peer });
    this.logRefused();
  };

  private logRefused(): void {
    const nowMs = performance.now();
    for (const refused of this.ofApi.values()) {
      if (refused.unlogged === 0 || nowMs - refused.saidMs < REFUSED_EVERY_MS) continue;
      const { reason, text, peer } = refused.peer;
      const from = peerText(new Uint8Array(peer.buffer, peer.byteOffset, 16), peer[4]!);
      const record = { nextOut: 1, nextIn: 1, reason, pendingBytes: 0, peer: from, text };
      const line = `connection refused: ${refusalText(reason, record)}${othersText(refused.unlogged - 1)}`;
      this.log.of("operator").warning(line);
      refused.saidMs = nowMs;
      refused.unlogged = 0;
    }
  }

  private countRefused({ a, b }: GatewayEvent): void {
    this.refusals[a]! += 1 + b;
  }
}
