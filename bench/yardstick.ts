// The gateway beside a byte relay and a Go gateway on the same work: one spinning thread plays the client and the venue and
// times what lies between (yardstick/wire.c). Each round runs every contestant with every load. Environment:
//   ROUNDS       rounds, 5 by default               CONTESTANTS  of relay, sallyport, go-spin, go-ring
//   LOADS        names of loads, by commas          GATEWAYS     executables to compare, instead of the built one
//   FIFO=1       the machine does other work: the load, the relay and lanes run with real-time priority
// The lane gets the first CPU of this process, the load the second. With one CPU nothing is pinned, and all of it is slow.
import { threadCpus } from "../ffi/thread.ts";
import { check, median, report, TINY } from "./measure.ts";
import { built } from "./yardstick/build.ts";
import { type Contestant, contestants, FIFO, FIFO_PRIORITY, Running } from "./yardstick/contestants.ts";

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}
interface Measured {
  readonly lost: number;
  readonly rejects: number;
  readonly orders_per_s: number;
  readonly cpu_us_per_order: number;
  readonly first_orders_per_s?: number;
  readonly to_venue_us: Percentiles;
  readonly round_trip_us: Percentiles;
}
interface Figure {
  readonly name: string;
  readonly unit: string;
  of(measured: Measured): number;
}
interface Load {
  readonly name: string;
  readonly arguments: string;
  readonly orders: number;
  readonly figures: readonly Figure[];
  /** Orders before the measured ones; a fifth of them if left out. */
  readonly warmUp?: number;
  /** Runs in its own process. */
  readonly fresh?: boolean;
}

const CPUS = threadCpus(0);
const ALONE = CPUS.length < 2;
const GATEWAY_CPU = ALONE ? -1 : CPUS[0]!;
const LOAD_CPU = ALONE ? -1 : CPUS[1]!;
const ROUNDS = Number(process.env.ROUNDS ?? (TINY ? 1 : 5));
const SCALE = TINY ? 100 : ALONE ? 10 : 1;
const GATEWAY_PAUSE_MS = 250;

const CPU: Figure = { name: "CPU", unit: "us an order", of: (measured) => measured.cpu_us_per_order };
const THROUGHPUT: readonly Figure[] = [
  { name: "orders", unit: "orders/s", of: (measured) => measured.orders_per_s },
  CPU,
];
const ROUND_TRIP: readonly Figure[] = [
  { name: "p50", unit: "us", of: (measured) => measured.round_trip_us.p50 },
  { name: "p99", unit: "us", of: (measured) => measured.round_trip_us.p99 },
  CPU,
];
const LAST_AT_VENUE: readonly Figure[] = [
  { name: "last at the venue, p50", unit: "us", of: (measured) => measured.to_venue_us.p50 },
];

/** Orders a second of all orders of a long run, relative to its first ones. */
const SUSTAINED: readonly Figure[] = [
  { name: "all against the first 140,000", unit: "times", of: (one) => one.orders_per_s / one.first_orders_per_s! },
];

const LOADS: readonly Load[] = [
  { name: "window 1", arguments: "--window 1", orders: 15_000, figures: ROUND_TRIP },
  { name: "rate 2000", arguments: "--rate 2000", orders: 8_000, figures: ROUND_TRIP },
  { name: "window 256", arguments: "--window 256", orders: 300_000, figures: THROUGHPUT },
  { name: "window 1024", arguments: "--window 1024", orders: 300_000, figures: THROUGHPUT },
  { name: "burst 10", arguments: "--burst 10", orders: 5_000, figures: LAST_AT_VENUE },
  { name: "burst 100", arguments: "--burst 100", orders: 20_000, figures: LAST_AT_VENUE },
  { name: "burst 1000", arguments: "--burst 1000", orders: 100_000, figures: LAST_AT_VENUE },
  {
    name: "sustained",
    arguments: `--window 1024 --first ${Math.ceil(140_000 / SCALE)}`,
    orders: 3_000_000,
    figures: SUSTAINED,
    warmUp: 0,
    fresh: true,
  },
];

/** Measurements by load and contestant, one a round. */
const results = new Map<string, Measured[]>();
let lastSecond = 0;

/** ClOrdIDs are those of the second a load starts in, so no two start in the same one. */
async function nextSecond(): Promise<void> {
  while (Math.floor(Date.now() / 1000) === lastSecond) await Bun.sleep(5);
  lastSecond = Math.floor(Date.now() / 1000);
}

async function measure(wire: string, load: Load, running: Running): Promise<Measured> {
  const orders = Math.ceil(load.orders / SCALE / 1000) * 1000;
  const { ports, pid, contestant } = running;
  const { warmUp = orders / 5 } = load;
  const policy = FIFO ? `chrt -f ${FIFO_PRIORITY} ` : "";
  const command = `${policy}${wire} --client ${ports.client} --venue ${ports.venue} ${load.arguments} --orders ${orders} --warmup ${warmUp}`;
  const first = contestant.clientFirst ? "client" : "venue";
  await nextSecond();
  const child = Bun.spawn(`${command} --cpu ${LOAD_CPU} --pid ${pid} --connect-first ${first}`.split(" "), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const text = await child.stdout.text();
  await child.exited;
  if (text === "") throw new Error(`${contestant.name}, ${load.name}: the load ended with code ${child.exitCode}`);
  const measured: Measured = JSON.parse(text);
  check(`${contestant.name}, ${load.name}: orders lost`, measured.lost, 0);
  check(`${contestant.name}, ${load.name}: rejects`, measured.rejects, 0);
  return measured;
}

/** Measures these loads on one process, in turn. */
async function runLoads(wire: string, contestant: Contestant, loads: readonly Load[]): Promise<void> {
  const running = new Running(contestant, GATEWAY_CPU);
  try {
    await running.ready();
    for (const load of loads) {
      await Bun.sleep(GATEWAY_PAUSE_MS);
      const key = `${load.name}: ${contestant.name}`;
      results.set(key, [...(results.get(key) ?? []), await measure(wire, load, running)]);
    }
  } finally {
    await running.end();
  }
}

async function runAll(wire: string, loads: readonly Load[], names: readonly string[]): Promise<void> {
  const list = contestants(names);
  for (let round = 0; round < ROUNDS; round++) {
    for (const contestant of list) {
      const alone = loads.filter((load) => contestant.fresh || load.fresh === true);
      const together = loads.filter((load) => !alone.includes(load));
      if (together.length > 0) await runLoads(wire, contestant, together);
      for (const load of alone) await runLoads(wire, contestant, [load]);
    }
  }
  for (const load of loads) for (const { name } of list) tell(load, name);
}

/** Reports the medians of one contestant, and the median of its ratios to the relay of the same round. */
function tell(load: Load, contestant: string): void {
  const measured = results.get(`${load.name}: ${contestant}`)!;
  const relay = results.get(`${load.name}: relay`);
  for (const { name, unit, of } of load.figures) {
    const ratio =
      relay === undefined ? "" : median(measured.map((one, round) => of(one) / of(relay[round]!))).toFixed(2);
    const relative = ratio === "" || contestant === "relay" ? "" : `, ${ratio} of the relay's`;
    report(`${load.name}, ${contestant}, ${name}`, median(measured.map(of)), unit + relative);
  }
}

const wire = built("wire");
const asked = process.env.LOADS?.split(",") ?? (TINY ? ["window 256", "burst 10"] : LOADS.map(({ name }) => name));
const unknown = asked.filter((name) => !LOADS.some((load) => load.name === name));
if (unknown.length > 0)
  throw new Error(`no load ${unknown.join(", ")}; there are: ${LOADS.map(({ name }) => name).join(", ")}`);
const names = (process.env.CONTESTANTS ?? (TINY ? "relay,sallyport" : "relay,sallyport,go-spin")).split(",");
report("yardstick", wire === null ? 0 : ROUNDS, "rounds");
if (wire !== null)
  await runAll(
    wire,
    LOADS.filter(({ name }) => asked.includes(name)),
    names,
  );
