import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import { walkRows } from "../base/walk-rows.ts";
import type { Commands } from "../control/commands.ts";
import { OPEN_ORDERS } from "../core/order-scan.ts";
import { isOpen } from "../core/orders/order.ts";
import type { StateReader } from "../core/state-reader.ts";
import { venueRoundOf } from "../core/venue-round.ts";
import type { VenueStatusesView } from "../operation/venues.ts";
import { CONTROL_VENUE_READY, CONTROL_VENUE_STATUS } from "../record/control-codes.ts";
import type { GatewayEvent } from "../telemetry/event-reader.ts";
import { EVENT_VENUE_UP } from "../telemetry/events.ts";
import { mostAsks } from "../venue/throttle.ts";
import type { VenueViews } from "./operation/venue-views.ts";
import type { VenueMember } from "./roster.ts";
import { hasRoom } from "./session-cancel.ts";
import type { Part } from "./supervisor.ts";

const LOOK_EVERY_MS = 500;
/** The same while a venue is asked. */
const SOON_MS = 20;
/** Commands under way at a time, and OrderStatusRequests of a venue: its row says of that number whether they were sent. */
const AT_ONCE = 16;
const MOST_ASKS = 31;

/** One open order of a venue that has logged on. */
interface Asked {
  readonly slot: number;
  readonly number: number;
  /** Which OrderStatusRequest to the venue is under way about it; 0: none. */
  ask: number;
  /** When it was asked about, and how its order had changed last then, microseconds since 1970. */
  changedUs: number;
}

/** One venue that has logged on, and takes no new orders before its open orders' statuses are known. */
interface Round {
  readonly venue: VenueMember;
  /** As the core has it: another one is of a later Logon. */
  readonly round: number;
  readonly beganMs: number;
  readonly total: number;
  /** Not answered yet, by number. */
  readonly left: Map<number, Asked>;
  /** OrderStatusRequests given to the venue's agent, counted as its row counts those that it has taken. */
  given: number;
  nextAskMs: number;
}

export interface VenueStatusesParts {
  readonly venues: { readonly active: readonly VenueMember[] };
  readonly views: Pick<VenueViews, "asks"> & { statuses: (name: string) => VenueStatusesView | null };
  /** Reads the core's state; null while the core replays its journal. */
  readonly state: () => Pick<StateReader, "area" | "order" | "orderScan"> | null;
  readonly events: { follow: (event: GatewayEvent) => void };
  readonly commands: Pick<Commands, "send" | "free">;
  readonly tasks: PeriodicTasks;
  readonly log: Log;
}

/**
 * Asks a venue that has logged on for the status of each open order that it has, before it gets new orders (`statusAtLogon`): what it did
 * meanwhile may be lost where its sequence numbers begin again.
 */
export class VenueStatuses implements Part {
  readonly name = "statuses of orders at a venue's logon";
  private readonly rounds = new Map<VenueMember, Round>();
  private isLooking = false;
  private isStopped = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private end: () => void = () => {};

  constructor(private readonly parts: VenueStatusesParts) {
    parts.views.statuses = (name) => this.view(name);
    const { follow } = parts.events;
    parts.events.follow = (event) => {
      follow(event);
      if (event.kind === EVENT_VENUE_UP) void this.look();
    };
  }

  start(): void {
    this.end = this.parts.tasks.every(LOOK_EVERY_MS, () => void this.look());
  }

  stop(): void {
    this.end();
    clearTimeout(this.timer);
    this.isStopped = true;
  }

  private view(name: string): VenueStatusesView | null {
    const state = this.parts.state();
    const venue = this.parts.venues.active.find((one) => one.name === name);
    const round = state === null || venue === undefined ? null : venueRoundOf(state.area, venue.id);
    if (round === null) return null;
    const begun = this.rounds.get(venue!);
    return begun?.round === round ? { asked: begun.total, left: begun.left.size } : { asked: 0, left: 0 };
  }

  private async look(): Promise<void> {
    const state = this.parts.state();
    if (state === null || this.isLooking || this.isStopped) return;
    this.isLooking = true;
    try {
      for (const venue of this.parts.venues.active) {
        const round = venueRoundOf(state.area, venue.id);
        const before = this.rounds.get(venue);
        if (round === null) this.rounds.delete(venue);
        else if (before?.round !== round) this.rounds.set(venue, await this.begin(state, venue, round));
      }
      for (const round of this.rounds.values()) await this.act(state, round);
    } catch (error) {
      // It is tried again with the next look.
      this.parts.log.warning(`the statuses of open orders could not be asked for: ${(error as Error).message}`);
    } finally {
      this.isLooking = false;
    }
    clearTimeout(this.timer);
    if (this.rounds.size > 0 && !this.isStopped) this.timer = setTimeout(() => void this.look(), SOON_MS);
  }

  private async begin(state: Pick<StateReader, "orderScan">, venue: VenueMember, round: number): Promise<Round> {
    const left = new Map<number, Asked>();
    const scan = state.orderScan();
    const take = (slot: number, number: number): void => {
      left.set(number, { slot, number, ask: 0, changedUs: 0 });
    };
    await walkRows(scan.slots, (from, to) => scan.each(from, to, { ...OPEN_ORDERS, venue: venue.id }, take));
    const given = this.parts.views.asks(venue).taken;
    return { venue, round, beganMs: performance.now(), total: left.size, left, given, nextAskMs: 0 };
  }

  private async act(state: Pick<StateReader, "order">, round: Round): Promise<void> {
    const { venue, left, total, beganMs } = round;
    const nowMs = performance.now();
    this.settle(state, round);
    const isLate = nowMs - beganMs >= 1_000 * venue.settings.statusAtLogonWithinS;
    if (left.size > 0 && !isLate) {
      await this.ask(state, round, nowMs);
      return;
    }
    const log = this.parts.log.of(`venue ${venue.name}`);
    if (left.size > 0) {
      const [first] = left.keys();
      log.alarm(
        `has not said the status of ${left.size} of ${total} open orders within ${venue.settings.statusAtLogonWithinS} s of its logon, such as order ${first}: it gets new orders all the same`,
      );
    } else if (total > 0)
      log.info(`has said the status of ${total} open order${total === 1 ? "" : "s"}: it gets new orders`);
    const { applied, reason } = await this.parts.commands.send({
      kind: CONTROL_VENUE_READY,
      value: round.round,
      amount: venue.id,
    });
    if (!applied) log.warning(`gets no new orders yet: ${reason}`);
  }

  /** Forgets what is answered or done; one that the venue's throttle did not let through is asked about again. */
  private settle(state: Pick<StateReader, "order">, { venue, left }: Round): void {
    const { taken, unsent } = this.parts.views.asks(venue);
    for (const one of left.values()) {
      const order = state.order(one.slot);
      const isOver = order === null || order.row.number !== one.number || !isOpen(order.row.state);
      if (isOver || (one.ask > 0 && order.changedUs > one.changedUs)) left.delete(one.number);
      else if (one.ask > 0) {
        const behind = taken - one.ask;
        if (behind >= 0 && behind < 32 && ((unsent >>> behind) & 1) === 1) one.ask = 0;
      }
    }
  }

  private async ask(state: Pick<StateReader, "order">, round: Round, nowMs: number): Promise<void> {
    const { venue, left } = round;
    const { throttle } = venue.settings;
    const { taken } = this.parts.views.asks(venue);
    if (throttle.messages > 0 && nowMs < round.nextAskMs) return;
    const most = throttle.messages === 0 ? MOST_ASKS : Math.min(MOST_ASKS, mostAsks(throttle));
    const room = Math.max(0, most - (round.given - taken));
    round.nextAskMs = nowMs + throttle.windowMs;
    const due = [...left.values()].filter(({ ask }) => ask === 0).slice(0, room);
    for (let i = 0; i < due.length && hasRoom(this.parts.commands); i += AT_ONCE)
      await Promise.all(
        due.slice(i, i + AT_ONCE).map(async (one) => {
          const order = state.order(one.slot);
          if (order === null) return;
          const changedUs = order.changedUs;
          const outcome = await this.parts.commands.send({
            kind: CONTROL_VENUE_STATUS,
            value: one.slot,
            amount: one.number,
          });
          if (!outcome.applied || !outcome.changed) return;
          one.changedUs = changedUs;
          one.ask = ++round.given;
        }),
      );
  }
}
