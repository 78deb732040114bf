import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import { US_PER_S } from "../base/units.ts";
import { walkRows } from "../base/walk-rows.ts";
import type { Commands } from "../control/commands.ts";
import { isOpen } from "../core/orders/order.ts";
import { NOT_PENDING, PENDING_CANCEL } from "../core/orders/states.ts";
import type { OrderState, StateReader } from "../core/state-reader.ts";
import type { JournalNames } from "../journal/store/names.ts";
import type { VenueView } from "../operation/venues.ts";
import { REPORT_RULES } from "../record/codes.ts";
import {
  CONTROL_VENUE_SILENCE,
  SILENCE_ANSWER,
  SILENCE_ASK,
  SILENCE_NUMBER_AT,
  SILENCE_RULES_AT,
  SILENCE_TEXT_BYTES,
} from "../record/control-codes.ts";
import { mostAsks } from "../venue/throttle.ts";
import { answersClients, isUnanswered, type VenueViews } from "./operation/venue-views.ts";
import type { VenueMember } from "./roster.ts";
import { hasRoom } from "./session-cancel.ts";
import type { Part } from "./supervisor.ts";

const LOOK_EVERY_MS = 1_000;
/** Orders that are asked about at a time; others have their turn when one of them is answered. */
const MOST_WAITS = 1_000;
/** Commands under way at a time. */
const AT_ONCE = 8;
/** OrderStatusRequests of a venue under way at a time: its row says of that number whether they were sent. */
const MOST_ASKS = 31;
/** `Wait.ask` of an order about which no OrderStatusRequest is under way. */
const NONE_UNDER_WAY = 0;

/** An order with a request that its venue has not answered for too long. */
interface Wait {
  readonly venue: VenueMember;
  /** Of the connection in which it is counted. */
  readonly logonUs: number | null;
  readonly slot: number;
  readonly number: number;
  /** Number of the request. */
  readonly request: number;
  asked: number;
  /** When it was found, or asked about last. */
  lastMs: number;
  /** Which OrderStatusRequest to the venue is under way about it, from 1 since the start, and since when. */
  ask: number;
  askMs: number;
  /** Nothing more is done. */
  isOver: boolean;
}

/** OrderStatusRequests to one venue. */
interface Asking {
  /** Given to the venue's agent since the start. */
  given: number;
  /** Its throttle has no room for more before. */
  nextMs: number;
}

/** What it needs of the gateway. */
export interface VenueSilenceParts {
  readonly venues: { readonly active: readonly VenueMember[] };
  readonly views: Pick<VenueViews, "asks"> & {
    get(name: string): Pick<VenueView, "state" | "statuses" | "throttle" | "unacknowledgedS" | "lastLogonUs"> | null;
  };
  /** Reads the core's state; null while the core replays its journal. */
  readonly state: () => Pick<StateReader, "order" | "orderScan"> | null;
  readonly names: Pick<JournalNames, "clients">;
  readonly commands: Pick<Commands, "send" | "free">;
  readonly tasks: PeriodicTasks;
  readonly log: Log;
}

/**
 * Has the core ask a venue for orders with a request that it does not answer, and answer the client at last. Counts begin anew with each
 * Logon of the venue and each start: a venue that was not connected could not answer.
 */
export class VenueSilence implements Part {
  readonly name = "silent venues";
  private readonly waits = new Map<number, Wait>();
  private readonly asking = new Map<VenueMember, Asking>();
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
      for (const wait of this.waits.values()) this.settle(wait);
      await this.find(state);
      await this.act(state, performance.now());
    } catch (error) {
      // It is tried again with the next look.
      this.parts.log.warning(`what venues have not answered could not be looked at: ${(error as Error).message}`);
    } finally {
      this.isLooking = false;
    }
  }

  /** Forgets what is answered, done, of an earlier connection, or at a venue that is not connected. */
  private leaveOut(state: Pick<StateReader, "order">): void {
    for (const [number, wait] of this.waits)
      if (!this.isAsked(wait.venue) || this.logonOf(wait.venue) !== wait.logonUs || orderOf(state, wait) === null)
        this.waits.delete(number);
  }

  /** One that the venue's throttle did not let through does not count. */
  private settle(wait: Wait): void {
    const { venue, ask } = wait;
    if (ask === NONE_UNDER_WAY) return;
    const { taken, unsent } = this.parts.views.asks(venue);
    const behind = taken - ask;
    if (behind < 0) return;
    wait.ask = NONE_UNDER_WAY;
    if (behind < 32 && ((unsent >>> behind) & 1) === 1) return;
    const { statusRequests, answerClientS } = venue.settings;
    wait.asked++;
    wait.lastMs = wait.askMs;
    // Others have its turn.
    wait.isOver = answerClientS === 0 && wait.asked >= statusRequests;
  }

  /** True for a venue that is connected, and is asked or spoken for at all. */
  private isAsked({ name, settings }: VenueMember): boolean {
    const { answerWithinS, statusRequests, answerClientS } = settings;
    if (answerWithinS === 0 || statusRequests + answerClientS === 0) return false;
    const view = this.parts.views.get(name);
    return view?.state === "logged on" && view.statuses === null;
  }

  private logonOf({ name }: VenueMember): number | null {
    return this.parts.views.get(name)?.lastLogonUs ?? null;
  }

  /** The same as `isAsked` while nothing waits for its throttle: that is not sent yet. */
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
      const ended = answersClients(venue);
      await walkRows(scan.slots, (from, to) => scan.eachUnanswered(venue.id, from, to, take, beforeUs, ended));
      for (const [slot, number] of found) this.takeUp(state, venue, slot, number);
    }
  }

  private takeUp(state: Pick<StateReader, "order">, venue: VenueMember, slot: number, number: number): void {
    const row = state.order(slot)?.row;
    if (row === undefined || row.number !== number) return;
    const of = { venue, logonUs: this.logonOf(venue), slot, number, request: row.lastNumber };
    const wait = { ...of, asked: 0, lastMs: performance.now(), ask: NONE_UNDER_WAY, askMs: 0, isOver: false };
    if (orderOf(state, wait) !== null) this.waits.set(number, wait);
  }

  /** Asks about what is due, and answers what was asked about in vain. */
  private async act(state: Pick<StateReader, "order">, nowMs: number): Promise<void> {
    const due: Wait[] = [];
    const room = new Map<VenueMember, number>();
    for (const wait of this.waits.values()) {
      const order = orderOf(state, wait);
      if (order === null || !this.canAnswer(wait.venue) || !isDue(wait, order, nowMs)) continue;
      if (asks(wait, order)) {
        const left = room.get(wait.venue) ?? this.roomFor(wait.venue, nowMs);
        room.set(wait.venue, left - 1);
        if (left <= 0) continue;
      }
      due.push(wait);
    }
    for (let i = 0; i < due.length && hasRoom(this.parts.commands); i += AT_ONCE)
      await Promise.all(due.slice(i, i + AT_ONCE).map((wait) => this.send(state, wait, nowMs)));
  }

  /** OrderStatusRequests that may be given to the venue's agent now. Orders have half of its throttle. */
  private roomFor(venue: VenueMember, nowMs: number): number {
    const asking = this.asking.get(venue) ?? { given: 0, nextMs: 0 };
    this.asking.set(venue, asking);
    const underWay = [...this.waits.values()].filter((wait) => wait.venue === venue && wait.ask !== NONE_UNDER_WAY);
    // After an answer that came too late, or one of an order that is forgotten.
    if (underWay.length === 0) asking.given = this.parts.views.asks(venue).taken;
    const { throttle } = venue.settings;
    if (throttle.messages === 0) return MOST_ASKS - underWay.length;
    if (nowMs < asking.nextMs) return 0;
    // A look may come a little early.
    asking.nextMs = nowMs + throttle.windowMs - LOOK_EVERY_MS / 2;
    return Math.min(MOST_ASKS, mostAsks(throttle)) - underWay.length;
  }

  private async send(state: Pick<StateReader, "order">, wait: Wait, nowMs: number): Promise<void> {
    const { slot, number, request, venue } = wait;
    const order = orderOf(state, wait);
    if (order === null) return;
    const isAsk = asks(wait, order);
    const text = new Uint8Array(SILENCE_TEXT_BYTES);
    text[0] = isAsk ? SILENCE_ASK : SILENCE_ANSWER;
    text[SILENCE_RULES_AT] = REPORT_RULES;
    new DataView(text.buffer).setFloat64(SILENCE_NUMBER_AT, request, true);
    const command = { kind: CONTROL_VENUE_SILENCE, value: slot, amount: number, text };
    const { applied, changed, value, reason } = await this.parts.commands.send(command);
    // It is tried again with the next look.
    if (!applied) this.parts.log.warning(`order ${number} at venue ${venue.name}: ${reason}`);
    else if (isAsk) {
      if (changed) wait.ask = ++this.asking.get(venue)!.given;
      wait.askMs = nowMs;
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

/** The order while it waits for the same answer, else null. */
function orderOf(state: Pick<StateReader, "order">, { slot, number, request, venue }: Wait): OrderState | null {
  const order = state.order(slot);
  if (order === null || order.row.number !== number || order.row.lastNumber !== request) return null;
  return isUnanswered(order, venue) ? order : null;
}

/** The next step is to ask the venue: of an order that has ended it has nothing more to say. */
function asks({ venue, asked }: Wait, { row }: OrderState): boolean {
  return isOpen(row.state) && asked < venue.settings.statusRequests;
}

function isDue(wait: Wait, order: OrderState, nowMs: number): boolean {
  const { asked, lastMs, ask, isOver } = wait;
  if (isOver || ask !== NONE_UNDER_WAY) return false;
  const { answerWithinS, answerClientS } = wait.venue.settings;
  const sinceS = (nowMs - lastMs) / 1_000;
  if (!asks(wait, order)) return answerClientS > 0 && sinceS >= answerClientS;
  return asked === 0 || sinceS >= answerWithinS;
}
