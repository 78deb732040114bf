// What operators cost the path of an order: the yardstick's gateway and load, in turn alone and with a dashboard open (its stream of
// events), metrics scraped each second and the API asked twenty times a second; a new gateway each time. ROUNDS pairs, 5 by default.
// With two CPUs, the observers (at the lowest priority) and the gateway's main thread share the load's CPU, so the load's own figures
// also have what the load waits for its CPU. The lane's figures do not: they are the gateway's own stages, from the turn that reads a
// message to the write of what follows (decide and send for an order, answer for its report).

import { join } from "node:path";
import { threadCpus } from "../ffi/thread.ts";
import { check, median, report, TINY } from "./measure.ts";
import { built } from "./yardstick/build.ts";
import { contestants, Running } from "./yardstick/contestants.ts";

const ROUNDS = Number(process.env.ROUNDS ?? (TINY ? 1 : 5));
const REQUESTS_PER_SECOND = 20;
const ORDERS = TINY ? 400 : 16_000;
const LOADS = ["--rate 2000", "--window 1"];
const PATHS = [
  "/v1/system",
  "/v1/sessions",
  "/v1/venues",
  "/v1/orders?limit=100",
  "/v1/accounts",
  "/v1/latency",
  "/v1/lanes",
];
const SECOND_MS = 1_000;
const CPUS = threadCpus(0);
const [LANE_CPU, LOAD_CPU] = CPUS.length < 2 ? [-1, -1] : [CPUS[0]!, CPUS[1]!];
const OBSERVE = "--observe";
/** What the observers say once they are at work. */
const WORKING = "working\n";

/** Stages of the way that are the lane's own work. */
const OWN = ["decide", "send", "answer"] as const;

/** Percentiles of a load, µs. */
interface Loaded {
  readonly lost: number;
  readonly rejects: number;
  readonly round_trip_us: { readonly p50: number; readonly p99: number };
}

/** 99th percentiles, µs: of the load's round trips, and of each stage of OWN. */
interface Measured {
  readonly load: number;
  readonly own: Readonly<Record<string, number>>;
}

/** A dashboard, a scraper and clients of the API. */
class Observers {
  answers = 0;
  bytes = 0;
  /** Resolves once an answer and an event have come. */
  readonly working = Promise.withResolvers<void>();
  private readonly ending = new AbortController();
  private readonly timers: Timer[] = [];
  private next = 0;

  constructor(private readonly socket: string) {
    void this.follow();
    this.timers.push(setInterval(() => void this.ask("/metrics"), SECOND_MS));
    this.timers.push(
      setInterval(() => void this.ask(PATHS[this.next++ % PATHS.length]!), SECOND_MS / REQUESTS_PER_SECOND),
    );
  }

  end(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.ending.abort();
  }

  private async ask(path: string): Promise<void> {
    try {
      const response = await fetch(`http://localhost${path}`, { unix: this.socket, signal: this.ending.signal });
      const text = await response.text();
      check(`${path}: ${text.slice(0, 100)}: status`, response.status, 200);
      this.answers++;
      this.look();
    } catch (error) {
      if (!this.ending.signal.aborted) throw error;
    }
  }

  private async follow(): Promise<void> {
    try {
      const response = await fetch("http://localhost/v1/events", { unix: this.socket, signal: this.ending.signal });
      for await (const chunk of response.body!) {
        this.bytes += chunk.length;
        this.look();
      }
    } catch (error) {
      if (!this.ending.signal.aborted) throw error;
    }
  }

  private look(): void {
    if (this.answers > 0 && this.bytes > 0) this.working.resolve();
  }
}

/** What the observers of one measurement saw. */
interface Seen {
  readonly answers: number;
  readonly bytes: number;
}

/** Runs the observers in a process of the lowest priority; once they are at work, returns what ends them and says what they saw. */
async function observed(socket: string): Promise<() => Promise<Seen>> {
  // At no priority a thread would still take the lane's CPU for a slice now and then.
  const own = LOAD_CPU < 0 ? [] : ["taskset", "-c", `${LOAD_CPU}`];
  const child = Bun.spawn([...own, "nice", "-n", "19", process.execPath, import.meta.path, OBSERVE, socket], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  check("the observers' first line", (await lines.read()).value, WORKING);
  return async () => {
    await child.stdin.end();
    let text = "";
    for (let read = await lines.read(); !read.done; read = await lines.read()) text += read.value;
    check("observers' exit code", await child.exited, 0);
    return JSON.parse(text) as Seen;
  };
}

/** The observers' process: until its input ends. */
async function observe(socket: string): Promise<void> {
  const observers = new Observers(socket);
  void observers.working.promise.then(() => process.stdout.write(WORKING));
  await Bun.stdin.text();
  observers.end();
  const { answers, bytes } = observers;
  console.log(JSON.stringify({ answers, bytes }));
}

let second = 0;

async function load(wire: string, running: Running, load: string, cpu: number): Promise<Loaded> {
  // ClOrdIDs are those of the second a load starts in.
  while (Math.floor(Date.now() / SECOND_MS) === second) await Bun.sleep(5);
  second = Math.floor(Date.now() / SECOND_MS);
  const { ports, pid } = running;
  const command = `${wire} --client ${ports.client} --venue ${ports.venue} ${load} --orders ${ORDERS} --warmup ${ORDERS / 4}`;
  const child = Bun.spawn(`${command} --cpu ${cpu} --pid ${pid} --connect-first venue`.split(" "), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const loaded: Loaded = JSON.parse(await child.stdout.text());
  check("orders lost", loaded.lost, 0);
  check("rejects", loaded.rejects, 0);
  return loaded;
}

/** What a gateway's lane measured since its start. */
async function ownFigures(socket: string): Promise<Measured["own"]> {
  const response = await fetch("http://localhost/v1/latency", { unix: socket });
  const stages = (await response.json()) as { stage: string; whole: { p99: number; count: number } }[];
  const figures = stages.filter(({ stage }) => OWN.some((own) => own === stage));
  check("stages that were measured", figures.filter(({ whole }) => whole.count > 0).length, OWN.length);
  return Object.fromEntries(figures.map(({ stage, whole }) => [stage, whole.p99]));
}

/** A gateway under a load, with observers or without. */
async function measure(wire: string, what: string, seen: Seen[] | null): Promise<Measured> {
  const running = new Running(contestants(["sallyport"])[0]!, LANE_CPU);
  try {
    await running.ready();
    const socket = join(running.directory, "data", "admin.sock");
    const end = seen === null ? null : await observed(socket);
    await Bun.sleep(SECOND_MS);
    const { round_trip_us } = await load(wire, running, what, LOAD_CPU);
    const own = await ownFigures(socket);
    if (end !== null) seen!.push(await end());
    return { load: round_trip_us.p99, own };
  } finally {
    await running.end();
  }
}

async function runAll(wire: string): Promise<void> {
  const seen: Seen[] = [];
  const pairs = LOADS.map((load) => ({ load, alone: [] as Measured[], watched: [] as Measured[] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { load, alone, watched } of pairs) {
      alone.push(await measure(wire, load, null));
      watched.push(await measure(wire, load, seen));
    }
  }
  for (const { load, alone, watched } of pairs) {
    tell(`${load.slice(2)}, p99 of the load`, alone, watched, (one) => one.load);
    for (const stage of OWN)
      tell(`${load.slice(2)}, p99 of the lane's ${stage}`, alone, watched, (one) => one.own[stage]!);
    const whole = ({ own }: Measured): number => OWN.reduce((sum, stage) => sum + own[stage]!, 0);
    tell(`${load.slice(2)}, p99 of the lane's stages in all`, alone, watched, whole);
  }
  const sum = (of: keyof Seen): number => seen.reduce((total, one) => total + one[of], 0);
  report("answers of the API", sum("answers"), "answers");
  report("events", sum("bytes") / 1024, "KiB");
  check(
    "events and answers came each time",
    seen.every(({ answers, bytes }) => answers > 0 && bytes > 0),
    true,
  );
}

/** Reports the median of a figure alone and watched, and of the ratios of each pair. */
function tell(
  name: string,
  alone: readonly Measured[],
  watched: readonly Measured[],
  of: (one: Measured) => number,
): void {
  report(`${name}, alone`, median(alone.map(of)), "us");
  report(`${name}, watched`, median(watched.map(of)), "us");
  report(`${name}, watched against alone`, median(watched.map((one, i) => of(one) / of(alone[i]!))), "times");
}

if (process.argv[2] === OBSERVE) await observe(process.argv[3]!);
else {
  const wire = built("wire");
  report("operators", wire === null ? 0 : ROUNDS, "pairs");
  if (wire !== null) await runAll(wire);
}
