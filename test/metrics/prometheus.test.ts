import { expect, test } from "bun:test";
import { LabelNames, type Metric } from "../../src/metrics/metric.ts";
import { prometheusText } from "../../src/metrics/prometheus.ts";
import { METRICS } from "../../src/metrics/table.ts";
import { calm, link } from "../alarms/calm.ts";
import { promtoolProblems, readExposition, sumOf } from "./exposition.ts";
import { source } from "./source.ts";

test("the names of the table differ, say their unit and their kind, and each has a meaning", () => {
  expect(new Set(METRICS.map(({ name }) => name)).size).toBe(METRICS.length);
  for (const { name, type, help, labels, unit } of METRICS) {
    expect(name).toMatch(/^(?:sallyport|process)_[a-z][a-z_]*[a-z]$/);
    expect(name.endsWith("_total"), name).toBe(type === "counter");
    expect(help, name).toMatch(/[.]$/);
    for (const label of labels) expect(label).toMatch(/^[a-z]+$/);
    if (unit === "By") expect(name).toContain("_bytes");
    if (unit === "s") expect(name).toContain("seconds");
  }
});

test("every metric has a value, in a text that promtool and a strict reader take", () => {
  const text = prometheusText(METRICS, source(), new LabelNames(200));
  const read = readExposition(text);
  expect([...read.keys()].sort()).toEqual(METRICS.map(({ name }) => name).sort());
  expect(promtoolProblems(text) ?? "").toBe("");
});

test("values are those of the gateway, in base units", () => {
  const read = readExposition(prometheusText(METRICS, source(), new LabelNames(200)));
  const value = (name: string, ...labels: string[]) => sumOf(read, `sallyport_${name}`, ...labels);
  expect(value("orders_total")).toBe(12);
  expect(value("orders_rejected_total")).toBe(2);
  expect(value("orders_open")).toBe(3);
  expect(value("session_up", 'session="ALICE"')).toBe(1);
  expect(value("session_up", 'session="BOB"')).toBe(0);
  expect(value("session_expected", 'session="BOB"')).toBe(0);
  expect(value("session_messages_total", 'session="ALICE",direction="in"')).toBe(20);
  expect(value("session_messages_total", 'session="ALICE",direction="out"')).toBe(30);
  expect(value("session_last_message_timestamp_seconds")).toBe(1_764_000_000.25);
  expect(value("kill_switches_engaged", 'kind="account"')).toBe(2);
  expect(value("overrides_granted")).toBe(1);
  expect(value("lane_stall_seconds_total", 'lane="0",cause="long turn"')).toBe(0.0015);
  expect(value("limit_used", 'account="ACC1",limit="maxOpenOrders"')).toBe(3);
  expect(value("alarms_open", 'severity="critical",state="acknowledged"')).toBe(1);
  expect(value("alarms_open")).toBe(2);
  expect(value("alarm_events_total", 'result="given up"')).toBe(1);
  const { samples } = read.get("sallyport_latency_seconds")!;
  expect([...samples]).toEqual([
    ['sallyport_latency_seconds_bucket{stage="send",le="0.000001"}', 2],
    ['sallyport_latency_seconds_bucket{stage="send",le="0.00001"}', 9],
    ['sallyport_latency_seconds_bucket{stage="send",le="+Inf"}', 10],
    ['sallyport_latency_seconds_sum{stage="send"}', 0.000123],
    ['sallyport_latency_seconds_count{stage="send"}', 10],
  ]);
});

test("names beyond the most are summed under other, times take the latest", () => {
  const sessions = Array.from({ length: 300 }, (_, i) =>
    link(`C${i}`, { messagesIn: 1, messagesOut: 2, lastInMs: 1_000 * (i + 1) }),
  );
  const read = readExposition(prometheusText(METRICS, source({ sessions }), new LabelNames(10)));
  expect(read.get("sallyport_session_up")!.samples.size).toBe(11);
  expect(sumOf(read, "sallyport_session_up")).toBe(300);
  expect(sumOf(read, "sallyport_session_up", 'session="=other"')).toBe(290);
  expect(sumOf(read, "sallyport_session_messages_total", 'session="=other",direction="out"')).toBe(580);
  expect(sumOf(read, "sallyport_session_last_message_timestamp_seconds", 'session="=other"')).toBe(300);
});

test("a name keeps its place whatever comes and goes; what has no place is summed at every scrape", () => {
  const names = new LabelNames(2);
  const scrape = (...sessions: string[]) => {
    const links = sessions.map((name) => link(name, { messagesIn: 5 }));
    const limits = sessions.map((name) => ({
      level: "account" as const,
      name,
      limit: "maxOpenOrders",
      used: 1,
      most: 10,
    }));
    const read = readExposition(prometheusText(METRICS, source({ sessions: links, limits }), names));
    const of = (metric: string): string[] =>
      [...read.get(metric)!.samples.keys()].map((labels) => /(?:session|account)="([^"]*)"/.exec(labels)![1]!);
    return { up: of("sallyport_session_up"), used: of("sallyport_limit_used") };
  };
  expect(scrape("A", "B").up).toEqual(["A", "B"]);
  // An account whose use is back at 0, and a session that a reload has taken away, are left out and give no place to another.
  expect(scrape("A", "C", "D")).toEqual({ up: ["A", "=other"], used: ["A", "=other"] });
  expect(scrape("C", "B", "A")).toEqual({ up: ["B", "A", "=other"], used: ["B", "A", "=other"] });
});

test("what the system does not say is left out", () => {
  const none = { ...source(), readings: calm({ disk: null, clock: null }) };
  const read = readExposition(prometheusText(METRICS, none, new LabelNames(10)));
  expect(read.has("sallyport_data_free_bytes")).toBe(false);
  expect(read.has("sallyport_clock_offset_seconds")).toBe(false);
  expect(read.has("sallyport_limit_used")).toBe(false);
});

test("names and meanings are written so that nothing in them ends a line or a label", () => {
  const metric: Metric = {
    name: "sallyport_odd",
    type: "gauge",
    help: 'a "b"\\ \n c',
    labels: ["name"],
    unit: "1",
    read: () => [
      { labels: ['a "b"\\ \n c'], value: 1e21 },
      { labels: ["high"], value: Number.POSITIVE_INFINITY },
    ],
  };
  const text = prometheusText([metric], source(), new LabelNames(10));
  expect(text).toBe(
    '# HELP sallyport_odd a "b"\\\\ \\n c\n# TYPE sallyport_odd gauge\nsallyport_odd{name="a \\"b\\"\\\\ \\n c"} 1e+21\nsallyport_odd{name="high"} +Inf\n',
  );
  readExposition(text);
  expect(promtoolProblems(text) ?? "").toBe("");
});
