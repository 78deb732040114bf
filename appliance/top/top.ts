import { writeSync } from "node:fs";
import type { LiveView } from "../../src/operation/live.ts";
import { ApiClient, ApiError, type Connection } from "../ctl/api-client.ts";
import { serverEvents } from "./event-stream.ts";
import { frameLines, type Screen } from "./frame.ts";

const OK = 0;
const FAILED = 1;
const STDOUT = 1;
/** Of a terminal that does not say. */
const COLUMNS = 80;
const ROWS = 24;
/** Alternate screen without cursor; and back. */
const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
/** To the first cell; to the end of a line, and of the screen, is cleared. */
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_REST = "\u001b[J";
const LATER_MS = 1_000;

export interface TopOptions extends Connection {
  readonly once?: boolean;
}

/**
 * Shows a running gateway until q or Ctrl-C; with `once` one frame as plain text.
 * Returns  the process's exit code.
 */
export async function topCommand({ once, ...connection }: TopOptions): Promise<number> {
  try {
    const client = new ApiClient(connection);
    if (once === true) return await showOnce(client);
    if (process.stdout.isTTY && process.stdin.isTTY) return await new Top(client).run();
    console.error("sallyport: top needs a terminal; --once prints one frame without");
    return FAILED;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    console.error(`sallyport: ${error.message}`);
    return FAILED;
  }
}

async function showOnce(client: ApiClient): Promise<number> {
  // The first document has no rates yet.
  let seen = 0;
  for await (const view of documents(client, new AbortController().signal))
    if (++seen === 2) {
      const screen = { columns: COLUMNS, rows: Number.MAX_SAFE_INTEGER, isColoured: false };
      for (const line of frameLines(view, screen)) console.log(line);
      return OK;
    }
  return FAILED;
}

/** The documents of a gateway, one a second. Throws an ApiError when it ends. */
async function* documents(client: ApiClient, signal: AbortSignal): AsyncGenerator<LiveView> {
  const response = await client.open("GET", "/v1/events");
  if (!response.ok || response.body === null) throw new ApiError(`the API answers ${response.status} for its events`);
  signal.addEventListener("abort", () => void response.body?.cancel().catch(() => {}));
  for await (const { event, data } of serverEvents(response.body)) {
    if (event === "end") throw new ApiError(data);
    yield JSON.parse(data) as LiveView;
  }
}

/** The view on a terminal. */
class Top {
  private readonly ending = new AbortController();
  private view: LiveView | null = null;
  private notice = "connecting";

  constructor(private readonly client: ApiClient) {}

  /** Resolves once somebody quits; the terminal is as it was. */
  async run(): Promise<number> {
    const quit = (): void => this.ending.abort();
    const redraw = (): void => this.draw();
    const onKey = (key: Buffer): void => {
      if (/[qQ\u0003\u001b]/.test(key.toString("latin1"))) quit();
    };
    const restore = (): void => write(LEAVE);
    process.on("exit", restore);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, quit);
    process.stdin.setRawMode(true);
    process.stdin.on("data", onKey);
    process.stdout.on("resize", redraw);
    write(ENTER);
    try {
      await Promise.race([this.follow(), aborted(this.ending.signal)]);
      return OK;
    } finally {
      process.stdout.off("resize", redraw);
      process.stdin.off("data", onKey);
      process.stdin.setRawMode(false);
      process.stdin.pause();
      process.off("exit", restore);
      restore();
    }
  }

  /** Shows what comes; a gateway that is gone is asked again, as it may be restarted. */
  private async follow(): Promise<void> {
    while (!this.ending.signal.aborted) {
      try {
        for await (const view of documents(this.client, this.ending.signal)) {
          this.view = view;
          this.notice = "";
          this.draw();
        }
        this.notice = "the gateway has ended the stream";
      } catch (error) {
        this.notice = (error as Error).message;
      }
      this.draw();
      await Bun.sleep(LATER_MS);
    }
  }

  /** One write a frame: a terminal never shows half of one. */
  private draw(): void {
    // Asked anew each time: a resize while nothing is read is not missed.
    const [columns, rows] = process.stdout.getWindowSize?.() ?? [COLUMNS, ROWS];
    const screen: Screen = { columns, rows: rows - 1, isColoured: (process.env.NO_COLOR ?? "") === "" };
    const notice = this.notice === "" ? "q quits" : `q quits; ${this.notice}`;
    const lines = [...(this.view === null ? [] : frameLines(this.view, screen)), notice.slice(0, columns - 1)];
    write(HOME + lines.map((line) => `${line}${CLEAR_LINE}`).join("\r\n") + CLEAR_REST);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve());
  });
}

/** A terminal takes a frame as a whole, or is gone. */
function write(text: string): void {
  try {
    writeSync(STDOUT, text);
  } catch {
    // The terminal is gone, and the signal about it ends this.
  }
}
