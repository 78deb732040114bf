import { ApiFailure } from "./failure.ts";

const EVERY_MS = 1_000;
export const MOST_LISTENERS = 32;
/** Events that may wait for a slow listener; the next one ends it. */
const MOST_WAITING = 8;

type Controller = ReadableStreamDefaultController<Uint8Array>;

/** One document a second for all who listen: built once, and not at all while nobody listens. Main thread. */
export class LiveFeed {
  private readonly listeners = new Set<Controller>();
  private readonly encoder = new TextEncoder();
  private timer: ReturnType<typeof setInterval> | null = null;

  /** `build` gives the document; it is called once a second. */
  constructor(private readonly build: () => unknown) {}

  get listenerCount(): number {
    return this.listeners.size;
  }

  /**
   * Answers with a stream of server-sent events; `signal` is the request's, which says when its client has gone. Throws an ApiFailure when as
   * many listen as may.
   */
  listen(signal?: AbortSignal): Response {
    if (this.listeners.size >= MOST_LISTENERS) {
      const message = `expected at most ${MOST_LISTENERS} listeners at once, got one more`;
      throw new ApiFailure(503, "too-many-listeners", message, "", { "retry-after": "5" });
    }
    let own: Controller;
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          own = controller;
          this.add(controller);
        },
        cancel: () => this.remove(own),
      },
      { highWaterMark: MOST_WAITING },
    );
    signal?.addEventListener("abort", () => this.remove(own), { once: true });
    if (signal?.aborted === true) this.remove(own!);
    return new Response(stream, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
  }

  /** Ends every stream, and says why. */
  stop(why: string): void {
    for (const listener of [...this.listeners]) this.end(listener, why);
  }

  private add(listener: Controller): void {
    this.listeners.add(listener);
    // A first document at once, so that nobody looks at an empty page for a second.
    listener.enqueue(this.event());
    this.timer ??= setInterval(() => this.send(), EVERY_MS);
    this.timer.unref();
  }

  private remove(listener: Controller): void {
    this.listeners.delete(listener);
    if (this.listeners.size > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }

  private send(): void {
    let event: Uint8Array;
    try {
      event = this.event();
    } catch (error) {
      // The listeners get the fault of a view; orders are not concerned.
      for (const listener of [...this.listeners]) this.end(listener, `it can't be read: ${(error as Error).message}`);
      return;
    }
    for (const listener of [...this.listeners]) {
      if ((listener.desiredSize ?? 0) > 0) listener.enqueue(event);
      else this.end(listener, `expected a reader that takes an event a second, got one that has left ${MOST_WAITING}`);
    }
  }

  private end(listener: Controller, why: string): void {
    this.remove(listener);
    listener.enqueue(this.encoder.encode(`event: end\ndata: ${why}\n\n`));
    listener.close();
  }

  private event(): Uint8Array {
    return this.encoder.encode(`data: ${JSON.stringify(this.build())}\n\n`);
  }
}
