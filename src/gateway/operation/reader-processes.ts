import { serialize } from "node:v8";
import { JournalUnread } from "../../operation/journal.ts";
import { ourselves } from "../../recovery/ourselves.ts";

/** Readers that work at a time, and questions that may wait for one. */
const AT_ONCE = 2;
const MOST_WAITING = 16;
/** Exit code of a reader for a question that is wrong. */
const BAD_QUESTION = 2;

/** Of a question that somebody always waits for. */
const NEVER = new AbortController().signal;

type Reader = Bun.Subprocess<Blob, "pipe", "pipe">;

/** Processes that read the journal beside the gateway: each is started for one job, at the lowest priority. */
export class ReaderProcesses {
  private readonly running = new Set<Reader>();
  private waiting: (() => void)[] = [];
  private working = 0;
  private closed = false;

  /** `entry` is the module URL of the process's entry. */
  constructor(private readonly entry: string) {}

  /** Resolves with all that the reader writes; `gone` ends it. Rejects with JournalUnread. */
  async answer(command: string, job: object, withinMs: number, gone?: AbortSignal): Promise<Uint8Array> {
    const stream = await this.stream(command, job, withinMs, gone);
    return new Response(stream).bytes();
  }

  /**
   * Resolves with what the reader writes, once there is something. Rejects with JournalUnread; the stream fails with it where the
   * reader does so later.
   */
  async stream(
    command: string,
    job: object,
    withinMs: number,
    gone: AbortSignal = NEVER,
  ): Promise<ReadableStream<Uint8Array>> {
    await this.turn(gone);
    const answer = new Answer(this.startOrLeave(command, job), withinMs, gone);
    void answer.ended.then(() => this.leave());
    const first = await answer.next();
    return new ReadableStream<Uint8Array>({
      start: (controller) => (first === null ? controller.close() : controller.enqueue(first)),
      pull: async (controller) => {
        const chunk = await answer.next();
        if (chunk === null) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: () => answer.kill(),
    });
  }

  private startOrLeave(command: string, job: object): Reader {
    try {
      return this.start(command, job);
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  /** Starts a reader that is not counted: its caller bounds how many there are, and ends it. */
  start(command: string, job: object): Reader {
    if (this.closed) throw new JournalUnread("busy", "the gateway is stopping");
    const reader: Reader = Bun.spawn([...ourselves(this.entry), command], {
      argv0: "sallyport",
      stdin: new Blob([serialize(job) as Uint8Array<ArrayBuffer>]),
      stdout: "pipe",
      stderr: "pipe",
    });
    this.running.add(reader);
    void reader.exited.then(() => this.running.delete(reader));
    return reader;
  }

  /** Ends all readers. */
  async close(): Promise<void> {
    this.closed = true;
    for (const reader of this.running) reader.kill("SIGKILL");
    await Promise.all([...this.running].map(({ exited }) => exited));
  }

  private async turn(gone: AbortSignal): Promise<void> {
    if (gone.aborted) throw nobodyWaits();
    if (this.working < AT_ONCE) {
      this.working++;
      return;
    }
    if (this.waiting.length >= MOST_WAITING)
      throw new JournalUnread(
        "busy",
        `expected at most ${AT_ONCE + MOST_WAITING} questions to the journal, got one more`,
      );
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.waiting = this.waiting.filter((one) => one !== begin);
        reject(nobodyWaits());
      };
      const begin = (): void => {
        gone.removeEventListener("abort", leave);
        resolve();
      };
      gone.addEventListener("abort", leave, { once: true });
      this.waiting.push(begin);
    });
  }

  /** The next one in the line takes the place. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.working--;
    else next();
  }
}

function nobodyWaits(): JournalUnread {
  return new JournalUnread("gone", "expected a client that waits for the answer, got one that has gone");
}

/** What one reader writes, up to its end. */
class Answer {
  /** Resolves with its exit code. */
  readonly ended: Promise<number>;
  private readonly chunks: AsyncIterator<Uint8Array>;
  private readonly errors: Promise<string>;
  private isLate = false;

  constructor(
    private readonly reader: Reader,
    private readonly withinMs: number,
    private readonly gone: AbortSignal,
  ) {
    this.chunks = (reader.stdout as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    this.errors = new Response(reader.stderr).text();
    const timer = setTimeout(() => {
      this.isLate = true;
      reader.kill("SIGKILL");
    }, withinMs);
    const end = (): void => this.kill();
    gone.addEventListener("abort", end);
    if (gone.aborted) end();
    this.ended = reader.exited.finally(() => {
      clearTimeout(timer);
      gone.removeEventListener("abort", end);
    });
  }

  /** The next bytes; null: that was all. Rejects with JournalUnread where the reader failed. */
  async next(): Promise<Uint8Array | null> {
    const chunk = await this.chunks.next();
    if (chunk.done !== true) return chunk.value;
    const code = await this.ended;
    if (code === 0) return null;
    if (this.gone.aborted) throw nobodyWaits();
    if (this.isLate)
      throw new JournalUnread(
        "timeout",
        `expected an answer of the journal within ${this.withinMs / 1000} s, got none`,
      );
    throw new JournalUnread(code === BAD_QUESTION ? "invalid" : "failed", lastLine(await this.errors, code));
  }

  kill(): void {
    this.reader.kill("SIGKILL");
  }
}

/** What a reader said last, without the program's name. */
export function lastLine(text: string, code: number | null): string {
  const line = text.trim().split("\n").at(-1) ?? "";
  return line === "" ? `the reader of the journal ended with ${code}` : line.replace(/^sallyport: /, "");
}
