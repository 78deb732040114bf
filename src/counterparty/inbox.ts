import type { Message } from "./message.ts";

/** A wait that is longer has failed: it bounds, it does not measure. Milliseconds. */
export const PATIENCE_MS = 20_000;

interface Waiter {
  readonly found: (message: Message) => boolean;
  readonly take: (message: Message) => void;
}

/** Messages that nobody has waited for yet, and those who wait for one. */
export class Inbox {
  private readonly messages: Message[] = [];
  private readonly waiters: Waiter[] = [];

  /** `keeps`: a message can be waited for after it came. */
  constructor(private readonly keeps: boolean) {}

  add(message: Message): void {
    const waiter = this.waiters.find(({ found }) => found(message));
    if (waiter !== undefined) waiter.take(message);
    else if (this.keeps) this.messages.push(message);
  }

  /** The next message that fits and that no earlier wait took; those that came before are first. */
  wait(found: (message: Message) => boolean, patienceMs: number, late: () => Error): Promise<Message> {
    const at = this.messages.findIndex(found);
    if (at >= 0) return Promise.resolve(this.messages.splice(at, 1)[0]!);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        found,
        take: (message) => {
          clearTimeout(timer);
          this.waiters.splice(this.waiters.indexOf(waiter), 1);
          resolve(message);
        },
      };
      const timer = setTimeout(() => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        reject(late());
      }, patienceMs);
      this.waiters.push(waiter);
    });
  }
}
