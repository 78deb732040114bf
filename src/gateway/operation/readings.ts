import { existsSync, readdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { timeSync } from "../../../ffi/time-sync.ts";
import { COUNTER_NAMES } from "../../core/counter-names.ts";
import { sessionLockPath } from "../../journal/store/session-lock.ts";
import type { DropCopies, DropCopyView } from "../../operation/drop-copies.ts";
import type { JournalLag } from "../../operation/journal-lag.ts";
import type { Lanes } from "../../operation/lanes.ts";
import type { QuotesView } from "../../operation/quotes.ts";
import type {
  ClockReading,
  DiskReading,
  DropCopyReading,
  LatencyReading,
  LimitReading,
  LinkReading,
  OverrideReading,
  Readings,
  StoppedReading,
  UpReading,
} from "../../operation/readings.ts";
import type { LinkView, Sessions, SessionView } from "../../operation/sessions.ts";
import type { RefusedView, TlsSideView } from "../../operation/tls.ts";
import type { Venues, VenueView } from "../../operation/venues.ts";
import { ProcessFiles } from "./process-reading.ts";

export interface ReadingsParts {
  readonly dir: string;
  /** The core's counters, in the order of COUNTER_NAMES. */
  readonly counters: Float64Array;
  readonly sessions: Sessions;
  readonly venues: Venues;
  readonly dropCopies: DropCopies;
  readonly lanes: Lanes;
  readonly journalLag: JournalLag;
  readonly latencies: () => readonly LatencyReading[];
  readonly limitCurrency: string | null;
  readonly limits: () => readonly LimitReading[];
  /** Scopes whose kill switch is engaged. */
  readonly kills: () => readonly string[];
  readonly overrides: () => readonly OverrideReading[];
  readonly stopped: () => readonly StoppedReading[];
  /** Null: no quotes are configured. */
  readonly quotes: () => QuotesView | null;
  readonly tls: () => readonly TlsSideView[];
  readonly refused: () => readonly RefusedView[];
  /** Collections of the main thread. */
  readonly collections: () => number;
  /** memory.limitMiB that is in force; 0: none. */
  readonly memoryLimitBytes: () => number;
  /** What is wrong with the data directory, or "". */
  readonly dataProblem: () => string;
}

/** Reads what metrics and alarms are made of. Never disturbs a lane. */
export class GatewayReadings {
  private readonly process = new ProcessFiles();
  private readonly startMs = performance.now();

  /** By place: what was made of a session's view last; views that have not changed are the same objects. */
  private readonly made: { readonly view: SessionView; readonly reading: LinkReading }[] = [];

  constructor(private readonly parts: ReadingsParts) {}

  take(): Readings {
    const { dir, counters, sessions, venues, dropCopies, lanes, journalLag, latencies, limits, kills } = this.parts;
    const streams = journalLag.streams();
    const locked = lockedOf(dir);
    return {
      atMs: Date.now(),
      uptimeS: (performance.now() - this.startMs) / 1_000,
      counters: Object.fromEntries(COUNTER_NAMES.map((name, i) => [name, counters[i]!])),
      sessions: sessions.list().map((view, place) => this.session(view, place, locked)),
      venues: venues.list().map(venueReading),
      dropCopies: dropCopies.list().map(dropCopyReading),
      copying: dropCopies.progress(),
      lanes: lanes.list().map(({ stallCauses, ...lane }) => ({ ...lane, stalls: stallCauses })),
      limitCurrency: this.parts.limitCurrency,
      limits: limits(),
      streams,
      latencies: latencies(),
      process: this.process.read(this.parts.memoryLimitBytes(), this.parts.collections()),
      disk: diskOf(dir),
      clock: clockOf(),
      kills: kills().map((scope) => ({ scope })),
      overrides: this.parts.overrides(),
      stopped: this.parts.stopped(),
      quotes: this.parts.quotes(),
      tls: this.parts.tls(),
      refused: this.parts.refused(),
      dataProblem: this.parts.dataProblem(),
      isJournalFull: streams.some(({ errno }) => errno !== 0),
    };
  }

  private session(view: SessionView, place: number, locked: ReadonlySet<string>): LinkReading {
    const isLocked = locked.size > 0 && locked.has(sessionLockPath(this.parts.dir, view.name));
    const before = this.made[place];
    if (before?.view === view && before.reading.isLocked === isLocked) return before.reading;
    const reading = sessionReading(view, isLocked);
    this.made[place] = { view, reading };
    return reading;
  }
}

function sessionReading(view: SessionView, isLocked: boolean): LinkReading {
  const { requests, reports, openOrders, isDynamic } = view;
  const { dontKnowTrades, messagesThrottled, floodLogouts } = view;
  const counts = { requests, reports, openOrders, dontKnowTrades, messagesThrottled, floodLogouts };
  // Whoever takes a dynamic session comes and goes as it likes.
  const isExpected = !isDynamic && view.tradingState !== "off";
  const canceled = canceledText(view);
  return {
    ...linkReading(view),
    ...counts,
    isLocked,
    isExpected,
    canceled,
    throttle: null,
    silentS: 0,
    answerWithinS: 0,
  };
}

/** Says nothing of orders that need not be canceled. */
function canceledText({ cancelOnDisconnect: { state, asked }, openOrders }: SessionView): string {
  if (state !== "canceling" && (state !== "canceled" || asked === 0)) return "";
  const open = openOrders === 0 ? "none is open any more" : `${openOrders} are still open`;
  return `it is gone: the venues of ${asked} of its open orders were asked to cancel them, ${open}`;
}

function venueReading(view: VenueView): LinkReading {
  const { requests, reports, unacknowledged: openOrders, unacknowledgedS: silentS, answerWithinS, throttle } = view;
  return {
    ...linkReading(view),
    requests,
    reports,
    openOrders,
    isLocked: false,
    isExpected: view.tradingState !== "off",
    dontKnowTrades: 0,
    messagesThrottled: 0,
    floodLogouts: 0,
    throttle,
    silentS,
    answerWithinS,
    canceled: "",
  };
}

function dropCopyReading(view: DropCopyView): DropCopyReading {
  const { name, state, messagesIn, messagesOut, backlogBytes, copies, waiting } = view;
  return { name, state, isExpected: true, ...endOf(view), messagesIn, messagesOut, backlogBytes, copies, waiting };
}

type CommonReading = Omit<
  LinkReading,
  | "requests"
  | "reports"
  | "openOrders"
  | "isLocked"
  | "isExpected"
  | "dontKnowTrades"
  | "messagesThrottled"
  | "floodLogouts"
  | "throttle"
  | "silentS"
  | "answerWithinS"
  | "canceled"
>;

function linkReading(view: LinkView): CommonReading {
  const { name, state, messagesIn, messagesOut, rejectsSent, rejectsReceived, garbled, hasGap } = view;
  const { backlogBytes, backlogLimitBytes, lastInUs } = view;
  return {
    name,
    state,
    hasGap,
    messagesIn,
    messagesOut,
    rejectsSent,
    rejectsReceived,
    garbled,
    backlogBytes,
    backlogLimitBytes,
    lastInMs: lastInUs === null ? null : lastInUs / 1_000,
    ...endOf(view),
  };
}

/** When it logged on last, and why its last connection ended. */
function endOf({
  lastLogonUs,
  lastDisconnect,
}: Pick<LinkView, "lastLogonUs" | "lastDisconnect">): Pick<UpReading, "lastLogonMs" | "lastDisconnect"> {
  return {
    lastLogonMs: lastLogonUs === null ? null : lastLogonUs / 1_000,
    lastDisconnect: lastDisconnect?.why ?? "",
  };
}

/** Paths of the locks of sessions. */
function lockedOf(dir: string): Set<string> {
  const folder = join(dir, "locked");
  if (!existsSync(folder)) return new Set();
  return new Set(readdirSync(folder).map((file) => join(folder, file)));
}

function diskOf(dir: string): DiskReading | null {
  try {
    const { bavail, blocks, bsize } = statfsSync(dir);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    // The data directory is gone: another alarm says so.
    return null;
  }
}

function clockOf(): ClockReading | null {
  try {
    const { synchronised, offsetUs, estimatedErrorUs } = timeSync();
    return { isSynchronised: synchronised, offsetUs, estimatedErrorUs };
  } catch {
    // A container may forbid the call; sallyport doctor says so.
    return null;
  }
}
