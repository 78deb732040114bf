import type { Message } from "./message.ts";

/** Limit of a wait; a longer wait has failed. Milliseconds. */
export const PATIENCE_MS = 20_000;

interface Waiter {
  readonly found: (message: Message) => boolean;
  readonly take: (message: Message) => void;
}

/** Resolves as `promise`, or rejects with the error of `late` after `ms`. */
export function within<T>(promise: Promise<T>, ms: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms);
    void promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Received messages that no wait has taken, and the pending waits. */
export class Inbox {
  private readonly messages: Message[] = [];
  private readonly waiters: Waiter[] = [];

  /** `keeps`: a later wait can take messages received before. */
  constructor(private readonly keeps: boolean) {}

  add(message: Message): void {
    const at = this.waiters.findIndex(({ found }) => found(message));
    if (at >= 0) this.waiters.splice(at, 1)[0]!.take(message);
    else if (this.keeps) this.messages.push(message);
  }

  /** Resolves with the first message that `found` accepts and no earlier wait took. */
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
