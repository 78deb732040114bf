import type { Log } from "../../base/log.ts";
import type { PeriodicTasks } from "../../base/periodic-tasks.ts";
import { type KillCancelsView, type KillScope, scopeText } from "../../operation/kill-switch.ts";
import type { CancelManyOutcome, OrderFilter } from "../../operation/orders.ts";
import type { Part } from "../supervisor.ts";
import { type KilledScope, readKillCancels, writeKillCancels } from "./kill-cancels-file.ts";
import type { GatewayOrders, OpenOrder } from "./orders.ts";

/** Interval of looks at what is open. */
const LOOK_EVERY_MS = 500;
/** Pause before venues are asked again; each is twice the one before, up to the longest. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
/** The longest while an order waits for its venue to return, or for the answer to a replace. */
const LONGEST_WAIT_MS = 4_000;
/** An order that has ended may live again where its venue says so. */
const IDLE_LOOK_MS = 30_000;

/** One scope whose open orders are canceled. */
interface Killed extends KilledScope {
  /** Open orders by number, with their slots, as the last look has found them. */
  open: ReadonlyMap<number, OpenOrder>;
  /** How many orders it has found in all, and by state how many have ended since. */
  found: number;
  readonly ended: Map<string, number>;
  isLooking: boolean;
  /** Something was left at the last look. */
  wasOpen: boolean;
  nextLookMs: number;
  nextAskMs: number;
  pauseMs: number;
}

export interface KillCancelsParts {
  /** The data directory. */
  readonly dir: string;
  readonly orders: Pick<GatewayOrders, "cancelKilled" | "openNow" | "openOf" | "endOf" | "whyOpen">;
  /** Null: there is no such scope. */
  readonly isEngaged: (scope: KillScope) => boolean | null;
  /** Which venues are up, as a text that changes with them. */
  readonly venuesUp: () => string;
  readonly tasks: PeriodicTasks;
  readonly log: Log;
}

/**
 * Cancels the open orders of engaged kill switches that were told to, until none is left: also those whose venue was down, or of which a
 * replace was under way. Which scopes these are outlives a restart in a file of the data directory.
 */
export class KillCancels implements Part {
  readonly name = "cancels of kill switches";
  private readonly killed = new Map<string, Killed>();
  private upBefore = "";
  private end: () => void = () => {};

  constructor(private readonly parts: KillCancelsParts) {}

  start(): void {
    const { dir, log, tasks, isEngaged } = this.parts;
    try {
      for (const { scope, since } of readKillCancels(dir)) this.add(scope, since);
    } catch (error) {
      log.alarm(
        `which kill switches cancel their open orders is not known: ${(error as Error).message}; engage them again with --cancel-open`,
      );
    }
    for (const [text, { scope }] of this.killed) {
      const engaged = isEngaged(scope);
      if (engaged === null) log.alarm(`${text}: there is no such name any more; its open orders are not canceled`);
      else if (engaged) log.warning(`the kill switch of ${text} cancels its open orders until none is left`);
    }
    this.end = tasks.every(LOOK_EVERY_MS, () => this.look());
  }

  stop(): void {
    this.end();
  }

  /** Its kill switch is engaged: cancels what is open. No disk delays that: the file is written behind it, and before the answer. */
  async cancel(scope: KillScope): Promise<CancelManyOutcome> {
    const before = this.killed.get(scopeText(scope));
    const one = before ?? this.add(scope, new Date().toISOString());
    one.pauseMs = FIRST_PAUSE_MS;
    one.isLooking = true;
    try {
      // A venue may answer before this thread looks again.
      this.take(one, this.parts.orders.openNow(filterOf(scope)));
      const outcome = await this.parts.orders.cancelKilled(filterOf(scope));
      one.nextAskMs = performance.now() + one.pauseMs;
      await this.follow(one);
      return outcome;
    } finally {
      one.isLooking = false;
      if (before === undefined) this.write();
    }
  }

  /** Its kill switch is lifted, or was not engaged. */
  forget(scope: KillScope): void {
    if (this.killed.delete(scopeText(scope))) this.write();
  }

  view(scope: KillScope): KillCancelsView | null {
    const one = this.killed.get(scopeText(scope));
    if (one === undefined) return null;
    const { since, open, found, ended } = one;
    const count = (state: string): number => ended.get(state) ?? 0;
    const [canceled, filled] = [count("canceled"), count("filled")];
    const otherwise = [...ended.values()].reduce((sum, some) => sum + some, 0) - canceled - filled;
    return { since, found, canceled, filled, otherwise, open: open.size, unconfirmed: this.parts.orders.whyOpen(open) };
  }

  private add(scope: KillScope, since: string): Killed {
    const one: Killed = {
      ...{ scope, since, open: new Map(), found: 0, ended: new Map(), isLooking: false },
      ...{ wasOpen: false, nextLookMs: 0, nextAskMs: 0, pauseMs: FIRST_PAUSE_MS },
    };
    this.killed.set(scopeText(scope), one);
    return one;
  }

  private write(): void {
    try {
      writeKillCancels(this.parts.dir, [...this.killed.values()]);
    } catch (error) {
      this.parts.log.alarm(
        `a restart will not know which kill switches cancel their open orders: ${(error as Error).message}`,
      );
    }
  }

  private look(): void {
    const nowMs = performance.now();
    const up = this.parts.venuesUp();
    const isOtherUp = up !== this.upBefore;
    this.upBefore = up;
    for (const one of this.killed.values()) {
      if (isOtherUp) Object.assign(one, { nextLookMs: 0, nextAskMs: 0, pauseMs: FIRST_PAUSE_MS });
      if (one.isLooking) continue;
      // It was lifted by a signal, or a session or venue is on again.
      if (this.parts.isEngaged(one.scope) === false) this.forget(one.scope);
      else if (nowMs >= one.nextLookMs) void this.lookAt(one);
    }
  }

  private async lookAt(one: Killed): Promise<void> {
    one.isLooking = true;
    try {
      await this.follow(one);
      const nowMs = performance.now();
      one.nextLookMs = one.open.size === 0 ? nowMs + IDLE_LOOK_MS : 0;
      if (one.open.size > 0 && nowMs >= one.nextAskMs) await this.ask(one);
    } catch (error) {
      // It is tried again with the next look.
      this.parts.log.warning(
        `the open orders of ${scopeText(one.scope)} could not be canceled: ${(error as Error).message}`,
      );
    } finally {
      one.isLooking = false;
    }
  }

  private async ask(one: Killed): Promise<void> {
    const { asked, notAskedCount } = await this.parts.orders.cancelKilled(filterOf(one.scope));
    const longest = notAskedCount > 0 ? LONGEST_WAIT_MS : LONGEST_PAUSE_MS;
    one.nextAskMs = performance.now() + one.pauseMs;
    one.pauseMs = Math.min(longest, 2 * one.pauseMs);
    if (asked > 0)
      this.parts.log.warning(`${scopeText(one.scope)}: the venues of ${ordersText(asked)} are asked to cancel them`);
  }

  /** Finds what is open now, and what has become of the rest. */
  private async follow(one: Killed): Promise<void> {
    this.take(one, await this.parts.orders.openOf(filterOf(one.scope)));
  }

  private take(one: Killed, open: ReadonlyMap<number, OpenOrder>): void {
    const { orders, log } = this.parts;
    for (const [number, { slot }] of one.open) {
      if (open.has(number)) continue;
      const state = orders.endOf(slot, number);
      one.ended.set(state, (one.ended.get(state) ?? 0) + 1);
    }
    for (const number of open.keys()) if (!one.open.has(number)) one.found++;
    one.open = open;
    if (open.size === 0 && one.wasOpen) {
      const states = [...one.ended].map(([state, count]) => `${count} ${state}`).join(", ");
      log.warning(`${scopeText(one.scope)}: no order is open any more: ${states}`);
    }
    one.wasOpen = open.size > 0;
  }
}

/** Orders of a scope. */
function filterOf({ kind, name }: KillScope): OrderFilter {
  return kind === "firm" ? {} : { [kind]: name };
}

function ordersText(count: number): string {
  return count === 1 ? "1 order" : `${count.toLocaleString("en")} orders`;
}
