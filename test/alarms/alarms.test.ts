import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Alarms } from "../../src/alarms/alarms.ts";
import type { Receiver, Sent } from "../../src/alarms/delivery.ts";
import type { AlarmEvent } from "../../src/alarms/event.ts";
import type { AlarmSettings } from "../../src/alarms/rule.ts";
import { RULES } from "../../src/alarms/rules.ts";
import { ALARMS_FILE } from "../../src/alarms/state-file.ts";
import type { Readings } from "../../src/operation/readings.ts";
import { until } from "../eventually.ts";
import { keptLog } from "../log.ts";
import { calm, link, NOON_MS } from "./calm.ts";
import { settings } from "./settings.ts";

let dataDir = "";
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "sallyport-alarms-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** Takes every event, or hangs. */
class Taker implements Receiver {
  readonly name = "webhook";
  readonly said: string[] = [];
  readonly events: AlarmEvent[] = [];

  constructor(private readonly takes = true) {}

  send(event: AlarmEvent): Promise<Sent> {
    this.events.push(event);
    this.said.push(`${event.action} ${event.alarm.rule} ${event.alarm.subject} ${event.alarm.severity}`);
    return this.takes ? Promise.resolve({ taken: true }) : new Promise(() => {});
  }
}

/** One run of a gateway's alarms, on the data directory of the test. */
class Run {
  readonly to: Taker;
  readonly lines: string[] = [];
  readonly fired: string[] = [];
  readonly alarms: Alarms;
  nowMs = NOON_MS;

  constructor(more: Partial<AlarmSettings> = {}, to = new Taker()) {
    this.to = to;
    this.alarms = new Alarms(RULES, settings({ downS: 0, ...more }), {
      source: "GATEWAY@host",
      dataDir,
      receivers: [to],
      log: keptLog(this.lines).of("alarms"),
      fired: ({ rule, subject }) => this.fired.push(`${rule} ${subject}`),
      now: () => this.nowMs,
    });
    this.alarms.start();
  }

  take(readings: Partial<Readings> = {}, times = 1): this {
    for (let i = 0; i < times; i++) {
      this.alarms.take(calm({ atMs: this.nowMs, uptimeS: 100 + (this.nowMs - NOON_MS) / 1000, ...readings }));
      this.nowMs += 1_000;
    }
    return this;
  }

  async said(...events: string[]): Promise<void> {
    await until(
      "the events",
      () => this.to.said.length >= events.length,
      2_000,
      () => this.to.said,
    );
    expect(this.to.said).toEqual(events);
  }
}

const down = { venues: [link("SIM", { state: "disconnected" })] };
const used = (percent: number) => ({
  limits: [{ level: "account" as const, name: "A", limit: "maxOpenOrders", used: percent, most: 100 }],
});

test("an alarm is listed, logged and sent when it fires and when it resolves, with the same key", async () => {
  const run = new Run().take().take(down);
  expect(run.alarms.list()).toEqual([
    {
      id: "1",
      rule: "venue-down",
      subject: "venue SIM",
      severity: "critical",
      state: "firing",
      text: "disconnected in its hours",
      remedy: expect.stringContaining("Call the venue"),
      since: "2026-11-24T12:00:01.000000Z",
      resolvedAt: null,
      acknowledgedBy: null,
      acknowledgedWhy: null,
      silencedBy: null,
      dedupKey: "GATEWAY@host venue-down venue SIM",
    },
  ]);
  run.take();
  expect(run.alarms.get("1")).toMatchObject({ state: "resolved", resolvedAt: "2026-11-24T12:00:02.000000Z" });
  await run.said("trigger venue-down venue SIM critical", "resolve venue-down venue SIM critical");
  expect(new Set(run.to.events.map(({ alarm }) => alarm.dedupKey)).size).toBe(1);
  expect(run.lines[0]).toStartWith("alarm: alarms: venue-down: venue SIM: disconnected in its hours. Orders for it");
  expect(run.lines[1]).toBe("alarms: venue-down: venue SIM: disconnected in its hours: resolved");
  expect(run.fired).toEqual(["venue-down venue SIM"]);
});

test("an acknowledged alarm stays open, and is acknowledged once", async () => {
  const run = new Run().take(down);
  expect(run.alarms.acknowledge("1", "anna", "called them")).toBe("applied");
  expect(run.alarms.acknowledge("1", "bert", "me too")).toBe("unchanged");
  expect(run.alarms.acknowledge("99", "anna", "x")).toBeNull();
  expect(run.take(down).alarms.list()[0]).toMatchObject({
    state: "acknowledged",
    acknowledgedBy: "anna",
    acknowledgedWhy: "called them",
  });
  run.take();
  expect(run.alarms.acknowledge("1", "anna", "late")).toBe("unchanged");
  await run.said(
    "trigger venue-down venue SIM critical",
    "acknowledge venue-down venue SIM critical",
    "resolve venue-down venue SIM critical",
  );
});

test("an alarm that rises is sent again with its severity, also to who has acknowledged it; one that falls is not", async () => {
  const run = new Run().take(used(75));
  run.alarms.acknowledge("1", "anna", "known");
  run.take(used(92)).take(used(60), 20);
  expect(run.alarms.list()).toHaveLength(1);
  await run.said(
    "trigger limit-used account A maxOpenOrders info",
    "acknowledge limit-used account A maxOpenOrders info",
    "trigger limit-used account A maxOpenOrders error",
    "resolve limit-used account A maxOpenOrders error",
  );
});

describe("a silence", () => {
  const silence = { rule: "venue-*", subject: "*", untilMs: NOON_MS + 5_000, why: "their upgrade" };

  test("keeps an alarm from being sent until it ends, and then it is sent", async () => {
    const run = new Run();
    const { id } = run.alarms.silence(silence, "anna");
    expect(run.take(down, 4).alarms.list()[0]).toMatchObject({ state: "firing", silencedBy: id });
    expect(run.to.said).toEqual([]);
    run.take(down, 2);
    await run.said("trigger venue-down venue SIM critical");
    expect(run.alarms.silences()).toEqual([]);
    expect(run.alarms.list()[0]!.silencedBy).toBeNull();
  });

  test("that covers a whole alarm leaves nothing to send", async () => {
    const run = new Run();
    run.alarms.silence(silence, "anna");
    run.take(down).take({}, 10);
    run.take(used(70));
    await run.said("trigger limit-used account A maxOpenOrders info");
  });

  test("that comes later does not keep back the end", async () => {
    const run = new Run().take(down);
    run.alarms.silence(silence, "anna");
    run.take();
    await run.said("trigger venue-down venue SIM critical", "resolve venue-down venue SIM critical");
  });

  test("can be ended by hand", async () => {
    const run = new Run();
    const { id } = run.alarms.silence(silence, "anna");
    run.take(down);
    expect(run.alarms.endSilence(id)).toMatchObject({ id, by: "anna", why: "their upgrade" });
    expect(run.alarms.endSilence(id)).toBeNull();
    run.take(down);
    await run.said("trigger venue-down venue SIM critical");
  });
});

test("a test alarm is sent, and ends by itself", async () => {
  const run = new Run();
  expect(run.alarms.test("anna")).toMatchObject({ rule: "test", severity: "info", state: "firing" });
  run.take({}, 7);
  await run.said("trigger test test 1 info", "resolve test test 1 info");
});

describe("a restart", () => {
  test("knows what was open: it ends with the key of its begin", async () => {
    const before = new Run().take(down);
    before.alarms.acknowledge("1", "anna", "called");
    await before.said("trigger venue-down venue SIM critical", "acknowledge venue-down venue SIM critical");
    before.alarms.stop();
    const after = new Run().take(down);
    expect(after.alarms.list()).toMatchObject([{ id: "1", state: "acknowledged" }]);
    expect(after.to.said).toEqual([]);
    after.take();
    await after.said("resolve venue-down venue SIM critical");
    expect(after.to.events[0]!.alarm.dedupKey).toBe(before.to.events[0]!.alarm.dedupKey);
    expect(after.take(used(70)).alarms.list()[0]!.id).toBe("2");
  });

  test("sends what no receiver had taken", async () => {
    const before = new Run({}, new Taker(false)).take(down).take();
    before.alarms.stop();
    await new Run().said("trigger venue-down venue SIM critical", "resolve venue-down venue SIM critical");
  });

  test("keeps silences, the history and the baseline", () => {
    const before = new Run().take(down).take();
    before.alarms.silence({ rule: "*", subject: "*", untilMs: NOON_MS + 1e6, why: "w" }, "anna");
    before.alarms.stop();
    const after = new Run();
    expect(after.alarms.silences()).toMatchObject([{ by: "anna", why: "w" }]);
    expect(after.alarms.list()).toMatchObject([{ id: "1", state: "resolved" }]);
    expect(after.lines).toEqual([]);
    expect(statSync(join(dataDir, ALARMS_FILE)).mode & 0o777).toBe(0o640);
  });

  test("ends an alarm that is no longer watched", async () => {
    const before = new Run().take(down);
    await before.said("trigger venue-down venue SIM critical");
    before.alarms.stop();
    await new Run({ off: ["venue-down"] }).said("resolve venue-down venue SIM critical");
  });

  test("begins anew, and says so, where the file is not ours", () => {
    writeFileSync(join(dataDir, ALARMS_FILE), "{");
    const run = new Run().take(down);
    expect(run.lines[0]).toStartWith("warning: alarms: begins without what it knew: ");
    expect(JSON.parse(readFileSync(join(dataDir, ALARMS_FILE), "utf8")).version).toBe(1);
    writeFileSync(join(dataDir, ALARMS_FILE), '{"version":9}');
    expect(new Run().lines[0]).toContain("expected version 1, got 9");
  });
});

test("a state that can't be written is said once", () => {
  const run = new Run();
  rmSync(dataDir, { recursive: true });
  run.take(down).take().take(down);
  expect(run.lines.filter((line) => line.includes("can't be written"))).toHaveLength(1);
  dataDir = mkdtempSync(join(tmpdir(), "sallyport-alarms-"));
});

test("the history is bounded", () => {
  const run = new Run();
  for (let i = 0; i < 210; i++) run.take(down).take();
  expect(run.alarms.list()).toHaveLength(200);
  expect(run.alarms.list()[0]!.id).toBe("210");
});

describe("other thresholds while it runs", () => {
  const disk = { disk: { freeBytes: 15, totalBytes: 100 } };

  test("count from the next readings on", async () => {
    const run = new Run({ diskFreePercent: 10 }).take(disk, 5);
    expect(run.to.said).toEqual([]);
    run.alarms.replace(settings({ downS: 0, diskFreePercent: 20 }));
    run.take(disk, 5);
    await run.said("trigger disk-free data directory warning");
    run.alarms.replace(settings({ downS: 0, diskFreePercent: 5 }));
    run.take(disk, 12);
    await run.said("trigger disk-free data directory warning", "resolve disk-free data directory warning");
  });

  test("an alarm of a rule that is off now ends", async () => {
    const run = new Run({ diskFreePercent: 20 }).take(disk, 5);
    await run.said("trigger disk-free data directory warning");
    run.alarms.replace(settings({ downS: 0, diskFreePercent: 20, off: ["disk-free"] }));
    await run.said("trigger disk-free data directory warning", "resolve disk-free data directory warning");
    expect(run.alarms.list()[0]!.state).toBe("resolved");
    run.take(disk, 5);
    expect(run.to.said).toHaveLength(2);
  });

  test("open alarms whose rule is as it was stay", async () => {
    const run = new Run({ diskFreePercent: 20 }).take(disk, 5);
    await run.said("trigger disk-free data directory warning");
    run.alarms.replace(settings({ downS: 0, diskFreePercent: 20, stallsPerMinute: 5 }));
    run.take(disk, 5);
    expect(run.to.said).toHaveLength(1);
    expect(run.alarms.list()[0]!.state).toBe("firing");
  });
});

test("more orders that need attention are a new alarm for whoever has acknowledged fewer", async () => {
  const run = new Run().take({ counters: { ordersNeedingAttention: 1 } });
  await run.said("trigger order-attention  error");
  const [alarm] = run.alarms.list();
  run.alarms.acknowledge(alarm!.id, "alice", "looks at it");
  run.take({ counters: { ordersNeedingAttention: 1 } }, 3);
  expect(run.alarms.get(alarm!.id)?.state).toBe("acknowledged");
  run.take({ counters: { ordersNeedingAttention: 40 } });
  await run.said(
    "trigger order-attention  error",
    "acknowledge order-attention  error",
    "trigger order-attention  error",
  );
  expect(run.alarms.get(alarm!.id)).toMatchObject({ state: "firing", text: "40 orders need attention" });
});

test("an alarm whose trigger was given up is sent again while it is open", async () => {
  const refuses = new Taker();
  let answers: Sent[] = [{ taken: false, why: "HTTP 400", again: false }];
  const { send } = refuses;
  refuses.send = (event) => {
    void send.call(refuses, event);
    return Promise.resolve(answers.shift() ?? { taken: true });
  };
  const run = new Run({}, refuses).take({ counters: { ordersNeedingAttention: 1 } });
  await run.said("trigger order-attention  error");
  await until("given up", () => run.lines.some((line) => line.includes("gave up")));
  run.take({ counters: { ordersNeedingAttention: 1 } }, 70);
  await run.said("trigger order-attention  error", "trigger order-attention  error");
  answers = [];
  expect(run.alarms.deliveries()[0]).toMatchObject({ givenUp: 1 });
});

test("a venue that was down before a restart is not resolved by its time of grace", async () => {
  const down = { venues: [link("SIM", { state: "disconnected", lastLogonMs: NOON_MS - 5_000 })] };
  const first = new Run().take(down, 3);
  await first.said("trigger venue-down venue SIM critical");
  first.alarms.stop();
  const next = new Run();
  const unknown = { venues: [link("SIM", { state: "disconnected", lastLogonMs: null })], uptimeS: 2 };
  next.take(unknown, 20);
  expect(next.to.said).toEqual([]);
  next.take({ venues: [link("SIM", { state: "logged on", lastLogonMs: NOON_MS })], uptimeS: 30 }, 20);
  await next.said("resolve venue-down venue SIM critical");
});
