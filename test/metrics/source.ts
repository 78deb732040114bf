import type { MetricSource } from "../../src/metrics/metric.ts";
import type { Readings } from "../../src/operation/readings.ts";
import { calm, copySession, lane, link } from "../alarms/calm.ts";

const THROTTLE = { queued: 1, queueLength: 8, cancelsWaiting: 2, throttled: 3, expired: 4 };

/** A gateway of which every metric has a value. */
export function source(more: Partial<Readings> = {}): MetricSource {
  const readings = calm({
    counters: { orders: 12, rejects: 2, openOrders: 3, ordersNeedingAttention: 1 },
    sessions: [
      link("ALICE", { messagesIn: 20, messagesOut: 30, lastInMs: 1_764_000_000_250 }),
      link("BOB", { state: "closed" }),
    ],
    venues: [link("SIM", { requests: 10, reports: 20, lastInMs: 1_764_000_000_500, throttle: THROTTLE })],
    dropCopies: [copySession("RISK", { copies: 12, waiting: 2, messagesIn: 3, messagesOut: 14 })],
    copying: {
      behindBytes: 600,
      behindS: 0.5,
      maxBehindS: 5,
      copiedUntilUs: 1,
      copies: 12,
      waitsForRoom: false,
      fault: null,
    },
    lanes: [lane(0, { turns: 1e9, stalls: [{ cause: "long turn", count: 5, totalUs: 1_500 }] })],
    limitCurrency: "USD",
    limits: [
      { level: "account", name: "ACC1", limit: "maxOpenOrders", used: 3, most: 100 },
      { level: "client", name: "FUND", limit: "maxGrossExposure", used: 3, most: 100 },
      { level: "session", name: "ALICE", limit: "maxOpenOrders", used: 3, most: 100 },
      { level: "trader", name: "TOM", limit: "maxOpenOrders", used: 3, most: 100 },
      { level: "firm", name: "", limit: "maxOpenOrders", used: 3, most: 100 },
    ],
    latencies: [
      {
        stage: "send",
        buckets: [
          { leUs: 1, count: 2 },
          { leUs: 10, count: 9 },
          { leUs: Number.POSITIVE_INFINITY, count: 10 },
        ],
        count: 10,
        sumUs: 123,
        interval: { number: 1, count: 10, p99Us: 12 },
      },
    ],
    stopped: [],
    tls: [
      {
        side: "client.tls",
        subject: "CN=gateway",
        untilMs: Date.UTC(2027, 0, 1),
        listsUntilMs: Date.UTC(2026, 11, 31),
        problem: "",
      },
    ],
    refused: [{ reason: "address not allowed", count: 2, isOfTls: false }],
    quotes: {
      ...{ socket: "/run/quotes.sock", file: null, connections: 1, ageMs: 20, problem: "" },
      ...{ lines: 7, taken: 1, bad: 2, crossed: 1, wrongSign: 1, unknown: 2, given: 1 },
    },
    overrides: [{ id: 7, account: "ACC1", check: "MAX_ORDER_QTY", until: "2026-11-24T16:00:00Z" }],
    kills: [{ scope: "firm" }, { scope: "account:ACC1" }, { scope: "account:ACC2" }],
    ...more,
  });
  const alarm = {
    id: "1",
    rule: "venue-down",
    subject: "venue SIM",
    severity: "critical",
    state: "firing",
    text: "",
    remedy: "",
    since: "",
    resolvedAt: null,
    acknowledgedBy: null,
    acknowledgedWhy: null,
    silencedBy: null,
    dedupKey: "",
  } as const;
  return {
    readings,
    build: { version: "1.2.3", runtime: "bun 1.4.5" },
    alarms: [alarm, { ...alarm, id: "2", state: "acknowledged" }, { ...alarm, id: "3", state: "resolved" }],
    deliveries: [{ receiver: "webhook", delivered: 4, retries: 3, givenUp: 1, waiting: 2, problem: "" }],
  };
}
