import type { Log } from "../../base/log.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import type { Commands } from "../../control/commands.ts";
import type { Quotes, QuotesView } from "../../operation/quotes.ts";
import { QuoteBook, type QuotedSymbol } from "../../quotes/quote-book.ts";
import { noCounts } from "../../quotes/quote-counts.ts";
import { QuoteFile } from "../../quotes/quote-file.ts";
import { QuoteSocket } from "../../quotes/quote-socket.ts";
import { CONTROL_QUOTES } from "../../record/control-codes.ts";
import { quotesText } from "../../record/quotes.ts";
import { tradingHours } from "../../schedule/trading-hours.ts";
import type { Part } from "../supervisor.ts";

/** Turns of a second: in each, what is new in the file is read, and the core is given what is due. */
const TURNS_PER_S = 5;
/** Most quotes that the core is given in a second, and the journal keeps. */
const MOST_PER_S = 5_000;
/** Most quotes of one command: the core takes some 2 µs for them, and no order meanwhile. */
const MOST_OF_COMMAND = 48;
/** Time after a start in which nobody need have connected. */
const GRACE_MS = 10_000;
const MOVE_PPM_OF_PERCENT = 10_000;

export interface QuoteFeedParts {
  /** In force; another object after each reload. */
  readonly config: () => Pick<GatewayConfig, "symbols" | "quotes" | "calendars">;
  readonly commands: Pick<Commands, "send">;
  readonly log: Log;
  readonly nowMs?: () => number;
}

/**
 * Takes quotes from a unix socket and from a file, and gives the core the newest one of each symbol by commands in the journal: a replay has
 * them, too. One command is under way at a time, so that nothing else waits behind many. Main thread.
 */
export class QuoteFeed implements Part, Quotes {
  readonly name = "quotes";
  private readonly counts = noCounts();
  private readonly book: QuoteBook;
  private readonly socket: QuoteSocket | null;
  private readonly file: QuoteFile | null;
  private readonly nowMs: () => number;
  private timer: ReturnType<typeof setInterval> | undefined;
  private ofConfig: unknown = null;
  /** Schedules of symbols, undefined for one that is always open, and the configuration that they are of. */
  private schedules = new Set<string | undefined>();
  private hoursOf: unknown = null;
  private isBusy = false;
  private startMs = 0;
  private newestMs = 0;
  private hadConnection = false;
  private fileProblem = "";
  /** What was last said of quotes that the core has not taken. */
  private refused = "";

  constructor(private readonly parts: QuoteFeedParts) {
    const { config, log, nowMs = Date.now } = parts;
    const { socket, file, everyMs, movePercent } = config().quotes;
    this.nowMs = nowMs;
    const movePpm = Math.round(Number(movePercent) * MOVE_PPM_OF_PERCENT);
    this.book = new QuoteBook({ everyMs, movePpm }, (symbol) => this.termsOf(symbol));
    const streams = {
      ...{ book: this.book, counts: this.counts, nowMs },
      problem: (what: string) => log.alarm(what),
      taken: (atMs: number) => {
        this.newestMs = atMs;
      },
    };
    const changed = (what: string): void => {
      this.hadConnection = true;
      log.info(what);
    };
    this.socket = socket === undefined ? null : new QuoteSocket(socket, { ...streams, changed });
    this.file = file === undefined ? null : new QuoteFile(file, streams);
  }

  async start(): Promise<void> {
    if (this.socket === null && this.file === null) return;
    this.startMs = this.nowMs();
    await this.socket?.open();
    await this.readToEnd();
    this.timer = setInterval(() => void this.turn(), 1_000 / TURNS_PER_S);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.socket?.close();
    this.file?.close();
  }

  /** Reads the file, and gives the core what is due. */
  async turn(): Promise<void> {
    const config = this.parts.config();
    if (this.ofConfig !== config) this.book.renewTerms();
    this.ofConfig = config;
    if (this.file !== null) this.readFile(this.file);
    if (this.isBusy) return;
    this.isBusy = true;
    await this.give();
    this.isBusy = false;
  }

  view(): QuotesView | null {
    const { socket, file } = this.parts.config().quotes;
    if (this.socket === null && this.file === null) return null;
    const ageMs = this.newestMs === 0 ? null : Math.max(0, this.nowMs() - this.newestMs);
    return {
      socket: this.socket === null ? null : socket!,
      file: this.file === null ? null : file!,
      connections: this.socket?.connections ?? 0,
      ageMs,
      ...this.counts,
      problem: this.problemOf(ageMs),
    };
  }

  /** While all markets are closed, nobody need send quotes; each opening is like a start. */
  private problemOf(ageMs: number | null): string {
    const openMs = this.openSince();
    if (openMs === null) return "";
    const sinceStartMs = this.nowMs() - Math.max(this.startMs, openMs);
    const isLost = this.socket !== null && this.socket.connections === 0;
    if (isLost && (this.hadConnection || sinceStartMs > GRACE_MS)) return "nobody is connected to quotes.socket";
    if (this.fileProblem !== "" && sinceStartMs > GRACE_MS) return this.fileProblem;
    const { silentMs } = this.parts.config().quotes;
    const silent = Math.min(ageMs ?? sinceStartMs, this.nowMs() - openMs);
    if (silentMs === undefined || silent <= silentMs) return "";
    return `no quote has come for ${(silent / 1_000).toFixed(1)} s, more than quotes.silentMs`;
  }

  /** When the first market opened that is open now, milliseconds; 0: one always is; null: none is open. */
  private openSince(): number | null {
    const config = this.parts.config();
    if (this.hoursOf !== config) {
      this.schedules = new Set(Object.values(config.symbols).map(({ schedule }) => schedule));
      this.hoursOf = config;
    }
    if (this.schedules.has(undefined)) return 0;
    const nowUs = this.nowMs() * 1_000;
    const opened: number[] = [];
    for (const name of this.schedules) {
      const hours = tradingHours(config.calendars[name!]!, nowUs);
      if (hours === null) return 0;
      if (hours.openUs <= nowUs) opened.push(hours.openUs / 1_000);
    }
    return opened.length === 0 ? null : Math.min(...opened);
  }

  private termsOf(symbol: string): QuotedSymbol | undefined {
    const terms = this.parts.config().symbols[symbol];
    return terms === undefined ? undefined : { signs: terms.prices, staleMs: terms.quotesStaleMs };
  }

  /** A file is read to its end before the core is given any of it: what comes later in it is newer. */
  private async readToEnd(): Promise<void> {
    if (this.file === null) return;
    do {
      this.readFile(this.file);
      await Bun.sleep(0);
    } while (this.fileProblem === "" && !this.file.isAtEnd);
  }

  private readFile(file: QuoteFile): void {
    const problem = file.poll();
    if (problem !== "" && problem !== this.fileProblem) this.parts.log.warning(problem);
    this.fileProblem = problem;
  }

  private async give(): Promise<void> {
    let left = this.book.due(MOST_PER_S / TURNS_PER_S, this.nowMs());
    while (left.length > 0) {
      const { text, count } = quotesText(left.slice(0, MOST_OF_COMMAND));
      const { applied, reason } = await this.parts.commands.send({ kind: CONTROL_QUOTES, value: count, text });
      if (!applied) {
        this.book.again(left);
        if (reason !== this.refused) this.parts.log.warning(`the core has not taken quotes: ${reason}; tried again`);
        this.refused = reason;
        return;
      }
      this.refused = "";
      this.counts.given += count;
      left = left.slice(count);
    }
  }
}
