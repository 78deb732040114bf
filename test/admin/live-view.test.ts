import { expect, test } from "bun:test";
import { type LiveSources, LiveViewMaker } from "../../src/admin/live-view.ts";
import { UNPROTECTED } from "../../src/gateway/operation/session-views.ts";
import type { AccountView } from "../../src/operation/accounts.ts";
import type { LinkView, SessionView } from "../../src/operation/sessions.ts";

const SYSTEM: LiveSources["system"] = {
  view: () => ({ version: "1.2.3", startedAt: "2026-12-01T08:00:00.000Z" }) as never,
  counters: () => ({ ordersNeedingAttention: 2 }),
  notReady: () => "",
  disk: () => ({ freeBytes: 3, totalBytes: 4 }),
};

const LINK: LinkView = {
  name: "",
  state: "logged on",
  nextIn: 7,
  nextOut: 9,
  messagesIn: 6,
  messagesOut: 8,
  inPerSecond: 1,
  outPerSecond: 2,
  rejectsSent: 0,
  rejectsReceived: 3,
  garbled: 0,
  hasGap: false,
  backlogBytes: 5,
  tradingState: "on",
  backlogLimitBytes: 100,
  peer: "",
  lastInUs: 1_000,
  lastOutUs: 1_000,
  lastLogonUs: 1_000,
  lastDisconnect: null,
  writtenUs: 1_000,
  lane: 0,
};

function session(name: string, change: Partial<SessionView> = {}): SessionView {
  const counts = { requests: 0, reports: 0, requestsRefused: 0, openOrders: 0 };
  const own = {
    ...counts,
    compId: name,
    dontKnowTrades: 0,
    messagesThrottled: 0,
    floodLogouts: 0,
    isDynamic: false,
    cancelOnDisconnect: UNPROTECTED,
  };
  return { ...LINK, ...own, name, ...change };
}

/** Without what the test gives, there is nothing of it. */
const NONE: LiveSources = {
  system: SYSTEM,
  sessions: { list: () => [], get: () => null },
  venues: { list: () => [], get: () => null, unacknowledged: async () => null },
  dropCopies: { list: () => [], get: () => null, progress: () => null },
  latencies: { all: () => [], session: () => null, venue: () => null, unmeasured: () => 0, histogram: () => null },
  lanes: { list: () => [], rings: () => [], stalls: () => [] },
  journalLag: { streams: () => [] },
  accounts: { names: () => [], get: () => null },
  killSwitch: { engaged: () => [], get: () => null, set: () => Promise.reject(new Error("not asked")) },
  alarms: { list: () => [] } as unknown as LiveSources["alarms"],
};

function made(sources: Partial<LiveSources>, now = () => 0): LiveViewMaker {
  return new LiveViewMaker({ ...NONE, ...sources }, now);
}

test("rates are those of the time since the document before, over all sessions", () => {
  let nowMs = 1_000;
  let list = [session("A", { requests: 100, reports: 200, requestsRefused: 5 }), session("B", { openOrders: 4 })];
  const maker = made({ sessions: { list: () => list, get: () => null } }, () => nowMs);
  expect(maker.make().rates).toEqual({ orders: 0, reports: 0, rejects: 0 });
  nowMs += 500;
  list = [
    session("A", { requests: 130, reports: 260, requestsRefused: 6, openOrders: 3 }),
    session("B", { requests: 20, openOrders: 4 }),
  ];
  const { rates, orders } = maker.make();
  expect(rates).toEqual({ orders: 100, reports: 120, rejects: 2 });
  expect(orders).toEqual({ open: 7, attention: 2 });
});

test("a row says how its last connection ended; a venue's counts are its own", () => {
  const why = 'peer logged out, it said "End of day"';
  const numbers = { nextIn: 1, nextOut: 1, pendingBytes: 0 };
  const ended = { atUs: 1, reason: "peer logged out", text: "End of day", why, ...numbers, peer: "" };
  const sessions = {
    list: () => [session("A", { lastDisconnect: ended, requestsRefused: 2, openOrders: 1 })],
    get: () => null,
  };
  const throttle = { queued: 0, queueLength: 0, cancelsWaiting: 0, throttled: 0, expired: 0 };
  const venue = {
    ...LINK,
    throttle,
    name: "V",
    requests: 0,
    reports: 0,
    unacknowledged: 6,
    unacknowledgedS: 0,
    answerWithinS: 0,
    statuses: null,
    addresses: [],
  };
  const view = made({
    sessions,
    venues: { list: () => [venue], get: () => null, unacknowledged: async () => null },
  }).make();
  expect(view.sessions).toMatchObject([{ name: "A", rejects: 2, orders: 1, lastDisconnect: why }]);
  expect(view.venues).toMatchObject([{ name: "V", rejects: 3, orders: 6, lastDisconnect: "" }]);
});

test("a drop copy session says how far its copies are, and why they stop", () => {
  const { tradingState: _, ...link } = LINK;
  const list = Array.from({ length: 201 }, (_, i) => ({
    ...link,
    ...{ name: `D${i}`, compId: "D", accounts: null, sessions: null, copies: 5, waiting: 2 },
  }));
  const fault = { agent: "client0", reason: "the entry at offset 64 is damaged" };
  const how = { behindBytes: 96, behindS: 1.5, waitsForRoom: true };
  const progress = () => ({ ...how, maxBehindS: 60, copiedUntilUs: null, copies: 5, fault });
  const view = made({ dropCopies: { list: () => list, get: () => null, progress } }).make();
  expect(view.dropCopies[0]).toEqual({
    ...{ name: "D0", link: "logged on", nextOut: 9, outPerSecond: 2, lastDisconnect: "", copies: 5, waiting: 2 },
    ...how,
    stopped: fault,
  });
  expect([view.dropCopies.length, view.leftOut]).toEqual([200, 1]);
  const [none] = made({ dropCopies: { list: () => list, get: () => null, progress: () => null } }).make().dropCopies;
  expect(none).toMatchObject({ behindBytes: 0, behindS: 0, waitsForRoom: false, stopped: null });
});

test("of more sessions than it lists, those that are not logged on come first, and the others are counted", () => {
  const list = Array.from({ length: 230 }, (_, i) =>
    session(`S${i}`, { state: i < 220 ? "logged on" : "disconnected" }),
  );
  const view = made({ sessions: { list: () => list, get: () => null } }).make();
  expect(view.sessions).toHaveLength(200);
  expect(view.sessions.slice(0, 10).every(({ link }) => link === "disconnected")).toBe(true);
  expect(view.leftOut).toBe(30);
});

test("the fullest limits come first; of many accounts each document reads some, and soon all", () => {
  const names = Array.from({ length: 150 }, (_, i) => `ACC${i}`);
  let read = 0;
  const get = (name: string): AccountView => {
    read++;
    const percent = Number(name.slice(3)) % 101;
    return { usage: [{ limit: "maxOpenOrders", used: percent, most: 100, percent }] } as unknown as AccountView;
  };
  const maker = made({ accounts: { names: () => names, get } });
  expect(maker.make().limits[0]).toMatchObject({ account: "ACC63", percent: 63 });
  expect(read).toBe(64);
  maker.make();
  const { limits } = maker.make();
  expect(limits[0]).toEqual({ account: "ACC100", limit: "maxOpenOrders", used: 100, most: 100, percent: 100 });
  const all = names.map((_, i) => i % 101).sort((a, b) => b - a);
  expect(limits.map(({ percent }) => percent)).toEqual(all.slice(0, 50));
});

test("an account that is retired is no longer listed", () => {
  const usage = [{ limit: "maxOpenOrders", used: 1, most: 1, percent: 100 }];
  const get = (): AccountView => ({ usage }) as unknown as AccountView;
  let names = ["A", "B"];
  const maker = made({ accounts: { names: () => names, get } });
  expect(maker.make().limits.map(({ account }) => account)).toEqual(["A", "B"]);
  names = ["B"];
  expect(maker.make().limits.map(({ account }) => account)).toEqual(["B"]);
});

test("stalls of all lanes are added by cause, the costliest first", () => {
  const causes = (count: number) => [
    { cause: "steal", count, totalUs: 10 * count, worstUs: 9 },
    { cause: "long turn", count: 1, totalUs: 500, worstUs: 500 },
    { cause: "collection", count: 0, totalUs: 0, worstUs: 0 },
  ];
  const list = () => [{ stallCauses: causes(2) }, { stallCauses: causes(3) }] as never;
  const view = made({ lanes: { list, rings: () => [], stalls: () => [] } }).make();
  expect(view.stalls).toEqual([
    { cause: "long turn", count: 2, totalUs: 1_000, worstUs: 500 },
    { cause: "steal", count: 5, totalUs: 50, worstUs: 9 },
  ]);
});

test("the journal's lag is that of all streams, its fullest buffer that of one", () => {
  const stream = { stream: "core", appendedBytes: 900, unsyncedBytes: null, errno: 0 };
  const streams = () => [
    { ...stream, unwrittenBytes: 10, bufferBytes: 100 },
    { ...stream, unwrittenBytes: 30, bufferBytes: 40 },
  ];
  const view = made({ journalLag: { streams } }).make();
  expect(view.journal).toEqual({ unwrittenBytes: 40, fullestPercent: 75, freeBytes: 3, totalBytes: 4 });
});
