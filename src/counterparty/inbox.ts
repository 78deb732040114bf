import type { Message } from "./message.ts";

/** A wait that is longer has failed: it bounds, it does not measure. Milliseconds. */
export const PATIENCE_MS = 20_000;

interface Waiter {
  readonly found: (message: Message) => boolean;
  readonly take: (message: Message) => void;
}

/** What a promise resolves to, or the error `late` after so many milliseconds. */
export function within<T>(promise: Promise<T>, ms: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms);
    void promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Messages that nobody has waited for yet, and those who wait for one. */
export class Inbox {
  private readonly messages: Message[] = [];
  private readonly waiters: Waiter[] = [];

  /** `keeps`: a message can be waited for after it came. */
  constructor(private readonly keeps: boolean) {}

  add(message: Message): void {
    const at = this.waiters.findIndex(({ found }) => found(message));
    if (at >= 0) this.waiters.splice(at, 1)[0]!.take(message);
    else if (this.keeps) this.messages.push(message);
  }

  /** The next message that fits and that no earlier wait took; those that came before are first. */
  wait(found: (message: Message) => boolean, patienceMs: number, late: () => Error): Promise<Message> {
    const at = this.messages.findIndex(found);
    if (at >= 0) return Promise.resolve(this.messages.splice(at, 1)[0]!);
    const { promise, resolve } = Promise.withResolvers<Message>();
    const waiter: Waiter = { found, take: resolve };
    this.waiters.push(waiter);
    const forget = (): void => {
      const place = this.waiters.indexOf(waiter);
      if (place >= 0) this.waiters.splice(place, 1);
    };
    return within(promise, patienceMs, late).finally(forget);
  }
}
