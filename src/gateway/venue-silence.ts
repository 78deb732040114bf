import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import { US_PER_S } from "../base/units.ts";
import { walkRows } from "../base/walk-rows.ts";
import type { Commands } from "../control/commands.ts";
import { NOT_PENDING, PENDING_CANCEL } from "../core/orders/states.ts";
import type { OrderState, StateReader } from "../core/state-reader.ts";
import type { JournalNames } from "../journal/store/names.ts";
import type { VenueView } from "../operation/venues.ts";
import {
  CONTROL_VENUE_SILENCE,
  SILENCE_ANSWER,
  SILENCE_ASK,
  SILENCE_NUMBER_AT,
  SILENCE_TEXT_BYTES,
} from "../record/control-codes.ts";
import { isUnanswered } from "./operation/venue-views.ts";
import type { VenueMember } from "./roster.ts";
import { hasRoom } from "./session-cancel.ts";
import type { Part } from "./supervisor.ts";

const LOOK_EVERY_MS = 1_000;
/** Orders that are asked about at a time; others have their turn when one of them is answered. */
const MOST_WAITS = 1_000;
/** Commands under way at a time. */
const AT_ONCE = 8;

/** An order with a request that its venue has not answered for too long. */
interface Wait {
  readonly venue: VenueMember;
  readonly slot: number;
  readonly number: number;
  /** Number of the request. */
  readonly request: number;
  asked: number;
  /** When it was found, or asked about last. */
  lastMs: number;
  /** The client was told: nothing more is done. */
  isOver: boolean;
}

/** What it needs of the gateway. */
export interface VenueSilenceParts {
  readonly venues: { readonly active: readonly VenueMember[] };
  readonly views: { get(name: string): Pick<VenueView, "state" | "throttle" | "unacknowledgedS"> | null };
  /** Reads the core's state; null while the core replays its journal. */
  readonly state: () => Pick<StateReader, "order" | "orderScan"> | null;
  readonly names: Pick<JournalNames, "clients">;
  readonly commands: Pick<Commands, "send" | "free">;
  readonly tasks: PeriodicTasks;
  readonly log: Log;
}

/**
 * Has the core ask a venue for orders with a request that it does not answer, and answer the client at last. Counts begin anew with each
 * connection of the venue and each start: a venue that was not connected could not answer.
 */
export class VenueSilence implements Part {
  readonly name = "silent venues";
  private readonly waits = new Map<number, Wait>();
  private isLooking = false;
  private end: () => void = () => {};

  constructor(private readonly parts: VenueSilenceParts) {}

  start(): void {
    this.end = this.parts.tasks.every(LOOK_EVERY_MS, () => void this.look());
  }

  stop(): void {
    this.end();
  }

  private async look(): Promise<void> {
    const state = this.parts.state();
    if (state === null || this.isLooking) return;
    this.isLooking = true;
    try {
      this.leaveOut(state);
      await this.find(state);
      await this.act(state, performance.now());
    } catch (error) {
      // It is tried again with the next look.
      this.parts.log.warning(`what venues have not answered could not be looked at: ${(error as Error).message}`);
    } finally {
      this.isLooking = false;
    }
  }

  /** Forgets what is answered, done, or at a venue that is not connected. */
  private leaveOut(state: Pick<StateReader, "order">): void {
    for (const [number, wait] of this.waits)
      if (!this.isAsked(wait.venue) || this.orderOf(state, wait) === null) this.waits.delete(number);
  }

  /** The order while it waits for the same answer, else null. */
  private orderOf(state: Pick<StateReader, "order">, { slot, number, request, venue }: Wait): OrderState | null {
    const order = state.order(slot);
    if (order === null || order.row.number !== number || order.row.lastNumber !== request) return null;
    return isUnanswered(order, venue.id) ? order : null;
  }

  /** True for a venue that is connected, and is asked or spoken for at all. */
  private isAsked({ name, settings }: VenueMember): boolean {
    const { answerWithinS, statusRequests, answerClientS } = settings;
    if (answerWithinS === 0 || statusRequests + answerClientS === 0) return false;
    return this.parts.views.get(name)?.state === "logged on";
  }

  /** The same while nothing waits for its throttle: that is not sent yet. */
  private canAnswer(venue: VenueMember): boolean {
    if (!this.isAsked(venue)) return false;
    const { queued, cancelsWaiting } = this.parts.views.get(venue.name)!.throttle;
    return queued + cancelsWaiting === 0;
  }

  /** Takes up what has become silent. */
  private async find(state: Pick<StateReader, "order" | "orderScan">): Promise<void> {
    for (const venue of this.parts.venues.active) {
      const { answerWithinS } = venue.settings;
      if (!this.canAnswer(venue) || this.parts.views.get(venue.name)!.unacknowledgedS < answerWithinS) continue;
      const beforeUs = 1_000 * Date.now() - answerWithinS * US_PER_S;
      const found: (readonly [slot: number, number: number])[] = [];
      const scan = state.orderScan();
      const under = [...this.waits.values()].filter(({ isOver }) => !isOver).length;
      const take = (slot: number, number: number): void => {
        if (found.length + under < MOST_WAITS && !this.waits.has(number)) found.push([slot, number]);
      };
      await walkRows(scan.slots, (from, to) => scan.eachUnanswered(venue.id, from, to, take, beforeUs));
      for (const [slot, number] of found) this.takeUp(state, venue, slot, number);
    }
  }

  private takeUp(state: Pick<StateReader, "order">, venue: VenueMember, slot: number, number: number): void {
    const row = state.order(slot)?.row;
    if (row === undefined || row.number !== number) return;
    const wait = { venue, slot, number, request: row.lastNumber, asked: 0, lastMs: performance.now(), isOver: false };
    if (this.orderOf(state, wait) !== null) this.waits.set(number, wait);
  }

  /** Asks about what is due, and answers what was asked about in vain. */
  private async act(state: Pick<StateReader, "order">, nowMs: number): Promise<void> {
    const due = [...this.waits.values()].filter((wait) => isDue(wait, nowMs) && this.canAnswer(wait.venue));
    for (let i = 0; i < due.length && hasRoom(this.parts.commands); i += AT_ONCE)
      await Promise.all(due.slice(i, i + AT_ONCE).map((wait) => this.send(state, wait, nowMs)));
  }

  private async send(state: Pick<StateReader, "order">, wait: Wait, nowMs: number): Promise<void> {
    const { slot, number, request, venue } = wait;
    const asks = wait.asked < venue.settings.statusRequests;
    const order = this.orderOf(state, wait);
    if (order === null) return;
    const text = new Uint8Array(SILENCE_TEXT_BYTES);
    text[0] = asks ? SILENCE_ASK : SILENCE_ANSWER;
    new DataView(text.buffer).setFloat64(SILENCE_NUMBER_AT, request, true);
    const command = { kind: CONTROL_VENUE_SILENCE, value: slot, amount: number, text };
    const { applied, changed, value, reason } = await this.parts.commands.send(command);
    // It is tried again with the next look.
    if (!applied) this.parts.log.warning(`order ${number} at venue ${venue.name}: ${reason}`);
    else if (asks) {
      wait.asked++;
      wait.lastMs = nowMs;
    } else {
      wait.isOver = true;
      // The order below a cancel or replace may itself be one that the venue has not answered.
      if (order.row.pending !== NOT_PENDING) this.waits.delete(number);
      if (changed) this.alarm(order, wait, value === 1);
    }
  }

  private alarm({ row, clOrdId, account, symbol }: OrderState, { number, venue, asked }: Wait, isTold: boolean): void {
    const { pending, session } = row;
    const what = pending === NOT_PENDING ? "new order" : pending === PENDING_CANCEL ? "cancel" : "replace";
    const client = Object.entries(this.parts.names.clients).find(([, id]) => id === session)?.[0] ?? `#${session}`;
    const asks = asked === 0 ? "" : ` nor ${asked} OrderStatusRequest${asked === 1 ? "" : "s"}`;
    const told = isTold ? "the client is told so" : "the client has not asked for it, and is told nothing";
    this.parts.log.alarm(
      `venue ${venue.name} has not answered the ${what}${asks}: order ${number} of client ${client}, its ClOrdID=${clOrdId}, account ${account}, symbol ${symbol}; ${told}`,
    );
  }
}

function isDue({ venue, asked, lastMs, isOver }: Wait, nowMs: number): boolean {
  const { answerWithinS, statusRequests, answerClientS } = venue.settings;
  const sinceS = (nowMs - lastMs) / 1_000;
  if (isOver) return false;
  if (asked === 0 && statusRequests > 0) return true;
  return asked < statusRequests ? sinceS >= answerWithinS : answerClientS > 0 && sinceS >= answerClientS;
}
