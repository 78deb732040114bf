import type { Log } from "../../base/log.ts";
import type { Commands } from "../../control/commands.ts";
import { COUNTER_NAMES } from "../../core/counter-names.ts";
import type { OrderState, StateReader } from "../../core/state-reader.ts";
import type { Drain, DrainRequest, DrainState, DrainView } from "../../operation/drain.ts";
import type { Outcome } from "../../operation/outcome.ts";
import { CONTROL_CANCEL_ORDER, CONTROL_KILL } from "../../record/control-codes.ts";

const CHECK_EVERY_MS = 100;
/** Longest wait for venues to answer cancels, and the pause before they are asked for the same again. */
const CANCEL_WITHIN_MS = 30_000;
const ASK_AGAIN_MS = 5_000;
/** Cancels under way at a time, and orders that one look finds. */
const AT_ONCE = 16;
const MOST_FOUND = 1_000;
const KILL_SWITCH = COUNTER_NAMES.indexOf("killSwitch");
const OPEN_ORDERS = COUNTER_NAMES.indexOf("openOrders");

export interface DrainParts {
  readonly commands: Commands;
  /** The core's counters, in the order of COUNTER_NAMES. */
  readonly counters: Float64Array;
  /** Null before the core has taken up its journal. */
  readonly state: () => StateReader | null;
  readonly log: Log;
}

/** One drain. */
interface Course {
  readonly request: DrainRequest;
  readonly sinceMs: number;
  readonly deadlineMs: number;
  readonly openAtBegin: number;
  /** The kill switch was not engaged before. */
  readonly hasKilled: boolean;
  state: DrainState;
  cancelsSent: number;
  cancelingSinceMs: number;
  /** Orders are being canceled now; when they were asked for last. */
  isAsking: boolean;
  askedMs: number;
}

/** Ends a gateway at an operator's command. Main thread. */
export class GatewayDrain implements Drain {
  /** Resolves with a line for the log once the gateway is to stop. */
  readonly drained: Promise<string>;
  private readonly stop: (why: string) => void;
  private course: Course | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly parts: DrainParts) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.drained = promise;
    this.stop = resolve;
  }

  view(): DrainView | null {
    const { course } = this;
    if (course === null) return null;
    const { state, request, sinceMs, deadlineMs, openAtBegin, cancelsSent } = course;
    return {
      state,
      since: new Date(sinceMs).toISOString(),
      deadline: new Date(deadlineMs).toISOString(),
      cancel: request.cancel,
      openOrders: this.open,
      openAtBegin,
      cancelsSent,
    };
  }

  async begin(request: DrainRequest): Promise<Outcome> {
    if (this.course !== null) return refused("draining", "expected a gateway that is not draining, got one that is");
    const { commands, log } = this.parts;
    const wasKilled = this.parts.counters[KILL_SWITCH] !== 0;
    const { applied, changed, reason } = await commands.send({ kind: CONTROL_KILL, value: 1 });
    if (!applied) return refused("not-answered", `the kill switch is not engaged: ${reason}`);
    const nowMs = Date.now();
    const deadlineMs = nowMs + 1_000 * request.deadlineS;
    const openAtBegin = this.open;
    this.course = {
      request,
      sinceMs: nowMs,
      deadlineMs,
      openAtBegin,
      hasKilled: changed && !wasKilled,
      state: "waiting",
      cancelsSent: 0,
      cancelingSinceMs: 0,
      isAsking: false,
      askedMs: 0,
    };
    const then = request.cancel ? "then they are canceled" : "then they stay open at their venues";
    log.warning(
      `drain: the kill switch is engaged; ${ordersText(openAtBegin)} may end within ${request.deadlineS} s, ${then}`,
    );
    this.timer = setInterval(() => this.check(), CHECK_EVERY_MS);
    return { result: "applied", code: "", reason: "" };
  }

  async callOff(): Promise<Outcome> {
    const { course } = this;
    if (course === null) return refused("not-draining", "expected a gateway that is draining, got one that is not");
    if (course.state === "stopping") return refused("stopping", "expected a drain that may be called off; it stops");
    this.end();
    const { commands, log } = this.parts;
    if (course.hasKilled) {
      const { applied, reason } = await commands.send({ kind: CONTROL_KILL, value: 0 });
      if (!applied) return refused("not-answered", `the drain has ended, but the kill switch stays engaged: ${reason}`);
    }
    log.warning(`drain: called off; the kill switch is ${course.hasKilled ? "released" : "engaged, as it was before"}`);
    return { result: "applied", code: "", reason: "" };
  }

  /** Ends without stopping the gateway. */
  end(): void {
    clearInterval(this.timer);
    this.course = null;
  }

  private get open(): number {
    return this.parts.counters[OPEN_ORDERS]!;
  }

  private check(): void {
    const { course } = this;
    if (course === null || course.state === "stopping") return;
    const nowMs = Date.now();
    if (this.open === 0) return this.finish(course);
    if (nowMs < course.deadlineMs) return;
    if (!course.request.cancel) return this.finish(course);
    if (course.state === "waiting") {
      course.state = "canceling";
      course.cancelingSinceMs = nowMs;
      this.parts.log.warning(`drain: the deadline is over; canceled at their venues: ${ordersText(this.open)}`);
    }
    if (nowMs > course.cancelingSinceMs + CANCEL_WITHIN_MS) return this.finish(course);
    if (!course.isAsking && nowMs >= course.askedMs + ASK_AGAIN_MS) void this.askForAll(course);
  }

  /** Asks venues to cancel what is open, and has no request under way. */
  private async askForAll(course: Course): Promise<void> {
    course.isAsking = true;
    course.askedMs = Date.now();
    const orders = this.parts.state()?.openOrders(MOST_FOUND) ?? [];
    for (let i = 0; i < orders.length && this.course === course; i += AT_ONCE) {
      const asked = await Promise.all(orders.slice(i, i + AT_ONCE).map((order) => this.ask(order)));
      course.cancelsSent += asked.filter((isSent) => isSent).length;
    }
    // There may be more than one look finds.
    if (orders.length === MOST_FOUND) course.askedMs = 0;
    course.isAsking = false;
  }

  private async ask({ slot, row }: OrderState): Promise<boolean> {
    const command = { kind: CONTROL_CANCEL_ORDER, value: slot, amount: row.number };
    const { applied, changed, reason } = await this.parts.commands.send(command);
    if (!applied) this.parts.log.warning(`drain: order ${row.number} is not canceled: ${reason}`);
    return changed;
  }

  private finish(course: Course): void {
    clearInterval(this.timer);
    course.state = "stopping";
    const { open } = this;
    if (open > 0) this.parts.log.warning(`drain: left open at their venues: ${ordersText(open)}`);
    this.stop(`drained, ${ordersText(open)} open`);
  }
}

function ordersText(count: number): string {
  return count === 1 ? "1 order" : `${count === 0 ? "no" : count} orders`;
}

function refused(code: string, reason: string): Outcome {
  return { result: "refused", code, reason };
}
