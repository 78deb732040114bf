// What operators cost the path of an order: the yardstick's gateway and load, in turn alone and with a dashboard open (its stream of
// events), metrics scraped each second and the API asked twenty times a second. The observers run with the lowest priority on the
// load's CPU, as does the gateway's main thread. ROUNDS pairs, 5 by default.

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
const OBSERVE = "--observe";

/** Percentiles of a load, µs. */
interface Measured {
  readonly lost: number;
  readonly rejects: number;
  readonly round_trip_us: { readonly p50: number; readonly p99: number };
}

/** A dashboard, a scraper and clients of the API. */
class Observers {
  answers = 0;
  bytes = 0;
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
    } catch (error) {
      if (!this.ending.signal.aborted) throw error;
    }
  }

  private async follow(): Promise<void> {
    try {
      const response = await fetch("http://localhost/v1/events", { unix: this.socket, signal: this.ending.signal });
      for await (const chunk of response.body!) this.bytes += chunk.length;
    } catch (error) {
      if (!this.ending.signal.aborted) throw error;
    }
  }
}

/** What the observers of one measurement saw. */
interface Seen {
  readonly answers: number;
  readonly bytes: number;
}

/** Runs the observers in a process of the lowest priority until it is told to end; returns what they saw. */
function observed(socket: string): () => Promise<Seen> {
  const child = Bun.spawn(["nice", "-n", "19", process.execPath, import.meta.path, OBSERVE, socket], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  return async () => {
    await child.stdin.end();
    const text = await child.stdout.text();
    check("observers' exit code", await child.exited, 0);
    return JSON.parse(text) as Seen;
  };
}

/** The observers' process: until its input ends. */
async function observe(socket: string): Promise<void> {
  const observers = new Observers(socket);
  await Bun.stdin.text();
  observers.end();
  const { answers, bytes } = observers;
  console.log(JSON.stringify({ answers, bytes }));
}

let second = 0;

async function measure(wire: string, running: Running, load: string, cpu: number): Promise<Measured> {
  // ClOrdIDs are those of the second a load starts in.
  while (Math.floor(Date.now() / SECOND_MS) === second) await Bun.sleep(5);
  second = Math.floor(Date.now() / SECOND_MS);
  const { ports, pid } = running;
  const command = `${wire} --client ${ports.client} --venue ${ports.venue} ${load} --orders ${ORDERS} --warmup ${ORDERS / 4}`;
  const child = Bun.spawn(`${command} --cpu ${cpu} --pid ${pid} --connect-first venue`.split(" "), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const measured: Measured = JSON.parse(await child.stdout.text());
  check("orders lost", measured.lost, 0);
  check("rejects", measured.rejects, 0);
  return measured;
}

async function runAll(wire: string): Promise<void> {
  const cpus = threadCpus(0);
  const [laneCpu, loadCpu] = cpus.length < 2 ? [-1, -1] : [cpus[0]!, cpus[1]!];
  const running = new Running(contestants(["sallyport"])[0]!, laneCpu);
  const seen: Seen[] = [];
  try {
    await running.ready();
    const pairs = LOADS.map((load) => ({ load, alone: [] as Measured[], watched: [] as Measured[] }));
    for (let round = 0; round < ROUNDS; round++) {
      for (const { load, alone, watched } of pairs) {
        alone.push(await measure(wire, running, load, loadCpu));
        const end = observed(join(running.directory, "data", "admin.sock"));
        await Bun.sleep(SECOND_MS);
        watched.push(await measure(wire, running, load, loadCpu));
        seen.push(await end());
      }
    }
    for (const { load, alone, watched } of pairs) tell(load.slice(2), alone, watched);
    const sum = (of: keyof Seen): number => seen.reduce((total, one) => total + one[of], 0);
    report("answers of the API", sum("answers"), "answers");
    report("events", sum("bytes") / 1024, "KiB");
    check(
      "events and answers came each time",
      seen.every(({ answers, bytes }) => answers > 0 && bytes > 0),
      true,
    );
  } finally {
    await running.end();
  }
}

/** Reports medians of the 99th percentiles, and of the ratios of each pair. */
function tell(load: string, alone: readonly Measured[], watched: readonly Measured[]): void {
  const p99 = ({ round_trip_us }: Measured): number => round_trip_us.p99;
  report(`${load}, alone, p99`, median(alone.map(p99)), "us");
  report(`${load}, watched, p99`, median(watched.map(p99)), "us");
  report(`${load}, p99 watched against alone`, median(watched.map((one, i) => p99(one) / p99(alone[i]!))), "times");
}

if (process.argv[2] === OBSERVE) await observe(process.argv[3]!);
else {
  const wire = built("wire");
  report("operators", wire === null ? 0 : ROUNDS, "pairs");
  if (wire !== null) await runAll(wire);
}
