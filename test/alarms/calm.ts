import type { DropCopyReading, LaneReading, LinkReading, Readings } from "../../src/operation/readings.ts";

/** Noon of some day. */
export const NOON_MS = Date.UTC(2026, 10, 24, 12);

export function link(name: string, more: Partial<LinkReading> = {}): LinkReading {
  return {
    name,
    state: "logged on",
    isExpected: true,
    hasGap: false,
    isLocked: false,
    dontKnowTrades: 0,
    messagesThrottled: 0,
    floodLogouts: 0,
    throttle: null,
    silentS: 0,
    answerWithinS: 0,
    canceled: "",
    messagesIn: 0,
    messagesOut: 0,
    rejectsSent: 0,
    rejectsReceived: 0,
    garbled: 0,
    requests: 0,
    reports: 0,
    openOrders: 0,
    backlogBytes: 0,
    backlogLimitBytes: 1_048_576,
    lastInMs: null,
    lastLogonMs: NOON_MS - 60_000,
    lastDisconnect: "",
    ...more,
  };
}

export function copySession(name: string, more: Partial<DropCopyReading> = {}): DropCopyReading {
  return {
    name,
    state: "logged on",
    isExpected: true,
    lastLogonMs: NOON_MS - 60_000,
    lastDisconnect: "",
    messagesIn: 0,
    messagesOut: 0,
    backlogBytes: 0,
    copies: 0,
    waiting: 0,
    ...more,
  };
}

export function lane(number: number, more: Partial<LaneReading> = {}): LaneReading {
  return {
    lane: number,
    agents: ["client0", "core", "venue0"],
    turns: 0,
    workedTurns: 0,
    longestTurnUs: 0,
    collections: 0,
    compilations: 0,
    stalls: [],
    ...more,
  };
}

/** A gateway without anything to worry about, two minutes after its start. */
export function calm(more: Partial<Readings> = {}): Readings {
  return {
    atMs: NOON_MS,
    uptimeS: 120,
    counters: { orders: 0, rejects: 0, venueRejects: 0, ordersNeedingAttention: 0 },
    sessions: [link("ALICE")],
    venues: [link("SIM")],
    dropCopies: [],
    copying: null,
    lanes: [lane(0)],
    limitCurrency: null,
    limits: [],
    streams: [{ stream: "core", appendedBytes: 0, unwrittenBytes: 0, bufferBytes: 1_000_000 }],
    latencies: [],
    process: {
      residentBytes: 0,
      virtualBytes: 0,
      privateBytes: 0,
      limitBytes: 0,
      heapBytes: 0,
      cpuS: 0,
      startMs: NOON_MS - 120_000,
      openFds: 10,
      maxFds: 1_024,
      threads: 8,
      collections: 0,
    },
    disk: { freeBytes: 90e9, totalBytes: 100e9 },
    clock: { isSynchronised: true, offsetUs: 0, estimatedErrorUs: 10 },
    kills: [],
    overrides: [],
    stopped: [],
    quotes: null,
    tls: [],
    refused: [],
    dataProblem: "",
    isJournalFull: false,
    ...more,
  };
}
