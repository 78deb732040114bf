import { expect, test } from "bun:test";
import { serverEvents } from "../../../appliance/top/event-stream.ts";
import { frameLines } from "../../../appliance/top/frame.ts";
import type { LivePeer, LiveView } from "../../../src/operation/live.ts";

const peer = (name: string, more: Partial<LivePeer> = {}): LivePeer => ({
  name,
  link: "logged on",
  state: "on",
  nextIn: 5,
  nextOut: 6,
  inPerSecond: 1_234,
  outPerSecond: 987_654,
  rejects: 2,
  orders: 31,
  backlogBytes: 65_536,
  lastInUs: null,
  lastDisconnect: "",
  ...more,
});

const VIEW: LiveView = {
  time: "2026-12-01T10:00:00.123456Z",
  system: { version: "0.1.0", startedAt: "2026-12-01T08:00:00.000000Z", notReady: "" },
  rates: { orders: 15_000.4, reports: 30_000, rejects: 0 },
  orders: { open: 1_234, attention: 0 },
  latency: [{ stage: "total", count: 5_000, p50: 41.25, p99: 92.5, p999: 1_234.5, max: 9_876.4 }],
  stalls: [
    { cause: "preempted", count: 12, worstUs: 4_321, totalUs: 9_999 },
    { cause: "steal", count: 0, worstUs: 0, totalUs: 0 },
  ],
  sessions: [peer("ALICE"), peer("BOB", { link: "disconnected" })],
  venues: [peer("VENUE", { state: "cancel-only" })],
  dropCopies: [],
  leftOut: 0,
  limits: [{ account: "ACC1", limit: "maxOpenOrders", used: 950, most: 1_000, percent: 95 }],
  killSwitch: [
    {
      kind: "firm",
      name: "",
      scope: "firm",
      engaged: true,
      by: "alice",
      at: "2026-12-01T09:59:00.000000Z",
      why: null,
      cancels: null,
    },
  ],
  alarms: [
    {
      id: "1",
      severity: "warning",
      subject: "session BOB",
      text: "is down",
      since: "2026-12-01T09:58:00.000000Z",
      acknowledgedBy: null,
    },
  ],
  journal: { unwrittenBytes: 0, fullestPercent: 3, freeBytes: 25e9, totalBytes: 100e9 },
};

const WIDE = { columns: 80, rows: 60, isColoured: false };

test("every part is shown, and no line is longer than 80 columns", () => {
  const lines = frameLines(VIEW, WIDE);
  const text = lines.join("\n");
  for (const part of [
    "Sallyport 0.1.0  2026-12-01 10:00:00 UTC",
    "15,000 orders/s, 30,000 reports/s, 0 rejects/s",
    "open 1,234, 0 need attention; journal buffers 3 % full, disk 75 % used",
    "! KILL SWITCH firm engaged by alice 2026-12-01T09:59:00",
    "total          5,000       41.3       92.5      1,235      9,876",
    "! BOB              disconnected",
    "  ALICE            logged on            1,234    988k       2      31     64K",
    "! VENUE            logged on, cancel…",
    "! ACC1             maxOpenOrders                950              1000    95",
    "preempted                       12         4,321",
    "! warning session BOB: is down",
  ])
    expect(text).toContain(part);
  expect(text).not.toContain("steal");
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  expect(text).not.toContain("\u001b");
});

test("with colour, what is bad is red, and without the sequences it is the same text", () => {
  const coloured = frameLines(VIEW, { ...WIDE, isColoured: true });
  expect(coloured.find((line) => line.includes("BOB  "))).toStartWith("\u001b[31m");
  const stripped = coloured.map((line) => line.replaceAll(/\u001b\[\d+m/g, ""));
  expect(stripped.map((line) => line.slice(2))).toEqual(frameLines(VIEW, WIDE).map((line) => line.slice(2)));
});

test.each([24, 18, 12, 5])("a screen of %p rows is not overrun; what is left out is counted", (rows) => {
  const many = Array.from({ length: 40 }, (_, i) => peer(`CLIENT${i}`));
  const lines = frameLines({ ...VIEW, sessions: many, leftOut: 0 }, { ...WIDE, rows });
  expect(lines.length).toBeLessThan(rows);
  if (rows >= 18) expect(lines.join("\n")).toMatch(/… \d+ more/);
});

test("a session that is down stands before those that are on", () => {
  const lines = frameLines(VIEW, WIDE);
  const rowOf = (name: string): number => lines.findIndex((line) => line.slice(2).startsWith(`${name} `));
  expect(rowOf("BOB")).toBeLessThan(rowOf("ALICE"));
});

test("a peer's text cannot move the cursor", () => {
  const alarms = [{ ...VIEW.alarms[0]!, text: "bad\u001b[2Jtext\n" }];
  expect(frameLines({ ...VIEW, alarms }, WIDE).join("\n")).toContain("bad?[2Jtext?");
});

test("nothing to show is few lines", () => {
  const empty = { ...VIEW, latency: [], stalls: [], sessions: [], venues: [], limits: [], killSwitch: [], alarms: [] };
  expect(frameLines(empty, WIDE)).toHaveLength(4);
});

test("server-sent events are read over any division into chunks", async () => {
  const text = 'data: {"a":1}\n\nevent: end\ndata: why\ndata: not\n\n';
  for (let size = 1; size <= text.length; size++) {
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let i = 0; i < text.length; i += size) controller.enqueue(Buffer.from(text.slice(i, i + size)));
        controller.close();
      },
    });
    const events = await Array.fromAsync(serverEvents(stream));
    expect(events).toEqual([
      { event: "message", data: '{"a":1}' },
      { event: "end", data: "why\nnot" },
    ]);
  }
});
