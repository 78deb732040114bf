import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { createServer } from "node:http";
import { LOGON } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { type Exposed, promtoolProblems, readExposition, sumOf } from "../metrics/exposition.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(90_000);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function started(tables = "") {
  const gateway = new Gateway({ tables });
  ends.push(() => gateway.remove());
  const venue = new Venue(gateway.venuePort);
  ends.push(() => venue.stop());
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
  return { gateway, venue, alice };
}

async function scrape(gateway: Gateway): Promise<Map<string, Exposed>> {
  const { status, body, headers } = await ask(gateway, "GET", "/metrics");
  expect(status).toBe(200);
  expect(headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
  return readExposition(body);
}

test("the numbers are those that the peers saw", async () => {
  const { gateway, venue, alice } = await started();
  const before = await scrape(gateway);
  const ids = Array.from({ length: 20 }, (_, i) => alice.order({ 38: 1_000 + i }));
  for (const id of ids) await alice.report(id, "0");
  const rejected = alice.order({ 38: 200_000 });
  expect((await alice.report(rejected)).get(150)).toBe("8");
  for (const order of venue.orders.filter(({ quantity }) => quantity >= 1_000 && quantity < 1_005))
    venue.fill(order, 10);
  for (const id of ids.slice(0, 5)) await alice.report(id, "F");
  await alice.report(alice.cancel(ids[10]!), "4");

  const seen = { in: alice.nextOut - 1, out: alice.nextIn - 1, venueIn: venue.nextOut - 1, venueOut: venue.nextIn - 1 };
  // Rows are written within 10 ms.
  const after = await until("the rows of the last messages", async () => {
    const read = await scrape(gateway);
    const out = sumOf(read, "sallyport_session_messages_total", 'session="ALICE"', '"out"');
    return out >= seen.out && sumOf(read, "sallyport_venue_messages_total", '"in"') >= seen.venueIn ? read : null;
  });
  const grown = (name: string, ...labels: string[]): number =>
    sumOf(after, `sallyport_${name}`, ...labels) - sumOf(before, `sallyport_${name}`, ...labels);
  expect(grown("orders_total")).toBe(21);
  expect(grown("orders_rejected_total")).toBe(1);
  expect(grown("cancels_total")).toBe(1);
  expect(grown("fills_total")).toBe(5);
  // New, filled, cancelled.
  expect(grown("reports_total")).toBe(20 + 5 + 1);
  expect(grown("orders_open")).toBe(19);
  const value = (name: string, ...labels: string[]) => sumOf(after, `sallyport_${name}`, ...labels);
  expect(value("session_messages_total", 'session="ALICE"', '"in"')).toBe(seen.in);
  expect(value("session_messages_total", 'session="ALICE"', '"out"')).toBe(seen.out);
  expect(value("venue_messages_total", 'venue="VENUE"', '"in"')).toBe(seen.venueIn);
  expect(value("venue_messages_total", 'venue="VENUE"', '"out"')).toBe(seen.venueOut);
  expect([value("session_up", 'session="ALICE"'), value("session_up", 'session="BOB"')]).toEqual([1, 0]);
  expect(value("limit_used", 'account="ACC1"', "maxOpenOrders")).toBe(19);
  expect(value("limit_max", 'account="ACC1"', "maxOpenOrders")).toBe(10_000);
  expect(sumOf(after, "sallyport_kill_switches_engaged")).toBe(0);
  // Each of the 20 orders was answered by the venue and to its client.
  for (const stage of ["decide", "send", "venue", "answer", "total"])
    expect(grown("latency_seconds_count", `stage="${stage}"`), stage).toBeGreaterThanOrEqual(20);
  expect(sumOf(after, "process_resident_memory_bytes")).toBeGreaterThan(10e6);
  expect(promtoolProblems((await ask(gateway, "GET", "/metrics")).body) ?? "").toBe("");
});

test("names beyond the most are summed, and the executable pushes them by OpenTelemetry's SDK", async () => {
  // biome-ignore lint/suspicious/noExplicitAny: a push, as OTLP has it.
  const pushed: any[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (bytes) => {
      text += bytes;
    });
    request.on("end", () => {
      pushed.push(JSON.parse(text));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as { port: number };
  const { gateway } = await started(
    `[metrics]\nmostNames = 1\notlp = "http://127.0.0.1:${port}/v1/metrics"\notlpEveryS = 1\n`,
  );
  const read = await scrape(gateway);
  expect([...read.get("sallyport_session_up")!.samples.keys()]).toEqual([
    'sallyport_session_up{session="ALICE"}',
    'sallyport_session_up{session="=other"}',
  ]);
  await until("a push with an order", () => {
    const metrics = pushed
      .at(-1)
      ?.resourceMetrics[0].scopeMetrics.flatMap((scope: { metrics: unknown[] }) => scope.metrics);
    const orders = metrics?.find(({ name }: { name: string }) => name === "sallyport_orders_total");
    return orders?.sum.dataPoints[0].asDouble >= 1;
  });
  expect(await gateway.stop()).toBe(0);
  expect(gateway.log).not.toMatch(/OTLP: .*:\d+\/v1\/metrics: /);
});
