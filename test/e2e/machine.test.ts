import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { serverEvents } from "../../appliance/top/event-stream.ts";
import { LOGON } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { executable, Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

// What the machine is said to be, what a capture has, and collections as they come.

setDefaultTimeout(60_000);

const gateway = new Gateway({ preset: "two" });
const venue = new Venue(gateway.venuePort);
const alice = new Client("ALICE", gateway.clientPort);
const socket = ["--socket", join(gateway.data, "admin.sock")];

beforeAll(async () => {
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

test("the plan: who owns how much for what, on which lane, as check says it of the process", async () => {
  const { status, body } = await ask(gateway, "GET", "/v1/plan");
  expect(status).toBe(200);
  const of = (owner: string, what: string) =>
    body.shared.find((part: { owner: string; what: string }) => part.owner === owner && part.what === what);
  expect(of("core", "counters")).toMatchObject({ lane: 0 });
  expect(of("client0", "orders of client0")).toMatchObject({ lane: 0 });
  expect(of("lane 1", "stalls")).toMatchObject({ lane: 1 });
  expect(of("main", "control ring")).toMatchObject({ lane: null });
  const sum = body.shared.reduce((bytes: number, part: { bytes: number }) => bytes + part.bytes, 0);
  expect(sum).toBeLessThanOrEqual(body.sharedBytes);
  expect(sum).toBeGreaterThan(0.99 * body.sharedBytes);
  expect(body.lanes.map(({ agents }: { agents: string[] }) => agents.join(" "))).toEqual([
    "client0 core venue0",
    "keeper",
  ]);
  const { out } = await runToEnd(["check", "--config", gateway.configFile]);
  for (const { what, bytes } of body.process as { what: string; bytes: number }[]) {
    if (bytes < 1 << 20) continue;
    expect(out).toMatch(new RegExp(`${what} +${(bytes / (1 << 20)).toFixed(1).replace(".", "\\.")} MiB`));
  }
  const shown = await runToEnd(["ctl", "plan", ...socket]);
  expect(shown.out).toMatch(/^owner +lane +bytes +what$/m);
  expect(shown.out).toMatch(/^core +0 +\d+ +counters$/m);
});

test("the doctor speaks of the gateway's process, without a line about its own ports, and once a minute", async () => {
  const { status, body } = await ask(gateway, "GET", "/v1/doctor");
  expect(status).toBe(200);
  const check = (name: string) => body.checks.find((one: { name: string }) => one.name === name);
  expect(check("ports")).toMatchObject({ seen: `listened on: 127.0.0.1:${gateway.clientPort}` });
  expect(check("fdatasync p99")).toMatchObject({ verdict: "not applicable" });
  expect(check("fdatasync p99").seen).toContain("not measured beside a gateway");
  expect(check("binary integrity").seen).toContain(`${executable()}, sha256 `);
  expect(check("kill switch")).toMatchObject({ verdict: "ok" });
  expect(check("journal space").seen).toContain(gateway.data);
  // The same names as sallyport doctor has.
  const alone = JSON.parse((await runToEnd(["doctor", "--json", "--config", gateway.configFile])).out);
  const names = (checks: { name: string }[]): string[] => checks.map(({ name }) => name);
  expect(names(body.checks)).toEqual(names(alone.checks));
  const again = await Promise.all([1, 2, 3].map(() => ask(gateway, "GET", "/v1/doctor")));
  expect(again.map((answer) => answer.body.at)).toEqual([body.at, body.at, body.at]);
  const shown = await runToEnd(["ctl", "doctor", ...socket]);
  expect(shown.code).toBe(body.verdict === "fail" ? 4 : 0);
  expect(shown.out).toMatch(/^verdict +check +seen$/m);
});

test("a capture has the latencies of its time, by stage and venue, with their histograms", async () => {
  await alice.report(alice.order({ 38: 1, 44: "149" }), "0");
  const asked = ask(gateway, "POST", "/v1/profiles", { thread: "main", seconds: 2, why: "latencies" });
  await Bun.sleep(300);
  for (let i = 0; i < 20; i++) await alice.report(alice.order({ 38: 1, 44: "149" }), "0");
  const { body } = await asked;
  const read = await ask(gateway, "GET", `/v1/profiles/${body.capture.name}/latencies.json`);
  const { all, venues } = read.body;
  expect(all.map(({ stage }: { stage: string }) => stage)).toEqual(["decide", "send", "venue", "answer", "total"]);
  for (const stages of [all, venues.VENUE])
    for (const { stage, count, p50, max, buckets } of stages) {
      expect([stage, count]).toEqual([stage, 20]);
      expect(buckets.reduce((sum: number, one: { count: number }) => sum + one.count, 0)).toBe(20);
      expect(p50).toBeLessThanOrEqual(max);
    }
});

test("ctl journal --follow prints what is journalled from now on, of one session or kind", async () => {
  const follow = (...words: string[]) => {
    const child = Bun.spawn([executable(), "ctl", "journal", "--follow", ...words, ...socket], { stdout: "pipe" });
    const said = { text: "" };
    void (async () => {
      for await (const chunk of child.stdout) said.text += new TextDecoder().decode(chunk);
    })();
    return { child, said };
  };
  const orders = follow("--type", "order", "--json");
  const controls = follow("--type", "control");
  try {
    await until("the heading", () => controls.said.text.includes("event"));
    // A listener begins where the journal was when it came.
    await until("the note", async () => {
      await ask(gateway, "POST", "/v1/notes", { why: "for those who follow" });
      return controls.said.text.includes("operator action");
    });
    await until("an order", async () => {
      await alice.report(alice.order({ 38: 1, 44: "149" }), "0");
      return orders.said.text.includes('"kind":"order"');
    });
    for (const line of orders.said.text.trim().split("\n")) expect(JSON.parse(line).kind).toBe("order");
    const wrong = await runToEnd(["ctl", "journal", "--follow", "--limit", "5", ...socket]);
    expect([wrong.code, wrong.err]).toEqual([
      1,
      "sallyport: expected no other option than session and type with --follow, got limit\n",
    ]);
  } finally {
    orders.child.kill();
    controls.child.kill();
  }
});

test("collections come as they are seen, to a listener and to ctl --follow", async () => {
  const child = Bun.spawn([executable(), "ctl", "collections", "--follow", ...socket], { stdout: "pipe" });
  const gone = new AbortController();
  try {
    const said = { text: "" };
    void (async () => {
      for await (const chunk of child.stdout) said.text += new TextDecoder().decode(chunk);
    })();
    await until("the heading", () => said.text.includes("stood still µs"));
    const response = await fetch("http://localhost/v1/collections/stream", {
      unix: join(gateway.data, "admin.sock"),
      signal: gone.signal,
    });
    const events = serverEvents(response.body!);
    // A heap snapshot collects before it is made.
    await ask(gateway, "POST", "/v1/profiles", { thread: "main", seconds: 1, heap: true, why: "a collection" });
    for await (const { event, data } of events) {
      if (event !== "collection") continue;
      const { thread, count, stoodStillUs, heapBytes, seenAt } = JSON.parse(data);
      if (thread !== "main") continue;
      expect([count, heapBytes > 0, Number.isFinite(Date.parse(seenAt))]).toEqual([1, true, true]);
      expect(stoodStillUs).toBeGreaterThanOrEqual(0);
      break;
    }
    await until("its line", () => / main +1 /.test(said.text));
  } finally {
    gone.abort();
    child.kill();
  }
});
