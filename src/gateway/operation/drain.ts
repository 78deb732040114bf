import type { Log } from "../../base/log.ts";
import type { Commands } from "../../control/commands.ts";
import { COUNTER_NAMES } from "../../core/counter-names.ts";
import type { Drain, DrainRequest, DrainState, DrainView } from "../../operation/drain.ts";
import type { CancelManyOutcome } from "../../operation/orders.ts";
import type { Asked, Outcome } from "../../operation/outcome.ts";
import { CONTROL_KILL } from "../../record/control-codes.ts";
import { answered, refused } from "./outcome.ts";

const CHECK_EVERY_MS = 100;
/** Longest wait for venues to answer cancels, and the pause before they are asked for the same again. */
const CANCEL_WITHIN_MS = 30_000;
const ASK_AGAIN_MS = 5_000;
const KILL_SWITCH = COUNTER_NAMES.indexOf("killSwitch");
const OPEN_ORDERS = COUNTER_NAMES.indexOf("openOrders");

export interface DrainParts {
  readonly commands: Commands;
  /** The core's counters, in the order of COUNTER_NAMES. */
  readonly counters: Float64Array;
  /** Asks the venues to cancel all open orders. */
  readonly cancelOpen: () => Promise<CancelManyOutcome>;
  readonly log: Log;
}

/** One drain. */
interface Course {
  readonly request: DrainRequest;
  readonly sinceMs: number;
  readonly deadlineMs: number;
  readonly openAtBegin: number;
  /** The kill switch is engaged by the drain alone. */
  hasKilled: boolean;
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
  private isBeginning = false;

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

  async begin(request: DrainRequest, { by }: Asked): Promise<Outcome> {
    if (this.course !== null || this.isBeginning)
      return refused("draining", "expected a gateway that is not draining, got one that is");
    this.isBeginning = true;
    const { commands, log } = this.parts;
    const wasKilled = this.parts.counters[KILL_SWITCH] !== 0;
    const outcome = await commands
      .send({ kind: CONTROL_KILL, value: 1, name: by })
      .finally(() => (this.isBeginning = false));
    if (!outcome.applied) return answered(outcome);
    const nowMs = Date.now();
    const deadlineMs = nowMs + 1_000 * request.deadlineS;
    const openAtBegin = this.open;
    this.course = {
      request,
      sinceMs: nowMs,
      deadlineMs,
      openAtBegin,
      hasKilled: outcome.changed && !wasKilled,
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

  async callOff({ by }: Asked): Promise<Outcome> {
    const { course } = this;
    if (course === null) return refused("not-draining", "expected a gateway that is draining, got one that is not");
    if (course.state === "stopping") return refused("stopping", "expected a drain that may be called off; it stops");
    this.end();
    const { commands, log } = this.parts;
    if (course.hasKilled) {
      const outcome = await commands.send({ kind: CONTROL_KILL, value: 0, name: by });
      if (!outcome.applied) {
        log.warning(`drain: called off, but the kill switch was not released: ${outcome.reason}`);
        return answered(outcome);
      }
    }
    log.warning(
      `drain: called off; the kill switch is ${course.hasKilled ? "released" : "still engaged, as others than the drain have engaged it"}`,
    );
    return { result: "applied", code: "", reason: "" };
  }

  /** Somebody else engages the kill switch, too: calling the drain off must not release it. */
  engagedByOther(): void {
    if (this.course !== null) this.course.hasKilled = false;
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

  /** Asks venues to cancel what is open. */
  private async askForAll(course: Course): Promise<void> {
    course.isAsking = true;
    course.askedMs = Date.now();
    const { log, cancelOpen } = this.parts;
    try {
      const { asked, notAskedCount, notAsked } = await cancelOpen();
      course.cancelsSent += asked;
      const [first] = notAsked;
      if (first !== undefined)
        log.warning(`drain: ${ordersText(notAskedCount)} can't be canceled: order ${first.orderId}: ${first.reason}`);
    } catch (error) {
      log.warning(`drain: open orders can't be canceled now: ${(error as Error).message}`);
    }
    course.isAsking = false;
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
