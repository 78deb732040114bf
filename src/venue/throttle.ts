import { NS_PER_MS } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { FixSession } from "../fix/session/session.ts";
import type { Link } from "../session/link.ts";
import { MessageWindow } from "../session/message-window.ts";
import { HeldRequests, heldBytes } from "./held-requests.ts";

/** What a venue admits of requests, and what becomes of more. */
export interface ThrottleSettings {
  /** Most messages within a window; 0: there is no throttle. */
  readonly messages: number;
  readonly windowMs: number;
  readonly mode: "reject" | "queue";
  /** Most new orders and replaces that wait, and for how long. */
  readonly queueLength: number;
  readonly expireMs: number;
  /** Most cancels that wait. */
  readonly cancels: number;
}

/** New orders and replaces of a throttled venue that may wait. */
function ordersHeld(settings: ThrottleSettings): number {
  return settings.mode === "queue" ? settings.queueLength : 0;
}

/** Size of the memory of its waiting requests. */
export function throttleBytes(settings: ThrottleSettings): number {
  return heldBytes(ordersHeld(settings), settings.cancels);
}

/** Most OrderStatusRequests within a window. */
export function mostAsks(settings: Pick<ThrottleSettings, "messages">): number {
  return Math.max(1, settings.messages >> 1);
}

/** Most requests of any kind that wait. */
export function mostHeld(settings: ThrottleSettings): number {
  return ordersHeld(settings) + settings.cancels;
}

/** One venue's throttle: its window, and the requests that wait for it. */
export class Throttle {
  readonly window: MessageWindow;
  /** OrderStatusRequests take at most half of it. */
  private readonly asks: MessageWindow;
  readonly held: HeldRequests;
  readonly queues: boolean;
  private readonly expireNs: number;

  /** `at`: where the held requests are. */
  constructor(
    readonly settings: ThrottleSettings,
    views: Views,
    at: number,
    private readonly link: Link<FixSession>,
  ) {
    this.window = new MessageWindow(settings.messages, settings.windowMs * NS_PER_MS);
    this.asks = new MessageWindow(mostAsks(settings), settings.windowMs * NS_PER_MS);
    this.held = new HeldRequests(views, at, ordersHeld(settings), settings.cancels);
    this.queues = settings.mode === "queue";
    this.expireNs = settings.expireMs * NS_PER_MS;
    link.window = this.window;
    link.counts.queueLength = ordersHeld(settings);
  }

  /** Notes whether all that was written has left. */
  follow(nowNs: number): void {
    if (!this.window.waits || !this.hasLeft) return;
    this.window.left(nowNs);
    this.asks.left(nowNs);
  }

  /** True when an OrderStatusRequest can leave now: nothing waits, and orders have their half of the window. */
  admitsAsk(nowNs: number): boolean {
    return this.held.count === 0 && this.admits(nowNs) && this.asks.has(nowNs);
  }

  /** One is written. */
  takeAsk(): void {
    this.window.take();
    this.asks.take();
  }

  private get hasLeft(): boolean {
    const stream = this.link.stream;
    return stream === null || stream.unsent === 0;
  }

  /** True when a request can leave now. */
  admits(nowNs: number): boolean {
    const link = this.link;
    const stream = link.stream;
    if (!link.live || stream === null || link.overflow || !stream.room(link.maxMessageBytes)) return false;
    return this.window.has(nowNs);
  }

  /** True when the oldest waiting new order or replace is too old. */
  hasExpired(nowNs: number): boolean {
    return nowNs - this.held.oldestNs >= this.expireNs;
  }

  /** When it next has something to do; monotonic nanoseconds. */
  dueNs(nowNs: number): number {
    if (this.window.waits && this.hasLeft) return nowNs;
    if (this.held.count === 0) return Number.POSITIVE_INFINITY;
    const expiresNs = this.held.oldestNs + this.expireNs;
    // While a resend runs or the backlog is full, the connection says when it goes on.
    const freeNs = this.link.live && !this.link.overflow ? this.window.freeNs : Number.POSITIVE_INFINITY;
    return expiresNs < freeNs ? expiresNs : freeNs;
  }
}
