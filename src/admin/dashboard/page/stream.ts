import type { LiveView } from "../../../operation/live.ts";
import { ApiError, refusalOf, whoAsks } from "./api.ts";

/** A document comes each second: after this without one the connection is lost. */
const SILENCE_MS = 3_500;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export interface StreamListener {
  live(view: LiveView): void;
  connected(): void;
  /** `why` in a sentence; the next attempt is `inMs` away. */
  lost(why: string, inMs: number): void;
  /** The token is not valid, or no longer. */
  refused(why: string): void;
}

/** Reads /v1/events with the token in a header, and connects again by itself, with growing pauses. */
export class LiveStream {
  private abort = new AbortController();
  private timer = 0;
  private pauseMs = FIRST_PAUSE_MS;
  private closed = false;

  constructor(
    private readonly token: string,
    private readonly listener: StreamListener,
  ) {}

  /** Connects now, whatever pause was left. */
  connect(): void {
    clearTimeout(this.timer);
    this.abort.abort();
    this.abort = new AbortController();
    if (!this.closed) this.run(this.abort);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.abort.abort();
  }

  private async run(abort: AbortController): Promise<void> {
    try {
      await this.read(abort);
      this.again(abort, "the gateway ended the stream");
    } catch (error) {
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
        this.closed = true;
        this.listener.refused(error.message);
      } else this.again(abort, error instanceof ApiError ? error.message : lossOf(abort));
    }
  }

  private async read(abort: AbortController): Promise<void> {
    const watch = new Watch(SILENCE_MS, () => abort.abort("silence"));
    try {
      const headers = { ...whoAsks(this.token), accept: "text/event-stream" };
      const response = await fetch("v1/events", { headers, signal: abort.signal, cache: "no-store" });
      if (!response.ok) throw new ApiError(response.status, refusalOf(await response.text(), response.status));
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        watch.fed();
        text += value;
        const events = text.split("\n\n");
        text = events.pop()!;
        for (const event of events) this.take(event);
      }
    } finally {
      watch.end();
    }
  }

  private take(event: string): void {
    const lines = event.split("\n");
    const name =
      lines
        .find((line) => line.startsWith("event:"))
        ?.slice(6)
        .trim() ?? "message";
    const data = lines
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.slice(5).trimStart())
      .join("\n");
    if (name === "end") throw new ApiError(200, data);
    if (data === "") return;
    if (this.pauseMs !== FIRST_PAUSE_MS) this.pauseMs = FIRST_PAUSE_MS;
    this.listener.connected();
    this.listener.live(JSON.parse(data));
  }

  private again(abort: AbortController, why: string): void {
    if (this.closed || abort !== this.abort) return;
    const pauseMs = this.pauseMs;
    this.pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    this.listener.lost(why, pauseMs);
    this.timer = setTimeout(() => this.connect(), pauseMs);
  }
}

function lossOf(abort: AbortController): string {
  return abort.signal.reason === "silence"
    ? `the gateway has sent nothing for ${SILENCE_MS / 1000} s`
    : "the gateway can't be reached";
}

/** Calls when it has not been fed for a time. */
class Watch {
  private timer: number;

  constructor(
    private readonly ms: number,
    private readonly late: () => void,
  ) {
    this.timer = setTimeout(late, ms);
  }

  fed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.late, this.ms);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
