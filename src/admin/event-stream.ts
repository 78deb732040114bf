const ALIVE_EVERY_MS = 5_000;
/** Bytes that wait for a slow listener; then it is cut off. */
const MOST_WAITING = 1 << 20;

/** Server-sent events to one listener. */
export interface EventStream {
  readonly response: Response;
  send(event: string, data: unknown): void;
  /** Ends it; the listener gets the reason first. */
  end(why: string): void;
  /** `close` is called once the listener has gone. */
  closed(close: () => void): void;
}

/** `signal` is the request's: it says when its client has gone. */
export function eventStream(signal: AbortSignal): EventStream {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  let onClosed = (): void => {};
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    clearInterval(alive);
    signal.removeEventListener("abort", close);
    onClosed();
  };
  const write = (text: string): void => {
    if (!isOpen || controller === null) return;
    controller.enqueue(encoder.encode(text));
    if ((controller.desiredSize ?? 0) > 0) return;
    close();
    controller.close();
  };
  // Something has to come from time to time, or both ends think that the other is gone.
  const alive = setInterval(() => write(": alive\n\n"), ALIVE_EVERY_MS);
  const body = new ReadableStream<Uint8Array>(
    {
      start: (given) => {
        controller = given;
        write(": open\n\n");
      },
      cancel: close,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MOST_WAITING }),
  );
  signal.addEventListener("abort", close);
  if (signal.aborted) close();
  return {
    response: new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } }),
    send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    end: (why) => {
      if (why !== "") write(`event: end\ndata: ${JSON.stringify({ why })}\n\n`);
      if (!isOpen) return;
      close();
      controller?.close();
    },
    closed: (call) => {
      onClosed = call;
      if (!isOpen) call();
    },
  };
}
