import { DisconnectReason, describeDisconnect } from "../base/disconnect-reason.ts";
import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import { NONE } from "../base/units.ts";
import { CANCEL_MODES, type CancelMode } from "../config/cancel-on-disconnect.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { RecoveredSession } from "../journal/store/recover.ts";
import type { CancelOnDisconnectView } from "../operation/sessions.ts";
import type { GatewayEvent } from "../telemetry/event-reader.ts";
import {
  EVENT_LOGONS_ANSWERED,
  EVENT_LOGONS_HELD,
  EVENT_SESSION_DISCONNECT,
  EVENT_SESSION_LOGON,
  EVENT_VENUE_UP,
} from "../telemetry/events.ts";
import { UNPROTECTED } from "./operation/session-views.ts";
import type { ClientMember } from "./roster.ts";
import { type CancelCommands, cancelOrders, hasRoom } from "./session-cancel.ts";
import type { Part } from "./supervisor.ts";

/** Interval of looks at what is still open; each window ends by a separate timer. */
const LOOK_EVERY_MS = 500;
/** Pause before venues are asked again for what they have not canceled; each twice the one before, up to the longest. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
/**
 * A client that is back and trades, of which this thread does not know yet, must not lose its new orders. Nothing of a lane is older than
 * this when it is read here, so orders that came before it are of the connection that has ended.
 */
const LANE_DELAY_US = 250_000;
/** Most sessions whose orders are canceled at the same time. */
const CANCELED_AT_ONCE = 8;
/** End of a window that has not begun. */
const HELD_MS = Number.MAX_SAFE_INTEGER;

/** Ends of a connection that are logouts: by the client, or by us with a Logout. All others are disconnects. */
const LOGOUTS: readonly number[] = [
  DisconnectReason.PEER_LOGOUT,
  DisconnectReason.STOPPING,
  DisconnectReason.OUTSIDE_SCHEDULE,
  DisconnectReason.LOGGED_OUT,
  DisconnectReason.LOGOUT_UNANSWERED,
  DisconnectReason.SWITCHED_OFF,
  DisconnectReason.RETIRED,
];

type End = "disconnect" | "logout";

/** What the configuration says about a session's open orders. */
interface Terms {
  readonly mode: CancelMode;
  readonly windowMs: number;
  readonly orders: "all" | "day";
  readonly byLogon: boolean;
}

/** What a session's last Logon says (fix/session/cancel-terms.ts); NONE where it says nothing. */
export interface LogonCancelTerms {
  readonly type: number;
  readonly windowMs: number;
}

/** A session's connection: since when it is logged on, microseconds since 1970, null while it is not; why the last one ended, or NONE. */
export interface SessionConnection {
  readonly loggedOnUs: number | null;
  readonly ended: number;
}

/** One session, on its connection or gone. */
interface Watched {
  readonly name: string;
  readonly id: number;
  terms: Terms;
  isOn: boolean;
  /** How it has gone, and why; null: it was never logged on. */
  end: End | null;
  why: string;
  /** It was gone by then, microseconds since 1970: all orders before it are of the connection that has ended. */
  goneUs: number;
  /** Its row has not shown it logged on since then, which no event has said; 0: it has, or one has. */
  missingUs: number;
  /** When its orders are canceled, by `performance.now`; Infinity: they are not. */
  dueMs: number;
  /** The window began with the gateway's start. */
  isOfStart: boolean;
  /** Since it is gone: orders whose venues were asked; what the last look has left, and how many were open then; NONE: none yet. */
  asked: number;
  left: number;
  openThen: number;
  /** It waits for its turn, or its orders are being canceled. */
  isAsking: boolean;
  nextMs: number;
  pauseMs: number;
}

export interface CancelOnDisconnectParts {
  readonly config: GatewayConfig;
  /** The client sessions; a reload may add some. */
  readonly roster: { readonly all: readonly Pick<ClientMember, "name" | "id" | "settings">[] };
  /** Open orders of a session, and what its last Logon says; shows what becomes of them. */
  readonly sessions: {
    openOrders(name: string): number;
    logonTerms(name: string): LogonCancelTerms;
    /** What its lane has written of it last; null: there is no such session. */
    connection(name: string): SessionConnection | null;
    protection: (name: string) => CancelOnDisconnectView | null;
  };
  /** Its events are followed. */
  readonly events: { follow: (event: GatewayEvent) => void; drain(): void };
  /** What it has of the sessions, by id; read at the start. */
  readonly journal: { readonly recovered: { readonly clients: Readonly<Record<number, RecoveredSession>> } };
  readonly commands: CancelCommands;
  readonly tasks: PeriodicTasks;
  readonly log: Log;
}

/**
 * Cancels the open orders of client sessions that are gone for longer than their window. What is open is looked at again and again while
 * a session is gone: an order that was under way when its connection ended is canceled, too, as is one whose venue was down.
 */
export class CancelOnDisconnect implements Part {
  readonly name = "cancel on disconnect";
  private readonly byId = new Map<number, Watched>();
  private readonly byName = new Map<string, Watched>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private end: () => void = () => {};
  private isRunning = false;
  /** Before any lane ran. */
  private readonly startUs = Date.now() * 1_000;
  /** Logons wait for the venues: windows of the start begin when they are answered. */
  private isHeld = false;
  /** Sessions that wait for their turn, and how many have it. */
  private readonly queue: Watched[] = [];
  private askingCount = 0;

  constructor(private readonly parts: CancelOnDisconnectParts) {
    for (const member of parts.roster.all) this.add(member);
    parts.sessions.protection = (name) => this.view(name);
    parts.events.follow = (event) => this.take(event);
  }

  /** Takes the terms of a configuration. */
  replace({ client }: Pick<GatewayConfig, "client">): void {
    // One that came by a reload may not have logged on yet.
    for (const { id } of this.parts.roster.all) this.find(id);
    for (const one of this.byId.values()) {
      const settings = client.sessions[one.name];
      // One that is retired keeps its own.
      if (settings !== undefined) one.terms = termsOf(settings);
    }
  }

  /** Lanes run. */
  start(): void {
    this.isRunning = true;
    const recovered = this.parts.journal.recovered.clients;
    this.sayGone(Object.keys(recovered).filter((id) => !this.byId.has(Number(id))));
    for (const one of this.byId.values()) {
      const before = recovered[one.id];
      if (one.isOn || before === undefined) continue;
      const { isOn, ended } = before;
      if (isOn === undefined && before.countedUs > 0) this.sayUnknown(one);
      if (isOn === true) this.gone(one, "disconnect", "the gateway ended", this.startUs, true);
      else if (ended !== undefined) this.gone(one, endOf(ended), describeDisconnect(ended), this.startUs, true);
      const open = this.parts.sessions.openOrders(one.name);
      if (one.dueMs === Number.POSITIVE_INFINITY || open === 0) continue;
      const { windowMs } = this.inForce(one);
      this.logOf(one).info(`${ordersText(open)}: canceled unless it is back within ${msText(windowMs)} of this start`);
    }
    this.end = this.parts.tasks.every(LOOK_EVERY_MS, () => this.lookAgain());
    this.look();
  }

  /** Journals of earlier versions do not say how a session ended: nobody knows, so nothing is canceled. */
  private sayUnknown(one: Watched): void {
    const open = this.parts.sessions.openOrders(one.name);
    if (one.terms.mode === "none" || open === 0) return;
    this.logOf(one).warning(
      `${ordersText(open)} kept: the journal of the version before does not say how its last connection ended`,
    );
  }

  private sayGone(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const some = ids.slice(0, 10).map((id) => `#${id}`);
    const more = ids.length > some.length ? `, and ${(ids.length - some.length).toLocaleString("en")} more` : "";
    const which = `not configured, but in the journal: client sessions ${some.join(", ")}${more}`;
    this.parts.log.info(`cancel on disconnect: orders that they have open are kept: ${which}`);
  }

  /** The gateway ends its connections itself from now on: a start later finds who is not back. */
  stop(): void {
    this.isRunning = false;
    this.end();
    clearTimeout(this.timer);
  }

  /** Follows the lanes' events. */
  take({ kind, session, a, atUs }: GatewayEvent): void {
    if (kind === EVENT_SESSION_LOGON) this.back(this.find(session));
    else if (kind === EVENT_SESSION_DISCONNECT) this.ended(this.byId.get(session), a, atUs);
    else if (kind === EVENT_VENUE_UP) this.askAgain();
    else if (kind === EVENT_LOGONS_HELD) this.holdStart(true);
    else if (kind === EVENT_LOGONS_ANSWERED) this.holdStart(false);
  }

  view(name: string): CancelOnDisconnectView | null {
    const one = this.byName.get(name);
    if (one === undefined) return null;
    const { mode, windowMs, saidBy } = this.inForce(one);
    const isOff = mode === "none" && one.asked === 0;
    if (isOff && windowMs === 0 && saidBy === "configuration" && one.terms.orders === "all") return UNPROTECTED;
    const waits = one.dueMs !== Number.POSITIVE_INFINITY && performance.now() < one.dueMs;
    return {
      mode,
      windowMs,
      orders: one.terms.orders,
      saidBy,
      state: isOff ? "off" : this.stateOf(one, waits),
      dueUs: waits && one.dueMs < HELD_MS ? Math.round(1_000 * (performance.timeOrigin + one.dueMs)) : null,
      asked: one.asked,
    };
  }

  private stateOf(one: Watched, waits: boolean): CancelOnDisconnectView["state"] {
    if (one.isOn) return "armed";
    if (one.dueMs === Number.POSITIVE_INFINITY) return "kept";
    if (waits) return "waiting";
    return this.hasMore(one) ? "canceling" : "canceled";
  }

  private add({ name, id, settings }: Pick<ClientMember, "name" | "id" | "settings">): Watched {
    const one: Watched = {
      ...{ name, id, terms: termsOf(settings), isOn: false, end: null, why: "", goneUs: 0, missingUs: 0 },
      ...{ dueMs: Number.POSITIVE_INFINITY, isOfStart: false },
      ...{ asked: 0, left: 0, openThen: NONE, isAsking: false, nextMs: 0, pauseMs: FIRST_PAUSE_MS },
    };
    this.byId.set(id, one);
    this.byName.set(name, one);
    return one;
  }

  /** A reload may have added the session. */
  private find(id: number): Watched | undefined {
    const known = this.byId.get(id);
    if (known !== undefined) return known;
    const member = this.parts.roster.all.find((one) => one.id === id);
    return member === undefined ? undefined : this.add(member);
  }

  /** The terms in force: what the last Logon says counts before the configuration. */
  private inForce({ name, terms }: Watched): { mode: CancelMode; windowMs: number; saidBy: "configuration" | "logon" } {
    const { mode, windowMs } = terms;
    const said = terms.byLogon ? this.parts.sessions.logonTerms(name) : null;
    if (said === null || (said.type === NONE && said.windowMs === NONE))
      return { mode, windowMs, saidBy: "configuration" };
    return {
      mode: said.type === NONE ? mode : CANCEL_MODES[said.type]!,
      windowMs: said.windowMs === NONE ? windowMs : said.windowMs,
      saidBy: "logon",
    };
  }

  private back(one: Watched | undefined): void {
    if (one === undefined) return;
    const { dueMs, asked } = one;
    if (one.isOn) return;
    one.isOn = true;
    one.missingUs = 0;
    one.dueMs = Number.POSITIVE_INFINITY;
    const open = this.parts.sessions.openOrders(one.name);
    if (asked > 0)
      this.logOf(one).info(`is back; the venues of ${ordersText(asked)} were asked to cancel them, ${open} are open`);
    else if (dueMs !== Number.POSITIVE_INFINITY && performance.now() < dueMs && open > 0)
      this.logOf(one).info(`is back within its window; ${ordersText(open)} kept`);
    one.asked = 0;
    one.left = 0;
  }

  private ended(one: Watched | undefined, reason: number, atUs: number): void {
    // A connection without a Logon says nothing about the one before it.
    if (one === undefined || !one.isOn) return;
    this.gone(one, endOf(reason), describeDisconnect(reason), atUs, false);
    // Its Logon on the newer connection follows.
    if (reason === DisconnectReason.REPLACED)
      one.dueMs = Math.max(one.dueMs, performance.now() + this.parts.config.client.logonTimeoutMs);
    this.look();
  }

  private gone(one: Watched, end: End, why: string, goneUs: number, isOfStart: boolean): void {
    const { mode, windowMs } = this.inForce(one);
    const counts = mode === "both" || mode === end;
    const fromMs = isOfStart && this.isHeld ? HELD_MS : performance.now();
    Object.assign(one, { isOn: false, end, why, goneUs, isOfStart, asked: 0, left: 0, openThen: NONE, missingUs: 0 });
    one.dueMs = counts ? fromMs + windowMs : Number.POSITIVE_INFINITY;
    one.pauseMs = FIRST_PAUSE_MS;
    one.nextMs = 0;
  }

  /** Nobody can be back while Logons are held: windows of the start begin when they are answered. */
  private holdStart(isHeld: boolean): void {
    this.isHeld = isHeld;
    for (const one of this.byId.values()) {
      if (!one.isOfStart || one.isOn || one.end === null || one.asked > 0) continue;
      const { mode, windowMs } = this.inForce(one);
      if (mode !== "both" && mode !== one.end) continue;
      one.dueMs = isHeld ? HELD_MS : performance.now() + windowMs;
    }
    this.look();
  }

  /** A venue is up: what could not be canceled there is tried at once. */
  private askAgain(): void {
    for (const one of this.byId.values()) {
      one.nextMs = 0;
      one.pauseMs = FIRST_PAUSE_MS;
    }
    this.look();
  }

  /** The same with what the lanes have said until now. */
  private lookAgain(): void {
    this.parts.events.drain();
    if (this.isRunning) for (const one of this.byId.values()) this.readRow(one);
    this.look();
  }

  /**
   * An event may be lost in a full ring: then what the lane has written of the session counts. That it is gone counts once it has been so
   * for longer than an event is under way.
   */
  private readRow(one: Watched): void {
    if (this.parts.sessions.openOrders(one.name) === 0) return;
    const connection = this.parts.sessions.connection(one.name);
    if (connection === null) return;
    const { loggedOnUs, ended } = connection;
    const nowUs = Date.now() * 1_000;
    if (loggedOnUs !== null) {
      const isBack = !one.isOn && (one.missingUs > 0 || loggedOnUs > one.goneUs);
      one.missingUs = 0;
      if (isBack) this.back(one);
    } else if (one.isOn && one.missingUs === 0) one.missingUs = nowUs;
    else if (one.isOn && nowUs - one.missingUs >= LANE_DELAY_US) {
      const { missingUs } = one;
      this.gone(one, endOf(ended), ended === NONE ? "unknown" : describeDisconnect(ended), missingUs, false);
      one.missingUs = missingUs;
    }
  }

  /** Cancels what is due, and sets the timer for the next window that ends. */
  private look(): void {
    if (!this.isRunning) return;
    const nowMs = performance.now();
    let firstMs = Number.POSITIVE_INFINITY;
    for (const one of this.byId.values()) {
      if (one.isOn || one.dueMs === Number.POSITIVE_INFINITY) continue;
      if (one.dueMs > nowMs) firstMs = Math.min(firstMs, one.dueMs);
      else if (!one.isAsking && nowMs >= one.nextMs && this.hasMore(one)) {
        one.isAsking = true;
        this.queue.push(one);
      }
    }
    this.askNext();
    clearTimeout(this.timer);
    const waitMs = firstMs - nowMs;
    if (waitMs <= LONGEST_PAUSE_MS) this.timer = setTimeout(() => this.lookAgain(), Math.ceil(waitMs));
  }

  /** Gives sessions their turns, oldest first. */
  private askNext(): void {
    while (this.askingCount < CANCELED_AT_ONCE && hasRoom(this.parts.commands)) {
      const one = this.queue.shift();
      if (one === undefined) return;
      // It may be back without an event that was read: it waited here since, or this is a later try.
      this.readRow(one);
      if (one.isOn || one.dueMs > performance.now() || !this.isRunning) one.isAsking = false;
      else {
        this.askingCount++;
        void this.cancel(one).finally(() => {
          this.askingCount--;
          this.askNext();
        });
      }
    }
  }

  /** False when nothing is open, or what is was looked at before and is to stay. */
  private hasMore({ name, left, openThen }: Watched): boolean {
    const open = this.parts.sessions.openOrders(name);
    return open > 0 && (left > 0 || open !== openThen);
  }

  /** Cancels what is open now. */
  private async cancel(one: Watched): Promise<void> {
    const { asked, stuck, pending, problem } = await cancelOrders(this.parts.commands, {
      ...{ id: one.id, end: one.end ?? "disconnect", orders: one.terms.orders },
      beforeUs: Math.max(one.goneUs, Date.now() * 1_000 - LANE_DELAY_US),
      goesOn: () => this.goesOn(one),
    });
    one.isAsking = false;
    const before = one.left;
    one.asked += asked;
    one.left = asked + stuck + pending + (problem === "" ? 0 : 1);
    one.openThen = this.parts.sessions.openOrders(one.name);
    one.nextMs = performance.now() + one.pauseMs;
    if (one.left > 0) one.pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * one.pauseMs);
    const log = this.logOf(one);
    const { windowMs } = this.inForce(one);
    const late = windowMs === 0 ? "" : `, and it was not back within ${msText(windowMs)}`;
    const ends = one.end === "logout" ? "it is logged out" : "it is disconnected";
    if (asked > 0)
      log.warning(`${ends} (${one.why})${late}: the venues of ${ordersText(asked)} are asked to cancel them`);
    if (problem !== "") log.warning(`its open orders are not canceled: ${problem}`);
    else if (stuck > 0 && before === 0 && !one.isOn)
      log.warning(
        `${ordersText(stuck)} can't be canceled now, because the venue is down or a replace is under way: tried again until they can`,
      );
  }

  private goesOn({ isOn, name }: Watched): boolean {
    return !isOn && this.isRunning && this.parts.sessions.openOrders(name) > 0;
  }

  private logOf({ name }: Watched): Log {
    return this.parts.log.of(`client ${name}`);
  }
}

function termsOf(settings: ClientMember["settings"]): Terms {
  return {
    mode: settings.cancelOnDisconnect,
    windowMs: settings.cancelOnDisconnectWindowMs,
    orders: settings.cancelOnDisconnectOrders,
    byLogon: settings.cancelOnDisconnectByLogon,
  };
}

function endOf(reason: number): End {
  return LOGOUTS.includes(reason) ? "logout" : "disconnect";
}

function ordersText(count: number): string {
  return count === 1 ? "1 open order" : `${count.toLocaleString("en")} open orders`;
}

function msText(ms: number): string {
  return `${ms.toLocaleString("en")} ms`;
}
