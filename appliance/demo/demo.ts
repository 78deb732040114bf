import { Worker } from "node:worker_threads";
import { version } from "../../package.json";
import { Log } from "../../src/base/log.ts";
import { Views } from "../../src/base/views.ts";
import { type Gateway, startGateway } from "../../src/gateway/gateway.ts";
import { LatencyReader } from "../../src/telemetry/latency-report.ts";
import { makeToken } from "../config/token.ts";
import { pages } from "../manual/pages.ts";
import { columns, counted, us } from "../terminal/columns.ts";
import { idleOf, maySpin, nextLine, untunedLine } from "./advice.ts";
import { ACCOUNT, demoConfig, EXCHANGE, GATEWAY, MAX_ORDER_QTY, SYMBOLS } from "./config.ts";
import { DataDirectory } from "./data-directory.ts";
import { endWithLauncher } from "./launcher.ts";
import { HEADINGS, rowText } from "./table.ts";
import {
  BURST,
  CLOSE_WORD,
  countsOf,
  ENDED,
  LOST,
  NO_MORE,
  OPEN,
  OTHER_REJECTS,
  PACED,
  PACED_PER_SECOND,
  PHASE_WORD,
  PORT_WORD,
  REFUSED,
  REPORTS,
  REQUESTS,
  roundTripAt,
  STATE_WORD,
  TOO_LATE,
  TRADING,
  TRADING_BYTES,
  type TraderData,
  type TraderMessage,
  toExchangeAt,
  WANTED_WORD,
  WARM_BURST,
  WARM_PACED,
} from "./trading-words.ts";

const SESSIONS = 3;
const WINDOW = 8;
const READY_WITHIN_MS = 10_000;
const END_WITHIN_MS = 8_000;
/** Before anything is measured: a burst until code is compiled, then the pace that follows. */
const WARM_BURST_MS = 1_500;
const WARM_PACED_MS = 500;
/** Without an end the phases alternate. */
const PACED_S = 10;
const BURST_S = 10;
/** Rows between two headings. */
const ROWS = 20;

export interface DemoOptions {
  /** Measured, half of it paced and half in a burst. */
  seconds?: number;
  /** One line of JSON at the end instead of a live table. */
  json?: boolean;
  sessions?: number;
  /** The module that workers start from; `worker.ts` unless the executable says otherwise. */
  entry?: string;
  print?: (line: string) => void;
}

/**
 * Runs a gateway, an exchange and trading clients in one process over loopback TCP, and shows what they do.
 * Returns  0, or 1 when a request had no report, an order needs attention or something failed.
 */
export async function demoCommand(options: DemoOptions): Promise<number> {
  endWithLauncher();
  const print = options.print ?? ((line: string) => console.log(line));
  const stop = new Stop();
  const directory = new DataDirectory();
  const names = Array.from({ length: options.sessions ?? SESSIONS }, (_, i) => `TRADER${i + 1}`);
  const entry = options.entry ?? new URL("../worker.ts", import.meta.url).href;
  if (options.json !== true) for (const line of heading(names.length)) print(line);
  let gateway: Gateway | undefined;
  const { token, hash } = makeToken();
  const lane = new TradingLane(names, entry, stop);
  try {
    const loaded = demoConfig(names, await lane.exchangePort(), idleOf(), hash);
    const { config, file, source } = loaded;
    const running = { version, file, source, read: () => loaded, manual: pages };
    gateway = await startGateway(config, { dataDir: directory.data, entry, log: new Log(() => {}), running });
    gateway.failed.then((error) => stop.fail(error));
    await lane.begin(gateway.ports().client[0]!);
    if (options.json !== true) for (const line of dashboardLines(gateway.ports().admin[0]!, token)) print(line);
    const demo = new Demo(lane, stop, options.json === true ? () => {} : print);
    await demo.run(options.seconds);
    await lane.end();
    if (stop.error !== null) throw stop.error;
    const attention = gateway.counters().ordersNeedingAttention!;
    if (options.json === true) print(demo.json(attention));
    else for (const line of demo.summary(entry, attention)) print(line);
    return lane.lost() > 0 || attention > 0 ? 1 : 0;
  } catch (error) {
    console.error(`sallyport: ${(error as Error).message}`);
    return 1;
  } finally {
    await gateway?.stop().catch(() => {});
    await lane.close();
    stop.close();
    await directory.remove();
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
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, this.onSignal);
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
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, this.onSignal);
  }
}

/** The trading lane, seen from the main thread. */
class TradingLane {
  private readonly views = new Views(new SharedArrayBuffer(TRADING_BYTES));
  private readonly worker: Worker;
  private readonly port = Promise.withResolvers<number>();
  private readonly ended: Promise<void>;

  constructor(
    names: readonly string[],
    entry: string,
    private readonly stop: Stop,
  ) {
    const workerData: TraderData = {
      role: "trader",
      sessions: names,
      gateway: GATEWAY,
      exchange: EXCHANGE,
      account: ACCOUNT,
      symbols: SYMBOLS,
      window: WINDOW,
      spins: maySpin(),
      maxOrderQty: MAX_ORDER_QTY,
      shared: this.views.buffer as SharedArrayBuffer,
    };
    this.worker = new Worker(new URL(entry), { workerData });
    this.worker.on("message", ({ exchangePort, failed }: TraderMessage) => {
      if (exchangePort !== undefined) this.port.resolve(exchangePort);
      if (failed !== undefined) this.fail(new Error(`trading lane: ${failed}`));
    });
    this.worker.on("error", (error: Error) => this.fail(error));
    this.ended = new Promise((resolve) => this.worker.on("exit", () => resolve()));
    this.port.promise.catch(() => {});
  }

  /** Resolves once the exchange listens. */
  exchangePort(): Promise<number> {
    return this.port.promise;
  }

  /** Resolves once every client trades; at once when somebody asks to stop. */
  async begin(port: number): Promise<void> {
    Atomics.store(this.views.ints, PORT_WORD, port);
    await this.reach(STATE_WORD, TRADING, READY_WITHIN_MS, "the clients could not log on and trade");
  }

  /** Asks for the next phase. Resolves once it has begun. */
  async phase(phase: number): Promise<void> {
    Atomics.store(this.views.ints, WANTED_WORD, phase);
    await this.reach(PHASE_WORD, phase, END_WITHIN_MS, "requests were not answered");
  }

  /** Resolves once the last answers are there, or are lost, and the clients have logged out. */
  async end(): Promise<void> {
    Atomics.store(this.views.ints, WANTED_WORD, NO_MORE);
    const isThere = (): boolean => Atomics.load(this.views.ints, STATE_WORD) === ENDED;
    await this.wait(isThere, END_WITHIN_MS, "the trading lane did not end");
  }

  /** Ends the thread, the exchange with it. */
  async close(): Promise<void> {
    Atomics.store(this.views.ints, CLOSE_WORD, 1);
    await Promise.race([this.ended, Bun.sleep(END_WITHIN_MS)]);
    this.worker.unref();
  }

  count(phase: number, counter: number): number {
    return this.views.doubles[countsOf(phase) + counter]!;
  }

  open(): number {
    return this.views.doubles[OPEN]!;
  }

  lost(): number {
    return this.views.doubles[LOST]!;
  }

  latency(at: number): LatencyReader {
    return new LatencyReader(this.views, [at]);
  }

  private fail(error: Error): void {
    this.port.reject(error);
    this.stop.fail(error);
  }

  private async reach(word: number, value: number, withinMs: number, fault: string): Promise<void> {
    await this.wait(() => this.stop.done || Atomics.load(this.views.ints, word) === value, withinMs, fault);
    if (this.stop.error !== null) throw this.stop.error;
  }

  private async wait(isThere: () => boolean, withinMs: number, fault: string): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!isThere()) {
      if (this.stop.error !== null) throw this.stop.error;
      if (performance.now() > deadline) throw new Error(`${fault} within ${withinMs / 1000} s`);
      await Bun.sleep(2);
    }
  }
}

/** One measured phase; it may be entered several times. */
class Phase {
  seconds = 0;
  readonly roundTrip: LatencyReader;
  readonly toExchange: LatencyReader;

  constructor(
    readonly name: string,
    readonly number: number,
    private readonly lane: TradingLane,
  ) {
    this.roundTrip = lane.latency(roundTripAt(number));
    this.toExchange = lane.latency(toExchangeAt(number));
  }

  count(counter: number): number {
    return this.lane.count(this.number, counter);
  }

  get rate(): number {
    return this.seconds === 0 ? 0 : this.count(REQUESTS) / this.seconds;
  }
}

/** The phases, one after the other, and what came of them. */
class Demo {
  private readonly paced: Phase;
  private readonly burst: Phase;
  private beganMs = 0;
  private rows = 0;

  constructor(
    private readonly lane: TradingLane,
    private readonly stop: Stop,
    private readonly print: (line: string) => void,
  ) {
    this.paced = new Phase("paced", PACED, lane);
    this.burst = new Phase("burst", BURST, lane);
  }

  /** Trades for `seconds` seconds, or until stopped. */
  async run(seconds: number | undefined): Promise<void> {
    await this.warmUp(WARM_BURST, WARM_BURST_MS);
    await this.warmUp(WARM_PACED, WARM_PACED_MS);
    this.beganMs = performance.now();
    do {
      await this.measure(this.paced, seconds === undefined ? PACED_S : seconds / 2);
      await this.measure(this.burst, seconds === undefined ? BURST_S : seconds / 2);
    } while (seconds === undefined && !this.stop.done);
  }

  private async warmUp(phase: number, ms: number): Promise<void> {
    await this.lane.phase(phase);
    await Promise.race([this.stop.asked, Bun.sleep(ms)]);
  }

  /** A row each second. */
  private async measure(phase: Phase, seconds: number): Promise<void> {
    if (this.stop.done) return;
    await this.lane.phase(phase.number);
    const began = performance.now();
    const endMs = began + seconds * 1000;
    let before = phase.count(REQUESTS);
    let beforeMs = began;
    while (!this.stop.done && performance.now() < endMs) {
      await Promise.race([this.stop.asked, Bun.sleep(Math.min(1000, endMs - performance.now()))]);
      const nowMs = performance.now();
      const requests = phase.count(REQUESTS);
      this.row(phase, ((requests - before) * 1000) / (nowMs - beforeMs));
      before = requests;
      beforeMs = nowMs;
    }
    phase.seconds += (beforeMs - began) / 1000;
  }

  private row(phase: Phase, rate: number): void {
    if (this.rows++ % ROWS === 0) for (const line of HEADINGS) this.print(line);
    this.print(
      rowText({
        seconds: Math.round((performance.now() - this.beganMs) / 1000),
        phase: phase.name,
        rate,
        roundTrip: phase.roundTrip.interval(),
        toExchange: phase.toExchange.interval(),
        open: this.lane.open(),
        refused: this.total(REFUSED),
        lost: this.lane.lost(),
      }),
    );
  }

  /** What came of it, what the words mean, and what to do next. */
  summary(entry: string, attention: number): string[] {
    const measured = [this.paced, this.burst].filter(({ seconds }) => seconds > 0);
    if (measured.length === 0) return ["Ended before anything was measured."];
    const [refused, late, other] = [REFUSED, TOO_LATE, OTHER_REJECTS].map((counter) => counted(this.total(counter)));
    const rejects = `refused ${refused}, cancels and replaces too late ${late}, other rejects ${other}`;
    return [
      "",
      ...phaseLines(measured),
      `${counted(this.total(REQUESTS))} orders, ${counted(this.total(REPORTS))} reports; ${rejects}; lost ${counted(this.lane.lost())}; need attention ${counted(attention)}.`,
      "",
      "Orders: new orders, cancels and replaces. Round trip: from the client's write of a new order to its first report.",
      "To exchange: from the client's write until the exchange has read the order; between them are the gateway's FIX",
      "sessions, risk checks, journal and routing, and two hops of loopback TCP.",
      `Refused: orders beyond the account's limit of ${counted(MAX_ORDER_QTY)}, sent on purpose in the burst.`,
      "",
      ...untunedLine(entry),
      nextLine(entry),
    ];
  }

  /** One line for programs; at the top level both phases' counts and the burst's figures. */
  json(attention: number): string {
    const { paced, burst } = this;
    const rejects = [REFUSED, TOO_LATE, OTHER_REJECTS].reduce((sum, counter) => sum + this.total(counter), 0);
    return JSON.stringify({
      orders: this.total(REQUESTS),
      reports: this.total(REPORTS),
      lost: this.lane.lost(),
      needAttention: attention,
      rejects,
      refusedOnPurpose: this.total(REFUSED),
      tooLate: this.total(TOO_LATE),
      ...phaseFigures(burst),
      paced: { orders: paced.count(REQUESTS), ...phaseFigures(paced) },
    });
  }

  private total(counter: number): number {
    return this.paced.count(counter) + this.burst.count(counter);
  }
}

function heading(sessions: number): string[] {
  const clients = sessions === 1 ? "a trading client" : `${sessions} trading clients`;
  return [
    `Sallyport ${version}: a gateway, an exchange and ${clients} on this machine, FIX.4.4 over loopback TCP.`,
    `Risk checks and journal are on. First ${counted(PACED_PER_SECOND)} orders a second, then as many as go. Ctrl-C ends it.`,
    "",
  ];
}

/** The token is valid for this run alone. */
function dashboardLines(port: number, token: string): string[] {
  return [`Dashboard: http://127.0.0.1:${port}/`, `Token:     ${token}`, ""];
}

/** As a table of both phases. */
function phaseLines(phases: readonly Phase[]): string[] {
  const rows = phases.map((phase) => {
    const { p50, p99, p999, max } = phase.roundTrip.total();
    const way = phase.toExchange.total();
    const figures = [p50, p99, p999, max, way.p50, way.p99].map(us);
    return [phase.name, counted(phase.count(REQUESTS)), counted(phase.rate), ...figures];
  });
  const trip = ["round trip p50", "p99", "p99.9", "longest"];
  return columns([["in all", "orders", "orders/s", ...trip, "to exchange p50", "p99"], ...rows]);
}

function phaseFigures(phase: Phase): object {
  const { p50, p99, p999, max } = phase.roundTrip.total();
  const way = phase.toExchange.total();
  return {
    seconds: Math.round(phase.seconds * 10) / 10,
    ordersPerSecond: Math.round(phase.rate),
    roundTripUs: { p50, p99, p999, max },
    toExchangeUs: { p50: way.p50, p99: way.p99, p999: way.p999, max: way.max },
  };
}
