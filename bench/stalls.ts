// Cost of a lane's stall meter: idle turns of a real lane with two sessions and a venue, with and without the meter by
// turns, and the additional clock reads of turns with work. Everything is one thread, over loopback TCP.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monotonicNs } from "../ffi/clock.ts";
import { threadId } from "../ffi/thread.ts";
import { sharedMemory } from "../src/assembly/module.ts";
import { Views } from "../src/base/views.ts";
import { loadConfig } from "../src/config/load.ts";
import { buildWarmUpLane } from "../src/gateway/lane.ts";
import { TURNS_DOUBLE, WORKED_DOUBLE } from "../src/lane/words.ts";
import { Compiles, methodsOf } from "../src/stalls/compiles.ts";
import { EngineWatch } from "../src/stalls/engine-watch.ts";
import { StallMeter } from "../src/stalls/meter.ts";
import { StallReader } from "../src/stalls/reader.ts";
import { STALLS_BYTES, StallTable } from "../src/stalls/table.ts";
import { ThreadCounters } from "../src/stalls/thread-counters.ts";
import { Counterparties } from "../src/warm-up/counterparties.ts";
import { tradeOrders } from "../src/warm-up/order-flow.ts";
import { planWarmUp } from "../src/warm-up/plan.ts";
import { bench, check, median, report, scaled, TINY } from "./measure.ts";

/** Turns of one measurement: many short pairs, so that both halves of a pair see the same machine. */
const TURNS = scaled(500, 500);
const PAIRS = TINY ? 2 : 3_000;
const ORDERS = scaled(2_000, 20);
const CALLS = scaled(1_000_000);
const STALL_NS = 100_000;

const GATEWAY = `
[client.sessions.A]
accounts = ["A"]
[venues.V]
address = "127.0.0.1:9"
[routing]
default = "V"
[symbols.S]
referencePrice = 1
[risk]
collarPercent = 1
[risk.accounts.A]
maxOrderQty = 1
maxOrderNotional = 1
maxOpenOrders = 1
ordersPerSecond = 1
`;

const dir = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
const peers = openPeers();
const { gateway } = peers;
const { loop, views } = gateway;
const at = gateway.wordsAt >> 3;
const engine = new EngineWatch(views, gateway.wordsAt, new Compiles(methodsOf([gateway.own, loop])));
const stallViews = Views.allocate(STALLS_BYTES);
const table = new StallTable(stallViews, 0);
const reader = new StallReader(stallViews, 0, []);
const meter = new StallMeter(
  table,
  new ThreadCounters("/proc", threadId()),
  null,
  engine,
  gateway.own.time,
  views,
  gateway.wordsAt,
);
meter.warmUp();

idleTurns();
workingTurns();
settle();
bench("a look every 100 ms", scaled(100_000), looks, 0);
const stallCount = scaled(10_000);
bench("what a stall costs when it is over", stallCount, stalls, stallCount);
meter.end();
peers.close();
rmSync(dir, { recursive: true, force: true });

function openPeers(): Counterparties {
  const { config } = loadConfig(GATEWAY, "bench");
  const warmUp = planWarmUp(config!, config!.lanes.place[0]!.agents, 0)!;
  const shared = sharedMemory(warmUp.plan.memoryBytes);
  const host = { lane: 0, shared, spins: true, birth: 1_700_000_000, build: buildWarmUpLane };
  const opened = new Counterparties(host, warmUp, join(dir, "gateway"));
  opened.open();
  opened.logonBoth();
  tradeOrders(opened, ORDERS);
  return opened;
}

function idleTurns(): void {
  const unseen: number[] = [];
  const more: number[] = [];
  for (let pair = -1; pair < PAIRS; pair++) {
    const first = turnsNs(pair % 2 === 0);
    const second = turnsNs(pair % 2 !== 0);
    const [off, on] = pair % 2 === 0 ? [second, first] : [first, second];
    if (pair < 0) continue;
    unseen.push(off);
    more.push(on - off);
  }
  report("idle turn, stalls not seen", median(unseen), "ns");
  report("more when they are seen", median(more), "ns");
  report("more", (100 * median(more)) / median(unseen), "%");
}

/** Returns nanoseconds of an idle turn. */
function turnsNs(seen: boolean): number {
  loop.watch = seen ? meter : engine;
  loop.recordStalls(meter, seen ? STALL_NS : Number.POSITIVE_INFINITY);
  const before = views.doubles[at + TURNS_DOUBLE]!;
  const began = monotonicNs();
  for (let i = 0; i < TURNS; i++) loop.turn();
  const took = monotonicNs() - began;
  check("turns", views.doubles[at + TURNS_DOUBLE]! - before, TURNS);
  return took / TURNS;
}

/** Cost of the clock reads that attribute a turn's work to agents; one of them is part of every turn with work. */
function workingTurns(): void {
  const clock = bench("reading the clock", CALLS, readClock, 0);
  const inner = loop as unknown as { timed(sinceNs: number, agent: number): number };
  const { timed } = inner;
  const { turn } = loop;
  // After a stall every agent is timed for a while.
  loop.recordStalls(meter, Number.POSITIVE_INFINITY);
  let ns = 0;
  let worked = 0;
  loop.turn = () => {
    const before = views.doubles[at + WORKED_DOUBLE]!;
    const began = monotonicNs();
    const runs = turn.call(loop);
    const took = monotonicNs() - began;
    if (views.doubles[at + WORKED_DOUBLE]! > before) {
      ns += took;
      worked++;
    }
    return runs;
  };
  trade();
  const turnNs = ns / worked - clock;
  let readings = 0;
  worked = 0;
  inner.timed = (sinceNs, agent) => {
    readings++;
    return timed.call(inner, sinceNs, agent);
  };
  trade();
  check("turns with work were timed", readings >= worked && worked >= ORDERS, true);
  report("turn with work", turnNs, "ns");
  report("readings more in a turn with work", readings / worked - 1, "");
  report("more", (100 * (readings / worked - 1) * clock) / turnNs, "%");
}

/** Sends orders one after the other, each until it is filled. */
function trade(): void {
  const filled = peers.client1.seen.get("8 F") ?? 0;
  for (let i = 1; i <= ORDERS; i++) {
    peers.client1.plainOrder(100, 1, "150.25");
    peers.until(() => peers.client1.seen.get("8 F") === filled + i);
  }
  check("orders filled", peers.client1.seen.get("8 F"), filled + ORDERS);
}

function readClock(operations: number): number {
  let backwards = 0;
  for (let i = 0, last = 0; i < operations; i++) {
    const now = monotonicNs();
    if (now < last) backwards++;
    last = now;
  }
  return backwards;
}

/** Returns the count of recorded stalls. */
function looks(operations: number): number {
  const before = reader.count;
  for (let i = 0; i < operations; i++) meter.check();
  return reader.count - before;
}

/** Returns the count of recorded stalls. */
function stalls(operations: number): number {
  const before = reader.count;
  for (let i = 0; i < operations; i++) meter.stalled(STALL_NS, 0, STALL_NS, 0);
  settle();
  return reader.count - before;
}

/** Finishes pending stalls: a stall is recorded after all its possible causes were checked. */
function settle(): void {
  meter.check();
  while (meter.checking) meter.idle();
}
