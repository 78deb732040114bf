import type { Accounts } from "../operation/accounts.ts";
import type { AlarmOperations } from "../operation/alarms.ts";
import type { CopyProgressView, DropCopies, DropCopyView } from "../operation/drop-copies.ts";
import type { JournalLag } from "../operation/journal-lag.ts";
import type { KillSwitch } from "../operation/kill-switch.ts";
import type { Lanes } from "../operation/lanes.ts";
import type { Latencies } from "../operation/latency.ts";
import type {
  LiveAlarm,
  LiveCopy,
  LiveJournal,
  LiveLatency,
  LiveLimit,
  LivePeer,
  LiveRates,
  LiveStall,
  LiveView,
} from "../operation/live.ts";
import type { LinkView, Sessions, SessionView } from "../operation/sessions.ts";
import type { SystemOperations } from "../operation/system.ts";
import type { Venues, VenueView } from "../operation/venues.ts";

/** What the document is made of. */
export interface LiveSources {
  readonly system: SystemOperations;
  readonly sessions: Sessions;
  readonly venues: Venues;
  readonly dropCopies: DropCopies;
  readonly latencies: Latencies;
  readonly lanes: Lanes;
  readonly journalLag: JournalLag;
  readonly accounts: Accounts;
  readonly killSwitch: KillSwitch;
  readonly alarms: AlarmOperations;
}

/** Sessions, venues, and drop copy sessions, that one document lists: those that are not logged on first. */
const MOST_PEERS = 200;
/** Accounts read for one document: of more, each document reads the next ones. */
const ACCOUNTS_AT_ONCE = 64;
const MOST_LIMITS = 50;
const MOST_ALARMS = 50;

interface Totals {
  readonly atMs: number;
  readonly orders: number;
  readonly reports: number;
  readonly rejects: number;
}

/** Makes the document of one second from views of shared memory. Never disturbs a lane. */
export class LiveViewMaker {
  private before: Totals | null = null;
  private readonly limits = new Map<string, readonly LiveLimit[]>();
  private nextAccount = 0;

  constructor(
    private readonly sources: LiveSources,
    private readonly now: () => number = performance.now.bind(performance),
  ) {}

  make(): LiveView {
    const { system, latencies, lanes, killSwitch, journalLag, alarms } = this.sources;
    const sessions = this.sources.sessions.list();
    const venues = this.sources.venues.list();
    const dropCopies = this.sources.dropCopies.list();
    const copying = this.sources.dropCopies.progress();
    const { version, startedAt } = system.view();
    return {
      time: new Date().toISOString(),
      system: { version, startedAt, notReady: system.notReady() },
      rates: this.rates(sessions),
      orders: {
        open: sum(sessions, ({ openOrders }) => openOrders),
        attention: system.counters().ordersNeedingAttention ?? 0,
      },
      latency: latencies.all().map(({ stage, interval }) => latencyOf(stage, interval)),
      stalls: stallsOf(lanes),
      sessions: listed(sessions).map((one) => peerOf(one, one.requestsRefused, one.openOrders)),
      venues: listed(venues).map((one) => peerOf(one, one.rejectsReceived, one.unacknowledged)),
      dropCopies: listed(dropCopies).map((one) => copyOf(one, copying)),
      leftOut: sum([sessions, venues, dropCopies], ({ length }) => Math.max(0, length - MOST_PEERS)),
      limits: this.fullest(),
      killSwitch: killSwitch.engaged(),
      alarms: openAlarms(alarms),
      journal: journalOf(journalLag, system),
    };
  }

  private rates(sessions: readonly SessionView[]): LiveRates {
    const totals: Totals = {
      atMs: this.now(),
      orders: sum(sessions, ({ requests }) => requests),
      reports: sum(sessions, ({ reports }) => reports),
      rejects: sum(sessions, ({ requestsRefused }) => requestsRefused),
    };
    const { before } = this;
    this.before = totals;
    if (before === null || totals.atMs <= before.atMs) return { orders: 0, reports: 0, rejects: 0 };
    const seconds = (totals.atMs - before.atMs) / 1_000;
    const rate = (kind: "orders" | "reports" | "rejects"): number => Math.max(0, totals[kind] - before[kind]) / seconds;
    return { orders: rate("orders"), reports: rate("reports"), rejects: rate("rejects") };
  }

  private fullest(): LiveLimit[] {
    const { accounts } = this.sources;
    const names = accounts.names();
    for (let i = 0; i < Math.min(ACCOUNTS_AT_ONCE, names.length); i++) {
      const name = names[this.nextAccount++ % names.length]!;
      const usage = accounts.get(name)?.usage ?? [];
      this.limits.set(
        name,
        usage.map((use) => ({ account: name, ...use })),
      );
    }
    // Some may have been retired.
    if (this.limits.size > names.length) {
      const left = new Set(names);
      for (const name of this.limits.keys()) if (!left.has(name)) this.limits.delete(name);
    }
    return fullestOf(this.limits.values());
  }
}

/** The fullest limits, in that order: of all accounts, so none of them is sorted but these. */
function fullestOf(accounts: Iterable<readonly LiveLimit[]>): LiveLimit[] {
  const fullest: LiveLimit[] = [];
  for (const limits of accounts) {
    for (const limit of limits) {
      if (fullest.length === MOST_LIMITS && limit.percent <= fullest.at(-1)!.percent) continue;
      const behind = fullest.findLastIndex(({ percent }) => percent >= limit.percent);
      fullest.splice(behind + 1, 0, limit);
      if (fullest.length > MOST_LIMITS) fullest.pop();
    }
  }
  return fullest;
}

/** In the order of the configuration where all have room. */
function listed<View extends Pick<LinkView, "state">>(views: readonly View[]): readonly View[] {
  if (views.length <= MOST_PEERS) return views;
  return [...views]
    .sort((a, b) => Number(a.state === "logged on") - Number(b.state === "logged on"))
    .slice(0, MOST_PEERS);
}

function peerOf(view: SessionView | VenueView, rejects: number, orders: number): LivePeer {
  const { name, nextIn, nextOut, inPerSecond, outPerSecond, backlogBytes, lastInUs, lastDisconnect } = view;
  const numbers = { nextIn, nextOut, inPerSecond, outPerSecond, rejects, orders, backlogBytes, lastInUs };
  return { name, link: view.state, state: view.tradingState, ...numbers, lastDisconnect: lastDisconnect?.why ?? "" };
}

function copyOf(view: DropCopyView, progress: CopyProgressView | null): LiveCopy {
  const { name, state: link, nextOut, outPerSecond, copies, waiting, lastDisconnect } = view;
  const { behindBytes = 0, behindS = 0, waitsForRoom = false, fault: stopped = null } = progress ?? {};
  const numbers = { nextOut, outPerSecond, copies, waiting, behindBytes, behindS };
  return { name, link, ...numbers, waitsForRoom, stopped, lastDisconnect: lastDisconnect?.why ?? "" };
}

function latencyOf(stage: LiveLatency["stage"], figures: Omit<LiveLatency, "stage">): LiveLatency {
  const { count, p50, p99, p999, max } = figures;
  return { stage, count, p50, p99, p999, max };
}

function stallsOf(lanes: Lanes): LiveStall[] {
  const causes = new Map<string, LiveStall>();
  for (const { stallCauses } of lanes.list()) {
    for (const { cause, count, totalUs, worstUs } of stallCauses) {
      const known = causes.get(cause) ?? { cause, count: 0, totalUs: 0, worstUs: 0 };
      const worst = Math.max(known.worstUs, worstUs);
      causes.set(cause, { cause, count: known.count + count, totalUs: known.totalUs + totalUs, worstUs: worst });
    }
  }
  return [...causes.values()].filter(({ count }) => count > 0).sort((a, b) => b.totalUs - a.totalUs);
}

function openAlarms(alarms: AlarmOperations): LiveAlarm[] {
  return alarms
    .list()
    .filter(({ state }) => state !== "resolved")
    .slice(0, MOST_ALARMS)
    .map(({ id, severity, subject, text, since, acknowledgedBy }) => ({
      id,
      severity,
      subject,
      text,
      since,
      acknowledgedBy,
    }));
}

function journalOf(lag: JournalLag, system: SystemOperations): LiveJournal {
  const streams = lag.streams();
  const fullest = Math.max(
    0,
    ...streams.map(({ unwrittenBytes, bufferBytes }) => (100 * unwrittenBytes) / bufferBytes),
  );
  const { freeBytes, totalBytes } = system.disk();
  return {
    unwrittenBytes: sum(streams, ({ unwrittenBytes }) => unwrittenBytes),
    fullestPercent: Math.floor(fullest),
    freeBytes,
    totalBytes,
  };
}

function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0);
}
