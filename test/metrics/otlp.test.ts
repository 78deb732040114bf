import { afterEach, expect, test } from "bun:test";
import { createServer, type Server } from "node:http";
import { LabelNames } from "../../src/metrics/metric.ts";
import { OtlpPush } from "../../src/metrics/otlp.ts";
import { METRICS } from "../../src/metrics/table.ts";
import { NOON_MS } from "../alarms/calm.ts";
import { until } from "../eventually.ts";
import { keptLog } from "../log.ts";
import { source } from "./source.ts";

let server: Server;
let end: () => Promise<unknown> = async () => {};
afterEach(async () => {
  await end();
  server.close();
  server.closeAllConnections();
});

interface Point {
  readonly attributes: { key: string; value: { stringValue: string } }[];
  readonly asDouble?: number;
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
}
interface Pushed {
  readonly resourceMetrics: {
    readonly resource: { readonly attributes: { key: string; value: { stringValue: string } }[] };
    readonly scopeMetrics: {
      readonly scope: { readonly name: string };
      readonly metrics: {
        readonly name: string;
        readonly unit: string;
        readonly sum?: { isMonotonic: boolean; aggregationTemporality: number; dataPoints: Point[] };
        readonly gauge?: { dataPoints: Point[] };
        readonly histogram?: {
          dataPoints: (Point & { count: number; sum: number; bucketCounts: number[]; explicitBounds: number[] })[];
        };
      }[];
    }[];
  }[];
}

/** A collector that answers with a status at a time. */
async function collector(statuses: number[] = []) {
  const pushed: Pushed[] = [];
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (bytes) => {
      text += bytes;
    });
    request.on("end", () => {
      const status = statuses.shift() ?? 200;
      if (status === 200) pushed.push(JSON.parse(text));
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/v1/metrics`, pushed };
}

function push(url: string, everyMs: number, lines: string[] = []) {
  const made = new OtlpPush(METRICS, source, {
    url,
    everyMs,
    names: new LabelNames(200),
    attributes: { "service.name": "sallyport", "service.instance.id": "GATEWAY@host" },
    log: keptLog(lines),
  });
  end = () => made.stop();
  return made;
}

test("pushes every metric with its kind, unit, labels and times", async () => {
  const { url, pushed } = await collector();
  push(url, 50);
  await until("two pushes", () => pushed.length >= 2);
  const { resource, scopeMetrics } = pushed[0]!.resourceMetrics[0]!;
  const attributes = Object.fromEntries(resource.attributes.map(({ key, value }) => [key, value.stringValue]));
  expect(attributes).toEqual({ "service.name": "sallyport", "service.instance.id": "GATEWAY@host" });
  const { metrics } = scopeMetrics.find(({ scope }) => scope.name === "sallyport")!;
  expect(metrics.map(({ name }) => name).sort()).toEqual(METRICS.map(({ name }) => name).sort());
  const named = (name: string) => metrics.find((metric) => metric.name === `sallyport_${name}`)!;

  const orders = named("orders_total").sum!;
  expect(orders).toMatchObject({ isMonotonic: true, aggregationTemporality: 2, dataPoints: [{ asDouble: 12 }] });
  expect(Number(orders.dataPoints[0]!.timeUnixNano) / 1e6).toBe(NOON_MS);
  expect(Number(orders.dataPoints[0]!.startTimeUnixNano) / 1e6).toBe(NOON_MS - 120_000);
  const up = named("session_up").gauge!.dataPoints.map(({ attributes, asDouble }) => [
    attributes[0]!.value.stringValue,
    asDouble,
  ]);
  expect(up).toEqual([
    ["ALICE", 1],
    ["BOB", 0],
  ]);
  const latency = named("latency_seconds");
  expect(latency.unit).toBe("s");
  expect(latency.histogram!.dataPoints).toMatchObject([
    { count: 10, sum: 0.000123, bucketCounts: [2, 7, 1], explicitBounds: [0.000001, 0.00001] },
  ]);
});

test("a collector that fails is logged once, and when it takes metrics again", async () => {
  const { url, pushed } = await collector([400, 400, 400]);
  const lines: string[] = [];
  push(url, 50, lines);
  await until("a push", () => pushed.length >= 1);
  await until(
    "the second line",
    () => lines.length >= 2,
    undefined,
    () => lines,
  );
  expect(lines[0]).toStartWith(`warning: gateway: ${url}: `);
  expect(lines[1]).toBe(`gateway: ${url}: takes metrics again`);
});

test("a stop does not wait for a collector that never answers, or is not there", async () => {
  server = createServer(() => {});
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const { port } = server.address() as { port: number };
  const hanging = push(`http://127.0.0.1:${port}/v1/metrics`, 5_000);
  end = async () => {};
  const began = performance.now();
  await hanging.stop();
  expect(performance.now() - began).toBeLessThan(4_000);
  const lines: string[] = [];
  const gone = push("http://127.0.0.1:1/v1/metrics", 5_000, lines);
  end = async () => {};
  await gone.stop();
});
