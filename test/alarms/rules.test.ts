import { describe, expect, test } from "bun:test";
import { Baselines } from "../../src/alarms/baseline.ts";
import { Evaluation } from "../../src/alarms/evaluation.ts";
import type { AlarmSettings } from "../../src/alarms/rule.ts";
import { RULES } from "../../src/alarms/rules.ts";
import { ALARM_RULES, type AlarmRule } from "../../src/config/alarms.ts";
import type { LatencyReading, Readings } from "../../src/operation/readings.ts";
import { calm, copySession, lane, link, NOON_MS } from "./calm.ts";
import { settings } from "./settings.ts";

/** One rule, fed a reading a second. */
class Watched {
  /** Changes of levels: `second: subject before>level`. */
  readonly changes: string[] = [];
  readonly texts: string[] = [];
  second = 0;
  private readonly evaluation: Evaluation;

  constructor(rule: AlarmRule, more: Partial<AlarmSettings> = {}, baselines = new Baselines(3)) {
    const off = ALARM_RULES.filter((name) => name !== rule);
    this.evaluation = new Evaluation(RULES, settings({ ...more, off }), baselines);
  }

  /** Takes the same reading some times. */
  take(readings: Partial<Readings>, times = 1): this {
    for (let i = 0; i < times; i++) {
      const atMs = NOON_MS + 1000 * this.second;
      for (const { subject, before, level, text } of this.evaluation.take(
        calm({ atMs, uptimeS: 120 + this.second, ...readings }),
      )) {
        this.changes.push(`${this.second}: ${subject} ${before}>${level}`);
        this.texts.push(text);
      }
      this.second++;
    }
    return this;
  }
}

test("the configuration knows the rules by their names, and each has a remedy and levels that ascend", () => {
  expect(RULES.map(({ name }) => name)).toEqual([...ALARM_RULES]);
  for (const { name, remedy, levels } of RULES) {
    expect(remedy, name).toMatch(/^[A-Z].*[.]$/);
    const raises = levels(settings()).map(({ raise }) => raise);
    expect(raises, name).toEqual(raises.toSorted((a, b) => a - b));
    for (const { raise, clear } of levels(settings())) expect(clear, name).toBeLessThanOrEqual(raise);
  }
});

test("nothing fires while all is well", () => {
  const evaluation = new Evaluation(RULES, settings(), new Baselines(3));
  for (let i = 0; i < 100; i++) expect(evaluation.take(calm({ atMs: NOON_MS + 1000 * i, uptimeS: i }))).toEqual([]);
});

describe("a session or venue that is down", () => {
  const up = { venues: [link("SIM")] };
  const down = { venues: [link("SIM", { state: "disconnected", lastDisconnect: "peer closed the connection" })] };

  test("fires within three seconds, says why, and resolves when it is up again", () => {
    const watched = new Watched("venue-down").take(up, 5).take(down, 10).take(up, 2);
    expect(watched.changes).toEqual(["7: venue SIM 0>1", "15: venue SIM 1>0"]);
    expect(watched.texts[0]).toBe("disconnected in its hours; its last connection ended: peer closed the connection");
  });

  test("is no alarm when it is up again at once", () => {
    expect(new Watched("venue-down").take(up, 5).take(down, 2).take(up, 1).take(down, 2).take(up).changes).toEqual([]);
  });

  test("is no alarm out of its schedule, or when an operator has switched it off", () => {
    const closed = { venues: [link("SIM", { state: "closed" })] };
    const off = { venues: [link("SIM", { state: "disconnected", isExpected: false })] };
    expect(new Watched("venue-down").take(up).take(closed, 20).take(off, 20).changes).toEqual([]);
  });

  test("has a time of grace after the start and after its schedule opens, unless it was logged on since", () => {
    const more = { sessionGraceS: 130, downS: 0 };
    const never = { venues: [link("SIM", { state: "disconnected", lastLogonMs: null })] };
    expect(new Watched("venue-down", more).take(never, 12).changes).toEqual(["10: venue SIM 0>1"]);
    const seen = new Watched("venue-down", more).take(down, 1);
    expect(seen.changes).toEqual(["0: venue SIM 0>1"]);
    // A logon of the hours before is none of these.
    const closed = { venues: [link("SIM", { state: "closed" })] };
    const opened = new Watched("venue-down", { ...more, sessionGraceS: 5 }).take(up).take(closed, 300);
    expect(opened.take(down, 10).changes).toEqual(["305: venue SIM 0>1"]);
    const again = new Watched("venue-down", more).take(closed, 300);
    const lastLogonMs = NOON_MS + 301_000;
    again.take({ venues: [link("SIM", { state: "awaiting logon", lastLogonMs })] });
    expect(again.changes).toEqual(["300: venue SIM 0>1"]);
  });

  test("each session is a subject of its own", () => {
    const sessions = (...states: string[]) => ({ sessions: states.map((state, i) => link(`C${i}`, { state })) });
    const watched = new Watched("session-down", { downS: 0 })
      .take(sessions("logged on", "logged on"))
      .take(sessions("disconnected", "logged on"))
      .take(sessions("disconnected", "disconnected"))
      .take(sessions("logged on", "disconnected"));
    expect(watched.changes).toEqual(["1: session C0 0>1", "2: session C1 0>1", "3: session C0 1>0"]);
  });

  test("resolves when the session is no longer configured", () => {
    const watched = new Watched("venue-down", { downS: 0 }).take(up).take(down).take({ venues: [] });
    expect(watched.changes).toEqual(["1: venue SIM 0>1", "2: venue SIM 1>0"]);
  });
});

test("a sequence gap that stays for four readings fires, one that is closed before does not", () => {
  const gap = { sessions: [link("ALICE", { hasGap: true })] };
  expect(new Watched("sequence-gap").take(gap, 3).take({}).take(gap, 5).take({}).changes).toEqual([
    "7: session ALICE 0>1",
    "9: session ALICE 1>0",
  ]);
});

test("an order that needs attention fires until it is released", () => {
  const watched = new Watched("order-attention").take({ counters: { ordersNeedingAttention: 2 } }, 3).take({});
  expect(watched.changes).toEqual(["0:  0>1", "3:  1>0"]);
  expect(watched.texts[0]).toBe("2 orders need attention");
});

test("a venue that does not answer for longer than it should fires until it does; without such a time none does", () => {
  const waits = (silentS: number, answerWithinS = 30) => ({
    venues: [link("SIM", { openOrders: 2, silentS, answerWithinS })],
  });
  const watched = new Watched("venue-silent").take(waits(30)).take(waits(30.5)).take(waits(31.9)).take(waits(0));
  expect(watched.changes).toEqual(["1: venue SIM 0>1", "3: venue SIM 1>0"]);
  expect(watched.texts[0]).toBe("2 orders wait for an answer, the first for 30 seconds");
  expect(new Watched("venue-silent").take(waits(1_000, 0), 3).changes).toEqual([]);
  // What waits for the throttle is not the venue's silence.
  const throttle = { queued: 2, queueLength: 10, cancelsWaiting: 1, throttled: 0, expired: 0 };
  const held = { venues: [link("SIM", { openOrders: 5, silentS: 31, answerWithinS: 30, throttle })] };
  expect(new Watched("venue-silent").take(held).texts).toEqual([
    "5 orders wait for an answer, the first for 31 seconds; 3 requests are not sent yet, because of its throttle",
  ]);
});

describe("the use of a limit", () => {
  const used = (percent: number) => ({
    limits: [{ level: "account" as const, name: "ACC1", limit: "maxOpenOrders", used: percent, most: 100 }],
  });

  test("fires once at each percentage", () => {
    const watched = new Watched("limit-used");
    for (const percent of [69, 70, 71, 79, 80, 89.5, 90, 99, 100, 100]) watched.take(used(percent));
    expect(watched.changes.map((change) => change.replace("account ACC1 maxOpenOrders ", ""))).toEqual([
      "1: 0>1",
      "4: 1>2",
      "6: 2>3",
      "8: 3>4",
    ]);
    expect(watched.texts[3]).toBe("100 % used: 100 of 100");
  });

  test("jumps to the highest one that is reached", () => {
    expect(new Watched("limit-used").take(used(95)).changes).toEqual(["0: account ACC1 maxOpenOrders 0>3"]);
  });

  test("does not fire again while it moves around a percentage; it falls 5 points below, after 10 readings", () => {
    const watched = new Watched("limit-used").take(used(80));
    for (let i = 0; i < 20; i++) watched.take(used(79)).take(used(81)).take(used(76));
    expect(watched.changes).toHaveLength(1);
    watched.take(used(74), 9).take(used(76)).take(used(74), 10);
    expect(watched.changes.slice(1)).toEqual(["80: account ACC1 maxOpenOrders 2>1"]);
    watched.take(used(10), 10);
    expect(watched.changes.slice(2)).toEqual(["90: account ACC1 maxOpenOrders 1>0"]);
  });

  test("of an account that has nothing open any more resolves", () => {
    expect(new Watched("limit-used").take(used(80)).take({}, 10).changes).toHaveLength(2);
  });

  test("a limit of 0 is used up", () => {
    const none = { limits: [{ level: "account" as const, name: "ACC1", limit: "maxOpenOrders", used: 0, most: 0 }] };
    expect(new Watched("limit-used").take(none).changes).toEqual(["0: account ACC1 maxOpenOrders 0>4"]);
  });
});

test("journal lag fires after three readings beyond the percentage, and resolves at half of it", () => {
  const lag = (unwrittenBytes: number) => ({
    streams: [{ stream: "core", appendedBytes: 5e6, unwrittenBytes, bufferBytes: 1e6 }],
  });
  const watched = new Watched("journal-lag").take(lag(5e5), 2).take(lag(1e5)).take(lag(6e5), 4).take(lag(3e5), 9);
  expect(watched.changes).toEqual(["5: journal stream core 0>1"]);
  expect(watched.take(lag(2e5), 5).changes[1]).toBe("20: journal stream core 1>0");
  expect(watched.texts[0]).toBe("0.6 MiB wait for the disk, 60 % of the buffer");
});

test("a journal without a new file, and a data directory that is damaged, fire at once", () => {
  expect(new Watched("journal-full").take({ isJournalFull: true }, 2).take({}).changes).toEqual([
    "0: journal 0>1",
    "2: journal 1>0",
  ]);
  const watched = new Watched("data-directory").take({ dataProblem: "it was removed" }).take({});
  expect(watched.changes).toEqual(["0: data directory 0>1", "1: data directory 1>0"]);
  expect(watched.texts[0]).toBe("it was removed");
});

test("little free disk fires at two levels", () => {
  const free = (percent: number) => ({ disk: { freeBytes: percent * 1e9, totalBytes: 100e9 } });
  const watched = new Watched("disk-free").take(free(11)).take(free(10)).take(free(4)).take(free(10.5), 20);
  expect(watched.changes).toEqual(["1: data directory 0>1", "2: data directory 1>2", "12: data directory 2>1"]);
  expect(watched.take(free(12), 10).changes).toHaveLength(4);
  expect(new Watched("disk-free").take({ disk: null }).changes).toEqual([]);
});

test("a clock that is off, or that nobody steers, fires after three readings", () => {
  const off = (offsetUs: number, isSynchronised = true) => ({
    clock: { isSynchronised, offsetUs, estimatedErrorUs: 5 },
  });
  const watched = new Watched("clock-offset").take(off(-150), 3).take(off(90), 20).take(off(10), 10);
  expect(watched.changes).toEqual(["2:  0>1", "32:  1>0"]);
  expect(watched.texts[0]).toBe("the clock is about 150 µs from UTC");
  expect(new Watched("clock-offset").take(off(0, false), 3).texts).toEqual(["no time daemon steers the clock"]);
  expect(new Watched("clock-offset").take({ clock: null }, 5).changes).toEqual([]);
});

test("stalls of the last minute fire by lane, with their causes", () => {
  const stalls = (count: number) => ({
    lanes: [
      lane(0),
      lane(1, {
        stalls: [
          { cause: "steal", count, totalUs: 0 },
          { cause: "preempted", count: 7, totalUs: 0 },
          // Of a lane with much to do.
          { cause: "long turn", count: 50 * count, totalUs: 0 },
        ],
      }),
    ],
  });
  const watched = new Watched("stalls", { stallsPerMinute: 100 })
    .take(stalls(1_000))
    .take(stalls(1_099))
    .take(stalls(1_100));
  expect(watched.changes).toEqual(["2: lane 1 0>1"]);
  expect(watched.texts[0]).toBe("100 stalls in a minute (client0, core, venue0): steal 100");
  expect(watched.take(stalls(1_100), 80).changes[1]).toMatch(/lane 1 1>0/);
});

test("thirty collections in a minute fire, by thread", () => {
  const at = (count: number) => ({ lanes: [lane(0, { collections: count })] });
  const watched = new Watched("collections");
  // One in two seconds: thirty are reached when a minute is over.
  for (let i = 0; i <= 60; i++) watched.take(at(i >> 1));
  expect(watched.changes).toEqual(["60: lane 0 0>1"]);
  const slow = new Watched("collections");
  for (let i = 0; i <= 300; i++) slow.take(at(Math.floor(i / 3)));
  expect(slow.changes).toEqual([]);
  const main = new Watched("collections");
  const process = (collections: number) => ({ process: { ...calm().process, collections } });
  expect(main.take(process(0)).take(process(30)).changes).toEqual(["1: main thread 0>1"]);
});

test("memory above 80 % of its limit fires after three readings; without a limit never", () => {
  const used = (privateBytes: number, limitBytes = 100) => ({
    process: { ...calm().process, privateBytes, limitBytes },
  });
  const watched = new Watched("heap")
    .take(used(81), 2)
    .take(used(79))
    .take(used(80), 3)
    .take(used(76), 5)
    .take(used(74), 3);
  expect(watched.changes).toEqual(["5: process 0>1", "13: process 1>0"]);
  expect(new Watched("heap").take(used(1e9, 0), 5).changes).toEqual([]);
});

describe("latency", () => {
  const p99 = (p99Us: number, number: number, count = 1_000): { latencies: LatencyReading[] } => ({
    latencies: [{ stage: "send", buckets: [], count: 0, sumUs: 0, interval: { number, count, p99Us } }],
  });
  const learned = (): Baselines => {
    const baselines = new Baselines(3);
    const baseline = baselines.of("send");
    for (let i = 0; i < 100; i++) baseline.learn(NOON_MS, i % 2 === 0 ? 48 : 52);
    return baselines;
  };

  test("far above the usual one fires at the second interval, and resolves below it", () => {
    const watched = new Watched("latency", {}, learned());
    watched.take(p99(60, 1), 5).take(p99(400, 2), 5);
    expect(watched.changes).toEqual([]);
    watched.take(p99(400, 3), 5).take(p99(55, 4), 5);
    expect(watched.changes).toEqual(["10: stage send 0>1", "15: stage send 1>0"]);
    expect(watched.texts[0]).toMatch(/^p99 400 µs, usual at this time 5\d µs, bound 1\d\d µs$/);
  });

  test("one slow interval alone neither raises nor ends it", () => {
    const watched = new Watched("latency", {}, learned());
    watched.take(p99(400, 1)).take(p99(50, 2)).take(p99(400, 3)).take(p99(50, 4));
    expect(watched.changes).toEqual([]);
  });

  test("of few orders says nothing, and an old one is forgotten", () => {
    const watched = new Watched("latency", {}, learned()).take(p99(400, 1, 199)).take(p99(400, 2, 199));
    expect(watched.changes).toEqual([]);
    watched.take(p99(400, 3)).take(p99(400, 4)).take(p99(400, 4), 302);
    expect(watched.changes).toEqual(["3: stage send 0>1", "304: stage send 1>0"]);
  });

  test("has a fixed bound where one is configured, also without a baseline", () => {
    const watched = new Watched("latency", { baseline: false, latencyP99Us: 1_000 });
    watched.take(p99(999, 1)).take(p99(1_000, 2)).take(p99(2_000, 3)).take(p99(700, 4));
    expect(watched.changes).toEqual(["2: stage send 0>1", "3: stage send 1>0"]);
    const none = new Watched("latency", { baseline: false }).take(p99(1e6, 1)).take(p99(1e6, 2));
    expect(none.changes).toEqual([]);
  });
});

test("the rejected part of the last minute fires, but not of few orders", () => {
  const counters = (orders: number, rejects: number, venueRejects = 0) => ({
    counters: { orders, rejects, venueRejects },
  });
  const few = new Watched("reject-rate").take(counters(0, 0)).take(counters(19, 19), 3);
  expect(few.changes).toEqual([]);
  const watched = new Watched("reject-rate")
    .take(counters(0, 0))
    .take(counters(1_000, 100, 99))
    .take(counters(1_000, 100, 100));
  expect(watched.changes).toEqual(["2:  0>1"]);
  expect(watched.texts[0]).toBe("200 of 1,000 new orders of the last minute were rejected (20 %)");
  expect(watched.take(counters(1_000, 100, 100), 75).changes[1]).toMatch(/ 1>0$/);
});

test("an account that is stopped fires until it is enabled", () => {
  const stopped = [{ subject: "account ACC1", by: "RISK-017 AAPL" }];
  const watched = new Watched("repeated-executions").take({ stopped }).take({ stopped: [] });
  expect(watched.changes).toEqual(["0: account ACC1 0>1", "1: account ACC1 1>0"]);
});

test("each kill switch that is engaged fires until it is lifted", () => {
  const kills = (...scopes: string[]) => ({ kills: scopes.map((scope) => ({ scope })) });
  const watched = new Watched("kill-switch").take(kills("firm")).take(kills("firm", "account:ACC1")).take(kills());
  expect(watched.changes).toEqual(["0: firm 0>1", "1: account:ACC1 0>1", "2: firm 1>0", "2: account:ACC1 1>0"]);
});

test("an override fires from its grant until it is used or has ended", () => {
  const granted = { id: 7, account: "ACC1", check: "MAX_ORDER_QTY", until: "2026-11-24T16:00:00Z" };
  const watched = new Watched("override").take({ overrides: [granted] }).take({ overrides: [] });
  expect(watched.changes).toEqual(["0: override 7 0>1", "1: override 7 1>0"]);
});

test("a session that is locked fires until it is released", () => {
  const watched = new Watched("session-locked").take({ sessions: [link("ALICE", { isLocked: true })] }).take({});
  expect(watched.changes).toEqual(["0: session ALICE 0>1", "1: session ALICE 1>0"]);
});

test("a rule that is off is not watched", () => {
  const evaluation = new Evaluation(RULES, settings({ off: ["journal-full"] }), new Baselines(3));
  expect(evaluation.take(calm({ isJournalFull: true }))).toEqual([]);
});

test("a client session whose open orders are canceled fires until it is back", () => {
  const canceled = "it is gone: the venues of 2 of its open orders were asked to cancel them, none is open any more";
  const watched = new Watched("canceled-on-disconnect").take({ sessions: [link("ALICE", { canceled })] }).take({});
  expect(watched.changes).toEqual(["0: session ALICE 0>1", "1: session ALICE 1>0"]);
  expect(watched.texts[0]).toBe(canceled);
});

test("a DontKnowTrade fires for a minute", () => {
  const said = (dontKnowTrades: number) => ({ sessions: [link("ALICE", { dontKnowTrades })] });
  const watched = new Watched("dont-know-trade").take(said(0)).take(said(1), 70);
  expect(watched.changes[0]).toBe("1: session ALICE 0>1");
  expect(watched.changes[1]).toMatch(/^6\d: session ALICE 1>0$/);
  expect(watched.texts[0]).toBe("1 DontKnowTrade message in the last minute");
});

test("refused messages and logouts for a flood fire for a minute, also those before the first reading", () => {
  const said = (messagesThrottled: number, floodLogouts: number) => ({
    sessions: [link("ALICE", { messagesThrottled, floodLogouts })],
  });
  const refused = new Watched("message-rate").take(said(3, 0)).take(said(3, 0), 70);
  expect(refused.changes[0]).toBe("0: session ALICE 0>1");
  expect(refused.changes[1]).toMatch(/^6\d: session ALICE 1>0$/);
  expect(refused.texts[0]).toBe("3 messages were refused in the last minute: too many came");
  const ended = new Watched("message-flood").take(said(0, 0)).take(said(750, 1));
  expect(ended.changes).toEqual(["1: session ALICE 0>1"]);
  expect(ended.texts[0]).toBe(
    "logged out once in the last minute because too many messages came; 750 of its messages were refused for that since the start",
  );
});

test("a drop copy session is down after it was on, and in its hours alone", () => {
  const watched = new Watched("drop-copy-down", { downS: 2 });
  const down = { dropCopies: [copySession("RISK", { state: "disconnected", lastDisconnect: "logged out" })] };
  watched.take(down, 5).take({ dropCopies: [copySession("RISK")] });
  watched.take({ dropCopies: [copySession("RISK", { state: "closed" })] }, 10);
  expect(watched.changes).toEqual(["2: drop copy RISK 0>1", "5: drop copy RISK 1>0"]);
  expect(watched.texts[0]).toBe("disconnected in its hours; its last connection ended: logged out");
});

test("copies are behind, and are stopped", () => {
  const copying = {
    behindBytes: 4_096,
    behindS: 5.5,
    maxBehindS: 5,
    copiedUntilUs: 1,
    copies: 3,
    waitsForRoom: false,
    fault: null,
  };
  const behind = new Watched("drop-copy-behind").take({ copying: { ...copying, behindS: 5 } }, 3).take({ copying }, 2);
  expect(behind.changes).toEqual(["3:  0>1"]);
  expect(behind.texts).toEqual(["5.5 s behind the reports of the clients, 4,096 bytes of their journal"]);
  const fault = { agent: "client0", reason: "the entry at offset 8 is damaged" };
  const stopped = new Watched("drop-copy-stopped").take({ copying }, 3).take({ copying: { ...copying, fault } }, 2);
  expect(stopped.take({ copying }).changes).toEqual(["3: client0 0>1", "5: client0 1>0"]);
  expect(stopped.texts[0]).toBe("the entry at offset 8 is damaged");
});
