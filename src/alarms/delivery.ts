import type { Log } from "../base/log.ts";
import type { DeliveryView } from "../operation/alarms.ts";
import { type AlarmEvent, summaryOf } from "./event.ts";

/** Events that wait at a receiver; of more the oldest is given up. */
export const MOST_WAITING = 256;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** How a call of a receiver ended. */
export type Sent =
  | { readonly taken: true }
  /** `again`: it may take it later, at the earliest after `afterMs`. */
  | { readonly taken: false; readonly why: string; readonly again: boolean; readonly afterMs?: number };

/** One way to tell somebody. */
export interface Receiver {
  /** `webhook` or `command`. */
  readonly name: string;
  /** Never rejects. */
  send(event: AlarmEvent): Promise<Sent>;
}

/** An event and since when it waits, milliseconds since 1970. Plain data, as in the state file. */
export interface Waiting {
  readonly event: AlarmEvent;
  readonly sinceMs: number;
}

/**
 * Delivers events to one receiver, one after the other in their order: a failed call is made again after 1 s, 2, 4 … 60 s. What
 * can't be delivered is logged and given up.
 */
export class Delivery {
  private readonly queue: Waiting[] = [];
  private delivered = 0;
  private retries = 0;
  private givenUp = 0;
  private problem = "";
  private busy = false;
  private ended = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly receiver: Receiver,
    private readonly giveUpAfterMs: number,
    private readonly log: Log,
    /** Called when the queue is another one. */
    private readonly changed: () => void = () => {},
    private readonly firstPauseMs = FIRST_PAUSE_MS,
    /** Called with an event that was given up. */
    private readonly gaveUp: (event: AlarmEvent) => void = () => {},
  ) {}

  get view(): DeliveryView {
    const { delivered, retries, givenUp, problem } = this;
    return { receiver: this.receiver.name, delivered, retries, givenUp, waiting: this.queue.length, problem };
  }

  get waiting(): readonly Waiting[] {
    return this.queue;
  }

  add(event: AlarmEvent, sinceMs = Date.now()): void {
    if (this.queue.length >= MOST_WAITING) {
      // The first one may be under way.
      const [oldest] = this.queue.splice(this.busy ? 1 : 0, 1);
      this.giveUp(oldest!, `${MOST_WAITING} events wait`);
    }
    this.queue.push({ event, sinceMs });
    this.next();
  }

  /** Makes no more calls; what waits stays in `waiting`. */
  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  private next(): void {
    if (this.busy || this.ended || this.queue.length === 0) return;
    this.busy = true;
    void this.deliver(this.queue[0]!);
  }

  private async deliver(first: Waiting): Promise<void> {
    let pauseMs = this.firstPauseMs;
    for (;;) {
      const sent = await this.receiver.send(first.event);
      if (sent.taken) {
        this.took();
        break;
      }
      if (this.ended) return;
      if (this.problem === "") this.log.warning(`${this.receiver.name}: ${sent.why}`);
      this.problem = sent.why;
      const waitMs = Math.min(LONGEST_PAUSE_MS, Math.max(pauseMs, sent.afterMs ?? 0));
      const isLate = Date.now() + waitMs - first.sinceMs > this.giveUpAfterMs;
      if (!sent.again || isLate) {
        this.giveUp(first, sent.why);
        break;
      }
      this.retries++;
      await this.pause(waitMs);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
    this.queue.shift();
    this.busy = false;
    this.changed();
    this.next();
  }

  private took(): void {
    this.delivered++;
    if (this.problem !== "") this.log.info(`${this.receiver.name}: takes events again`);
    this.problem = "";
  }

  private pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.timer = setTimeout(resolve, ms);
    // It does not keep the process alive.
    this.timer.unref();
    return promise;
  }

  private giveUp({ event }: Waiting, why: string): void {
    this.givenUp++;
    this.log.alarm(`${this.receiver.name}: gave up to ${event.action} ${summaryOf(event.alarm)}: ${why}`);
    this.gaveUp(event);
  }
}
