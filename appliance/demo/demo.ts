import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { isolatedCpus as isolatedFrom, onlineCpus } from "../../ffi/thread.ts";
import { Log } from "../../src/base/log.ts";
import { Views } from "../../src/base/views.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import { type Gateway, startGateway } from "../../src/gateway/gateway.ts";
import { LatencyReader } from "../../src/telemetry/latency-report.ts";
import { governor, isolatedCpus } from "../doctor/cpu.ts";
import { laneCpusOf } from "../doctor/doctor.ts";
import { MachineFiles } from "../doctor/files.ts";
import { transparentHugePages } from "../doctor/memory.ts";
import {
  ENDED,
  LATENCY_AT,
  LOST,
  OPEN,
  REJECTS,
  REPORTS,
  REQUESTS,
  STATE_WORD,
  STOP_WORD,
  TRADING,
  TRADING_BYTES,
  type TraderData,
} from "./trading-words.ts";

const SESSIONS = 3;
const WINDOW = 8;
const MAX_ORDER_QTY = 10_000;
const ACCOUNT = "DEMO";
const SYMBOLS = [
  { name: "ALPHA", priceE8: 100e8, tickE8: 1e6 },
  { name: "BETA", priceE8: 50e8, tickE8: 1e6 },
  { name: "GAMMA", priceE8: 25e8, tickE8: 1e6 },
];
const READY_WITHIN_MS = 10_000;
const END_WITHIN_MS = 8_000;

export interface DemoOptions {
  seconds?: number;
  /** One line of JSON at the end instead of a live line each second. */
  json?: boolean;
  sessions?: number;
  /** The module that workers start from; `worker.ts` unless the executable says otherwise. */
  entry?: string;
  print?: (line: string) => void;
}

/**
 * Runs a gateway, an exchange and trading clients in one process over loopback TCP, and shows what they do.
 * Orders are requests of every kind: new ones, cancels, replaces. Returns 0, or 1 when a request got no report or
 * something failed.
 */
export async function demoCommand(options: DemoOptions): Promise<number> {
  const print = options.print ?? ((line: string) => console.log(line));
  const say = options.json === true ? (line: string) => console.error(line) : print;
  for (const line of untuned()) say(`not tuned: ${line}`);
  const stop = new Stop();
  const dir = mkdtempSync(join(tmpdir(), "sallyport-demo-"));
  let gateway: Gateway | undefined;
  try {
    const names = Array.from({ length: options.sessions ?? SESSIONS }, (_, i) => `TRADER${i + 1}`);
    const entry = options.entry ?? new URL("../worker.ts", import.meta.url).href;
    const config = demoConfig(names, freePort(), isolatedFrom().length > 0 ? "auto" : "park");
    gateway = await startGateway(config, { dataDir: join(dir, "data"), entry, log: new Log(() => {}) });
    gateway.failed.then((error) => stop.fail(error));
    const demo = new Demo(names, gateway.ports().client[0]!, entry, stop);
    return await demo.run(options, print, say);
  } catch (error) {
    console.error(`sallyport: ${(error as Error).message}`);
    return 1;
  } finally {
    await gateway?.stop().catch(() => {});
    stop.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Ctrl-C, SIGTERM, or a fault. */
class Stop {
  readonly asked: Promise<void>;
  error: Error | null = null;
  done = false;
  private resolve: () => void = () => {};
  private readonly onSignal = (): void => this.ask();

  constructor() {
    this.asked = new Promise((resolve) => {
      this.resolve = resolve;
    });
    process.on("SIGINT", this.onSignal);
    process.on("SIGTERM", this.onSignal);
  }

  ask(): void {
    this.done = true;
    this.resolve();
  }

  fail(error: Error): void {
    this.error ??= error;
    this.ask();
  }

  close(): void {
    process.off("SIGINT", this.onSignal);
    process.off("SIGTERM", this.onSignal);
  }
}

/** The trading lane, seen from the main thread. */
class Demo {
  private readonly shared = new SharedArrayBuffer(TRADING_BYTES);
  private readonly views = new Views(this.shared);
  private readonly latency = new LatencyReader(this.views, [LATENCY_AT]);
  private readonly worker: Worker;

  constructor(
    names: string[],
    port: number,
    entry: string,
    private readonly stop: Stop,
  ) {
    const workerData: TraderData = {
      role: "trader",
      port,
      sessions: names,
      gateway: "GATEWAY",
      account: ACCOUNT,
      symbols: SYMBOLS,
      window: WINDOW,
      maxOrderQty: MAX_ORDER_QTY,
      shared: this.shared,
    };
    this.worker = new Worker(new URL(entry), { workerData });
    this.worker.on("message", (message: { failed?: string }) =>
      stop.fail(new Error(`trading lane: ${message.failed}`)),
    );
    this.worker.on("error", (error: Error) => stop.fail(error));
  }

  async run(options: DemoOptions, print: (line: string) => void, say: (line: string) => void): Promise<number> {
    await this.state(TRADING, READY_WITHIN_MS, "the clients could not log on and trade");
    say(`${options.sessions ?? SESSIONS} clients trade through the gateway with the built-in exchange; Ctrl-C ends it`);
    const began = performance.now();
    await this.watch(began, options, say);
    const seconds = (performance.now() - began) / 1000;
    const asked = this.views.doubles[REQUESTS]!;
    Atomics.store(this.views.ints, STOP_WORD, 1);
    if (this.stop.error === null) await this.state(ENDED, END_WITHIN_MS, "the trading lane did not end");
    this.worker.unref();
    if (this.stop.error !== null) throw this.stop.error;
    const lost = this.views.doubles[LOST]!;
    print(options.json === true ? this.json(asked / seconds) : this.summary(asked / seconds));
    return lost > 0 ? 1 : 0;
  }

  /** A line each second, until the time is over or someone asks to stop. */
  private async watch(began: number, options: DemoOptions, say: (line: string) => void): Promise<void> {
    const endMs = (options.seconds ?? Number.POSITIVE_INFINITY) * 1000;
    let before = 0;
    let beforeMs = 0;
    while (!this.stop.done) {
      const leftMs = endMs - (performance.now() - began);
      if (leftMs <= 0) return;
      await Promise.race([this.stop.asked, Bun.sleep(Math.min(1000, leftMs))]);
      if (options.json === true) continue;
      const nowMs = performance.now() - began;
      const requests = this.views.doubles[REQUESTS]!;
      say(this.line(((requests - before) * 1000) / (nowMs - beforeMs)));
      before = requests;
      beforeMs = nowMs;
    }
  }

  private line(rate: number): string {
    const { p50, p99, p999 } = this.latency.interval();
    const { doubles } = this.views;
    const trip = `round trip p50 ${us(p50)}  p99 ${us(p99)}  p99.9 ${us(p999)}`;
    return `${count(rate)} orders/s  ${trip}  rejects ${count(doubles[REJECTS]!)}  open ${count(doubles[OPEN]!)}`;
  }

  private summary(rate: number): string {
    const { p50, p99, p999, max } = this.latency.total();
    const { doubles } = this.views;
    const trip = `round trip p50 ${us(p50)}, p99 ${us(p99)}, p99.9 ${us(p999)}, longest ${us(max)}`;
    const what = `${count(doubles[REQUESTS]!)} orders, ${count(doubles[REPORTS]!)} reports, ${count(doubles[REJECTS]!)} rejects`;
    return `in all: ${what}, ${count(doubles[LOST]!)} lost; ${count(rate)} orders/s; ${trip}`;
  }

  private json(rate: number): string {
    const { doubles } = this.views;
    const { p50, p99, p999, max } = this.latency.total();
    return JSON.stringify({
      orders: doubles[REQUESTS]!,
      reports: doubles[REPORTS]!,
      lost: doubles[LOST]!,
      rejects: doubles[REJECTS]!,
      ordersPerSecond: Math.round(rate),
      roundTripUs: { p50, p99, p999, max },
    });
  }

  private async state(wanted: number, withinMs: number, fault: string): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (Atomics.load(this.views.ints, STATE_WORD) < wanted) {
      if (this.stop.error !== null) throw this.stop.error;
      if (wanted === TRADING && this.stop.done) return;
      if (performance.now() > deadline) throw new Error(`${fault} within ${withinMs / 1000} s`);
      await Bun.sleep(5);
    }
  }
}

/** What `doctor` has against this machine and the demo suffers from, in plain words. */
export function untuned(): string[] {
  const files = new MachineFiles();
  const box = { files, laneCpus: laneCpusOf(files, null) };
  const found = [isolatedCpus, governor, transparentHugePages].map((check) => check(box));
  const said = found
    .filter(({ verdict }) => verdict === "warn")
    .map(({ name, seen, why }) => `${name}: ${seen}; ${why}`);
  const cpus = onlineCpus().length;
  if (cpus < 4) said.push(`${cpus} CPUs for gateway, exchange and clients, so they wait for each other and lanes park`);
  return said;
}

/** The exchange's port is written into the gateway's configuration before either is there. */
function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = server;
  server.stop(true);
  return port;
}

function demoConfig(names: string[], exchangePort: number, idle: string): GatewayConfig {
  const text = `
[lanes]
preset = "one"
idle = "${idle}"
[client]
listen = "127.0.0.1:0"
${names.map((name) => `[client.sessions.${name}]\naccounts = ["${ACCOUNT}"]`).join("\n")}
[venues.SIM]
address = "127.0.0.1:${exchangePort}"
compId = "EXCHANGE"
resetOnLogon = true
[routing]
default = "SIM"
${SYMBOLS.map(({ name, priceE8 }) => `[symbols.${name}]\nreferencePrice = "${priceE8 / 1e8}"`).join("\n")}
[risk]
collarPercent = 5
[risk.accounts.${ACCOUNT}]
maxOrderQty = ${MAX_ORDER_QTY}
maxOrderNotional = 100_000_000
maxOpenOrders = 100_000
ordersPerSecond = 10_000_000
[journal]
snapshotMiB = 0
[exchange]
listen = "127.0.0.1:${exchangePort}"
`;
  const { config, problems } = loadConfig(text, "demo.toml");
  if (config === undefined) throw new Error(`demo configuration: ${problems[0]!.where}: ${problems[0]!.what}`);
  return config;
}

function us(value: number): string {
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} µs`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}
